"""The charter as it is, with every version before; and who has not accepted the newest.

Folded from what was said of the coalition, and by its members.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from services.members.views.queries import Named, Names, Words, named
from services.members.views.said import Entry


class VersionRow(BaseModel):
    """One version of a text, and the decision it rests on."""

    version: int
    text: Words | None
    decision: str | None
    at: datetime
    ref: str


class BoundaryRow(VersionRow):
    """`defaults`: the class of each kind where it is not the usual one."""

    defaults: dict[str, str]
    min_group: int


class StructureRow(VersionRow):
    bodies: list[UUID]


class Accepted(Named):
    """`ref`: where it is recorded that this member accepted."""

    ref: str


class Acceptance(BaseModel):
    """Of the newest version, 0 where there is none: which members accepted, and who did not.

    The figures count all, also where only some names are given. `yours`: of the reader's own
    organisations, those missing.
    """

    version: int = 0
    accepted: list[Accepted] = []
    missing: list[Named] = []
    accepted_count: int = 0
    missing_count: int = 0
    yours: list[Named] = []

    def shortened(self, names: int | None) -> "Acceptance":
        """Return it with at most so many names in each list."""
        cut = {"accepted": self.accepted[:names], "missing": self.missing[:names]}
        return self.model_copy(update=cut)


class ScopeRow(BaseModel):
    max_members: int | None
    regions: list[str]
    interest_required: bool
    ref: str


class ListingRow(BaseModel):
    topics: list[str]
    contact: Words | None
    ref: str


class TermRow(BaseModel):
    """One of some choices, or a number from `min` to `max`."""

    term: UUID
    name: Words | None
    choices: list[str] | None
    min: int | None
    max: int | None
    unit: str | None
    ref: str


class ScenarioRow(BaseModel):
    """In force once every party has agreed."""

    scenario: UUID
    kind: str
    text: Words | None
    parties: list[Named]
    agreed: list[Named]
    in_force: bool
    refs: list[str]


class StageRow(BaseModel):
    stage: str
    reason: Words | None
    since: datetime
    until: datetime | None
    ref: str


class ShiftRow(BaseModel):
    """`about`: the issues again, by name."""

    what: Words | None
    issues: list[UUID]
    about: list[Named]
    noted_by: Named
    at: datetime
    ref: str


class ReviewRow(BaseModel):
    """`result` is absent while the review is open; `asked_count` counts also who is not named."""

    review: UUID
    kind: str
    trigger: str
    asked: list[Named]
    asked_count: int
    due: date
    result: str | None
    note: Words | None
    opened_at: datetime
    refs: list[str]


class NextReviewRow(BaseModel):
    """A review that opens by itself on a day, and what says so."""

    kind: str
    on: date
    ref: str


class Charter(BaseModel):
    """Each list has the newest first; scenarios have those in force first, reviews the open."""

    listing: ListingRow | None = None
    north_stars: list[VersionRow] = []
    scope: ScopeRow | None = None
    ground_rules: list[VersionRow] = []
    accepted_rules: Acceptance = Acceptance()
    boundaries: list[BoundaryRow] = []
    structures: list[StructureRow] = []
    acknowledged_structure: Acceptance = Acceptance()
    terms: list[TermRow] = []
    scenarios: list[ScenarioRow] = []
    stages: list[StageRow] = []
    context_shifts: list[ShiftRow] = []
    reviews: list[ReviewRow] = []
    next_reviews: list[NextReviewRow] = []
    adjourned_at: datetime | None = None
    adjourned_because: Words | None = None

    def shortened(self, names: int | None) -> "Charter":
        """Return it with at most so many names in each list of organisations."""
        update: dict[str, Any] = {
            "accepted_rules": self.accepted_rules.shortened(names),
            "acknowledged_structure": self.acknowledged_structure.shortened(names),
            "reviews": shortened(self.reviews, names),
        }
        return self.model_copy(update=update)


def shortened(reviews: Iterable[ReviewRow], names: int | None) -> list[ReviewRow]:
    """Return reviews with at most so many names of who was asked."""
    return [row.model_copy(update={"asked": row.asked[:names]}) for row in reviews]


Heard = dict[UUID, tuple[int, str]]
"""The version that each member accepted last, and where that is recorded."""
ACCEPTANCES = ("MemberJoined", "GroundRulesAccepted", "DecisionStructureAcknowledged")


def charter(
    entries: Iterable[Entry],
    members: Collection[UUID],
    names: Names,
    own: Collection[UUID] = (),
) -> Charter:
    """Return the charter.

    Args:
        entries: Of the coalition, and of memberships those of `ACCEPTANCES`; oldest first.
        members: Those that joined and have not left.
        names: Of organisations and issues, as the reader may see them.
        own: The reader's organisations.
    """
    made = Charter()
    rules: Heard = {}
    structure: Heard = {}
    for entry in entries:
        match entry.type:
            case "MemberJoined":
                rules[UUID(entry.key)] = entry.data["ground_rules"], entry.ref
                structure.pop(UUID(entry.key), None)
            case "GroundRulesAccepted":
                rules[UUID(entry.key)] = entry.data["version"], entry.ref
            case "DecisionStructureAcknowledged":
                structure[UUID(entry.key)] = entry.data["version"], entry.ref
            case "ScenarioAgreed":
                _agree(made.scenarios, entry, names)
            case "StageEntered":
                _enter(made.stages, entry)
            case "ReviewOpened":
                made.reviews.append(_review(entry, members, names))
            case "ReviewClosed":
                _close(made.reviews, entry)
            case _:
                _write(made, entry, names)
        _plan(made.next_reviews, entry)
    made.accepted_rules = _acceptance(made.ground_rules, rules, members, names, own)
    made.acknowledged_structure = _acceptance(made.structures, structure, members, names, own)
    made.scenarios.sort(key=lambda row: not row.in_force)
    made.reviews.sort(key=lambda row: (row.result is not None, row.due))
    made.next_reviews.sort(key=lambda row: (row.on, row.kind))
    return made


def _write(made: Charter, entry: Entry, names: Names) -> None:
    data, ref = entry.data, entry.ref
    match entry.type:
        case "CoalitionListed":
            contact = data.get("contact") or (made.listing.contact if made.listing else None)
            made.listing = ListingRow(topics=data["topics"], contact=contact, ref=ref)
        case "NorthStarAdopted":
            made.north_stars.insert(0, VersionRow(**_version(entry)))
        case "ScopeSet":
            made.scope = ScopeRow(
                max_members=data.get("max_members"), regions=data["regions"],
                interest_required=data["interest_required"], ref=ref,
            )  # fmt: skip
        case "GroundRulesAdopted":
            made.ground_rules.insert(0, VersionRow(**_version(entry)))
        case "BoundaryAgreed":
            more = {"defaults": data["defaults"], "min_group": data["min_group"]}
            made.boundaries.insert(0, BoundaryRow(**_version(entry), **more))
        case "DecisionStructurePublished":
            made.structures.insert(0, StructureRow(**_version(entry), bodies=data["bodies"]))
        case "TermDefined":
            limits = {name: data.get(name) for name in ("name", "choices", "min", "max", "unit")}
            made.terms.insert(0, TermRow(term=data["term"], ref=ref, **limits))
        case "ContextShiftNoted":
            shift = ShiftRow(
                what=data.get("what"), issues=data["issues"],
                about=[named(of, names) for of in data["issues"]],
                noted_by=named(entry.org, names), at=entry.at, ref=ref,
            )  # fmt: skip
            made.context_shifts.insert(0, shift)
        case "CoalitionAdjourned":
            made.adjourned_at, made.adjourned_because = entry.at, data.get("reason")


def _version(entry: Entry) -> dict[str, Any]:
    data = entry.data
    return {
        "version": data["version"], "text": data.get("text"), "decision": data.get("decision"),
        "at": entry.at, "ref": entry.ref,
    }  # fmt: skip


def _agree(scenarios: list[ScenarioRow], entry: Entry, names: Names) -> None:
    data = entry.data
    row = next((one for one in scenarios if one.scenario == UUID(data["scenario"])), None)
    if row is None:
        row = ScenarioRow(
            scenario=data["scenario"], kind=data["kind"], text=data.get("text"),
            parties=[named(org, names) for org in data["parties"]], agreed=[], in_force=False,
            refs=[],
        )  # fmt: skip
        scenarios.insert(0, row)
    row.agreed.append(named(entry.org, names))
    row.in_force = len(row.agreed) == len(row.parties)
    row.refs.append(entry.ref)


def _enter(stages: list[StageRow], entry: Entry) -> None:
    if stages:
        stages[0].until = entry.at
    new = StageRow(
        stage=entry.data["stage"], reason=entry.data.get("reason"), since=entry.at, until=None,
        ref=entry.ref,
    )  # fmt: skip
    stages.insert(0, new)


def _review(entry: Entry, members: Collection[UUID], names: Names) -> ReviewRow:
    """Return a review; where nobody is named, every member is asked."""
    data = entry.data
    asked = data["orgs"] or sorted(members)
    return ReviewRow(
        review=data["review"], kind=data["kind"], trigger=data["trigger"],
        asked=[named(org, names) for org in asked], asked_count=len(asked), due=data["due"],
        result=None, note=None, opened_at=entry.at, refs=[entry.ref],
    )  # fmt: skip


def _close(reviews: list[ReviewRow], entry: Entry) -> None:
    row = next(one for one in reviews if one.review == UUID(entry.data["review"]))
    row.result, row.note = entry.data["result"], entry.data.get("note")
    row.refs.append(entry.ref)


def _plan(planned: list[NextReviewRow], entry: Entry) -> None:
    """Take in that a review is planned, or that the one which was planned is open."""
    data = entry.data
    kind = {"NorthStarAdopted": "vision", "DecisionStructurePublished": "roles"}.get(
        entry.type, data.get("kind")
    )
    opened = entry.type == "ReviewOpened" and data["trigger"] == "schedule"
    if not opened and "next_review" not in data:
        return
    planned[:] = [row for row in planned if row.kind != kind]
    if not opened:
        planned.append(NextReviewRow(kind=kind, on=data["next_review"], ref=entry.ref))


def _acceptance(
    versions: Sequence[VersionRow],
    heard: Heard,
    members: Collection[UUID],
    names: Names,
    own: Collection[UUID],
) -> Acceptance:
    if not versions:
        return Acceptance()
    newest = versions[0].version
    those = {org: ref for org in members for of, ref in [heard.get(org, (0, ""))] if of == newest}
    missing = [named(org, names) for org in sorted(set(members) - those.keys())]
    return Acceptance(
        version=newest,
        accepted=[
            Accepted(id=org, name=names.get(org), ref=ref) for org, ref in sorted(those.items())
        ],
        missing=missing,
        accepted_count=len(those),
        missing_count=len(missing),
        yours=[one for one in missing if one.id in own],
    )
