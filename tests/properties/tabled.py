"""A coalition of members in memory: it takes the lines of an import, by the rules of the service.

The journal, its lock and its seals are left out: what is searched for here is whether rules, read
models and the command line understand each other.
"""

from collections.abc import Awaitable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from accord.sheets.columns import SHEETS
from accord.sheets.plan import Known, Plan, plan
from accord.sheets.reading import parsed
from accord.sources.lines import ImportLine
from accord.sources.refusals import Refusal
from services.members.api.imports import IMPORTS
from services.members.views import sheets
from services.members.views.facts import ROLL
from services.members.views.said import Entry
from shared.ask import Step
from shared.canonical import jsonable
from shared.decider import Refused
from shared.event import Context, Event
from shared.hot import AnyDecider, Fold, Reading

NOW = "2026-03-12T12:00:00.000Z"
TODAY = datetime.fromisoformat(NOW).date()
ENVELOPE = {"by", "at"}


class NoSlugs:
    """The table of addresses, which is empty."""

    async def fetchval(self, *_: object) -> None:
        return None


@dataclass
class Table(Reading):
    """What was brought in so far; also what a fact may read while it is."""

    id: UUID
    streams: dict[str, tuple[int, Any]] = field(default_factory=dict)
    roll: Any = ROLL.initial
    entries: list[Entry] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    skipped: int = 0
    context: Context = field(init=False)
    key: UUID | str = field(init=False, default="")

    @property
    def coalition(self) -> UUID:
        return self.id

    @property
    def db(self) -> Any:
        return NoSlugs()

    async def fold(self, fold: Fold[Any]) -> Any:
        assert fold is ROLL
        return self.roll

    async def stream(self, decider: AnyDecider, key: UUID | str) -> Any:
        return self.streams.get(decider.stream(key), (0, decider.initial))[1]

    def bring(self, lines: Iterable[ImportLine]) -> int:
        """Carry out lines; return how many events they gave."""
        before = len(self.entries)
        for line in lines:
            self._carry_out(orjson.loads(line.encode(None)))
        return len(self.entries) - before

    def _carry_out(self, line: dict[str, Any]) -> None:
        first = IMPORTS[line["command"]].decider.stream(line["id"])
        if self.streams.get(first, (0, None))[0] >= line["version"]:
            self.skipped += 1
            return
        held = dict(self.streams), self.roll, list(self.entries)
        try:
            for part in (line, *line.get("then", ())):
                imported = IMPORTS[part["command"]]
                command = imported.command.model_validate_json(orjson.dumps(part["body"]))
                steps = [Step(imported.decider, part["id"], command, imported.facts)]
                if imported.steps is not None:
                    steps = [*imported.steps(self.id, command)]
                for step in steps:
                    self._take(step, part)
        except Refused as refused:
            self.streams, self.roll, self.entries = held
            self.refused.append(f"{line['command']}: {refused.reason} {refused}")

    def _take(self, step: Step, part: dict[str, Any]) -> None:
        by = UUID(part["by"]) if "by" in part else None
        at = datetime.fromisoformat(part["at"])
        self.key = step.key
        self.context = Context(self.id, None, by, at, authority="imported")
        version, state = self.streams.get(step.stream, (0, step.decider.initial))
        facts = tuple(_now(fact(self, state, step.command)) for fact in step.facts)
        context = self.context.knowing(facts)
        events = step.decider.decide(step.command, state, context)
        assert len(events) == 1, "a version is counted for each command"
        for event in events:
            state = step.decider.evolve(state, event)
            if type(event) in ROLL.types:
                self.roll = ROLL.evolve(self.roll, str(step.key), event)
            told = type(event).__name__, at, by, _data(event)
            self.entries.append(Entry(len(self.entries) + 1, str(step.key), *told))
        self.streams[step.stream] = version + 1, state

    def sheet(self, kind: str) -> bytes:
        return sheets.sheet(kind, self.entries, personal=True)

    def sheets(self) -> dict[str, bytes]:
        return {kind: self.sheet(kind) for kind in SHEETS}

    def known(self) -> Known:
        """Return what an import learns of it."""
        if not self.entries:
            return Known()
        own = {kind: parsed(self.sheet(kind), kind, kind, _never, _never) for kind in SHEETS}
        versions = {name: version for name, (version, _) in self.streams.items()}
        return Known(self.id, formal=False, versions=versions, sheets=own)


@dataclass
class Reader:
    """An import of some sheets, and what it said."""

    table: Table
    slug: str
    refused: list[Refusal] = field(default_factory=list)
    remarks: list[Refusal] = field(default_factory=list)
    drawn: int = 0

    def plan(self, files: dict[str, bytes]) -> Plan:
        rows = {
            kind: parsed(raw, kind, f"{kind}.csv", self.refused.append, self.remarks.append)
            for kind, raw in files.items()
        }
        return plan(
            rows, self.table.known(), self.slug, on=TODAY, now=NOW, new_id=self.new_id,
            refuse=self.refused.append, remark=self.remarks.append,
        )  # fmt: skip

    def new_id(self) -> str:
        self.drawn += 1
        return str(UUID(int=(self.table.id.int ^ self.drawn) | 7 << 76))


def _never(refusal: Refusal) -> None:
    raise AssertionError(f"an export is read back whole: {refusal}")


def _now(awaited: Awaitable[object]) -> object:
    """Return what a fact found; nothing here has to be waited for."""
    try:
        awaited.__await__().send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("a fact waits for something")


def _data(event: Event) -> dict[str, Any]:
    """Return an event's fields as a reader gets them who may open all."""
    fields = type(event).model_fields
    said = {name.rstrip("_"): jsonable(getattr(event, name)) for name in fields}
    said = orjson.loads(orjson.dumps(said))
    return {
        name: value for name, value in said.items() if name not in ENVELOPE and value is not None
    }
