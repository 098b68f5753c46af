"""Events written by the one encoder with real sealing, and everything needed to read them back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import strategies as st

from services.credit.__main__ import service as credit
from services.meetings.__main__ import service as meetings
from services.members.__main__ import service as members
from services.members.domain import relationship
from shared.canonical import Envelope, Hidden, encode
from shared.event import Event
from shared.hot import Rules
from shared.sealing import Disclosure, Key, Opened, decoy, open_disclosure, seal
from tests.properties.shapes import IDS, instances, moments

WRITERS = {service.name: service for service in (members, meetings, credit)}
RULES = {name: Rules(name, service.deciders, service.folds) for name, service in WRITERS.items()}
TYPES = [(name, kind) for name, rules in RULES.items() for kind in rules.types.values()]
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
KEY = Key(UUID(int=3), AESGCM(bytes(32)))
VISIBLE = st.sampled_from(["dyad", "body", "members", "partners", "funders", "public"])
AUTHORITY = st.sampled_from([None, "full", "ad_referendum", "observer", "imported"])


@dataclass(frozen=True)
class Written:
    """An event with its bytes, and its disclosures, closed and open."""

    service: str
    event: Event
    envelope: Envelope
    entry: bytes
    closed: tuple[Disclosure, ...]
    actor: UUID | None

    @property
    def opened(self) -> Mapping[str, Opened]:
        found = {}
        for one in self.closed:
            opened = open_disclosure(
                KEY, UUID(self.envelope.coalition), UUID(self.envelope.id), one
            )
            assert opened is not None
            found[one.digest] = opened
        return found


def write(service: str, event: Event, envelope: Envelope, actor: UUID | None) -> Written:
    """Encode an event as the journal does."""
    closed: list[Disclosure] = []

    def close(hidden: Hidden) -> str:
        one = seal(KEY, envelope.coalition, envelope.id, "members", hidden.name, hidden.value)
        closed.append(one)
        if hidden.sealed is not None:
            hidden.sealed.take(one.digest)
        return one.digest

    entry = encode(envelope, event, actor, close, decoy)
    return Written(service, event, envelope, entry, tuple(closed), actor)


@cache
def of(kind: type[Event]) -> st.SearchStrategy[Event]:
    """Return the events of a type."""
    return instances(kind)


@st.composite
def written(draw: st.DrawFn) -> Written:
    """Draw an event of any type of any service, written down."""
    service, kind = draw(st.sampled_from(TYPES))
    event = draw(of(kind))
    at: datetime = getattr(event, "at", None) or draw(moments)
    by: UUID | None = event.by if hasattr(event, "by") else draw(st.none() | IDS)
    unsigned = event.nameless
    authority = draw(AUTHORITY)
    if "authority" in kind.model_fields:
        authority = getattr(event, "authority", None)
    envelope = Envelope(
        id=str(draw(IDS)), service=service, type=kind.__name__, stream=f"it-{draw(IDS)}",
        coalition=str(draw(IDS)), position=draw(st.integers(1, 2**53 - 1)),
        version=draw(st.integers(1, 2**53 - 1)), at=at, recorded_at=draw(moments),
        correlation=str(draw(IDS)), credential="app_user", visibility=draw(VISIBLE),
        by=None if unsigned else by, accreditation=None if unsigned else draw(st.none() | IDS),
        authority=authority,
        audience=tuple(draw(st.lists(st.sampled_from(["body:1", "org:2"]), max_size=2))),
        causation=draw(st.none() | st.just("an-event")),
    )  # fmt: skip
    return write(service, event, envelope, None if unsigned else draw(st.none() | IDS))


def plain_envelope(service: str, kind: type[Event], visibility: str = "members") -> Envelope:
    """Return an envelope in which nothing is remarkable."""
    of_two = kind.__name__ in relationship.decider.types
    key = f"{UUID(int=9)}_{UUID(int=10)}" if of_two else str(UUID(int=9))
    return Envelope(
        id=str(UUID(int=7)), service=service, type=kind.__name__, stream=f"it-{key}",
        coalition=str(UUID(int=8)), position=1, version=1, at=NOON, recorded_at=NOON,
        correlation=str(UUID(int=7)), credential="app_user", visibility=visibility,
    )  # fmt: skip
