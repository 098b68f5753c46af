"""From bytes back to events: what could be opened is put in place, the rest is counted."""

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, get_args
from uuid import UUID

import orjson

from shared.canonical import FROM_CONTEXT, leaf_hash
from shared.event import Event, Recorded, Sealed, Visibility, seal_of
from shared.sealing import GONE, Opened


class EventDecodeError(ValueError):
    """Bytes that are no event of this journal."""


_MARK = b'"type":"accord.'
_MARKED = len(_MARK)
_ID = b'"datacontenttype":"application/json","id":"'
_CLOSED = b'"_sd"'
_NESTED = dict, list
_DEEPEST = 32  # levels of lists and objects in `data`; ours have six
_VISIBILITIES = frozenset(get_args(Visibility))
_UNREADABLE = (orjson.JSONDecodeError, KeyError, ValueError, TypeError, AttributeError)


def type_of(entry: bytes) -> str:
    """Return the event type in the bytes without reading the rest.

    Keys are sorted, so the envelope's `type` is the last of that form.

    Raises:
        EventDecodeError: there is none.
    """
    start = entry.rfind(_MARK)
    end = entry.find(b'"', start + _MARKED)
    if start < 0 or end < 0:
        raise EventDecodeError("no event")
    return _last_word(entry[start + _MARKED : end])


@lru_cache(maxsize=1_024)
def _last_word(written: bytes) -> str:
    return written.decode("ascii", "replace").rpartition(".")[2]


_recorded = Recorded._make


@lru_cache(maxsize=16_384)
def _uuid(written: str) -> UUID:
    return UUID(written)


@lru_cache(maxsize=1_024)
def _moment(written: str) -> datetime:
    at = datetime.fromisoformat(written)
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at


def recorded(entry: bytes, opened: Mapping[str, Opened], leaf: bytes | None = None) -> Recorded:
    """Return the event in `entry`, with the disclosures whose digests stand in it.

    Raises:
        EventDecodeError: the bytes are no event.
    """
    try:
        written = orjson.loads(entry)
        held, data, withheld = written.get, written["data"], 0
        coalition, stream, visibility = (
            written["coalition"], written["subject"], written["visibility"],
        )  # fmt: skip
        prefix, service, kind = written["type"].split(".")
        if (
            written["source"] != f"/coalitions/{coalition}/{service}"
            or prefix != "accord"
            or not isinstance(stream, str)
            or visibility not in _VISIBILITIES
        ):
            raise ValueError("the attributes disagree")
        sealed: dict[str, tuple[str, UUID, str]] = {}
        if _CLOSED in entry or entry.count(b"[") + entry.count(b"{") > _DEEPEST:
            data, withheld = _in_place(data, opened, sealed)
        by, accreditation, audience = held("onbehalfof"), held("accreditation"), held("audience")
        actor = data.pop("actor", None)
        return _recorded(
            (
                _uuid(coalition),
                service,
                int(written["sequence"]),
                kind,
                stream,
                int(written["streamversion"]),
                _moment(written["time"]),
                _moment(written["recordedtime"]),
                visibility,
                data,
                leaf or leaf_hash(entry),
                _uuid(by) if by else None,
                _uuid(accreditation) if accreditation else None,
                held("authority"),
                tuple(audience.split()) if audience else (),
                _uuid(actor) if actor else None,
                held("correlationid"),
                sealed,
                withheld,
            )
        )
    except _UNREADABLE as error:
        raise EventDecodeError(f"no event: {type(error).__name__}") from error


def _in_place(
    data: Any, opened: Mapping[str, Opened], sealed: dict[str, tuple[str, UUID, str]],
    deep: int = _DEEPEST, way: str = "",
) -> tuple[Any, int]:  # fmt: skip
    """Return `data` with opened fields in place, and how many digests stayed closed.

    Of what was erased only the name is noted in `sealed`; of what is nested, the way there:
    `override/reason`, `owners/0/person`.
    """
    if not deep:
        raise ValueError("nested too deeply")
    if isinstance(data, list):
        parts = [
            _in_place(part, opened, sealed, deep - 1, f"{way}{n}/") for n, part in enumerate(data)
        ]
        return [part for part, _ in parts], sum(closed for _, closed in parts)
    if not isinstance(data, dict):
        return data, 0
    closed = 0
    digests = data.pop("_sd", ())
    data.pop("_sd_alg", None)
    for name, value in data.items():
        if isinstance(value, _NESTED):
            data[name], inside = _in_place(value, opened, sealed, deep - 1, f"{way}{name}/")
            closed += inside
    for digest in digests:
        if found := opened.get(digest):
            if found.value is not GONE:
                data[found.name] = found.value
            sealed[way + found.name] = found.audience, found.key, digest
        else:
            closed += 1
    return data, closed


def event(kind: type[Event], entry: bytes, opened: Mapping[str, Opened]) -> Event:
    """Return the event of `kind` in `entry`, for the service that wrote it.

    Raises:
        EventDecodeError: the bytes are no such event.
    """
    try:
        written = orjson.loads(entry)
        data, _ = _in_place(written["data"], opened, {})
        data.pop("actor", None)
        erased = {found.name for found in opened.values() if found.value is GONE}
        for name, stands in FROM_CONTEXT.items():
            if name in kind.model_fields and stands in written:
                data[name] = written[stands]
        for attribute, info in kind.model_fields.items():
            name = info.alias or attribute
            absent = name not in data and _is_sealed(info.annotation)
            if absent and (info.is_required() or name in erased):
                data[name] = Sealed()  # of its own: it takes the digest of what was erased
        built = kind.model_validate(data, strict=False)
    except _UNREADABLE as error:
        raise EventDecodeError(f"no {kind.__name__}: {error}") from error
    for digest, found in opened.items():
        for attribute, info in kind.model_fields.items():
            held = getattr(built, attribute)
            if (info.alias or attribute) == found.name and isinstance(held, Sealed):
                held.take(digest)
    return built


def _is_sealed(annotation: Any) -> bool:
    return seal_of((), annotation) is not None


def event_id(entry: bytes) -> UUID:
    """Return the id in the bytes of an event without reading the rest: keys are sorted.

    Raises:
        EventDecodeError: there is none.
    """
    start = entry.rfind(_ID) + len(_ID)
    try:
        return UUID(entry[start : start + 36].decode("ascii"))
    except ValueError as error:
        raise EventDecodeError("no event") from error
