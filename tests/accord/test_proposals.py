from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import orjson
import pytest

from accord.sources import proposals, roll_calls
from accord.sources.lines import SLUGS, Coalition, ImportLine
from accord.sources.roll_calls import Assembly

LEAGUE = Path(__file__).parent / "samples" / "league"
COALITION = Coalition.to_be_formed("league")
NOTHING: frozenset[str] = frozenset()


@pytest.fixture(scope="module")
def assembly() -> Assembly:
    return roll_calls.read(LEAGUE, date(1903, 4, 2), lambda refusal: pytest.fail(str(refusal)))


def told(assembly: Assembly, decided: Collection[str] = NOTHING) -> list[ImportLine]:
    return list(proposals.commands(assembly, COALITION, decided))


def sent(line: ImportLine, members: int | None = 9) -> Any:
    return orjson.loads(line.encode(members))


def derived(name: str) -> str:
    return str(uuid5(uuid5(SLUGS, "league"), name))


def states_joining(lines: list[ImportLine]) -> list[str]:
    return [line.body["name"]["text"] for line in lines if line.command == "AdmitMember"]


def test_the_coalition_is_formed_first_by_an_observer(assembly: Assembly) -> None:
    line = told(assembly)[0]
    assert line.encode(None) == (
        b'{"command":"FormCoalition","id":"' + str(COALITION.id).encode() + b'",'
        b'"visibility":"public","at":"1901-03-04T00:00:00.000Z","version":1,"body":'
        b'{"slug":"league","template":"alliance","name":{"lang":"en","text":"league"},'
        b'"founder":{"org":"' + derived("secretariat").encode() + b'",'
        b'"name":{"lang":"en","text":"Secretariat"},"kind":"organization",'
        b'"sector":"secretariat","constituencies":[],"commitment":"observer",'
        b'"voting_right":false,"ground_rules":0},'
        b'"plenary":"' + derived("body/plenary").encode() + b'"}}\n'
    )


def test_an_existing_coalition_admits_the_secretariat(assembly: Assembly) -> None:
    plenary = str(UUID(int=7))
    existing = Coalition(UUID(int=1), "league", plenary)
    lines = list(proposals.commands(assembly, existing, NOTHING))
    assert (lines[0].service, lines[0].command, lines[0].version) == ("members", "AdmitMember", 1)
    assert lines[0].key == existing.secretariat
    drafts = [line for line in lines if line.command == "DraftProposal"]
    assert {line.body["body"] for line in drafts} == {plenary}


def test_every_line_is_public_and_says_its_day(assembly: Assembly) -> None:
    lines = told(assembly)
    assert all(sent(line)["visibility"] == "public" for line in lines)
    days = {roll_call.rcid: roll_call.on.isoformat() for roll_call in assembly.roll_calls}
    for line in lines:
        if line.command == "MakeDecision":
            assert line.at == f"{days[line.body['source_id']]}T00:00:00.000Z"


def test_issues_are_raised_once_before_the_rules(assembly: Assembly) -> None:
    lines = told(assembly)
    raised = [line for line in lines if line.command == "RaiseIssue"]
    assert [line.body["name"]["text"] for line in raised] == [
        "Harbours",
        "Membership",
        "Common chest",
        "Safety at sea",
        "Fisheries",
        "Other",
    ]
    assert [line.command for line in lines[1:9]] == [*["RaiseIssue"] * 6, *["AdoptRule"] * 2]


def test_the_two_rules_restrict_nothing_but_the_outcome(assembly: Assembly) -> None:
    rules = [line for line in told(assembly) if line.command == "AdoptRule"]
    assert [line.body["rule"]["thresholds"] for line in rules] == [
        [{"option": "agree", "test": "more_than", "ratio": [1, 2], "base": "yes_no"}],
        [{"option": "agree", "test": "at_least", "ratio": [2, 3], "base": "yes_no"}],
    ]
    assert [line.body["rule"]["method"] for line in rules] == ["majority", "supermajority"]
    rest = rules[0].body["rule"]
    assert rest["quorum"] == {"at_least": [0, 1], "per_constituency": [], "chair_counts": True}
    assert (rest["notice_hours"], rest["min_open_hours"], rest["silence"]) == (0, 0, "not_counted")
    assert all(sent(line)["after"] == {"members": 9} for line in rules)


def test_one_roll_call_from_draft_to_decision(assembly: Assembly) -> None:
    key, secretariat = derived("roll-call/9001"), derived("secretariat")
    lines = [sent(line) for line in told(assembly) if line.key == key]
    head = {
        "id": key,
        "by": secretariat,
        "visibility": "public",
        "at": "1901-03-04T00:00:00.000Z",
    }
    draft = {
        "body": derived("body/plenary"),
        "issue": derived("issue/me"),
        "affected": [],
        "title": {"lang": "en", "text": "SEAT OF THE LEAGUE"},
        "text": {
            "lang": "en",
            "text": "TO MEET IN ARDEN IN ODD YEARS AND IN BRILL IN EVEN ONES."
            "\n\nRoll call 9001 of session 1.",
        },
    }
    terms = {"rule": derived("rule/majority"), "closes_at": "1901-03-04T23:59:59.999Z"}
    decision = {"accountable": [secretariat], "source_id": "9001"}

    def stance(state: str, version: int, option: str) -> dict[str, Any]:
        voter = {"by": derived(f"state/{state}"), "version": version}
        return head | voter | {"command": "TakeStance", "body": {"option": option}}

    assert lines == [
        head | {"command": "DraftProposal", "version": 1, "body": draft},
        head | {"command": "PublishProposal", "version": 2, "body": {}},
        head | {"command": "OpenVoting", "version": 3, "body": terms} | {"after": {"members": 9}},
        stance("Arden", 4, "agree"),
        stance("Brill", 5, "agree"),
        stance("Dunmere", 6, "disagree"),
        head | {"command": "CloseVoting", "version": 7, "body": {}},
        head | {"command": "MakeDecision", "version": 8, "body": decision},
    ]


def test_an_important_vote_needs_two_thirds(assembly: Assembly) -> None:
    rules = {line.key: line.body["rule"] for line in told(assembly) if line.command == "OpenVoting"}
    important = {"3", "6", "9"}
    for roll_call in assembly.roll_calls:
        name = "two-thirds" if roll_call.rcid in important else "majority"
        assert rules[derived(f"roll-call/{roll_call.rcid}")] == derived(f"rule/{name}")


def test_a_state_joins_before_the_roll_call_it_first_votes_in(assembly: Assembly) -> None:
    joined: dict[str, str] = {}
    voted: set[str] = set()
    at = ""
    for line in told(assembly):
        if line.command == "AdmitMember":
            joined[line.key] = line.at
            assert line.key not in voted
            assert line.body["commitment"] == "homework"
            assert line.body["voting_right"] is True
        elif line.command == "DraftProposal":
            at = line.at
        elif line.command == "TakeStance":
            assert line.by is not None
            if line.by not in voted:
                assert joined[line.by] == at
            voted.add(line.by)
    assert len(joined) == len(voted) == 8


def test_lines_name_the_rows_they_come_from(assembly: Assembly) -> None:
    for line in told(assembly):
        if line.command in {"TakeStance", "AdmitMember"}:
            row = Path(line.file).read_text().splitlines()[line.line - 1]
            assert line.file.endswith("votes.csv")
            if line.command == "AdmitMember":
                assert row.split(",")[1] == line.body["name"]["text"]


def test_what_is_decided_is_left_out_wholly(assembly: Assembly) -> None:
    every = [roll_call.rcid for roll_call in assembly.roll_calls]
    assert told(assembly, every) == []


def test_going_on_admits_again_whoever_voted_before(assembly: Assembly) -> None:
    every = told(assembly)
    decided = [roll_call.rcid for roll_call in assembly.roll_calls[:6]]
    rest = told(assembly, decided)
    assert states_joining(rest) == states_joining(every)
    known = [line.key for line in every if line.command == "AdmitMember"]
    assert [line.key for line in rest if line.command == "AdmitMember"] == known
    keys = {derived(f"roll-call/{rcid}") for rcid in decided}
    assert [line for line in every if line.command != "AdmitMember" and line.key not in keys] == [
        line for line in rest if line.command != "AdmitMember"
    ]


def test_the_size_is_that_of_the_proposals(assembly: Assembly) -> None:
    meant = [line for line in told(assembly) if line.service == "meetings"]
    assert proposals.size(assembly, NOTHING) == len(meant) - 2
