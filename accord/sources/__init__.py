"""Reading other people's records, and saying them again as commands.

One file a format: `roll_calls`, `minutes`, `credits`. Each reads its files into records, row by
row, names what it cannot read, and turns the records into the lines that `accord.delivery` sends.
Nothing here talks to a service.
"""
