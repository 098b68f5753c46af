"""Who is asked to a meeting and what they answered, and who has prepared what."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from pydantic import BaseModel

from services.meetings.domain.ids import OrgId
from services.meetings.domain.invitation import Answer
from services.meetings.views.floors import Titles, by_name
from services.meetings.views.rows import MeetingDetail, Named, Names, Words
from services.meetings.views.said import Entry


class InvitationRow(BaseModel):
    """An invitation; `answer` is the newest one."""

    organisation: Named
    answer: Answer | None
    refs: list[str]


class ExemptionRow(BaseModel):
    organisation: Named
    reason: Words | None
    ref: str


class DoneRow(BaseModel):
    organisation: Named
    at: datetime
    ref: str


class PreWorkRow(BaseModel):
    """What is to be prepared; `open`: who was asked and has not done it."""

    prework: UUID
    item: Named
    what: Words | None
    due: date
    done: list[DoneRow]
    open: list[Named]
    overdue: bool
    ref: str


class PreparationView(BaseModel):
    """How a meeting is prepared; organisations by name.

    `forgotten`: who sits in the body as it is now and is neither invited nor exempt.
    `short_notice`: whether the newest agenda came late; empty where none was published.
    """

    meeting: UUID
    short_notice: bool | None
    invitations: list[InvitationRow]
    exemptions: list[ExemptionRow]
    forgotten: list[Named]
    prework: list[PreWorkRow]
    as_of: dict[str, int]


def preparation(
    meeting: MeetingDetail,
    entries: Iterable[Entry],
    titles: Titles,
    named: Names,
    *,
    seated: Iterable[OrgId],
    today: date,
) -> PreparationView:
    """Return how a meeting is prepared.

    Args:
        seated: Who sits in its body now.
        today: What was due before it and is not done is overdue.
    """
    invited: dict[UUID, InvitationRow] = {}
    exempt: dict[UUID, ExemptionRow] = {}
    asked: dict[UUID, PreWorkRow] = {}
    for entry in entries:
        data = entry.data
        match entry.type:
            case "InvitationSent":
                for org in map(UUID, data["orgs"]):
                    exempt.pop(org, None)
                    invited[org] = InvitationRow(
                        organisation=named.organisation(org), answer=None, refs=[entry.ref]
                    )
                for one in data["exempt"]:
                    org = UUID(one["org"])
                    exempt[org] = ExemptionRow(
                        organisation=named.organisation(org),
                        reason=one.get("reason"),
                        ref=entry.ref,
                    )
            case "InvitationAnswered" if row := invited.get(entry.org):
                row.answer = data["answer"]
                row.refs.append(entry.ref)
            case "PreWorkAssigned":
                key, item = UUID(data["prework"]), UUID(data["item"])
                asked[key] = PreWorkRow(
                    prework=key,
                    item=Named(id=item, name=titles.get(item)),
                    what=data.get("what"),
                    due=data["due"],
                    done=[],
                    open=[named.organisation(UUID(org)) for org in data["orgs"]],
                    overdue=False,
                    ref=entry.ref,
                )
            case "PreWorkCompleted" if work := asked.get(UUID(data["prework"])):
                done = DoneRow(
                    organisation=named.organisation(entry.org), at=entry.at, ref=entry.ref
                )
                work.done.append(done)
                work.open = [org for org in work.open if org.id != entry.org]
    for work in asked.values():
        work.open.sort(key=by_name)
        work.overdue = bool(work.open) and work.due < today
    forgotten = {*seated} - invited.keys() - exempt.keys()
    return PreparationView(
        meeting=meeting.meeting,
        short_notice=meeting.short_notice,
        invitations=sorted(invited.values(), key=lambda row: by_name(row.organisation)),
        exemptions=sorted(exempt.values(), key=lambda row: by_name(row.organisation)),
        forgotten=sorted(map(named.organisation, forgotten), key=by_name),
        prework=[*asked.values()],
        as_of=meeting.as_of,
    )
