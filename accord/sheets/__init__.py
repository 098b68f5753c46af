"""Our own CSV: who is at the table, taken away by `accord export`, brought in by `accord import`.

`columns` says what each sheet holds, `cells` how a cell is read, `reading` how a file is, habits of
spreadsheets included. `register` knows what things are called. `things`, `mandates` and
`positions` turn rows into commands, and `plan` puts those that are new into their order. Nothing
of that talks to a service; `commands` does.
"""
