"""What pages show of the charter and of members is folded from what was said, oldest first."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from services.members.views import memberships
from services.members.views.charter import Charter, charter
from services.members.views.queries import Named, Names
from services.members.views.said import Entry
from tests.laws import over
from tests.members.table import CLINIC, COALITION, PLENARY, SCHOOL, UNION

AT = datetime(2026, 3, 12, 12, tzinfo=UTC)
NAMES: Names = {
    CLINIC: {"lang": "en", "text": "Clinic"},
    SCHOOL: {"lang": "en", "text": "School"},
    UNION: None,
}
MEMBERS = (CLINIC, SCHOOL, UNION)
WORDS = {"lang": "en", "text": "Children first."}
REVIEW = UUID(int=73)
_positions = count(1)


def said(type_: str, key: UUID = COALITION, by: UUID | None = CLINIC, **data: Any) -> Entry:
    return Entry(next(_positions), str(key), type_, AT, by, data)


def folded(*entries: Entry, members: tuple[UUID, ...] = MEMBERS) -> Charter:
    return charter(entries, members, NAMES)


def ids(rows: Sequence[Named]) -> list[UUID]:
    return [row.id for row in rows]


def test_without_anything_said_the_charter_is_empty() -> None:
    assert folded() == Charter()


def test_the_newest_version_comes_first() -> None:
    made = folded(
        said("NorthStarAdopted", version=1, text=WORDS),
        said("NorthStarAdopted", version=2, decision="meetings/7"),
    )
    assert [(row.version, row.text, row.decision) for row in made.north_stars] == [
        (2, None, "meetings/7"),
        (1, WORDS, None),
    ]


def test_who_has_not_accepted_the_newest_rules_is_missing() -> None:
    made = folded(
        said("MemberJoined", CLINIC, ground_rules=0),
        said("GroundRulesAdopted", version=1),
        said("MemberJoined", SCHOOL, ground_rules=1),
        said("GroundRulesAccepted", CLINIC, version=1),
        members=(CLINIC, SCHOOL),
    )
    assert ids(made.accepted_rules.accepted) == [CLINIC, SCHOOL]
    made = folded(
        said("MemberJoined", CLINIC, ground_rules=1),
        said("GroundRulesAdopted", version=2),
        members=(CLINIC,),
    )
    assert (made.accepted_rules.version, ids(made.accepted_rules.missing)) == (2, [CLINIC])


def test_f102_the_charter_shows_which_reviews_open_when() -> None:
    star = said("NorthStarAdopted", version=1, next_review="2027-03-12")
    structure = said("DecisionStructurePublished", version=1, bodies=[], next_review="2026-09-01")
    opened = said(
        "ReviewOpened", by=None, review=str(REVIEW), kind="vision", trigger="schedule", orgs=[],
        due="2027-04-11",
    )  # fmt: skip
    closed = said(
        "ReviewClosed", review=str(REVIEW), kind="vision", result="kept", next_review="2028-03-12"
    )
    stages: list[tuple[Entry, list[tuple[str, str]]]] = [
        (star, [("vision", "2027-03-12")]),
        (structure, [("roles", "2026-09-01"), ("vision", "2027-03-12")]),
        (opened, [("roles", "2026-09-01")]),
        (closed, [("roles", "2026-09-01"), ("vision", "2028-03-12")]),
    ]
    for number, (_, planned) in enumerate(stages, 1):
        made = folded(*(entry for entry, _ in stages[:number]))
        assert [(row.kind, str(row.on)) for row in made.next_reviews] == planned
    moved = said("NorthStarAdopted", version=2, next_review="2026-12-24")
    [row] = folded(star, moved).next_reviews
    assert (row.kind, str(row.on), row.ref) == ("vision", "2026-12-24", moved.ref)


def test_f102_by_a_review_that_names_nobody_every_member_is_asked() -> None:
    asks: dict[str, Any] = {
        "review": str(REVIEW),
        "kind": "roles",
        "trigger": "request",
        "due": "2027-04-11",
    }
    [everybody] = folded(said("ReviewOpened", orgs=[], **asks)).reviews
    assert ids(everybody.asked) == sorted(MEMBERS)
    [one] = folded(said("ReviewOpened", orgs=[str(SCHOOL)], **asks)).reviews
    assert ids(one.asked) == [SCHOOL]


def test_who_left_and_came_back_acknowledges_again() -> None:
    made = folded(
        said("DecisionStructurePublished", version=1, bodies=[str(PLENARY)]),
        said("DecisionStructureAcknowledged", CLINIC, version=1),
        said("MemberJoined", CLINIC, ground_rules=0),
        members=(CLINIC,),
    )
    assert ids(made.acknowledged_structure.missing) == [CLINIC]
    assert made.structures[0].bodies == [PLENARY]


def test_a_listing_keeps_whom_to_ask_until_it_says_otherwise() -> None:
    made = folded(
        said("CoalitionListed", topics=["health"], contact=WORDS),
        said("CoalitionListed", topics=["health", "school"]),
    )
    assert made.listing is not None
    assert (made.listing.topics, made.listing.contact) == (["health", "school"], WORDS)


def test_a_scenario_is_in_force_once_all_agreed_and_stands_first_then() -> None:
    one, other = str(UUID(int=1)), str(UUID(int=2))
    parties = [str(CLINIC), str(SCHOOL)]
    made = folded(
        said("ScenarioAgreed", scenario=one, kind="worst", parties=parties, text=WORDS),
        said("ScenarioAgreed", scenario=other, kind="best", parties=parties),
        said("ScenarioAgreed", by=SCHOOL, scenario=one),
    )
    assert [(row.kind, row.in_force, len(row.refs)) for row in made.scenarios] == [
        ("worst", True, 2),
        ("best", False, 1),
    ]


def test_a_stage_lasts_until_the_next() -> None:
    made = folded(said("StageEntered", stage="forming"), said("StageEntered", stage="norming"))
    assert [(row.stage, row.until) for row in made.stages] == [("norming", None), ("forming", AT)]


def test_open_reviews_come_first_by_the_day_they_are_due() -> None:
    reviews = [UUID(int=n) for n in (1, 2, 3)]
    more: dict[str, Any] = {"kind": "vision", "trigger": "request", "orgs": [str(UNION)]}
    dues = "2026-05-02", "2026-05-01", "2026-04-01"
    made = folded(
        *(
            said("ReviewOpened", review=str(review), due=due, **more)
            for review, due in zip(reviews, dues, strict=True)
        ),
        said("ReviewClosed", review=str(reviews[2]), result="kept", note=WORDS),
    )
    assert [(row.review, row.result) for row in made.reviews] == [
        (reviews[1], None),
        (reviews[0], None),
        (reviews[2], "kept"),
    ]
    assert made.reviews[0].asked == [Named(id=UNION, name=None)]


def test_what_else_was_said_of_the_coalition() -> None:
    made = folded(
        said("ScopeSet", max_members=9, regions=["north"], interest_required=True),
        said("BoundaryAgreed", version=1, defaults={"stance": "body"}, min_group=6),
        said("TermDefined", term=str(UUID(int=5)), name=WORDS, min=1, max=9, unit="euro"),
        said("ContextShiftNoted", what=WORDS, issues=[]),
        said("CoalitionAdjourned", reason=WORDS),
        said("OperatingModeSet", mode="formal"),
    )
    assert made.scope is not None
    assert (made.scope.max_members, made.scope.interest_required) == (9, True)
    assert (made.boundaries[0].defaults, made.boundaries[0].min_group) == ({"stance": "body"}, 6)
    assert (made.terms[0].min, made.terms[0].choices, made.terms[0].unit) == (1, None, "euro")
    assert made.context_shifts[0].noted_by.id == CLINIC
    assert (made.adjourned_at, made.adjourned_because) == (AT, WORDS)


def test_what_a_member_said_of_itself_has_the_newest_first() -> None:
    entries = (
        said("AlignmentStated", CLINIC, brings=WORDS, problem=WORDS, goals=WORDS),
        said("AlignmentStated", CLINIC, brings=WORDS),
        said("NeedStated", CLINIC, need=WORDS, stakeholders=WORDS),
        said("InterestStated", CLINIC, mutual_benefit=WORDS, answers_to=[WORDS]),
        said("InvolvementLevelSet", CLINIC, phase="design", level="inform"),
        said("InvolvementLevelSet", CLINIC, phase="design", level="decide"),
        said("PointPersonNamed", CLINIC, person=str(UUID(int=21))),
        said("InternalBriefingHeld", CLINIC, on="2026-03-09", attended=4),
        said("InternalBriefingHeld", CLINIC, on="2026-03-02", attended=5),
    )
    own = memberships.said_of(entries, NAMES)[CLINIC]
    assert [bool(one.answers["goals"]) for one in own.alignment] == [False, True]
    assert own.needs[0].answers["need"] == WORDS
    assert own.interest[0].answers["answers_to"] == [WORDS]
    assert own.involvement == {"design": "decide"}
    assert own.point_person == UUID(int=21)
    assert [row.attended for row in own.briefings] == [4, 5]


def test_gaps_of_the_alignment_come_first() -> None:
    whole = said("AlignmentStated", CLINIC, brings=WORDS, problem=WORDS, goals=WORDS)
    rows = memberships.alignment(memberships.said_of([whole], NAMES), MEMBERS, NAMES)
    assert [(row.organisation.id, row.complete) for row in rows] == [
        (SCHOOL, False),
        (UNION, False),
        (CLINIC, True),
    ]


orgs = [UUID(int=n) for n in range(1, 7)]
relations = st.dictionaries(
    st.sampled_from(orgs), st.sets(st.sampled_from(orgs), max_size=3), max_size=6
)


@over(relations, st.sets(st.sampled_from(orgs)))
def test_m6_related_is_symmetric_and_transitive(
    declared: dict[UUID, set[UUID]], members: set[UUID]
) -> None:
    entries = [
        said("RelatedOrganizationDeclared", org, related=[str(one) for one in sorted(others)])
        for org, others in declared.items()
    ]
    classes = memberships.vote_classes(memberships.said_of(entries, {}), members)
    assert classes.keys() == members
    for org, together in classes.items():
        assert org in together <= members
        assert all(classes[other] == together for other in together)
    for org, others in declared.items():
        if org in members:
            assert others & members <= classes[org]
    alone = {org for org in members if not declared.get(org, set()) & members - {org}}
    named = {one for org, others in declared.items() if org in members for one in others - {org}}
    assert all(classes[org] == {org} for org in alone - named)
