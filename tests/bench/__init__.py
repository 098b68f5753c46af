"""The bench: how fast Accord is, beside others and beside what the engines can do at most."""
