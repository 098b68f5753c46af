"""The log of all that was recorded: sealed, witnessed, served, and never opened."""
