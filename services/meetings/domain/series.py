"""A series: meetings of one body that come again and again, by a recurrence rule of RFC 5545.

Who forms a coalition may say when it meets each week: that series is established by itself.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, Field

from services.meetings.domain.ids import BodyId
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Sealed, Text

DAYS = frozenset({"MO", "TU", "WE", "TH", "FR", "SA", "SU"})
FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
NUMBERS = {
    "INTERVAL": (1, 99),
    "BYHOUR": (0, 23),
    "BYMINUTE": (0, 59),
    "BYMONTH": (1, 12),
    "BYMONTHDAY": (1, 31),
    "BYSETPOS": (1, 5),
}
"""The parts that hold numbers, with the smallest and the largest of each."""


def recurring(written: str) -> str:
    """Return a recurrence rule; times of day are in UTC.

    Raises:
        ValueError: it is none, or of a kind that is not taken here.
    """
    parts = dict(part.split("=", 1) for part in written.split(";") if part.count("=") == 1)
    if len(parts) != written.count(";") + 1 or parts.get("FREQ") not in FREQUENCIES:
        raise ValueError("a recurrence rule begins with FREQ, and has each part once")
    for name, value in parts.items():
        values = value.split(",")
        if name == "FREQ":
            continue
        if name == "BYDAY":
            fits = all(day[-2:] in DAYS and day[:-2] in {"", *"12345", "-1"} for day in values)
        elif name in NUMBERS:
            lowest, highest = NUMBERS[name]
            fits = all(each.isascii() and each.isdecimal() for each in values)
            fits = fits and all(lowest <= int(each) <= highest for each in values)
        else:
            fits = False
        if not fits:
            raise ValueError(f"{name} is not taken, or not with this value")
    return written


PARTS = r"^[A-Z]+=[A-Z0-9,-]+(;[A-Z]+=[A-Z0-9,-]+)*$"
Rrule = Annotated[str, Field(max_length=200, pattern=PARTS), AfterValidator(recurring)]
WEEKLY = Text(lang="en", text="Weekly meeting")


class EstablishSeries(Command):
    """`rrule`: such as `FREQ=WEEKLY;BYDAY=TU;BYHOUR=15;BYMINUTE=30`, in UTC."""

    body: BodyId
    rrule: Rrule
    name: Text


class MeetingSeriesEstablished(Event):
    """Meetings of a body come back in a rhythm."""

    body: BodyId
    rrule: str
    name: Sealed[Text]


SeriesCommand = EstablishSeries
SeriesEvent = MeetingSeriesEstablished


@dataclass(frozen=True)
class Established:
    body: BodyId
    rrule: str


Series = Established | None  # None: not established yet


def decide(command: SeriesCommand, series: Series, _context: Context) -> list[SeriesEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    if series == Established(command.body, command.rrule):
        return []
    if series is not None:
        raise Refused("already_established", "Another series has that id: use a new one.")
    return [
        MeetingSeriesEstablished(body=command.body, rrule=command.rrule, name=Sealed(command.name))
    ]


def evolve(_series: Series, event: SeriesEvent) -> Series:
    """Return the series after `event`. Never refuses: history has already happened."""
    return Established(event.body, event.rrule)


decider: Decider[SeriesCommand, Series, SeriesEvent] = Decider(
    "series", SeriesEvent, None, decide, evolve
)
