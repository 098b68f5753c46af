"""The one encoder of event bytes: canonical JSON, written once, at append.

Sorted keys, no floats, integers within 2⁵³ of zero, ASCII keys: on such values orjson and
RFC 8785 agree byte for byte. What is read back is never written again to be verified.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from functools import cache, lru_cache
from hashlib import sha256
from typing import Any, NamedTuple, get_args
from uuid import UUID

import orjson

from shared.event import Event, Seal, Sealed, Text, Value, seal_of, timestamp

EVENT_BYTES = 65_535
CANONICAL = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER
_AS_IT_IS = frozenset({str, int, bool, UUID, type(None)})
_MOMENTS_HELD = 1_024
_DECOYS_FROM = 4
FROM_CONTEXT = {"by": "onbehalfof", "at": "time", "authority": "authority"}
"""Fields that an event takes from its context: they stand in the envelope, not in `data`."""


class EventTooLarge(ValueError):
    """An event above 65,535 bytes, which no log entry can hold."""


class Hidden(NamedTuple):
    """A field kept out of the bytes: where it stood, and whose key closes it."""

    name: str
    value: Any
    about: UUID | None
    sealed: Sealed[Any] | None

    @property
    def words(self) -> bool:
        """Whether somebody wrote it: a text, or several."""
        first = self.value[0] if isinstance(self.value, list) and self.value else self.value
        return isinstance(first, dict) and first.keys() == Text.model_fields.keys()


SealField = Callable[[Hidden], str]
"""Take a hidden field, keep its disclosure, and return the digest."""
Decoy = Callable[[], str]


def dumps(value: Any) -> bytes:
    """Return the canonical JSON of a plain value. Floats are refused."""
    _refuse_floats(value)
    return orjson.dumps(value, option=CANONICAL)


def leaf_hash(entry: bytes) -> bytes:
    """Return SHA-256 of 0x00 and the bytes (RFC 6962, 2.1)."""
    return sha256(b"\x00" + entry).digest()


def chain_start(service: str, coalition: UUID) -> bytes:
    """Return the chain's value before the first event of a journal."""
    return sha256(f"accord-chain-v1\n{service}\n{coalition}".encode()).digest()


def chain_next(chain: bytes, leaf: bytes) -> bytes:
    """Return the chain's value after an event with this leaf hash."""
    return sha256(chain + leaf).digest()


def chained(chain: bytes, entries: Iterable[bytes]) -> tuple[bytes, list[bytes]]:
    """Return the chain's value after consecutive events, and their leaf hashes."""
    leaves = [sha256(b"\x00" + entry).digest() for entry in entries]
    for leaf in leaves:
        chain = sha256(chain + leaf).digest()
    return chain, leaves


class Envelope(NamedTuple):
    """The CloudEvents attributes of one event; all strings, absent when `None`."""

    id: str
    service: str
    type: str
    stream: str
    coalition: str
    position: int
    version: int
    at: datetime
    recorded_at: datetime
    correlation: str
    credential: str
    visibility: str
    by: UUID | None = None
    accreditation: UUID | None = None
    authority: str | None = None
    audience: tuple[str, ...] = ()
    causation: str | None = None

    def attributes(self) -> dict[str, Any]:
        """Return the attributes as they stand on the wire, without `data`."""
        written: dict[str, Any] = {
            "specversion": "1.0",
            "id": self.id,
            "source": f"/coalitions/{self.coalition}/{self.service}",
            "type": f"accord.{self.service}.{self.type}",
            "subject": self.stream,
            "coalition": self.coalition,
            "sequence": f"{self.position:020d}",
            "streamversion": str(self.version),
            "time": timestamp(self.at),
            "recordedtime": timestamp(self.recorded_at),
            "datacontenttype": "application/json",
            "correlationid": self.correlation,
            "authtype": self.credential,
            "visibility": self.visibility,
        }
        if self.by is not None:
            written["onbehalfof"] = self.by
        if self.accreditation is not None:
            written["accreditation"] = self.accreditation
        if self.authority is not None:
            written["authority"] = self.authority
        if self.audience:
            written["audience"] = " ".join(self.audience)
        if self.causation is not None:
            written["causationid"] = self.causation
        return written


def encode(
    envelope: Envelope, event: Event, actor: UUID | None, seal: SealField, decoy: Decoy
) -> bytes:
    """Return the bytes of an event; what must not stand in them goes through `seal`.

    Raises:
        EventTooLarge: above 65,535 bytes.
    """
    public = envelope.visibility == "public"
    in_clear = public and envelope.authority == "imported"
    digests: list[str] = []
    data = _data(event, digests, seal, decoy, public=public, text_in_clear=in_clear)
    if actor is not None:
        digests.append(seal(Hidden("actor", str(actor), actor, None)))
    _close(data, digests, decoy)
    written = envelope.attributes()
    written["data"] = data
    entry = orjson.dumps(written, _text, CANONICAL)
    if len(entry) > EVENT_BYTES:
        raise EventTooLarge(f"{envelope.type} has {len(entry)} bytes; an event has {EVENT_BYTES}")
    return entry


class _Field(NamedTuple):
    attribute: str
    name: str
    seal: Seal | None
    nested: bool
    optional: bool


@cache
def _fields(kind: type[Value]) -> tuple[_Field, ...]:
    return tuple(
        _Field(
            attribute,
            info.alias or attribute,
            seal_of(info.metadata, info.annotation),
            _holds_sealed(info.annotation),
            not info.is_required(),
        )
        for attribute, info in kind.model_fields.items()
        if not (issubclass(kind, Event) and attribute in FROM_CONTEXT)
    )


def _holds_sealed(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, Value) and annotation is not Text:
        return any(field.seal or field.nested for field in _fields(annotation))
    return any(_holds_sealed(part) for part in get_args(annotation))


def _data(
    value: Value,
    digests: list[str],
    seal: SealField,
    decoy: Decoy,
    *,
    public: bool,
    text_in_clear: bool,
) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for attribute, name, how, nested, optional in _fields(type(value)):
        held = getattr(value, attribute)
        if how is not None:
            sealed = held if type(held) is Sealed else None
            if sealed is not None:
                held = sealed.value
            if held is None:
                continue
            in_clear = public if sealed is None else text_in_clear
            if how.personal or not in_clear or (sealed is not None and sealed.about):
                about = None if sealed is None else sealed.about
                digests.append(seal(Hidden(name, jsonable(held), about, sealed)))
                continue
        if held is None and optional:
            continue
        if type(held) in _AS_IT_IS:
            written[name] = held
        elif nested:
            written[name] = _inner(held, seal, decoy, public=public, text_in_clear=text_in_clear)
        else:
            written[name] = jsonable(held)
    return written


def _inner(part: Any, seal: SealField, decoy: Decoy, *, public: bool, text_in_clear: bool) -> Any:
    """Write a value, some part of which may be sealed: each part closes its own digests."""
    if isinstance(part, tuple):
        return [
            _inner(one, seal, decoy, public=public, text_in_clear=text_in_clear) for one in part
        ]
    if not isinstance(part, Value):
        return jsonable(part)
    own: list[str] = []
    written = _data(part, own, seal, decoy, public=public, text_in_clear=text_in_clear)
    _close(written, own, decoy)
    return written


def _close(data: dict[str, Any], digests: list[str], decoy: Decoy) -> None:
    if digests:
        size = _DECOYS_FROM
        while size < len(digests):
            size *= 2
        digests.extend(decoy() for _ in range(size - len(digests)))
        data["_sd"] = sorted(digests)
        data["_sd_alg"] = "sha-256"


def _text(value: Any) -> str:
    """Write an id that the database driver made: it is of a subclass of UUID."""
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def jsonable(value: Any) -> Any:
    """Return a domain value as plain JSON: times in milliseconds, keys as text, sets in order."""
    return _writer(type(value))(value)  # type: ignore[arg-type]  # a class is hashable


@cache
def _writer(kind: type) -> Callable[[Any], Any]:
    """Return how values of one type are written; asked once of each, as `isinstance` is slow."""
    if kind in _AS_IT_IS:
        return _as_it_is
    if issubclass(kind, Enum):
        return _of_enum
    if issubclass(kind, Value):
        return _of_value
    if issubclass(kind, Sealed):
        return _of_sealed
    if issubclass(kind, (tuple, list)):
        return _in_order
    if issubclass(kind, (frozenset, set)):
        return _sorted
    if issubclass(kind, Mapping):
        return _of_mapping
    if issubclass(kind, datetime):
        return timestamp
    if issubclass(kind, date):
        return date.isoformat
    return _text


def _as_it_is(value: Any) -> Any:
    return value


def _of_enum(value: Enum) -> Any:
    return value.value


def _of_value(value: Value) -> dict[str, Any]:
    return {
        field.name: jsonable(held)
        for field in _fields(type(value))
        if (held := getattr(value, field.attribute)) is not None or not field.optional
    }


def _of_sealed(value: Sealed[Any]) -> Any:
    return jsonable(value.value)


def _in_order(value: Iterable[Any]) -> list[Any]:
    return [jsonable(part) for part in value]


def _sorted(value: Iterable[Any]) -> list[Any]:
    return sorted(jsonable(part) for part in value)


def _of_mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(jsonable(key)): jsonable(part) for key, part in value.items()}


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("a float has no canonical form here; use a ratio of two integers")
    if isinstance(value, Mapping):
        for key, part in value.items():
            if not (isinstance(key, str) and key.isascii()):
                raise TypeError(f"a key that is not ASCII text: {key!r}")
            _refuse_floats(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            _refuse_floats(part)


@lru_cache(maxsize=_MOMENTS_HELD)
def milliseconds(at: datetime) -> int:
    """Return whole milliseconds since 1970, the precision that events are written in."""
    return int(at.astimezone(UTC).timestamp() * 1000)
