"""Events of which no field is needed."""

from shared.event import Heard


class Happened(Heard):
    """An event whose having happened, to whom its stream belongs, is all that matters."""
