"""R2, who decided what: each organisation's stance on each decision, and what it missed.

An organisation whose vote class spoke through a related organisation did not miss the voting.
Totals grow with each decision and never need the earlier stances again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.case import TAKEN, Case
from services.transparency.domain.numbers import six
from services.transparency.domain.recount import Recount, refs
from services.transparency.domain.refs import Cited, Range, cite, cite_range
from services.transparency.domain.said import Names, withheld
from services.transparency.domain.tally import DISSENT, Electorate
from shared.event import Ref, timestamp

DAY = 86_400


class Orders:
    """Organisations by name, with their ids as written: many decisions ask the same of them."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._orders: dict[Electorate, list[tuple[UUID, str, int]]] = {}

    def of(self, electorate: Electorate) -> list[tuple[UUID, str, int]]:
        """Return each entitled organisation, its id in words, and the place of its class."""
        if (order := self._orders.get(electorate)) is None:
            places = electorate.places
            order = [(org, str(org), places[org]) for org in self._names.ordered(places)]
            self._orders[electorate] = order
        return order


Spoke = Mapping[UUID, Ref] | None
"""The first speech of each organisation in a meeting; `None`: not for this reader."""


def row(
    case: Case,
    names: Names,
    again: Recount | None,
    orders: Orders,
    speakers: Mapping[UUID, Spoke],
) -> dict[str, Any]:
    """Return one decision with the stance of every entitled organisation at close.

    Args:
        again: What was counted again; it knows what the decision rests on.
        speakers: Of each meeting that a decision is linked to.
    """
    outcome, proposal = case.outcome, case.proposal
    assert outcome is not None
    closed = case.closed.at if case.closed else outcome.at
    changes = _changes(case)
    raised = {objection.by: objection.disposition for objection in case.objections}
    stances, missed, held, seen = [], [], case.held, None
    for org, written, place in orders.of(case.electorate):  # a large assembly's page has thousands
        if (said := held.get(place)) is None:
            missed.append(written)
            continue
        position, speaker, option, _, at, authority, detail = said
        if at != seen:
            seen, seconds = at, _seconds(closed - at)
        stance: dict[str, Any] = {
            "organisation": written,
            "stance": option,
            "seconds_before_close": seconds,
            "authority": authority,
            "ref": f"meetings/{position}",
        }
        if speaker != org:
            stance["through"] = str(speaker)
        if detail.proxy:
            stance["proxy"] = True
        if org in changes:
            stance["changes"] = changes[org]
        if objection := raised.get(org):
            stance["objection"] = objection
        stances.append(stance)
    return {
        "decision": str(outcome.decision),
        "proposal": str(proposal.id),
        "source_id": outcome.source_id,
        "date": outcome.at.date().isoformat(),
        "at": timestamp(outcome.at),
        "title": proposal.title,
        "outcome": outcome.outcome,
        "body": names.of(proposal.body),
        "stances": stances,
        "missed": missed,
        "spoke": _spoke(case, names, speakers),
        **refs(outcome, again, case.later),
    }


def meeting(case: Case) -> UUID | None:
    """Return the meeting that a decision is linked to: where it was made, or voted on."""
    made_in = case.outcome.meeting if case.outcome else None
    return made_in or (case.voting.meeting if case.voting else None)


def _spoke(case: Case, names: Names, speakers: Mapping[UUID, Spoke]) -> Any:
    """Return who spoke in the linked meeting, by name; `None` without one."""
    if (linked := meeting(case)) is None:
        return None
    if (spoke := speakers[linked]) is None:
        return withheld("audience")
    return [{"organisation": str(org), "ref": spoke[org]} for org in names.ordered(spoke)]


def _changes(case: Case) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for said in case.spoken:
        if said.detail.type != TAKEN:
            change = {"from": said.detail.before, "to": said.option, "at": timestamp(said.at)}
            found.setdefault(said.org, []).append(change)
    return found


def _seconds(before: timedelta) -> int:
    return before.days * DAY + before.seconds


NO_EVENTS = Range()


@dataclass
class Standing:
    """What an organisation did in all votings it was entitled to.

    Args:
        sided: Stances for or against; `with_outcome` and `minority` are counted among them.
        missed_in_a_row: Votings missed since its last stance.
        events: The stance where it voted, the opening where it missed.
    """

    entitled: int = 0
    voted: int = 0
    sided: int = 0
    with_outcome: int = 0
    minority: int = 0
    missed_in_a_row: int = 0
    events: Range = NO_EVENTS


@dataclass
class Deciding:
    """What a body decided.

    Args:
        events: The decisions.
    """

    decisions: int = 0
    overrides: int = 0
    events: Range = NO_EVENTS


class Scope(NamedTuple):
    """What a body may decide about: these issues, or with `None` all; and what says so."""

    issues: tuple[UUID, ...] | None
    cited: Cited


@dataclass(frozen=True)
class Totals:
    """Standings of organisations, and what each body decided, after the decisions so far."""

    standings: Mapping[UUID, Standing]
    bodies: Mapping[UUID | None, Deciding]

    def after(self, cases: Iterable[Case]) -> "Totals":
        """Return the totals with the decisions of `cases`, in the order they were made."""
        standings = {org: replace(each) for org, each in self.standings.items()}
        bodies = {body: replace(each) for body, each in self.bodies.items()}
        leaves: dict[UUID, list[bytes]] = {}
        for case in cases:
            assert case.outcome is not None
            body = bodies.setdefault(case.proposal.body, Deciding())
            body.decisions += 1
            body.overrides += case.voting is not None and case.voting.gate == "overridden"
            body.events = body.events.extend(_leaf(case, case.outcome.position))
            _add(case, standings, leaves)
        for org, more in leaves.items():
            standings[org].events = standings[org].events.extend(more)
        return Totals(standings, bodies)


NOTHING = Totals({}, {})


def _leaf(case: Case, position: int) -> list[bytes]:
    return [leaf for at, leaf in case.rare if at == position]


def _add(case: Case, standings: dict[UUID, Standing], leaves: dict[UUID, list[bytes]]) -> None:
    if case.voting is None:
        return
    assert case.outcome is not None
    opened = _leaf(case, case.voting.position)
    minority, adopted = _minority(case), case.outcome.outcome == "adopted"
    for org, place in case.electorate.places.items():
        standing = standings.get(org) or standings.setdefault(org, Standing())
        standing.entitled += 1
        said = case.held.get(place)
        if said is None:
            standing.missed_in_a_row += 1
            leaves.setdefault(org, []).extend(opened)
            continue
        standing.voted += 1
        standing.missed_in_a_row = 0
        leaves.setdefault(org, []).append(said.leaf)
        if said.option == "agree" or said.option in DISSENT:
            agrees = said.option == "agree"
            standing.sided += 1
            standing.with_outcome += agrees == adopted
            standing.minority += minority is agrees


def _minority(case: Case) -> bool | None:
    """Return whether agreeing was the side with less weight; in a tie there is no such side."""
    agree = against = 0
    for place, said in case.held.items():
        if said.option == "agree":
            agree += case.electorate.weight(place)
        elif said.option in DISSENT:
            against += case.electorate.weight(place)
    return None if agree == against else agree < against


def summary(totals: Totals, scopes: Mapping[UUID, Scope], names: Names) -> list[dict[str, Any]]:
    """Return the figures of each organisation, by name, then those of each body."""
    figures = [
        {"figure": name, "organisation": names.of(org), "value": value, **events}
        for org in names.ordered(totals.standings)
        for events in (cite_range(totals.standings[org].events),)
        for name, value in _figures(totals.standings[org])
    ]
    for body, deciding in sorted(
        totals.bodies.items(), key=lambda item: (names.words(item[0]), str(item[0]))
    ):
        of = {"body": names.of(body), **cite_range(deciding.events)}
        figures.append({"figure": "decisions", "value": deciding.decisions, **of})
        figures.append({"figure": "overrides_used", "value": deciding.overrides, **of})
        if body is not None and body in scopes:
            figures.append(_scope(body, scopes[body], names))
    return figures


def _scope(body: UUID, scope: Scope, names: Names) -> dict[str, Any]:
    """Return on how many issues a body may decide, and which; `all` of them without a list."""
    issues = scope.issues
    listed = {} if issues is None else {"issues": [names.of(each) for each in issues]}
    value = "all" if issues is None else len(issues)
    return {
        "figure": "scope", "value": value, "body": names.of(body), **listed, **cite([scope.cited]),
    }  # fmt: skip


def _figures(standing: Standing) -> list[tuple[str, Any]]:
    return [
        ("entitled", standing.entitled),
        ("voted", standing.voted),
        ("share_with_outcome", six(standing.with_outcome, standing.sided)),
        ("minority", standing.minority),
        ("disengaged", standing.missed_in_a_row >= DISENGAGED_AFTER),
    ]


DISENGAGED_AFTER = 2
