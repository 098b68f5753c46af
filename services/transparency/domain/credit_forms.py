"""R7 in the forms for funders and for the press: contribution, never attribution.

Both rest on confirmed facts only, and always say with whom: that line is there even where nobody
else is known to have worked on the same. Funders read what was aimed at, as each organisation saw
it end, what came of it and was measured, with its source, and what is disputed. The press reads
first who came round late, only statements to which all whom they name agreed, whom to ask on which
issue, and stories while the person each is of agrees (K14).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from services.transparency.domain import credit_statement, impact
from services.transparency.domain.claims_and_disputes import Dispute, Told, Version
from services.transparency.domain.credit_statement import Contribution, Statement
from services.transparency.domain.impact import Given, Impact
from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.report import figure
from services.transparency.domain.said import Names
from shared.event import timestamp

FORMS = ("partners", "funders", "public")
_PART_OF = {
    "lead": "with a leading part",
    "equal": "as one of several",
    "supporting": "in support",
}
NOBODY = "Nobody else is known to have worked on the same."


@dataclass(frozen=True)
class Messenger:
    """Who was chosen last to speak on an issue to an audience."""

    cited: Cited
    issue: UUID
    org: UUID
    at: datetime


@dataclass(frozen=True)
class Outside:
    """What is told beside contributions and credit.

    Args:
        wins: By win, the events that a contribution to it is about.
        statements: What the coalition put out on decisions, as the list of statements shows it.
        impact: Objectives with what each organisation says of them, metrics and stories.
        given: Who consents today; `None` before anything happened.
        messengers: Who speaks to the public, on each issue.
    """

    told: Told
    wins: Mapping[UUID, Collection[str]] = field(default_factory=dict)
    statements: Sequence[Mapping[str, Any]] = ()
    impact: Impact = field(default_factory=Impact)
    given: Given | None = None
    messengers: Sequence[Messenger] = ()


def rows(form: str, statement: Statement, outside: Outside, names: Names) -> list[dict[str, Any]]:
    """Return the lines of a form, which is `funders` or `public`."""
    told = outside.told
    own = [line.fact for line in statement.lines if line.part == "contribution"]
    deeds = [fact for fact in own if isinstance(fact, Contribution)]
    refs = {ref for deed in deeds for ref in deed.about}
    part_of = [key for key, about in outside.wins.items() if not refs.isdisjoint(about)]
    told_so = [
        version
        for version in told.versions.values()
        if version.told.plain["audience"] == form and _names(version, statement.organisation, deeds)
    ]
    contributed = [_contribution(line, names) for line in statement.lines if _is_own(line)]
    together = _together(statement, names)
    if form == "funders":
        return [
            *_objectives(refs, [told.wins[key].declared.plain for key in part_of], outside, names),
            *(_outcome(told, key, names) for key in part_of),
            *contributed,
            together,
            *_metrics(statement.organisation, told, told_so),
            *(_statement(each, names) for each in told_so if each.released),
            *(_dispute(each, names) for each in pending(statement.organisation, told, deeds)),
        ]
    agreed = [each for each in told_so if each.released and not each.unilateral]
    return [
        *_latecomers(told, part_of, names),
        *(_statement(each, names) for each in agreed),
        *_announcements(statement.organisation, outside.statements),
        *_messengers(outside.messengers, names),
        *_quotes(statement.organisation, outside, names),
        *contributed,
        together,
    ]


def summary(form: str, statement: Statement, told: Told, names: Names) -> list[dict[str, Any]]:
    """Return how often it contributed in which role and degree, with whom; what is disputed."""
    kept = [
        each
        for each in credit_statement.summary(statement, names)
        if each["figure"] in {"contribution", "co_contributor", "undisclosed"}
    ]
    if form == "public":
        return kept
    own = (line.fact for line in statement.lines)
    deeds = [fact for fact in own if isinstance(fact, Contribution)]
    open_ = pending(statement.organisation, told, deeds)
    return [*kept, figure("disputes_open", len(open_), [one for d in open_ for one in d.events])]


def pending(organisation: UUID, told: Told, deeds: Iterable[Contribution]) -> list[Dispute]:
    """Return the open disputes that an organisation is a side of, or that are about its work."""
    own = {str(deed.id) for deed in deeds}
    return [
        dispute
        for dispute in told.disputes.values()
        if dispute.resolution is None
        and (
            str(organisation) in dispute.raised.plain["parties"]
            or any(fact["id"] in own for fact in dispute.raised.plain["facts"])
        )
    ]


def _is_own(line: credit_statement.Line) -> bool:
    return line.part == "contribution"


def _names(version: Version, organisation: UUID, deeds: Iterable[Contribution]) -> bool:
    own = {str(deed.id) for deed in deeds}
    stated = version.told.plain["facts"]
    return version.told.by == organisation or any(fact["id"] in own for fact in stated)


def _contribution(line: credit_statement.Line, names: Names) -> dict[str, Any]:
    role = line.fact.role.replace("_", " ")
    worded = f"Contributed to {role}, {_PART_OF.get(line.fact.degree, 'among others')}."
    return credit_statement.row(line, names) | {"worded": worded}


def _together(statement: Statement, names: Names) -> dict[str, Any]:
    orgs = names.ordered(statement.co_contributors)
    events: list[Cited] = [one for org in orgs for one in statement.co_contributors[org]]
    worded = f"Together with {', '.join(map(names.words, orgs))}." if orgs else NOBODY
    return {
        "part": "partners",
        "id": str(statement.organisation),
        "organisations": [names.of(org) for org in orgs],
        "worded": worded,
        **cite(sorted(set(events))),
    }


def _objectives(
    refs: Collection[str], wins: Iterable[Mapping[str, Any]], outside: Outside, names: Names
) -> list[dict[str, Any]]:
    """Return the objectives that its work was on: named by a win of it, or by a contribution."""
    aimed = {objective for win in wins for objective in win["objectives"]}
    found = outside.impact.objectives.items()
    return [
        _objective(key, objective, names)
        for key, objective in found
        if str(key) in aimed or (objective.set is not None and objective.set.cited.ref in refs)
    ]


def _objective(key: UUID, objective: impact.Objective, names: Names) -> dict[str, Any]:
    line = impact.objective_row(key, objective, names)
    return {
        "part": "objective",
        "id": str(key),
        "what": line["text"],
        **{name: line[name] for name in ("at", "due", "assessments")},
        **{name: value for name, value in line.items() if name.startswith("refs")},
    }


def _outcome(told: Told, win: UUID, names: Names) -> dict[str, Any]:
    declared = told.wins[win].declared
    return {
        "part": "outcome",
        "id": str(win),
        "win": names.of(win),
        "at": timestamp(declared.at),
        **cite([declared.cited]),
    }


def _statement(version: Version, names: Names) -> dict[str, Any]:
    said, released = version.told, version.released
    assert released is not None
    return {
        "part": "statement",
        "id": str(said.key),
        "from": names.of(said.by),
        "at": timestamp(released.at),
        "what": said.words,
        "organisations": [
            names.of(org)
            for org in names.ordered({each.by for each in version.approvals if each.by})
        ],
        "unilateral": version.unilateral,
        "disputed": version.noted,
        **cite(version.events),
    }


def _metrics(organisation: UUID, told: Told, stated: Iterable[Version]) -> list[dict[str, Any]]:
    """Return what is measured by an organisation, or named in what it states, day by day.

    Each record stands by itself: what is measured is never added up (K13).
    """
    named = {fact["id"] for version in stated for fact in version.told.plain["facts"]}
    return [
        {
            "part": "metric",
            "id": str(key),
            "what": metric.defined.words,
            "source": metric.defined.asked,
            "unit": metric.defined.plain["unit"],
            "value": record.plain["value"],
            "on": record.plain["on"],
            **cite([metric.defined.cited, record.cited]),
        }
        for key, metric in told.metrics.items()
        if metric.defined.by == organisation or str(key) in named
        for record in metric.standing
    ]


def _dispute(dispute: Dispute, names: Names) -> dict[str, Any]:
    raised = dispute.raised
    parties = [UUID(org) for org in raised.plain["parties"]]
    return {
        "part": "dispute",
        "id": str(raised.key),
        "from": names.of(raised.by),
        "at": timestamp(raised.at),
        "what": raised.words,
        "organisations": [names.of(org) for org in names.ordered(parties)],
        "due": raised.plain["due"],
        "state": "open",
        **cite(dispute.events),
    }


def _announcements(
    organisation: UUID, statements: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return what the coalition told the press in its name too, with every minority statement."""
    return [
        {
            "part": "announcement",
            "id": out["statement"],
            "from": out["released_by"],
            "at": out["released_at"],
            "what": out["message"]["name"],
            "decision": out["decision"],
            "organisations": [each["organisation"] for each in out["sign_ons"]],
            "minority": out["minority_statements"],
            **{name: value for name, value in out.items() if name.startswith("refs")},
        }
        for out in statements
        if out["audience"] == "public"
        and str(organisation) in {each["organisation"]["id"] for each in out["sign_ons"]}
    ]


def _messengers(messengers: Iterable[Messenger], names: Names) -> list[dict[str, Any]]:
    """Return who speaks to the public on which issue, the issues by name."""
    chosen = {one.issue: one for one in messengers}
    return [
        {
            "part": "messenger",
            "id": str(issue),
            "what": names.known.get(issue),
            "organisations": [names.of(chosen[issue].org)],
            "at": timestamp(chosen[issue].at),
            **cite([chosen[issue].cited]),
        }
        for issue in names.ordered(chosen)
    ]


def _quotes(organisation: UUID, outside: Outside, names: Names) -> list[dict[str, Any]]:
    """Return the stories that an organisation wrote down, of those who agree today (K14)."""
    given = outside.given
    return [
        {
            "part": "quote",
            "id": str(story.key),
            "from": names.of(story.by),
            "at": timestamp(story.at),
            "what": story.words.get("text"),
            **cite([story.cited]),
        }
        for story in outside.impact.stories
        if story.by == organisation and given is not None and given.agreed(story)
    ]


def _latecomers(told: Told, wins: Iterable[UUID], names: Names) -> list[dict[str, Any]]:
    return [
        {
            "part": "latecomer",
            "id": late.cited.ref,
            "win": names.of(win),
            "to": names.of(UUID(late.plain["to"])) if late.plain.get("to") else None,
            "external": late.external,
            "before": late.words,
            "now": late.asked,
            "from": names.of(late.by),
            "at": timestamp(late.at),
            **cite([late.cited]),
        }
        for win in wins
        for late in told.wins[win].latecomers
    ]
