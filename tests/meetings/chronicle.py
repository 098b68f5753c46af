"""A stream as a journal keeps it, and what read models make of it, without either.

Every event is written by the one encoder and read back from its bytes. What was redacted or erased
is not read back any more; nothing else ever goes.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import Any, Generic
from uuid import UUID

import orjson
from hypothesis.strategies import SearchStrategy

from services.meetings.views.tables import projection as meetings
from services.transparency.views import projection as transparency
from shared import decoding
from shared.canonical import Envelope
from shared.decider import C, Decider, E, Refused, S
from shared.event import Context, Event, Recorded
from shared.redaction import FieldRedacted, Redacted, RedactField, Words, on, text_of
from shared.sealing import GONE
from tests.meetings.coalition import COALITION
from tests.properties.test_batches import restricted
from tests.properties.written import Written, write

READ_MODELS = meetings, transparency
Row = dict[str, Any]


def nothing(_: Any) -> None:
    return None


@dataclass(frozen=True)
class Aggregate(Generic[C, S, E]):
    """An aggregate of meetings whose histories are searched.

    Args:
        key: The id of the stream, as the facts of its commands know it.
        begun: Commands that each history begins with.
        requests: Any commands that may follow.
        held: What its state must not lose.
        remembered: The same, by what was recorded.
        shown: Looks at what people are shown of a stream, and fails where something is missing.
    """

    decider: Decider[C, S, E]
    key: UUID
    begun: Sequence[tuple[C, Context]]
    requests: SearchStrategy[tuple[C, Context]]
    held: Callable[[S], Any] = nothing
    remembered: Callable[[Sequence[E]], Any] = nothing
    shown: Callable[["Chronicle[C, S, E]"], None] = nothing


@dataclass
class Chronicle(Generic[C, S, E]):
    """One stream of an aggregate, from its first event on."""

    of: Aggregate[C, S, E]
    coalition: UUID = COALITION
    events: list[Event] = field(default_factory=list)
    written: list[Written] = field(default_factory=list)
    gone: dict[str, Any] = field(default_factory=dict)
    redacted: dict[tuple[int, str], Redacted] = field(default_factory=dict)
    erased: set[UUID] = field(default_factory=set)
    state: Any = None

    @property
    def said(self) -> list[E]:
        """What happened, but for redactions."""
        return [event for event in self.events if not isinstance(event, FieldRedacted)]  # type: ignore[misc]  # the aggregate's own

    def ask(self, command: C, context: Context) -> None:
        """Send a command; where it is refused, nothing happens."""
        try:
            found = self.of.decider.decide(command, self.state, context)
        except Refused:
            return
        for event in found:
            self._add(event, context)
            self.state = self.of.decider.evolve(self.state, event)

    def redact(self, position: int, name: str, context: Context, reason: str) -> None:
        """Ask to redact a text, as its author or as the chair."""
        of = self.written[position - 1]
        digest = _ways(of).get(name)
        known = self.redacted.get((position, name))
        words = Words(
            event=f"meetings/{position}",
            field=name,
            seal=text_of(type(of.event), name),
            held="gone" if digest in self.gone else "sealed" if digest else "nothing",
            digest=digest,
            by=of.envelope.by,
            chaired=True,
            because=known.reason if known else None,
        )
        try:
            found = on(self.of.decider).decide(
                RedactField(reason=reason), self.state, replace(context, facts=(words,))
            )
        except Refused:
            return
        for event in found:
            self._add(event, context)
            shown = Redacted(
                reason=event.reason, digest=event.digest, by=context.by,
                ref=f"meetings/{len(self.events)}",
            )  # fmt: skip
            self.redacted[position, name] = shown
            self.gone[event.digest] = shown.model_dump(mode="json")

    def erase(self, org: UUID) -> None:
        """Erase a member of one person: their words go, and not what rules rest on."""
        self.erased.add(org)
        for of in self.written:
            if of.envelope.by == org:
                kept = restricted(type(of.event))
                for digest, one in of.opened.items():
                    if one.name not in kept and digest not in self.gone:
                        self.gone[digest] = GONE

    def _add(self, event: Event, context: Context) -> None:
        kind, position = type(event), len(self.events) + 1
        by = None if kind.unsigned else getattr(event, "by", context.by)
        authority = getattr(event, "authority", None) or context.authority
        envelope = Envelope(
            id=str(UUID(int=position)), service="meetings", type=kind.__name__,
            stream=self.of.decider.stream(self.of.key), coalition=str(self.coalition),
            position=position, version=position, at=getattr(event, "at", context.at),
            recorded_at=context.at, correlation=str(UUID(int=7)), credential="app_user",
            visibility=event.recorded_within(None), by=by, authority=authority,
            audience=event.audience,
        )  # fmt: skip
        self.written.append(write("meetings", event, envelope, None))
        self.events.append(event)

    def _opened(self, of: Written) -> Mapping[str, Any]:
        """Return what can be opened of an event, and what stands instead of the rest."""
        return {
            digest: one._replace(value=self.gone.get(digest, one.value))
            for digest, one in of.opened.items()
        }

    def replayed(self) -> Any:
        """Return the state as it is folded from bytes, without anything that went."""
        decider: Decider[Any, Any, Any] = self.of.decider
        types = decider.types
        kept = [of for of in self.written if of.envelope.type in types]
        return reduce(
            decider.evolve,
            [
                decoding.event(types[of.envelope.type], of.entry, {
                    digest: one._replace(value=GONE) if digest in self.gone else one
                    for digest, one in of.opened.items()
                })
                for of in kept
            ],
            self.of.decider.initial,
        )  # fmt: skip

    def recorded(self) -> list[Recorded]:
        """Return the stream as a reader gets it, who may open everything that did not go."""
        return [decoding.recorded(of.entry, self._opened(of)) for of in self.written]

    def rows(self, *tables: str) -> Iterator[Row]:
        """Yield what the read models keep of the stream, in its order; of some tables only."""
        for seen in self.recorded():
            yield from rows(seen, *tables)

    def texts(self) -> Iterator[tuple[int, str, Any]]:
        """Yield each text that was ever given: where it stands, its field, and its words."""
        for position, of in enumerate(self.written, start=1):
            for name, digest in _ways(of).items():
                seal, words = text_of(type(of.event), name), of.opened[digest].value
                if seal is not None and not seal.personal and words is not None:
                    yield position, name, words


def _ways(of: Written) -> dict[str, str]:
    """Return the digest of each sealed field of an event, by the way to it."""
    sealed = decoding.recorded(of.entry, of.opened).sealed
    return {way.replace("/", "."): digest for way, (_, _, digest) in sealed.items()}


def rows(seen: Recorded, *tables: str) -> Iterator[Row]:
    """Yield the rows that an event gives to the read models."""
    for projection in READ_MODELS:
        given = projection.rows.get(seen.type)
        for table, row in given(seen) if given else ():
            if not tables or table.name in tables:
                yield {
                    name: orjson.loads(value)
                    if kind == "jsonb" and isinstance(value, str)
                    else value
                    for (name, kind), value in zip(table.columns, row, strict=True)
                } | {"table": table.name}
