"""How a command ends when it cannot do what was asked."""


class Failed(Exception):
    """What happened, where, and what to do: shown as it is, with exit code 1."""
