"""Sealed fields: the digest of the audit log's fixture, and values only for those with the key."""

from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.sealing import Key, decoy, disclose, keyed_for, open_disclosure, seal

COALITION, EVENT = UUID(int=1), UUID(int=2)
KEY = Key(UUID(int=3), AESGCM(bytes(32)))


def test_a_disclosure_is_encoded_as_in_rfc_9901() -> None:
    disclosure, digest = disclose("reason", "Zu spät", bytes(range(16)))
    assert disclosure == b"WyJBQUVDQXdRRkJnY0lDUW9MREEwT0R3IiwicmVhc29uIiwiWnUgc3DDpHQiXQ"
    assert digest == "l4hzUVq3goSavXbtHHLiSbBRrcPjJ9M1ejpen-kT-4E"


def test_it_opens_with_its_key_for_its_event_only() -> None:
    closed = seal(KEY, COALITION, EVENT, "members", "option", "object")
    opened = open_disclosure(KEY, COALITION, EVENT, closed)
    assert opened is not None
    assert (opened.name, opened.value, opened.audience) == ("option", "object", "members")
    other = Key(KEY.id, AESGCM(bytes([1]) * 32))
    assert open_disclosure(other, COALITION, EVENT, closed) is None
    assert open_disclosure(KEY, COALITION, UUID(int=9), closed) is None
    assert open_disclosure(KEY, UUID(int=9), EVENT, closed) is None


def test_the_same_value_never_gives_the_same_digest() -> None:
    digests = {seal(KEY, COALITION, EVENT, "members", "option", "agree").digest for _ in range(50)}
    assert len(digests) == 50
    assert {len(decoy()) for _ in range(5)} == {43}


def test_each_audience_has_a_key_of_its_own() -> None:
    assert keyed_for("members", ()) == "members"
    assert keyed_for("public", ()) == "members"
    assert keyed_for("body", ("body:1",)) == "body:1"
    assert keyed_for("dyad", ("1", "2")) == "dyad:1_2"
    assert keyed_for("partners", ("1",)) == "partners:1"
