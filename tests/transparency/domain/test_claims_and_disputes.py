"""R8: what is told of credit, what was said against it, and who was not thanked."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.transparency.domain.claims_and_disputes import (
    RESULTS,
    Given,
    Part,
    ToldEvent,
    gather,
    rows,
    summary,
)
from services.transparency.domain.credit_statement import Contribution
from services.transparency.domain.refs import Cited
from services.transparency.domain.said import Names, Said
from tests.laws import over

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
AID, UNION, ZOO, LIBRARY = (UUID(int=n) for n in range(1, 5))
ONE, TWO, MEALS = (UUID(int=n) for n in range(11, 14))
DEED = UUID(int=21)


def words(said: str) -> Said:
    return {"lang": "en", "text": said}


NAMES = Names(
    {AID: words("Aid"), UNION: words("Union"), ZOO: words("Zoo"), LIBRARY: words("Library"),
     MEALS: words("School meals")}
)  # fmt: skip
FACT = {"kind": "contribution", "id": str(DEED), "role": "lobbying", "degree": "lead",
        "disputed": False}  # fmt: skip


def cited(position: int) -> Cited:
    return Cited("credit", position, position.to_bytes(32, "big"))


class Story:
    """What is told, a day apart, the first at position 1."""

    def __init__(self) -> None:
        self.events: list[ToldEvent] = []

    def add(
        self, type_: str, key: UUID = ONE, by: UUID = AID, said: str = "So.", **plain: Any
    ) -> "Story":
        n = len(self.events) + 1
        at = NOON + timedelta(days=n)
        event = ToldEvent(cited(n), key, type_, at, by, words(said), words("Ask."), None, plain)
        self.events.append(event)
        return self

    def claim(self, key: UUID = ONE, by: UUID = AID, *facts: Any, to: str = "funders") -> "Story":
        return self.add("CreditClaimed", key, by, audience=to, facts=list(facts or (FACT,)))

    def review(self, *conflicts: Any, matches: Any = (0,), key: UUID = ONE) -> "Story":
        return self.add("ClaimReviewed", key, UNION, matches=list(matches), conflicts=conflicts)

    def dispute(self, due: str = "2026-01-05", key: UUID = ONE) -> "Story":
        parties = [str(AID), str(UNION)]
        return self.add(
            "CreditDisputed", key, UNION, about="credit/1", due=due, parties=parties, facts=[FACT]
        )

    def given(self, **more: Any) -> Given:
        return Given(NOON + timedelta(days=len(self.events)), **more)

    def rows(self, part: str, **more: Any) -> list[dict[str, Any]]:
        found = rows(gather(self.events), self.given(**more), NAMES)
        return [row for row in found if row["part"] == part]

    def figures(self, **more: Any) -> Mapping[str, Any]:
        found = summary(gather(self.events), self.given(**more))
        return {each["figure"]: each["value"] for each in found}


def test_a_claim_stands_as_its_last_review_found_it() -> None:
    conflict = {"fact": 0, "with": "credit/9"}
    story = Story().claim()
    [row] = story.rows("claim")
    assert (row["state"], row["matched"], row["overclaim"]) == ("not_reviewed", None, None)
    [row] = story.review(conflict).rows("claim")
    assert (row["state"], row["conflicts"], row["matched"]) == ("conflicting", [conflict], 1)
    assert (row["overclaim"], row["refs"]) == ("0.000000", ["credit/1", "credit/2"])
    assert (story.figures()["conflicting"], story.figures()["not_reviewed"]) == (1, 0)
    [row] = story.review().rows("claim")
    assert (row["state"], row["refs"]) == ("matched", ["credit/1", "credit/3"])
    [row] = story.review(matches=()).rows("claim")
    assert (row["state"], row["overclaim"]) == ("unmatched", "1.000000")


def test_claims_stand_by_organisation_and_audience() -> None:
    story = Story().claim(ONE, ZOO).claim(TWO, AID, to="public").claim(MEALS, AID)
    told = [(row["organisation"]["name"]["text"], row["audience"]) for row in story.rows("claim")]
    assert told == [("Aid", "funders"), ("Aid", "public"), ("Zoo", "funders")]


def test_overclaim_is_what_no_other_confirmed_of_what_was_reviewed() -> None:
    story = Story().claim(ONE, AID, FACT, FACT, FACT).review(matches=(0,)).claim(TWO)
    assert story.figures()["overclaim"] == "0.666667"
    assert Story().claim().figures()["overclaim"] is None


def test_a_statement_is_unilateral_where_somebody_named_had_not_agreed() -> None:
    told: dict[str, Any] = {"version": 1, "audience": "funders", "facts": [FACT]}
    story = Story().add("AttributionStatementDrafted", **told)
    [row] = story.rows("statement")
    assert (row["released_at"], row["unilateral"], row["disputed"]) == (None, None, False)
    story.add("AttributionStatementApproved", by=ZOO, version=1)
    story.add("AttributionStatementReleased", version=1, text="A" * 43, unilateral=True)
    noted = told | {"version": 2, "facts": [FACT | {"disputed": True}]}
    first, second = story.add("AttributionStatementDrafted", **noted).rows("statement")
    assert (first["unilateral"], first["approved_by"]) == (True, [NAMES.of(ZOO)])
    assert first["refs"] == ["credit/1", "credit/2", "credit/3"]
    assert (second["version"], second["disputed"], second["released_at"]) == (2, True, None)
    assert (story.figures()["released"], story.figures()["unilateral"]) == (1, 1)


def test_a_dispute_has_its_age_and_is_overdue_after_its_day() -> None:
    story = Story().dispute("2026-01-03")
    [row] = story.rows("dispute")
    assert (row["state"], row["days"], row["mediator"]) == ("open", 0, None)
    assert row["requested"] == words("Ask.")
    story.claim(TWO).claim(MEALS)
    [row] = story.rows("dispute")
    assert (row["state"], row["days"]) == ("overdue", 2)
    assert (story.figures()["disputes_open"], story.figures()["disputes_overdue"]) == (1, 1)
    story.add("CreditDisputeMediated", mediator=str(LIBRARY))
    ended = story.add("CreditDisputeResolved", said="Both.", result="agreed_wording")
    [row] = ended.claim(UUID(int=99)).rows("dispute")
    assert (row["state"], row["days"], row["mediator"]) == ("resolved", 4, NAMES.of(LIBRARY))
    assert (row["result"], row["wording"]) == ("agreed_wording", words("Both."))
    assert row["refs"] == ["credit/1", "credit/4", "credit/5"]
    figures = story.figures()
    assert (figures["disputes_open"], figures["disputes_overdue"]) == (0, 0)
    assert [figures[result] for result in RESULTS] == [0, 0, 0, 1]


def deed(of: UUID, n: int) -> Contribution:
    return Contribution(
        UUID(int=n), NOON, of, "lobbying", "lead", LIBRARY, (), None, events=(cited(n),)
    )


def test_a_win_says_how_evenly_and_who_was_not_thanked() -> None:
    story = Story().add("WinDeclared", MEALS, decisions=[])
    part = Part([deed(AID, 50), deed(ZOO, 51)], {UNION: [cited(52)]}, frozenset({ZOO}))
    [row] = story.rows("win", parts={MEALS: part})
    assert (row["breadth"], row["state"]) == ("1.000000", "not_announced")
    assert row["contributors"] == [NAMES.of(AID), NAMES.of(ZOO)]
    assert row["uncredited"] == [NAMES.of(AID), NAMES.of(UNION)]
    assert row["refs"] == ["credit/1", "credit/50", "credit/51", "credit/52"]
    uneven = Part([deed(AID, 50), deed(AID, 51), deed(AID, 52), deed(ZOO, 53)])
    [row] = story.rows("win", parts={MEALS: uneven})
    assert row["breadth"] == "0.811278"
    [row] = story.rows("win", parts={MEALS: Part([deed(AID, 50)])})
    assert row["breadth"] is None
    story.add("WinAnnounced", MEALS, audience="public", uncredited=[str(UNION)])
    [row] = story.rows("win")
    assert (row["state"], row["announced_without"]) == ("announced_without", [NAMES.of(UNION)])
    assert story.figures()["announced_without"] == 1
    [row] = story.add("WinAnnounced", MEALS, audience="public", uncredited=[]).rows("win")
    assert row["state"] == "announced_with_all"
    assert (story.figures()["wins_announced"], story.figures()["announced_without"]) == (1, 0)


def test_generosity_is_a_mean_from_five_on() -> None:
    orgs = [UUID(int=n) for n in range(30, 35)]
    story = Story()
    for n, org in enumerate(orgs):
        story.claim(UUID(int=60 + n), org)
    given = {orgs[0]: [cited(70), cited(71), cited(72)]}
    of = {DEED: orgs[1]}
    assert story.figures(given=given)["generosity"] == "0.150000", "3 of 4, and 0 of 1 four times"
    shown = story.figures(given={org: [cited(70)] for org in orgs}, of=of)["generosity"]
    assert shown == "0.900000", "what a claim says of another is no fact of its own"
    assert Story().claim().figures()["generosity"] == {"withheld": "suppressed"}
    assert Story().figures()["generosity"] is None


states = st.lists(
    st.sampled_from(["claim", "review", "conflict", "dispute", "resolve"]), max_size=12
)


@over(states)
def test_every_claim_and_dispute_is_counted_once(told: list[str]) -> None:
    story, key = Story(), 100
    for kind in told:
        key += kind in {"claim", "dispute"}
        match kind:
            case "claim":
                story.claim(UUID(int=key))
            case "review":
                story.review(key=UUID(int=key))
            case "conflict":
                story.review({"fact": 0, "with": "credit/1"}, key=UUID(int=key))
            case "dispute":
                story.dispute(key=UUID(int=key))
            case _:
                story.add("CreditDisputeResolved", UUID(int=key), result="retracted")
    figures = story.figures()
    states_ = ("matched", "conflicting", "unmatched", "not_reviewed")
    assert sum(figures[state] for state in states_) == told.count("claim")
    ended = sum(figures[result] for result in RESULTS)
    assert ended + figures["disputes_open"] == told.count("dispute")
    assert figures["disputes_overdue"] <= figures["disputes_open"]
