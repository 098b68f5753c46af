"""What a log says of itself is written in one way, and read in no other."""

import pytest

from shared.tlog.about import About, Term, read_about
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.encoding import Unreadable
from shared.tlog.note import Note, NotSigned, Signer
from shared.tlog.policy import Policy

ORIGIN = "host.example/audit/c/7f3a"
OLD, NEW = (Signer(ORIGIN, bytes([number]) * 32) for number in (1, 2))
BEFORE = Checkpoint("host.example/audit/c/0000", 7, bytes(32))
ABOUT = About(ORIGIN, (Term(OLD.key, 0, 12), Term(NEW.key, 9)), BEFORE)
NOW = 1_800_000_000


def test_it_is_written_as_designed_and_read_again() -> None:
    assert str(ABOUT) == (
        "accord-log/1\n"
        f"origin {ORIGIN}\n"
        f"predecessor host.example/audit/c/0000 7 {'A' * 43}=\n"
        f"key {OLD.key} from 0 until 12\n"
        f"key {NEW.key} from 9\n"
    )
    assert About.parse(str(ABOUT)) == ABOUT
    assert ABOUT.current == (NEW.key,)


def test_nobody_takes_it_for_a_checkpoint() -> None:
    with pytest.raises(Unreadable):
        Checkpoint.parse(str(ABOUT))


def test_its_keys_stand_in_a_policy_each_for_its_sizes() -> None:
    lines = ABOUT.in_policy("https://host.example/audit/c/7f3a")
    policy = Policy.parse(lines.encode() + b"quorum none\n")
    assert [(log.key, log.until) for log in policy.logs] == [(OLD.key, 12), (NEW.key, None)]
    assert {log.url for log in policy.logs} == {"https://host.example/audit/c/7f3a"}


def test_every_current_key_signs_it() -> None:
    both = About(ORIGIN, (Term(OLD.key, 0), Term(NEW.key, 9)))
    text = str(both)
    assert read_about(Note(text, (OLD.sign(text), NEW.sign(text))), NOW) == both
    with pytest.raises(Unreadable, match="did not sign"):
        read_about(Note(text, (OLD.sign(text),)), NOW)
    with pytest.raises(NotSigned):
        read_about(Note(text, (OLD.sign(str(ABOUT)), NEW.sign(text))), NOW)
    ended = str(ABOUT)
    with pytest.raises(NotSigned):
        read_about(Note(ended, (OLD.sign(ended),)), NOW)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "accord-log/1\n",
        "accord-log/2\n" + str(ABOUT).partition("\n")[2],
        str(ABOUT)[:-1],
        str(ABOUT) + "key\n",
        str(ABOUT).replace("from 9", "from 09"),
        str(ABOUT).replace("until 12", "until -1"),
        str(ABOUT).replace(f"origin {ORIGIN}", "origin elsewhere.example"),
        str(ABOUT).replace(f"origin {ORIGIN}\n", ""),
        str(ABOUT).replace("from 9", "from 9 until 10"),
        str(ABOUT).replace("predecessor ", "predecessor  "),
        "\n".join([*str(ABOUT).split("\n")[:3], ""]),
    ],
)
def test_it_is_read_in_no_other_way(text: str) -> None:
    with pytest.raises(Unreadable):
        About.parse(text)
