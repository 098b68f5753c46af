"""Damaged bytes are an event or a decode error, damaged messages are damage; never anything else.

No test here measures time: what a message may hold is bounded, and so is the depth that is read.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from uuid import UUID

import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared import decoding, feed
from shared.bus import Damaged, Packed, Run, Stored, holds, pack, read_disclosures, unpack
from shared.canonical import chain_next, chain_start, leaf_hash
from shared.event import Recorded
from shared.sealing import Disclosure, open_disclosure
from tests.properties.damage import GOLDEN, damaged, golden_bytes
from tests.properties.profiles import searching
from tests.properties.written import KEY, TYPES, Written, written

RELAY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = RELAY.public_key().public_bytes_raw()
HEADERS = [
    "Content-Type", "Nats-Msg-Id", "Accord-Lengths", "Accord-Chain", "Accord-Disclosures",
    "traceparent",
]  # fmt: skip


@searching(400, damaged(golden_bytes), st.sampled_from(TYPES))
def test_damaged_bytes_are_an_event_or_a_decode_error(entry: bytes, of: tuple[str, type]) -> None:
    for read in (
        lambda: decoding.recorded(entry, {}),
        lambda: decoding.type_of(entry),
        lambda: decoding.event_id(entry),
        lambda: decoding.event(of[1], entry, {}),
    ):
        with suppress(decoding.EventDecodeError):
            read()


@searching(150, damaged(golden_bytes))
def test_what_is_read_is_what_the_bytes_say(entry: bytes) -> None:
    try:
        seen = decoding.recorded(entry, {})
    except decoding.EventDecodeError:
        return
    held = orjson.loads(entry)
    assert isinstance(seen, Recorded)
    assert held["source"] == f"/coalitions/{seen.coalition}/{seen.service}"
    assert UUID(held["coalition"]) == seen.coalition
    assert held["type"].endswith(f".{seen.type}")
    assert held["subject"] == seen.stream
    assert seen.leaf == leaf_hash(entry)
    assert seen.at.tzinfo is not None
    assert seen.recorded_at.tzinfo is not None


@pytest.mark.parametrize("deep", [10, 400, 900, 1_100, 30_000])
@pytest.mark.parametrize("form", [("[", "]"), ('{"a":', "}")], ids=["lists", "objects"])
def test_depth_is_bounded_wherever_it_stands(deep: int, form: tuple[str, str]) -> None:
    nested = (form[0] * deep + "1" + form[1] * deep).encode()
    entry = next(iter(GOLDEN.values()))
    for altered in (nested, entry.replace(b'"data":{', b'"data":{"x":' + nested + b",")):
        try:
            decoding.recorded(altered, {})
        except decoding.EventDecodeError:
            assert deep > 100 or altered == nested


# Messages


def stored(found: list[Written], coalition: UUID) -> list[Stored]:
    """Return events as they would lie in one journal, one after another."""
    chain, events = chain_start("members", coalition), []
    for position, it in enumerate(found, 1):
        held = orjson.loads(it.entry)
        held |= {
            "coalition": str(coalition), "source": f"/coalitions/{coalition}/members",
            "sequence": f"{position:020d}",
        }  # fmt: skip
        entry = orjson.dumps(held, option=orjson.OPT_SORT_KEYS)
        chain = chain_next(chain, leaf_hash(entry))
        kind = type(it.event).__name__
        events.append(Stored(coalition, position, kind, entry, it.closed, None, chain))
    return events


@st.composite
def packed(draw: st.DrawFn) -> tuple[Packed, list[Stored]]:
    """Draw a message of one journal, and what it was made from."""
    coalition = draw(st.uuids())
    it = draw(written())
    whole = stored([it] * draw(st.integers(1, 4)), coalition)
    messages = list(pack("members", whole, RELAY))
    return draw(st.sampled_from(messages)), whole


def message(one: Packed) -> Msg:
    return Msg(Client(), one.subject, "", one.payload, dict(one.headers))


def accepted(one: Packed) -> Run | None:
    """Return the run if a reader would take it: in agreement, signed, and in the chain."""
    try:
        run = unpack(message(one))
    except Damaged:
        return None
    return run if holds(run, PUBLIC) else None


@searching(40, packed())
def test_what_was_packed_is_unpacked(it: tuple[Packed, list[Stored]]) -> None:
    one, whole = it
    run = accepted(one)
    assert run is not None
    of_it = whole[run.first - 1 : run.last]
    assert run.entries == tuple(event.entry for event in of_it)
    assert run.disclosures in (None, tuple(event.disclosures for event in of_it))


JUNK = (
    st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), max_size=60)
    | st.sampled_from(
        ["", "feed", "-", "1-", "-1", "0-0", "1_0", "+1", " 1", "9" * 5_000, "1,,2", "-5,5", "²"]
    )
    | st.sampled_from(
        [b"5", b"null", b"{}", b"[5]", b"[[5]]", b'[{"key":5}]', b"[" * 30_000, b'[[{"digest":1}]]']
    ).map(lambda raw: urlsafe_b64encode(raw).decode())
)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[Packed, list[Stored]]:
    """Draw a message of which one part was changed, or two."""
    one, whole = draw(packed())
    for _ in range(draw(st.integers(1, 2))):
        match draw(st.sampled_from(["header", "gone", "payload", "subject", "digit"])):
            case "header":
                name = draw(st.sampled_from(HEADERS))
                one = replace(one, headers=one.headers | {name: draw(JUNK)})
            case "gone":
                kept = dict(one.headers)
                kept.pop(draw(st.sampled_from(sorted(kept))), None)
                one = replace(one, headers=kept)
            case "payload":
                one = replace(one, payload=draw(damaged(st.just(one.payload or b"x"))))
            case "subject":
                parts = one.subject.split(".")
                if len(parts) > 2:
                    parts[draw(st.integers(2, len(parts) - 1))] = draw(
                        st.sampled_from(["7", "credit", "MemberJoined", str(UUID(int=5)), "", "*"])
                    )
                one = replace(one, subject=".".join(parts))
            case _:
                name = draw(st.sampled_from(sorted(one.headers) or ["Nats-Msg-Id"]))
                value = one.headers.get(name, "")
                at = draw(st.integers(0, max(0, len(value) - 1)))
                value = value[:at] + draw(st.sampled_from("0123456789-,/.")) + value[at + 1 :]
                one = replace(one, headers=one.headers | {name: value})
    return one, whole


@searching(300, mutated())
def test_a_mutated_message_is_damage_or_says_what_was_recorded(
    it: tuple[Packed, list[Stored]],
) -> None:
    one, whole = it
    run = accepted(one)
    if run is None:
        return
    assert (run.service, run.coalition) == ("members", whole[0].coalition)
    assert one.subject.split(".")[5] == whole[0].type
    assert 1 <= run.first <= run.last <= len(whole)
    assert len(run.entries) == run.last - run.first + 1
    assert run.chain == whole[run.last - 1].chain
    chain = whole[run.first - 2].chain if run.first > 1 else chain_start("members", run.coalition)
    assert chain is not None
    for entry in run.entries:
        chain = chain_next(chain, leaf_hash(entry))
    if chain == run.chain:
        assert run.entries == tuple(event.entry for event in whole[run.first - 1 : run.last])


# Disclosures, and the feed


def mapped(value: object) -> Mapping[str, str]:
    return value  # type: ignore[return-value]  # as it may come


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["audience", "ciphertext", "digest", "key", "nonce"]), inner
        )
    ),
    max_leaves=10,
)


@searching(200, st.lists(json_like, max_size=3))
def test_disclosures_are_read_or_damage(found: list[object]) -> None:
    try:
        read_disclosures(mapped(one) for one in found)
    except Damaged:
        assert found


@searching(100, st.binary(max_size=20), st.binary(max_size=40), st.text(max_size=50))
def test_a_disclosure_opens_or_does_not(nonce: bytes, ciphertext: bytes, digest: str) -> None:
    closed = Disclosure(digest, "members", KEY.id, nonce, ciphertext)
    assert open_disclosure(KEY, UUID(int=1), UUID(int=2), closed) is None


disclosures = json_like.map(lambda value: b'{"disclosures":' + json.dumps(value).encode() + b"}")
lines_of_a_feed = golden_bytes | st.binary(max_size=30) | disclosures


@searching(200, st.lists(lines_of_a_feed, max_size=4))
def test_a_page_of_the_feed_is_read_or_damage(lines: list[bytes]) -> None:
    try:
        feed.parse(b"\n".join(lines))
    except Damaged:
        assert lines
