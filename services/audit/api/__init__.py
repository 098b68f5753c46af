"""HTTP: the log as files for everybody, and what members ask of it."""
