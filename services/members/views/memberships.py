"""What each member said of itself: what it brings, gains and needs, and who stands behind it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.members.views.queries import MemberRow, Named, Names, Words, named
from services.members.views.roster import Representative
from services.members.views.said import Entry


class Statement(BaseModel):
    """What was stated, question by question; the newest is what holds."""

    answers: dict[str, Words | list[Words] | None]
    at: datetime
    ref: str


class BriefingRow(BaseModel):
    on: date
    attended: int
    ref: str


class Said(BaseModel):
    """What a member said of itself. Lists have the newest first.

    `why`: of the newest invitation or application; `refs`: where what has no row of its own is
    recorded, by its name, of involvement by `involvement:<phase>`.
    """

    why: Words | None = None
    alignment: list[Statement] = []
    interest: list[Statement] = []
    needs: list[Statement] = []
    involvement: dict[str, str] = {}
    point_person: UUID | None = None
    briefings: list[BriefingRow] = []
    related: list[Named] = []
    refs: dict[str, str] = {}


class MemberDetail(MemberRow, Said):
    """A member, with what it said of itself; `vote_class`: those with which it has one vote."""

    vote_class: list[Named]
    represents: list[Named] = []
    representatives: list[Representative] = []
    point_person_name: Words | None = None


class AlignmentRow(BaseModel):
    """What an organisation answered to each question, nothing where it did not."""

    organisation: Named
    answers: dict[str, Words | None]
    complete: bool
    ref: str | None


QUESTIONS = ("brings", "problem", "goals")
RELATIONS = ("RelatedOrganizationDeclared",)


def said_of(entries: Iterable[Entry], names: Names) -> dict[UUID, Said]:
    """Return what each member said of itself since it joined last, or before it did.

    Args:
        entries: Of memberships, oldest first.
    """
    found: dict[UUID, Said] = {}
    for entry in entries:
        said = found.setdefault(UUID(entry.key), Said())
        data = entry.data
        match entry.type:
            case "MemberInvited" | "MembershipApplied":
                said.why, said.refs["why"] = data.get("why"), entry.ref
            case "AlignmentStated":
                said.alignment.insert(0, _statement(entry, *QUESTIONS))
            case "InterestStated":
                said.interest.insert(0, _statement(entry, "mutual_benefit", "answers_to"))
            case "NeedStated":
                said.needs.insert(0, _statement(entry, "need", "stakeholders"))
            case "InvolvementLevelSet":
                said.involvement[data["phase"]] = data["level"]
                said.refs[f"involvement:{data['phase']}"] = entry.ref
            case "PointPersonNamed":
                person = data.get("person")
                said.point_person = UUID(person) if person else None
                said.refs["point_person"] = entry.ref
            case "InternalBriefingHeld":
                held = BriefingRow(on=data["on"], attended=data["attended"], ref=entry.ref)
                said.briefings.append(held)
                said.briefings.sort(key=lambda row: row.on, reverse=True)
            case "RelatedOrganizationDeclared":
                said.related = [named(org, names) for org in data["related"]]
                said.refs["related"] = entry.ref
    return found


def _statement(entry: Entry, *questions: str) -> Statement:
    answers = {question: entry.data.get(question) for question in questions}
    return Statement(answers=answers, at=entry.at, ref=entry.ref)


def vote_classes(
    said: Mapping[UUID, Said], members: Collection[UUID]
) -> dict[UUID, frozenset[UUID]]:
    """Return for each member those with which it has one vote, itself among them (M6).

    Related is who either declared; and who is related to one's related ones.
    """
    near: dict[UUID, set[UUID]] = {org: {org} for org in members}
    for org, stated in said.items():
        for other in (one.id for one in stated.related):
            if org in near and other in near:
                near[org].add(other)
                near[other].add(org)
    classes: dict[UUID, frozenset[UUID]] = {}
    for org in near:
        if org in classes:
            continue
        reached, ahead = {org}, [org]
        while ahead:
            new = near[ahead.pop()] - reached
            reached |= new
            ahead.extend(new)
        classes |= dict.fromkeys(reached, frozenset(reached))
    return classes


def gaps(rows: Iterable[AlignmentRow]) -> dict[str, int]:
    """Return how many have not answered each question."""
    listed = [*rows]
    return {question: sum(not row.answers[question] for row in listed) for question in QUESTIONS}


def alignment(
    said: Mapping[UUID, Said], members: Collection[UUID], names: Names
) -> list[AlignmentRow]:
    """Return the matrix of organisation by question: those with gaps first, then by id."""
    rows = []
    for org in sorted(members):
        newest = next(iter(said.get(org, Said()).alignment), None)
        answers: dict[str, Any] = newest.answers if newest else dict.fromkeys(QUESTIONS)
        rows.append(
            AlignmentRow(
                organisation=named(org, names), answers=answers,
                complete=all(answers.values()), ref=newest.ref if newest else None,
            )
        )  # fmt: skip
    return sorted(rows, key=lambda row: row.complete)
