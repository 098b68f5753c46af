"""A policy counts organisations, not keys, and says who has seen a checkpoint."""

from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import strategies as st

from shared.tlog.checkpoint import Checkpoint
from shared.tlog.cosignature import Cosigner
from shared.tlog.encoding import Unreadable
from shared.tlog.note import Note, NotSigned, Signature, Signer
from shared.tlog.policy import Policy
from tests.laws import over

NOW = 1_760_000_000
LOG = Signer("host.example/audit/c/7f3a", b"\x01" * 32)
NEXT = Signer(LOG.name, b"\x09" * 32)
W = {
    name: Cosigner(f"{name}.example/witness", bytes([number]) * 32)
    for number, name in enumerate(("a1", "a2", "b", "c", "d"), 16)
}
CHECKPOINT = Checkpoint(LOG.name, 7, b"\x07" * 32)
TEXT = str(CHECKPOINT)

PARTNERS = f"""# who we rely on
log {LOG.key} https://host.example/audit/c/7f3a

witness w-a1 {W["a1"].key} https://witness.a.example
witness w-a2 {W["a2"].key}
witness w-b {W["b"].key}
 \twitness\tw-c   {W["c"].key}\t
witness w-d {W["d"].key}
group org-a any w-a1 w-a2
group org-b any w-b
group org-c all w-c
group org-d 1 w-d
  # organisations count, not keys
group partners 3 org-a org-b org-c org-d
quorum partners
"""
POLICY = Policy.parse(PARTNERS.encode())


def checkpoint(*signatures: Signature, text: str = TEXT) -> bytes:
    return bytes(Note(text, signatures))


def seen_by(*names: str, at: int = NOW) -> list[Signature]:
    return [W[name].cosign(TEXT, at) for name in names]


def test_a_policy_is_read() -> None:
    assert [log.url for log in POLICY.logs] == ["https://host.example/audit/c/7f3a"]
    assert [witness.name for witness in POLICY.witnesses] == [
        b"w-a1", b"w-a2", b"w-b", b"w-c", b"w-d",
    ]  # fmt: skip
    assert POLICY.witnesses[0].url == "https://witness.a.example"
    assert POLICY.witnesses[1].url is None
    assert [group.needed for group in POLICY.groups] == [1, 1, 1, 1, 3]
    assert POLICY.quorum == b"partners"


def test_organisations_count_not_keys() -> None:
    short = POLICY.judge(checkpoint(LOG.sign(TEXT), *seen_by("a1", "a2", "b")), NOW)
    assert (short.met, set(short.witnessed)) == (False, {b"w-a1", b"w-a2", b"w-b"})
    enough = POLICY.judge(checkpoint(LOG.sign(TEXT), *seen_by("a2", "b", "c")), NOW)
    assert (enough.met, enough.checkpoint, enough.log) == (True, CHECKPOINT, POLICY.logs[0])


@over(st.sets(st.sampled_from(sorted(W))))
def test_a_quorum_is_three_organisations_of_four(names: set[str]) -> None:
    judged = POLICY.judge(checkpoint(LOG.sign(TEXT), *seen_by(*sorted(names))), NOW)
    assert judged.met == (len({name[0] for name in names}) >= 3)
    assert set(judged.witnessed) == {f"w-{name}".encode() for name in names}


def test_two_quorums_of_the_recommended_size_share_an_honest_witness() -> None:
    """With k above two thirds of n, whoever shows two histories needs more than a third."""
    table = {3: 3, 4: 3, 5: 4, 6: 5, 7: 5, 8: 6, 9: 7, 10: 7}
    for n, k in table.items():
        names = [f"w{number}" for number in range(n)]
        policy = Policy.parse(plain(names, str(k)))
        quorums = [set(each) for each in combinations(names, k)]
        for one in quorums[:30]:
            assert all(len(one & other) > (n - 1) // 3 for other in quorums)
        assert policy.met_by(name.encode() for name in names[:k])
        assert not policy.met_by(name.encode() for name in names[: k - 1])


def plain(names: Sequence[str], needed: str) -> bytes:
    keys = [Cosigner(name, number.to_bytes(32, "big")).key for number, name in enumerate(names, 1)]
    lines = [f"witness {key.name} {key}\n" for key in keys]
    return "".join([*lines, f"group all-of-them {needed} {' '.join(names)}\n"]).encode() + (
        b"quorum all-of-them\n"
    )


def test_the_log_itself_must_have_signed() -> None:
    with pytest.raises(NotSigned, match="No log of the policy signed"):
        POLICY.judge(checkpoint(*seen_by(*W)), NOW)


def test_the_name_of_the_log_is_its_origin() -> None:
    foreign = str(Checkpoint("other.example/log", 7, b"\x07" * 32))
    with pytest.raises(NotSigned):
        POLICY.judge(checkpoint(LOG.sign(foreign), text=foreign), NOW)


def test_a_false_cosignature_condemns_the_checkpoint() -> None:
    false = Signature.of(W["d"].key, seen_by("d")[0].value[:-1] + b"\0")
    with pytest.raises(NotSigned, match="does not hold"):
        POLICY.judge(checkpoint(LOG.sign(TEXT), *seen_by("a1", "b", "c"), false), NOW)


def test_witnesses_that_the_policy_does_not_name_count_for_nothing() -> None:
    stranger = Cosigner("stranger.example", b"\x63" * 32)
    judged = POLICY.judge(
        checkpoint(LOG.sign(TEXT), stranger.cosign(TEXT, NOW), *seen_by("b", "c")), NOW
    )
    assert (judged.met, set(judged.witnessed)) == (False, {b"w-b", b"w-c"})


def test_of_two_lines_of_a_witness_the_later_time_is_told() -> None:
    lines = [*seen_by("b", at=NOW - 50), *seen_by("b", at=NOW - 100)]
    assert POLICY.judge(checkpoint(LOG.sign(TEXT), *lines), NOW).witnessed == {b"w-b": NOW - 50}


def test_who_signs_twice_counts_once() -> None:
    lines = [LOG.sign(TEXT), LOG.sign(TEXT), *seen_by("b", "c"), *seen_by("b", "c", "b", at=NOW)]
    judged = POLICY.judge(checkpoint(*lines), NOW)
    assert (judged.met, set(judged.witnessed)) == (False, {b"w-b", b"w-c"})


def test_without_a_quorum_the_log_is_enough() -> None:
    policy = Policy.parse(f"log {LOG.key}\nquorum none\n".encode())
    judged = policy.judge(checkpoint(LOG.sign(TEXT)), NOW)
    assert (judged.met, judged.witnessed, policy.quorum) == (True, {}, None)


def test_a_single_witness_can_be_the_quorum() -> None:
    policy = Policy.parse(f"witness b {W['b'].key}\nquorum b\nlog {LOG.key}\n".encode())
    assert policy.judge(checkpoint(LOG.sign(TEXT), *seen_by("b")), NOW).met
    assert not policy.judge(checkpoint(LOG.sign(TEXT)), NOW).met


def test_a_key_that_has_ended_signs_no_larger_tree() -> None:
    def ended(size: int) -> Policy:
        return Policy.parse(
            f"log {NEXT.key}\n# until {size}\nlog {LOG.key}\nquorum none\n".encode()
        )

    assert ended(7).judge(checkpoint(LOG.sign(TEXT)), NOW).log.until == 7
    with pytest.raises(NotSigned, match="None of the keys"):
        ended(6).judge(checkpoint(LOG.sign(TEXT)), NOW)
    both = checkpoint(LOG.sign(TEXT), NEXT.sign(TEXT))
    assert ended(6).judge(both, NOW).log.key == NEXT.key


def test_the_end_of_a_key_stands_right_above_it() -> None:
    apart = Policy.parse(f"# until 6\n\nlog {LOG.key}\nquorum none\n".encode())
    assert apart.logs[0].until is None


def test_names_are_bytes_and_urls_are_kept() -> None:
    raw = (
        b"witness \xe2\x84\xaa %s\nwitness K %s \xff://x\n"
        b"group g\xfe all \xe2\x84\xaa K\nquorum g\xfe\n"
    )
    policy = Policy.parse(raw % (str(W["b"].key).encode(), str(W["c"].key).encode()))
    assert [witness.name for witness in policy.witnesses] == ["\u212a".encode(), b"K"]
    assert policy.witnesses[1].url == "\udcff://x"
    assert policy.met_by([b"K", b"\xe2\x84\xaa"])
    assert not policy.met_by([b"K", b"K"])


def test_many_of_each_are_read() -> None:
    names = [f"w{number}" for number in range(200)]
    lines = [
        f"log {Signer(f'log{number}', (number + 1_000).to_bytes(32, 'big')).key}\n"
        for number in range(200)
    ]
    chain = ["group g0 any all-of-them\n"]
    chain += [f"group g{number} all g{number - 1}\n" for number in range(1, 3_000)]
    raw = (
        plain(names, "all").replace(b"quorum all-of-them\n", b"")
        + "".join([*lines, *chain, "quorum g2999\n"]).encode()
    )
    policy = Policy.parse(raw)
    assert (len(policy.logs), len(policy.witnesses), len(policy.groups)) == (200, 200, 3_001)
    assert policy.met_by(name.encode() for name in names)
    assert not policy.met_by(name.encode() for name in names[1:])


A, B = f"witness a {W['a1'].key}\n", f"witness b {W['b'].key}\n"
RENAMED = Cosigner("other.example", W["a1"].seed).key


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no line with its quorum"),
        (A, "no line with its quorum"),
        ("quorum none", "does not end in a newline"),
        ("quorum none\nquorum none\n", "Line 2 of the policy: the quorum stands above"),
        ("quorum a\n" + A, "Line 1 .* 'a' is not defined above"),
        ("quorum none none\n", "none of `log"),
        ("quorum\n", "none of `log"),
        ("Quorum none\n", "none of `log"),
        ("quorum none # why\n", "none of `log"),
        ("quorum\u00a0none\n", "none of `log"),
        ("quorum none\r\n", "control character"),
        ("quorum none\x7f\n", "control character"),
        ("quorum none\n\0\n", "Line 2 .* control character"),
        ("logs x\n", "none of `log"),
        ("log\n", "none of `log"),
        (f"log {LOG.key} https://a https://b\n", "none of `log"),
        (f"log x {LOG.key}\n", "A vkey is"),
        (f"log {LOG.key}\nlog {LOG.key}\n", "Line 2 .* that of a log above"),
        (f"log {LOG.key}\nlog {Signer('b', LOG.seed).key}\n", "that of a log above"),
        (A + A, "that of a witness above"),
        (A + f"witness b {RENAMED}\n", "that of a witness above"),
        (A + f"witness a {W['b'].key}\n", "'a' is taken"),
        (f"witness none {W['b'].key}\n", "'none' is taken"),
        (f"witness a {LOG.key}\n", "0x04 or 0x06, not 0x01"),
        (f"log {LOG.key}\nwitness a {Cosigner('w', LOG.seed).key}\n", "that of a log above"),
        (f"witness a {Cosigner('w', LOG.seed).key}\nlog {LOG.key}\n", "that of a witness above"),
        ("witness a\n", "none of `log"),
        (A + "group g any\n", "none of `log"),
        (A + "group g any b\n", "'b' is not defined"),
        (A + "group g any none\n", "'none' is not defined"),
        (A + "group g any g\n", "'g' is not defined"),
        (A + "group a any a\n", "'a' is taken"),
        (A + "group none any a\n", "'none' is taken"),
        (A + "group g any a a\n", "count twice"),
        (A + "group g any a\ngroup h any a\n", "Line 3 .* count twice"),
        (A + B + "group g 0 a b\n", "'0' of 2 cannot be needed"),
        (A + B + "group g 3 a b\n", "'3' of 2 cannot be needed"),
        (A + B + "group g 01 a b\n", "cannot be needed"),
        (A + B + "group g +1 a b\n", "cannot be needed"),
        (A + B + "group g most a b\n", "cannot be needed"),
        (f"# until 08\nlog {LOG.key}\nquorum none\n", "no size of a tree"),
        ("#" * (1 << 20) + "\nquorum none\n", "1048576 are the most"),
    ],
)
def test_a_wrong_line_is_named(text: str, why: str) -> None:
    with pytest.raises(Unreadable, match=why):
        Policy.parse(text.encode())


def test_the_name_of_a_key_is_text() -> None:
    with pytest.raises(Unreadable, match="not UTF-8"):
        Policy.parse(b"log \xff+00000000+AQ==\nquorum none\n")
