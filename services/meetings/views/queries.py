"""What people ask about meetings: the list, one of them, steps, rules, a proposal, sources."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Record

from services.meetings.domain import ballot, sense_check
from services.meetings.domain.proposal import Proposal
from services.meetings.views.frontlines import ReportBackRow
from services.meetings.views.rows import (
    AttendanceRow,
    DecidedRow,
    FacilitatorRow,
    InformedRow,
    ItemRow,
    MeetingDetail,
    MeetingRow,
    MinutesRow,
    Named,
    Names,
    ProposalDetail,
    QuorumRow,
    RuleRow,
    SenseCheckRow,
    SeriesRow,
    StanceRow,
    StepRow,
    Words,
    ref,
    words,
)
from shared.hot import Connection

Audiences = Sequence[str]
OPEN = "proposed", "assigned", "accepted", "started", "blocked", "declined"
_CALLED = (
    "(select s.name from series s where (s.coalition_id, s.series) = (m.coalition_id, m.series)"
    "  and s.audience && $2)"
)
_MEETING = (
    f"select m.*, {_CALLED} as of_series,"  # noqa: S608 - a constant
    " (select count(distinct coalesce(a.person, a.attendance)) from attendance a"
    "  where a.coalition_id = m.coalition_id and a.meeting = m.meeting and a.here"
    "  and a.audience && $2) as present"
    " from meeting_now m where m.coalition_id = $1 and m.audience && $2"
)
_STEP = (
    "with pledged as materialized (select org, hours from heard.pledge"
    "  where coalition_id = $1 and current_date between begins and ends),"
    " taken as materialized (select owner, sum(hours) as hours from step_now"
    "  where coalition_id = $1 and accepted and state = any($3)"
    "  and owner in (select org from pledged) group by owner)"
    " select s.*, s.due < current_date and s.state = any($3) as overdue,"
    " s.state = any($3) and coalesce(taken.hours, 0)"
    "  + case when s.accepted then 0 else coalesce(s.hours, 0) end > pledged.hours as overload"
    " from step_now s left join pledged on pledged.org = s.owner"
    " left join taken on taken.owner = s.owner"
    " where s.coalition_id = $1 and s.audience && $2"
)


async def meetings(
    db: Connection,
    coalition: UUID,
    seen_by: Audiences,
    *,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[MeetingRow]:
    """Return meetings, the latest first."""
    at, last = before or (None, None)
    rows = await db.fetch(
        f"{_MEETING} and ($3::timestamptz is null or (m.starts_at, m.meeting) < ($3, $4::uuid))"
        " order by m.starts_at desc, m.meeting desc limit $5",
        *(coalition, list(seen_by), at, last, limit),
    )
    return [MeetingRow(**_meeting(row)) for row in rows]


def _meeting(row: Record) -> dict[str, Any]:
    return {
        "meeting": row["meeting"],
        "date": row["starts_at"].date(),
        "title": words(row["title"] or row["of_series"]),
        "present": row["present"],
        "state": row["state"],
        "starts_at": row["starts_at"],
        "ref": ref(row),
    }


async def meeting(
    db: Connection, coalition: UUID, seen_by: Audiences, key: UUID
) -> MeetingDetail | None:
    """Return all of a meeting; `None` where there is none that this reader may see."""
    seen = coalition, list(seen_by), key
    row = await db.fetchrow(f"{_MEETING} and m.meeting = $3", *seen)
    if row is None:
        return None

    async def of(table: str) -> list[Record]:
        found: list[Record] = await db.fetch(
            f"select * from {table} where coalition_id = $1 and audience && $2"  # noqa: S608 - one of the names below
            " and meeting = $3 order by position",
            *seen,
        )
        return found

    named = await names(db, coalition, seen_by)
    quorums, agendas = await of("quorum"), await of("agenda")
    attendance = await of("attendance")
    items = [*await of("item"), *await _returned(db, *seen, agendas)]
    proposed = {one["item"]: one for one in items}
    listed = agendas[-1]["items"] if agendas else list(proposed)
    return MeetingDetail(
        **_meeting(row),
        body=named.body(row["body"]),
        host=named.org(row["host"]),
        ends_at=row["ends_at"],
        place=words(row["place"]),
        imported=row["imported"],
        series=Named(id=row["series"], name=words(row["of_series"])) if row["series"] else None,
        short_notice=agendas[-1]["short_notice"] if agendas else None,
        facilitators=[_facilitator(one, named) for one in await of("facilitator")],
        agenda=_items(listed, proposed, named),
        waiting=_items([item for item in proposed if item not in listed], proposed, named),
        attendance=_attendance(attendance, named),
        quorum=_quorum(quorums[-1]) if quorums else None,
        minutes=_minutes(await of("minutes"), await of("approval"), attendance, named),
        decisions=await _decided(db, coalition, seen_by, key),
        steps=await steps(db, coalition, seen_by, meeting=key, limit=1_000),
        version=await version(db, coalition, f"meeting-{key}"),
        as_of=await as_of(db, coalition),
    )


async def _decided(
    db: Connection, coalition: UUID, seen_by: Audiences, meeting: UUID
) -> list[DecidedRow]:
    rows = await db.fetch(
        "select d.decision, d.outcome, d.position, p.title from decision d left join proposal p"
        " on (p.coalition_id, p.proposal) = (d.coalition_id, d.proposal)"
        " and p.version = 1 and p.audience && $2"
        " where d.coalition_id = $1 and d.audience && $2 and d.meeting = $3 order by d.position",
        coalition, list(seen_by), meeting,
    )  # fmt: skip
    return [
        DecidedRow(
            decision=row["decision"], title=words(row["title"]), outcome=row["outcome"],
            ref=ref(row),
        )
        for row in rows
    ]  # fmt: skip


def _facilitator(row: Record, named: Names) -> FacilitatorRow:
    return FacilitatorRow(
        person=named.person(row["person"]),
        who=named.known(row["person"]),
        org=named.org(row["org"]),
        external=row["external"],
        ref=ref(row),
    )


async def _returned(
    db: Connection, coalition: UUID, seen_by: Audiences, meeting: UUID, agendas: list[Record]
) -> list[Record]:
    """Return the items of the newest agenda that an earlier meeting had parked."""
    listed: list[UUID] = agendas[-1]["items"] if agendas else []
    found: list[Record] = await db.fetch(
        "select * from item where coalition_id = $1 and audience && $2 and meeting <> $3"
        " and item = any($4) order by position",
        *(coalition, list(seen_by), meeting, listed),
    )
    return found


def _items(listed: Iterable[UUID], proposed: Mapping[UUID, Record], named: Names) -> list[ItemRow]:
    return [
        ItemRow(
            item=row["item"],
            kind=row["kind"],
            title=words(row["title"]),
            proposal=row["proposal"],
            issue=row["issue"],
            minutes=row["minutes"],
            proposed_by=named.org(row["by_org"]),
            ref=ref(row),
        )
        for row in (proposed[item] for item in listed if item in proposed)
    ]


def _attendance(rows: list[Record], named: Names) -> list[AttendanceRow]:
    left = {row["attendance"] for row in rows if not row["here"]}
    return [
        AttendanceRow(
            attendance=row["attendance"],
            org=named.org(row["org"]),
            person=named.person(row["person"]),
            who=named.known(row["person"]),
            mode=row["mode"],
            left=row["attendance"] in left,
            ref=ref(row),
        )
        for row in rows
        if row["here"]
    ]


def _quorum(row: Record) -> QuorumRow:
    return QuorumRow(
        present=row["present"], needed=row["needed"], established=row["established"], ref=ref(row)
    )


def _minutes(
    versions: list[Record], approvals: list[Record], attendance: list[Record], named: Names
) -> list[MinutesRow]:
    came = {row["org"] for row in attendance if row["here"] and row["org"]}
    found, cited = [], list[str]()
    for row in versions:
        cited = cited if row["corrects"] else row["decisions"]
        approved = [one["org"] for one in approvals if one["version"] == row["version"]]
        newest = row["version"] == versions[-1]["version"]
        final = bool(approved) and came <= set(approved)
        found.append(
            MinutesRow(
                version=row["version"],
                state="superseded" if not newest else "final" if final else "draft",
                text=words(row["text"]),
                reason=words(row["reason"]),
                corrects=row["corrects"],
                decisions=cited,
                at=row["at"],
                approved_by=[named.organisation(org) for org in approved],
                ref=ref(row),
            )
        )
    return found


async def steps(
    db: Connection,
    coalition: UUID,
    seen_by: Audiences,
    *,
    organisation: UUID | None = None,
    state: str | None = None,
    meeting: UUID | None = None,
    only: UUID | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[StepRow]:
    """Return next steps, the newest first; `state` may be `open` for all that are not over."""
    states = [*OPEN] if state == "open" else [state] if state else None
    rows = await db.fetch(
        f"{_STEP} and ($4::uuid is null or s.owner = $4) and ($5::text[] is null or s.state = any($5))"  # noqa: E501 - a constant
        " and ($6::uuid is null or s.meeting = $6) and ($7::bigint is null or s.position < $7)"
        " and ($8::uuid is null or s.step = $8) order by s.position desc limit $9",
        *(coalition, list(seen_by), list(OPEN), organisation, states, meeting, before, only, limit),
    )
    named = await names(db, coalition, seen_by)
    titles = await _titles(db, coalition, seen_by, rows)
    return [
        StepRow(
            step=row["step"],
            what=words(row["what"]),
            state=row["state"],
            asked=named.org(row["owner"]),
            owner=named.org(row["owner"]) if row["accepted"] else None,
            hours=row["hours"],
            overload=bool(row["overload"]),
            due=row["due"],
            overdue=bool(row["overdue"]),
            moved=row["moved"],
            meeting=titles.get(row["meeting"]),
            decision=titles.get(row["decision"]),
            proposed_by=named.org(row["proposed_by"]),
            ref=ref(row),
        )
        for row in rows
    ]


async def reports_back(
    db: Connection, coalition: UUID, seen_by: Audiences, steps: Sequence[UUID]
) -> dict[UUID, ReportBackRow]:
    """Return the steps of these by which organisations report back, by their ids."""
    if not steps:
        return {}
    rows = await db.fetch(
        "select step, due, state = 'completed' as done,"
        " due < current_date and state = any($3) as overdue from step_now"
        " where coalition_id = $1 and audience && $2 and step = any($4)",
        *(coalition, list(seen_by), list(OPEN), list(steps)),
    )
    return {row["step"]: ReportBackRow(**row) for row in rows}


async def _titles(
    db: Connection, coalition: UUID, seen_by: Audiences, steps: Sequence[Record]
) -> dict[UUID | None, Named]:
    """Return the meetings and decisions that steps hang on, by what they are called."""
    rows = await db.fetch(
        f"select m.meeting as id, coalesce(m.title, {_CALLED}) as title from meeting_now m"  # noqa: S608 - a constant
        " where m.coalition_id = $1 and m.audience && $2 and m.meeting = any($3)"
        " union all select d.decision, p.title from decision d"
        " join proposal p on (p.coalition_id, p.proposal) = (d.coalition_id, d.proposal)"
        " and p.version = 1 and p.audience && $2"
        " where d.coalition_id = $1 and d.audience && $2 and d.decision = any($4)"
        " union all select (s.data->>'decision')::uuid, s.data->'text' from said s"
        " where s.coalition_id = $1 and s.aggregate = 'frontline'"
        " and s.audience && $2 and s.type = 'FrontLineDecisionMade'"
        " and coalesce(s.sealed->'text'->>0 = any($2), true)"
        " and (s.data->>'decision')::uuid = any($4)",
        coalition,
        list(seen_by),
        [row["meeting"] for row in steps if row["meeting"]],
        [row["decision"] for row in steps if row["decision"]],
    )
    return {row["id"]: Named(id=row["id"], name=words(row["title"])) for row in rows}


async def series(db: Connection, coalition: UUID, seen_by: Audiences) -> list[SeriesRow]:
    """Return the series, the oldest first."""
    rows = await db.fetch(
        "select * from series where coalition_id = $1 and audience && $2 order by position",
        *(coalition, list(seen_by)),
    )
    named = await names(db, coalition, seen_by)
    return [
        SeriesRow(
            series=row["series"],
            name=words(row["name"]),
            body=named.body(row["body"]),
            rrule=row["rrule"],
            at=row["at"],
            ref=ref(row),
        )
        for row in rows
    ]


async def rules(db: Connection, coalition: UUID, seen_by: Audiences) -> list[RuleRow]:
    """Return the newest version of each rule."""
    rows = await db.fetch(
        "select distinct on (rule) r.*, (select n.retired from rule n"
        "  where n.coalition_id = r.coalition_id and n.rule = r.rule"
        "  order by n.position desc limit 1) as over"
        " from rule r where coalition_id = $1 and audience && $2 and not retired"
        " order by rule, position desc",
        *(coalition, list(seen_by)),
    )
    named = await names(db, coalition, seen_by)
    return [
        RuleRow(
            rule=row["rule"],
            version=row["version"],
            body=named.body(row["body"]),
            terms=orjson.loads(row["terms"]),
            retired=row["over"],
            ref=ref(row),
        )
        for row in rows
    ]


async def proposal(
    db: Connection,
    coalition: UUID,
    seen_by: Audiences,
    key: UUID,
    state: Proposal,
    by: UUID | None,
) -> ProposalDetail | None:
    """Return a proposal as it stands, with the words that this reader may see."""
    rows = await db.fetch(
        "select * from proposal where coalition_id = $1 and audience && $2"
        " and proposal = $3 order by position",
        *(coalition, list(seen_by), key),
    )
    if not rows:
        return None
    named = await names(db, coalition, seen_by)
    voting = state.voting
    own = by is not None and f"org:{by}" in seen_by
    place = voting.places.get(by) if voting and own else None  # type: ignore[call-overload]  # an OrgId is a UUID
    held = voting.stances.get(place) if voting and place is not None else None
    return ProposalDetail(
        proposal=key,
        state=state.stage,
        version=await version(db, coalition, f"proposal-{key}"),
        body=named.body(state.body),
        issue=state.issue,
        proposer=named.organisation(state.proposer),
        title=words(rows[0]["title"]),
        text=words(rows[-1]["text"]),
        text_version=state.version,
        round=state.rounds,
        rule=voting.rule if voting else None,
        rule_version=voting.rule_version if voting else None,
        closes_at=voting.closes_at if voting else None,
        meeting=voting.meeting if voting else None,
        decision=state.decision.id if state.decision else None,
        entitled=len(voting.electorate) if voting else None,
        heard=_heard(state),
        my_stance=StanceRow(organisation=held.by, option=held.option) if held else None,
        objections=sorted(state.objections),
        sense_checks=_sense_checks(state),
        informed=await _informed(db, coalition, seen_by, key, named),
        as_of=await as_of(db, coalition),
    )


def _heard(state: Proposal) -> int | None:
    """Return how many classes have said where they stand, once that is shown."""
    if state.voting is None:
        return None
    voting = state.voting
    if state.stage != "voting":
        return voting.heard
    return ballot.turnout(voting.heard, len(voting.electorate), voting.terms)


def _sense_checks(state: Proposal) -> list[SenseCheckRow]:
    """Return the sense checks of a proposal, by when they close."""
    found = sorted(state.checks.items(), key=lambda each: (each[1].closes_at, each[0]))
    return [
        SenseCheckRow(
            check=id_,
            closes_at=each.closes_at,
            gap=sense_check.gap(each, state.counted),
            **{str(answer): times for answer, times in (each.counts or {}).items()},
        )
        for id_, each in found
    ]


async def _informed(
    db: Connection, coalition: UUID, seen_by: Audiences, proposal: UUID, named: Names
) -> list[InformedRow]:
    """Return who is only informed, by id; and the newest invitation back for this proposal.

    It was invited for the proposal where it was invited at one of its events, or at an item of an
    agenda that is about it.
    """
    rows = await db.fetch(
        "select v.org, array_agg(v.phase order by v.phase) as phases, ("
        "  select max(i.position) from reengagement i where i.coalition_id = $1 and i.org = v.org"
        "  and i.audience && $2 and (exists (select from journal.event e where e.coalition_id = $1"
        "   and e.stream = $4 and i.entry = 'meetings/' || e.position)"
        "   or exists (select from item where item.coalition_id = $1 and item.proposal = $3"
        "   and i.entry = 'meetings/' || item.position))) as invited"
        " from heard.involvement v join heard.organisation o using (coalition_id, org)"
        " where v.coalition_id = $1 and v.level = 'inform' and o.standing = 'joined'"
        " and o.audience && $2 group by v.org order by v.org",
        *(coalition, list(seen_by), proposal, f"proposal-{proposal}"),
    )
    return [
        InformedRow(
            organisation=named.organisation(row["org"]),
            phases=row["phases"],
            invited=f"meetings/{row['invited']}" if row["invited"] else None,
        )
        for row in rows
    ]


async def proposal_titles(
    db: Connection, coalition: UUID, seen_by: Audiences
) -> dict[UUID, Words | None]:
    """Return what the proposals are called that the reader may see."""
    rows = await db.fetch(
        "select distinct on (proposal) proposal, title from proposal"
        " where coalition_id = $1 and audience && $2 and title is not null"
        " order by proposal, position desc",
        *(coalition, list(seen_by)),
    )
    return {row["proposal"]: words(row["title"]) for row in rows}


async def sources(db: Connection, coalition: UUID, seen_by: Audiences) -> list[str]:
    """Return the number in its source of each decision that was imported."""
    rows = await db.fetch(
        "select source_id from decision where coalition_id = $1 and audience && $2"
        " and source_id is not null order by position",
        *(coalition, list(seen_by)),
    )
    return [row["source_id"] for row in rows]


async def names(db: Connection, coalition: UUID, seen_by: Audiences) -> Names:
    """Return what everybody is called; people only for members."""
    seen = coalition, list(seen_by)
    orgs = await db.fetch(
        "select org, name from heard.organisation where coalition_id = $1 and audience && $2", *seen
    )
    bodies = await db.fetch(
        "select body, name from heard.body where coalition_id = $1 and audience && $2", *seen
    )
    people = []
    if "members" in seen_by:
        people = await db.fetch(
            "select person, name from heard.person where coalition_id = $1", coalition
        )
    return Names(*(dict(map(tuple, rows)) for rows in (orgs, bodies, people)))


async def version(db: Connection, coalition: UUID, stream: str) -> int:
    """Return the version of a stream, for `If-Match`."""
    found: int | None = await db.fetchval(
        "select max(version) from journal.event where coalition_id = $1 and stream = $2",
        *(coalition, stream),
    )
    return found or 0


async def as_of(db: Connection, coalition: UUID) -> dict[str, int]:
    """Return the positions that the rows stand at."""
    rows = await db.fetch(
        "select source, min(position) as position from inbox.cursor"
        " where coalition_id = $1 and reader not in"
        " (select reader from inbox.model where schema <> current_schema())"
        " and (source <> 'meetings' or reader in (select reader from inbox.model)) group by source",
        coalition,
    )
    return {row["source"]: row["position"] for row in rows}
