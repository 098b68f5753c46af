"""What is written is read back, and any RFC 8785 implementation would write the same bytes."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
import rfc8785
from hypothesis import strategies as st

from shared import decoding
from shared.canonical import Hidden, dumps, encode, leaf_hash
from shared.event import Event, Sealed, Value
from shared.sealing import Opened, decoy, disclose
from tests.contracts.golden import AT, SALT, shapes
from tests.properties.profiles import searching
from tests.properties.written import TYPES, Written, of, plain_envelope, write, written


@searching(150, written())
def test_what_was_written_is_read_back(it: Written) -> None:
    kind = type(it.event)
    assert decoding.type_of(it.entry) == kind.__name__
    assert str(decoding.event_id(it.entry)) == it.envelope.id
    seen = decoding.recorded(it.entry, it.opened)
    wanted = it.envelope
    assert (seen.service, seen.type, seen.stream, str(seen.coalition)) == (
        it.service, kind.__name__, wanted.stream, wanted.coalition,
    )  # fmt: skip
    assert (seen.position, seen.version, seen.at, seen.recorded_at) == (
        wanted.position, wanted.version, wanted.at, wanted.recorded_at,
    )  # fmt: skip
    assert (seen.by, seen.accreditation, seen.authority, seen.actor, seen.audience) == (
        wanted.by, wanted.accreditation, wanted.authority, it.actor, wanted.audience,
    )  # fmt: skip
    if not it.event.nameless or "by" not in kind.model_fields:
        assert _plain(decoding.event(kind, it.entry, it.opened)) == _plain(it.event)


def _plain(held: Any) -> Any:
    """Return a value as rules see it: what is sealed counts by its value."""
    if isinstance(held, Sealed):
        return _plain(held.value)
    if isinstance(held, Value):
        return {name: _plain(part) for name, part in held}
    return [_plain(part) for part in held] if isinstance(held, tuple) else held


@searching(150, written())
def test_anybodys_rfc_8785_writes_the_same_bytes(it: Written) -> None:
    held = orjson.loads(it.entry)
    assert rfc8785.dumps(held) == it.entry
    assert dumps(held) == it.entry
    assert dumps(orjson.loads(dumps(held))) == it.entry


@searching(60, written())
def test_what_is_sealed_stands_in_no_byte(it: Written) -> None:
    for opened in it.opened.values():
        name = json.dumps(opened.name).encode()
        if isinstance(opened.value, dict) and len(opened.value.get("text", "")) > 8:
            assert orjson.dumps(opened.value["text"]) not in it.entry
        assert name + b":" + orjson.dumps(opened.value) not in it.entry or opened.value in (
            it.envelope.visibility, str(it.envelope.by), str(it.envelope.coalition),
        )  # fmt: skip


@pytest.mark.parametrize(("service", "kind"), TYPES, ids=lambda one: getattr(one, "__name__", one))
def test_every_type_can_be_generated_and_written(service: str, kind: type[Event]) -> None:
    found: list[bytes] = []

    @searching(5, of(kind), st.sampled_from(["members", "public"]))
    def generated(event: Event, visibility: str) -> None:
        around = plain_envelope(service, kind, visibility)
        found.append(write(service, event, around, None).entry)

    generated()
    assert found


# RFC 8785, 3.2.2 and 3.2.3: the rules on strings, and the order of keys by UTF-16 units.
STRINGS = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.text(st.characters(min_codepoint=0, max_codepoint=127), max_size=8)
WHOLE = st.integers(-(2**53) + 1, 2**53 - 1)


@searching(200, st.dictionaries(KEYS, STRINGS | WHOLE | st.lists(STRINGS | WHOLE)))
def test_strings_and_numbers_are_written_as_in_rfc_8785(value: dict[str, Any]) -> None:
    assert dumps(value) == rfc8785.dumps(value)


def test_control_characters_are_written_as_in_rfc_8785() -> None:
    every = "".join(map(chr, [*range(0x80), 0x7FF, 0x800, 0xFFFD, 0xFFFF, 0x1_0000, 0x1F_600]))
    assert dumps({"all": every}) == rfc8785.dumps({"all": every})
    assert dumps(0) == b"0" == dumps(-0)


@searching(200, st.floats() | st.integers(min_value=2**53) | st.integers(max_value=-(2**53)))
def test_numbers_on_which_encoders_differ_are_refused(value: float) -> None:
    with pytest.raises((TypeError, ValueError)):
        dumps({"n": [value]})


def restricted(service: str, event: Event) -> dict[str, Opened]:
    """Return the disclosures of a golden file whose keys are never destroyed."""
    found = {}

    def close(hidden: Hidden) -> str:
        digest = disclose(hidden.name, hidden.value, SALT)[1]
        if hidden.sealed is None:
            found[digest] = Opened(hidden.name, hidden.value, "members", UUID(int=1))
        return digest

    encode(plain_envelope(service, type(event)), event, None, close, decoy)
    return found


@pytest.mark.parametrize(
    ("path", "service", "stream", "event"), list(shapes()), ids=lambda one: str(one)[-40:]
)
def test_golden_files_are_total(path: Path, service: str, stream: str, event: Event) -> None:
    kind = type(event)
    entry = path.read_bytes()
    seen = decoding.recorded(entry, {})
    assert (seen.leaf, seen.stream) == (leaf_hash(entry), stream)
    assert rfc8785.dumps(orjson.loads(entry)) == entry
    read = decoding.event(kind, entry, restricted(service, event))
    was = _without_sealed(event) | ({"at": AT} if "at" in kind.model_fields else {})
    assert _without_sealed(read) == was


def _without_sealed(held: Any) -> Any:
    if isinstance(held, Value):
        return {name: _without_sealed(part) for name, part in held}
    if isinstance(held, tuple):
        return [_without_sealed(part) for part in held]
    return None if isinstance(held, Sealed) else held
