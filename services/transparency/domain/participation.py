"""R3, participation and voice balance: who was asked, who came, and who was heard.

Of each meeting, and of all in the window together: how evenly organisations spoke, whether those
who have seats were heard as much, who was not heard at all, who set the agenda, and whether those
came who may decide. Nothing here is a score, and nobody is ranked.

Gini's and Pielou's measures and that of Loosemore and Hanby are those of `reports.md` 4.1. Whoever
came and kept silent counts with nothing said.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from services.transparency.domain.balance import Share, apart, evenness, gini
from services.transparency.domain.engagement import Act, engagement
from services.transparency.domain.hearing import shown
from services.transparency.domain.numbers import decimal, six
from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.report import figure
from services.transparency.domain.rooms import (
    RAISED,
    Event,
    Room,
    Voice,
    constituencies,
    rooms,
    spread,
)
from services.transparency.domain.rooms import voices as voices_of
from services.transparency.domain.said import Names
from services.transparency.domain.seats import SeatEvent, seats
from services.transparency.domain.table import Table, Tables
from services.transparency.domain.window import Window
from shared.event import timestamp

NO_SPEECH = "no speech was recorded"
NO_SEAT = "nobody sits in the bodies that met"
NOT_TWO = "fewer than two organisations were there"
NOBODY_CAME = "no attendance was recorded"
NO_INVITATION = "no invitation was recorded"
NO_HOST = "fewer than two organisations could host, or none did"


@dataclass(frozen=True)
class Hidden:
    """Of what this reader may not see something; figures that rest on it are withheld."""

    asked: bool = False
    came: bool = False
    spoke: bool = False
    items: bool = False
    hosts: bool = False
    table: bool = False
    executive: bool = False


@dataclass(frozen=True)
class Known:
    """What the report is made from.

    Args:
        executive: For each accreditation whether its holder may decide for the organisation.
        active: The organisations that were active at any time in the window.
        acts: What each organisation did, for its engagement, in the order of the events.
    """

    window: Window
    names: Names
    events: Sequence[Event]
    tables: Tables
    seats: Sequence[SeatEvent]
    plenary: UUID | None
    executive: Mapping[UUID, Cited]
    active: frozenset[UUID]
    acts: Mapping[UUID, Sequence[Act]]
    hidden: Hidden = Hidden()

    @cached_property
    def rooms(self) -> list[Room]:
        """The meetings held in the window, in the order in which they began."""
        return [room for room in rooms(self.events) if room.at and self.window.holds(room.at)]

    def rows(self) -> list[dict[str, Any]]:
        """Return the lines: all meetings together, each, organisations by name, the heat."""
        whole = [{"part": "window", **self._told(self.rooms)}] if self.rooms else []
        return [
            *whole,
            *map(self._meeting, reversed(self.rooms)),
            *self._organisations(),
            *self._heat(),
        ]

    def _meeting(self, room: Room) -> dict[str, Any]:
        assert room.at is not None
        return {
            "part": "meeting",
            "meeting": self.names.of(room.meeting),
            "at": timestamp(room.at),
            "host": shown(self.names.of(room.host), hidden=self.hidden.hosts),
            **self._told([room]),
        }

    def _told(self, held: Sequence[Room]) -> dict[str, Any]:
        """Return the figures of some meetings together."""
        hidden = self.hidden
        voices, present = voices_of(held), frozenset[UUID]().union(*(room.present for room in held))
        heard = [org for org, voice in voices.items() if voice.turns]
        spoke, silent = bool(heard), present - {*heard}
        values: dict[str, Any] = {
            "meetings": len(held),
            "invited": self._asked(held),
            "attended": shown(self._listed(present), hidden=hidden.came),
            "spoke": shown(self._listed(heard) if spoke else None, hidden=hidden.spoke),
            "not_heard": shown(
                self._listed(silent) if spoke else None, hidden=hidden.spoke or hidden.came
            ),
            "first_time_speakers": shown(
                len({org for room in held for org in room.first}) if spoke else None,
                hidden=hidden.spoke,
            ),
            **self._balance(held, voices),
            "items": shown(self._items(held), hidden=hidden.items),
            **self._executive(held),
        }
        reasons = {name: _why(name, values) for name in _DEFINED if values[name] is None}
        return values | {"reasons": reasons} | _cited(self._events(held))

    def _asked(self, held: Sequence[Room]) -> Any:
        if not self.hidden.asked and not any(room.asked for room in held):
            return None
        invited = {org for room in held for org in room.invited}
        return shown(self._listed(invited), hidden=self.hidden.asked)

    def _balance(self, held: Sequence[Room], voices: Mapping[UUID, Voice]) -> dict[str, Any]:
        """Return turns and seconds of each, how even they are, and whether as seats would say."""
        unseen = self.hidden.spoke or self.hidden.came
        turns = [voice.turns for voice in voices.values()]
        seconds = [voice.seconds for voice in voices.values()]
        said = [
            {
                "organisation": self.names.of(org),
                "turns": voices[org].turns,
                "seconds": voices[org].seconds,
            }
            for org in self.names.ordered(voices)
        ]
        shares = self._shares(held, voices)
        far = None if shares is None else decimal(apart(shares.values()))
        found = {
            "voices": said if any(turns) else None,
            "turns": sum(turns) if any(turns) else None,
            "seconds": sum(seconds) if any(turns) else None,
            "gini_turns": decimal(gini(turns)),
            "evenness_turns": evenness(turns),
            "gini_seconds": decimal(gini(seconds)),
            "evenness_seconds": evenness(seconds),
        }
        beside = {
            "voice_and_seats": None if shares is None else self._written(shares),
            "voice_apart_from_seats": far,
        }
        without = unseen or self.hidden.table
        return {name: shown(each, hidden=unseen) for name, each in found.items()} | {
            name: shown(each, hidden=without) for name, each in beside.items()
        }

    def _shares(
        self, held: Sequence[Room], voices: Mapping[UUID, Voice]
    ) -> dict[UUID | None, Share] | None:
        """Return for each constituency its share of the seconds said, and of the seats.

        `None` stands for those who represent none. Seats are those of the bodies that met, as they
        were at the last of these meetings; in a plenary each active member has one.
        """
        last = held[-1].at
        assert last is not None
        table = self.tables.at(last)
        of = constituencies(table)
        voice = spread({org: each.seconds for org, each in voices.items()}, of)
        sitting: Counter[UUID] = Counter()
        for body in {room.body for room in held if room.body is not None}:
            sitting.update(self._sitting(body, table, last))
        seated = spread(sitting, of)
        all_voice, all_seats = sum(voice.values()), sum(seated.values())
        if not all_voice or not all_seats:
            return None
        return {key: (voice[key] / all_voice, seated[key] / all_seats) for key in {*voice, *seated}}

    def _sitting(self, body: UUID, table: Table, at: datetime) -> list[UUID]:
        if body == self.plenary:
            return [*table.active]
        held = seats(self.seats, at).get(body)
        return [org for org in held.held.values() if org is not None] if held else []

    def _written(self, shares: Mapping[UUID | None, Share]) -> list[dict[str, Any]]:
        known = [key for key in shares if key is not None]
        order: list[UUID | None] = [*self.names.ordered(known)]
        order += [None] if None in shares else []
        return [
            {
                "constituency": self.names.of(key),
                "voice": decimal(shares[key][0]),
                "seats": decimal(shares[key][1]),
            }
            for key in order
        ]

    def _items(self, held: Sequence[Room]) -> list[dict[str, Any]]:
        """Return how many agenda items each organisation proposed."""
        items = sum((room.items for room in held), Counter[UUID]())
        return [
            {"organisation": self.names.of(org), "items": items[org]}
            for org in self.names.ordered(items)
        ]

    def _executive(self, held: Sequence[Room]) -> dict[str, Any]:
        """Return how many attendances were by who may decide for their organisation."""
        hidden = self.hidden.came or self.hidden.executive
        came = [accreditation for room in held for accreditation in room.came]
        present = sum(accreditation in self.executive for accreditation in came)
        return {
            "attendances": shown(len(came), hidden=self.hidden.came),
            "executives": shown(present, hidden=hidden),
            "executive_attendance": shown(six(present, len(came)), hidden=hidden),
        }

    def _organisations(self) -> list[dict[str, Any]]:
        """Return what each organisation did that was active, or there, by name."""
        voices = voices_of(self.rooms)
        orgs = {*self.active, *voices, *(room.host for room in self.rooms if room.host)}
        return [self._organisation(org, voices) for org in self.names.ordered(orgs)]

    def _organisation(self, org: UUID, voices: Mapping[UUID, Voice]) -> dict[str, Any]:
        hidden, held = self.hidden, self.rooms
        voice, spoke = voices.get(org, Voice()), any(each.turns for each in voices.values())
        asked = any(room.asked for room in held)
        values = {
            "invited": shown(
                sum(org in room.invited for room in held) if asked else None, hidden=hidden.asked
            ),
            "attended": shown(sum(org in room.present for room in held), hidden=hidden.came),
            "turns": shown(voice.turns if spoke else None, hidden=hidden.spoke),
            "seconds": shown(voice.seconds if spoke else None, hidden=hidden.spoke),
            "hosted": shown(sum(room.host == org for room in held), hidden=hidden.hosts),
            "items": shown(sum(room.items[org] for room in held), hidden=hidden.items),
        }
        reasons = {"invited": NO_INVITATION, "turns": NO_SPEECH, "seconds": NO_SPEECH}
        return {
            "part": "organisation",
            "organisation": self.names.of(org),
            **values,
            "engagement": shown(
                engagement(self.acts.get(org, ()), self.window), hidden=hidden.came
            ),
            "reasons": {name: why for name, why in reasons.items() if values[name] is None},
            **_cited({cited for room in held for cited in room.own.get(org, ())}),
        }

    def _heat(self) -> list[dict[str, Any]]:
        """Return when it became hotter or cooler, and why."""
        return [
            {
                "part": "heat",
                "meeting": self.names.of(room.meeting),
                "item": {"id": str(event.thing), "name": room.titles.get(event.thing)}
                if event.thing
                else None,
                "at": timestamp(event.at),
                "change": "raised" if event.type == RAISED else "lowered",
                "reason": event.words,
                **cite([event.cited]),
            }
            for room in self.rooms
            for event in room.heat
        ]

    def summary(self) -> list[dict[str, Any]]:
        """Return the figures of the whole window; undefined ones say why."""
        held = self.rooms
        events = sorted(self._events(held))
        if not held:
            return [figure("meetings", 0, [])]
        told = self._told(held)
        hosts = Counter(dict.fromkeys(self.active, 0))
        hosts.update(room.host for room in held if room.host is not None)
        even = evenness([*hosts.values()])
        found = [figure("meetings", len(held), events)]
        found += [
            _figure(name, told[name], told["reasons"].get(name), events, unit)
            for name, unit in _FIGURES.items()
        ]
        hosting = shown(even, hidden=self.hidden.hosts)
        found.append(_figure("evenness_hosts", hosting, NO_HOST, events, None))
        found += [
            figure(
                "hosted", shown(hosts[org], hidden=self.hidden.hosts), events, "meetings",
                organisation=self.names.of(org),
            )
            for org in self.names.ordered(org for org, times in hosts.items() if times)
        ]  # fmt: skip
        return found

    def _events(self, held: Iterable[Room]) -> set[Cited]:
        came = {accreditation for room in held for accreditation in room.came}
        found = {cited for room in held for cited in room.events}
        return found | {cited for one, cited in self.executive.items() if one in came}

    def _listed(self, orgs: Collection[UUID]) -> list[dict[str, Any] | None]:
        return [self.names.of(org) for org in self.names.ordered(orgs)]


def _figure(
    name: str, value: Any, reason: str | None, events: Sequence[Cited], unit: str | None
) -> dict[str, Any]:
    said = figure(name, value, events, unit)
    return said | ({"reason": reason} if value is None else {})


_FIGURES: Mapping[str, str | None] = {
    "turns": None,
    "seconds": None,
    "gini_turns": None,
    "evenness_turns": None,
    "gini_seconds": None,
    "evenness_seconds": None,
    "voice_apart_from_seats": None,
    "first_time_speakers": None,
    "attendances": None,
    "executives": None,
    "executive_attendance": None,
}
_DEFINED = (
    "invited", "spoke", "not_heard", "first_time_speakers", "voices", "turns", "seconds",
    "gini_turns", "evenness_turns", "gini_seconds", "evenness_seconds", "voice_and_seats",
    "voice_apart_from_seats", "executive_attendance",
)  # fmt: skip


def _why(name: str, values: Mapping[str, Any]) -> str:
    """Return why a figure is undefined."""
    if name == "invited":
        return NO_INVITATION
    if name == "executive_attendance":
        return NOBODY_CAME
    said = values["seconds"] if name not in {"gini_turns", "evenness_turns"} else values["turns"]
    if not said:
        return NO_SPEECH
    return NO_SEAT if name in {"voice_and_seats", "voice_apart_from_seats"} else NOT_TWO


def _cited(events: Iterable[Cited]) -> dict[str, Any]:
    return cite(sorted(set(events)))
