"""What was decided, as minutes tell it: how it was counted, who dissented, who objected and why.

Folded from what was said of a proposal. Whoever dissents, and what became of each objection, is as
the decision lists it; a statement filed later belongs to the decision that it was filed on.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import orjson
from asyncpg import Record
from pydantic import BaseModel

from services.meetings.domain.objection import Disposition
from services.meetings.domain.rule import Option
from services.meetings.domain.tally import Outcome
from services.meetings.views.floors import by_name
from services.meetings.views.rows import Named, Names, Words, words
from services.meetings.views.said import Entry, entries
from shared.hot import Connection

ANSWERS = {
    "ObjectionAccommodated": "accommodated",
    "ObjectionRetracted": "retracted",
    "ObjectionSetAside": "set aside",
    "ObjectionOutweighed": "outweighed",
    "FormalObjectionRegistered": "taken to another body",
}
"""What an event says became of an objection; a formal one is upheld or overruled."""


class DissentRow(BaseModel):
    """An organisation that a decision lists in dissent; `option` is known unless it was secret."""

    organisation: Named
    option: Option | None
    reason: Words | None


class AnswerRow(BaseModel):
    """What was done about an objection, by whom and why; `weighed`: what else there was."""

    became: str
    by: Named | None
    why: Words | None
    weighed: list[Words]
    ref: str


class ObjectionRow(BaseModel):
    """An objection, and what had become of it when it was decided."""

    objection: UUID
    by: Named
    grounds: Words | None
    remove_by: Words | None
    disposition: Disposition
    answers: list[AnswerRow]
    ref: str


class StatementRow(BaseModel):
    by: Named
    text: Words | None
    ref: str


class Decided(BaseModel):
    """A decision that minutes cite; lists of organisations are by name, the others as it happened.

    `voters` of `entitled` vote classes took part; `counts` are weights.
    """

    ref: str
    outcome: Outcome
    title: Words | None
    text: Words | None
    method: str | None
    ballot: str | None
    counts: dict[Option, int]
    voters: int
    entitled: int
    accountable: list[Named]
    dissent: list[DissentRow]
    stood_aside: list[Named]
    objections: list[ObjectionRow]
    statements: list[StatementRow]


@dataclass(frozen=True)
class Wording:
    """What a decision is called, what was decided on, and how."""

    title: Words | None = None
    text: Words | None = None
    method: str | None = None
    ballot: str | None = None


@dataclass
class _Dissent:
    option: Option
    reason: Words | None


@dataclass
class _Case:
    """What is known of a proposal up to an event."""

    stances: dict[UUID, _Dissent] = field(default_factory=dict)
    objections: dict[str, ObjectionRow] = field(default_factory=dict)


def decisions(
    said: Iterable[Entry], wordings: Mapping[str, Wording], named: Names
) -> dict[str, Decided]:
    """Return the decisions that were made on one proposal, by the reference of each.

    Args:
        said: Everything said of the proposal that the reader may see, oldest first.
        wordings: What is known of each decision beside that, by its reference.
    """
    case, made, on = _Case(), dict[str, Decided](), dict[str, Decided]()
    for entry in said:
        data = entry.data
        if entry.type == "DecisionMade":
            found = _decided(entry, case, wordings.get(entry.ref, Wording()), named)
            made[entry.ref] = on[data["decision"]] = found
        elif entry.type == "MinorityStatementFiled" and data["decision"] in on:
            filed = StatementRow(
                by=named.organisation(entry.org), text=data.get("text"), ref=entry.ref
            )
            on[data["decision"]].statements.append(filed)
        else:
            _noted(case, entry, named)
    return made


def _noted(case: _Case, entry: Entry, named: Names) -> None:
    data = entry.data
    match entry.type:
        case "StanceTaken" if "option" in data:
            case.stances[entry.org] = _Dissent(data["option"], data.get("reason"))
        case "StanceChanged" if "to" in data:
            case.stances[entry.org] = _Dissent(data["to"], data.get("because"))
        case "StanceRevealed":
            org = UUID(data["org"])
            if "option" in data:
                case.stances[org] = _Dissent(data["option"], data.get("reason"))
            if data.get("objection"):
                _raised(case, entry, named.organisation(org), data.get("reason"))
        case "ObjectionRaised":
            _raised(case, entry, named.organisation(entry.org), data.get("grounds"))
        case _ if (objection := case.objections.get(data.get("objection", ""))) is not None:
            objection.answers.append(_answer(entry, named))


def _raised(case: _Case, entry: Entry, by: Named, grounds: Words | None) -> None:
    data = entry.data
    case.objections[data["objection"]] = ObjectionRow(
        objection=data["objection"], by=by, grounds=grounds, remove_by=data.get("remove_by"),
        disposition="stands", answers=[], ref=entry.ref,
    )  # fmt: skip


def _answer(entry: Entry, named: Names) -> AnswerRow:
    data = entry.data
    return AnswerRow(
        became=ANSWERS.get(entry.type) or data["result"],
        by=named.org(entry.by),
        why=data.get("reasoning") or data.get("reason"),
        weighed=data.get("alternatives") or [],
        ref=entry.ref,
    )


def _decided(entry: Entry, case: _Case, wording: Wording, named: Names) -> Decided:
    data = entry.data
    became: dict[str, Disposition] = data["objections"]
    return Decided(
        ref=entry.ref,
        outcome=data["outcome"],
        title=wording.title,
        text=wording.text,
        method=wording.method,
        ballot=wording.ballot,
        counts=data["counts"],
        voters=data["voters"],
        entitled=data["entitled"],
        accountable=_listed(data["accountable"], named),
        dissent=[
            _dissent(org, case.stances.get(org.id))
            for org in _listed(data.get("dissent", ()), named)
        ],
        stood_aside=_listed(data.get("stood_aside", ()), named),
        objections=[
            row.model_copy(update={"disposition": became[id_], "answers": [*row.answers]})
            for id_, row in case.objections.items()
            if id_ in became
        ],
        statements=[],
    )


def _listed(orgs: Iterable[str], named: Names) -> list[Named]:
    return sorted((named.organisation(UUID(org)) for org in orgs), key=by_name)


def _dissent(org: Named, held: _Dissent | None) -> DissentRow:
    return DissentRow(
        organisation=org,
        option=held.option if held else None,
        reason=held.reason if held else None,
    )


async def decided(
    db: Connection,
    coalition: UUID,
    seen_by: Collection[str],
    refs: Sequence[str],
    named: Names,
) -> list[Decided]:
    """Return the decisions with these references, as far as the reader may see them."""
    rows = await db.fetch(
        "select d.position, d.proposal, p.title, (select n.text from proposal n"
        "  where (n.coalition_id, n.proposal) = (d.coalition_id, d.proposal)"
        "  and n.position < d.position and n.audience && $2 order by n.position desc limit 1)"
        " as text, (select r.terms from said s join rule r on r.coalition_id = s.coalition_id"
        "  and r.rule = (s.data ->> 'rule')::uuid and r.version = (s.data ->> 'rule_version')::int"
        "  and r.audience && $2 where s.coalition_id = d.coalition_id and s.position = d.position)"
        " as terms from decision d left join proposal p"
        " on (p.coalition_id, p.proposal) = (d.coalition_id, d.proposal)"
        " and p.version = 1 and p.audience && $2"
        " where d.coalition_id = $1 and d.audience && $2 and d.position = any($3)"
        " order by d.position",
        *(coalition, list(seen_by), [int(ref.partition("/")[2]) for ref in refs]),
    )
    wordings = {f"meetings/{row['position']}": _wording(row) for row in rows}
    found: dict[str, Decided] = {}
    for key in {row["proposal"]: None for row in rows}:
        said = await entries(db, coalition, seen_by, "proposal", key=key)
        found |= decisions(said, wordings, named)
    return [found[ref] for ref in wordings if ref in found]


def _wording(row: Record) -> Wording:
    terms = orjson.loads(row["terms"]) if row["terms"] else {}
    return Wording(
        words(row["title"]), words(row["text"]), terms.get("method"), terms.get("ballot")
    )
