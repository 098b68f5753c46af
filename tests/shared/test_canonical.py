"""One encoder, the same bytes as RFC 8785, and the vector of the wire contract."""

import json
from hashlib import sha256
from uuid import UUID

import orjson
import pytest
import rfc8785
from hypothesis import strategies as st

from shared.canonical import CANONICAL, chain_next, chain_start, dumps, jsonable, leaf_hash
from shared.event import Text
from tests.laws import over
from tests.shared.tlog.vectors import VECTORS, with_vectors

WHOLE_EVENT = {
    "specversion": "1.0",
    "id": "0195c4d1-3a52-7f06-a1b7-90c2e84d6f15",
    "source": "/coalitions/0195a3c2-6f10-7c44-9b1e-5d2a8c7f3e01/meetings",
    "type": "accord.meetings.DecisionMade",
    "subject": "proposal-0195b7f0-21d4-7a8e-8c33-6f1b0e9a4d22",
    "coalition": "0195a3c2-6f10-7c44-9b1e-5d2a8c7f3e01",
    "sequence": "00000000000000098123",
    "streamversion": "23",
    "time": "2026-03-12T15:04:05.131Z",
    "recordedtime": "2026-03-12T15:04:05.131Z",
    "datacontenttype": "application/json",
    "correlationid": "0195c4d1-3a40-7b1d-b2c9-4e5f60718293",
    "authtype": "app_user",
    "onbehalfof": "0195a3c2-7d90-7e11-8f02-3b4c5d6e7f80",
    "accreditation": "0195a3c4-22cc-7f33-8e44-be0d9c8b7a61",
    "authority": "full",
    "visibility": "members",
    "data": {
        "decision": "0195c4d1-3a51-7a19-9c08-5b6c7d8e9fa0",
        "outcome": "adopted",
        "counts": {"agree": 12, "disagree": 1, "abstain": 1, "object": 1},
        "voters": 15,
        "entitled": 16,
        "rule": "0195a3c2-b154-7e65-8d46-7f8091122334",
        "rule_version": 3,
        "electorate": "wy__PvP9SqJOkBuoBwzH6XO2vWGe67ZP2Pt6HKHcXAY",
        "text": "vGWMZB73Fzn7mZW97VmyEVC7_0Nn9uTkx5NLSJudLAA",
        "issue": "0195a3d0-44ee-7b55-a066-d02fbeadc083",
        "objections": {"0195c2f1-6d72-7e1a-9f21-8b9cad0e1f30": "outweighed"},
        "members_position": 4127,
        "accountable": ["0195a3c2-7d90-7e11-8f02-3b4c5d6e7f80"],
        "meeting": "0195c1b0-55ff-7c66-b177-e13fcfbed194",
        "_sd_alg": "sha-256",
        "_sd": [
            "9--1EOI2wvzZD96004qOYJtOQs2vo7aTuZGvdJjpW8Y",
            "i_2QEyr4b2kSbKDIuW3hae9Sj4MLRm7QuyQ6bjbTWQw",
            "m6cQQu03iXESzj_DfF4jt7ViE_4u_bPbO6_QrX7vBQs",
            "yNe6vm1ru98Kh_DVvhwuqxVXZEDIsKRZBQiCLWHndA0",
        ],
    },
}


def test_the_whole_event_of_the_contract_has_its_bytes_and_hashes() -> None:
    entry = dumps(WHOLE_EVENT)
    assert len(entry) == 1_467
    assert sha256(entry).hexdigest() == (
        "687b26980915169f26bafaf131b004d58de8dfdafdbc80440535afcb81425592"
    )
    assert leaf_hash(entry).hex() == (
        "4a6887d506b88ec2e715e90214d20bbb148ba858ad5db35986e8914ba06f7473"
    )


keys = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=12)
plain = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=20,
)


@over(plain, examples=300)
def test_it_is_rfc_8785_on_what_events_hold(value: object) -> None:
    assert dumps(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # plain JSON, built above
    assert orjson.dumps(orjson.loads(dumps(value)), option=CANONICAL) == dumps(value)


@pytest.mark.parametrize("value", [1.5, [0.0], {"a": float("nan")}, {"ä": 1}, 2**53, "\ud800"])
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        dumps(value)


def test_the_chain_starts_with_service_and_coalition() -> None:
    coalition = UUID("0195a3c2-6f10-7c44-9b1e-5d2a8c7f3e01")
    start = chain_start("meetings", coalition)
    assert start == sha256(f"accord-chain-v1\nmeetings\n{coalition}".encode()).digest()
    assert chain_next(start, leaf_hash(b"{}")) == sha256(start + leaf_hash(b"{}")).digest()


def test_text_is_written_without_anything_around_it() -> None:
    assert jsonable((Text(lang="de", text="Zu spät"),)) == [{"lang": "de", "text": "Zu spät"}]


# What events hold is less than JSON has: no fractions, no keys beyond ASCII.
OFFICIAL = {
    "arrays": True, "french": False, "structures": False,
    "unicode": True, "values": False, "weird": False,
}  # fmt: skip


@with_vectors
@pytest.mark.parametrize("name", OFFICIAL)
def test_official_vectors_are_written_as_they_should_be_or_refused(name: str) -> None:
    folder = VECTORS / "jcs-rfc8785/testdata"
    value = json.loads((folder / f"input/{name}.json").read_bytes())
    wanted = bytes.fromhex((folder / f"outhex/{name}.txt").read_text())
    assert rfc8785.dumps(value) == wanted
    if OFFICIAL[name]:
        assert dumps(value) == wanted
    else:
        with pytest.raises(TypeError, match=r"float|not ASCII"):
            dumps(value)
