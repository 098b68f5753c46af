"""What organisations said, for the tests of common ground: no service and no database."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from services.transparency.domain.common_ground import Ground, Sheet, ground
from services.transparency.domain.issues import IssueEvent
from services.transparency.domain.members import MemberEvent
from services.transparency.domain.refs import Cited, leaf_hash
from services.transparency.domain.said import Names
from services.transparency.domain.table import Belongs, Identified, Represents, Tables
from services.transparency.domain.threats import ThreatEvent
from services.transparency.domain.unlikely_pairs import TieEvent, ties, unlikely_pairs
from services.transparency.domain.window import Window

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
SEEN = Window(date(2026, 1, 1), date(2026, 3, 31))
A, B, C, D, E = (UUID(int=0xA0 + n) for n in range(5))
I1, I2, I3, I4, I5 = (UUID(int=0x10 + n) for n in range(5))
PARENTS, NURSES, TEACHERS = (UUID(int=0xC0 + n) for n in range(3))
CALLED = {
    A: "Aid", B: "Bus union", C: "Clinic", D: "Dancers", E: "Editors",
    I1: "Meals", I2: "Buses", I3: "Books", I4: "Doctors", I5: "Elms",
    PARENTS: "Parents", NURSES: "Nurses", TEACHERS: "Teachers",
}  # fmt: skip
NAMES = Names({key: {"lang": "en", "text": name} for key, name in CALLED.items()})


class Story:
    """What happened, a minute apart, unless `at` says when."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self.belongs: list[Belongs] = []
        self.identified: list[Identified] = []
        self.represents: list[Represents] = []
        self.said: list[IssueEvent] = []
        self.faced: list[ThreatEvent] = []
        self.tied: list[TieEvent] = []

    def _next(self, at: datetime | None) -> tuple[Cited, datetime]:
        number = next(self._numbers)
        cited = Cited("members", number, leaf_hash(str(number).encode()))
        return cited, at or NOON + timedelta(minutes=number)

    def membership(self, org: UUID, kind: str, at: datetime | None = None, **more: Any) -> None:
        cited, when = self._next(at)
        self.belongs.append(Belongs(cited, MemberEvent(cited.position, org, kind, when, **more)))

    def join(self, *orgs: UUID, of: tuple[UUID, ...] = (), at: datetime | None = None) -> None:
        for org in orgs:
            self.membership(org, "MemberJoined", at, commitment="homework")
            cited, when = self.belongs[-1].cited, self.belongs[-1].event.at
            self.represents.append(Represents(cited, org, of, when))

    def identify(
        self, key: UUID, *, least: bool = False, seats: int = 1, at: datetime | None = None
    ) -> None:
        cited, when = self._next(at)
        self.identified.append(Identified(cited, key, when, "families", least, False, False, seats))  # noqa: FBT003 - a tuple in the event's order

    def represent(
        self, org: UUID, key: UUID, since: date, until: date | None = None,
        at: datetime | None = None,
    ) -> None:  # fmt: skip
        cited, when = self._next(at)
        self.represents.append(Represents(cited, org, (key,), when, since, until))

    def issue(
        self,
        kind: str,
        issue: UUID,
        by: UUID | None = None,
        at: datetime | None = None,
        **more: Any,
    ) -> None:
        cited, when = self._next(at)
        self.said.append(IssueEvent(cited, kind, issue, when, by, **more))

    def stand(self, org: UUID, issue: UUID, stand: str, at: datetime | None = None) -> None:
        kind = "PositionChanged" if self._stood(org, issue) else "PositionTaken"
        self.issue(kind, issue, org, at, stand=stand)

    def _stood(self, org: UUID, issue: UUID) -> bool:
        return any((one.by, one.issue) == (org, issue) and one.stand for one in self.said)

    def threat(
        self, kind: str, threat: UUID, by: UUID, *issues: UUID, at: datetime | None = None
    ) -> None:
        cited, when = self._next(at)
        self.faced.append(ThreatEvent(cited, kind, threat, when, by, issues))

    def touch(self, a: UUID, b: UUID, on: date, at: datetime | None = None) -> None:
        cited, when = self._next(at)
        thing = f"{a}_{b}"
        self.tied.append(TieEvent(cited, "TouchpointLogged", thing, when, a, (a, b), on))

    def tie(self, kind: str, thing: str, by: UUID, *orgs: UUID, at: datetime | None = None) -> None:
        cited, when = self._next(at)
        self.tied.append(TieEvent(cited, kind, thing, when, by, orgs))

    def pulse(self, by: UUID, about: UUID, trust: int) -> None:
        cited, when = self._next(None)
        orgs = (about, by)
        self.tied.append(
            TieEvent(cited, "TrustPulseSubmitted", "2026-Q1", when, by, orgs, None, trust)
        )

    @property
    def tables(self) -> Tables:
        return Tables(self.belongs, self.identified, self.represents)

    def ground(self, moment: datetime = SEEN.end) -> Ground:
        return ground(self.said, self.faced, self.tables, moment)

    def sheet(self, *among: UUID, seen: Window = SEEN) -> Sheet:
        now, between = self.ground(seen.end), ties(self.tied, seen)
        orgs = now.table.active.intersection(among) if among else now.table.active
        pairs = unlikely_pairs(orgs, now.issues.values(), now.threats.values(), between, seen.ends)
        before = self.ground(seen.start)
        return Sheet(now, before, between, pairs, seen, NAMES, frozenset(among))


def called(things: Any) -> list[str]:
    """Return what things of a line are called."""
    return [thing["name"]["text"] for thing in things]
