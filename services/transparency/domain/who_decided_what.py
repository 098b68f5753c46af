"""R2, who decided what: each organisation's stance on each decision, and what it missed.

An organisation whose vote class spoke through a related organisation did not miss the voting.
Totals grow with each decision and never need the earlier stances again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.transparency.domain.case import TAKEN, Case, Spoken
from services.transparency.domain.numbers import six
from services.transparency.domain.refs import Range, cite, cite_range
from services.transparency.domain.said import Names
from services.transparency.domain.tally import DISSENT
from shared.event import timestamp


def row(case: Case, names: Names) -> dict[str, Any]:
    """Return one decision with the stance of every entitled organisation at close."""
    outcome, proposal = case.outcome, case.proposal
    assert outcome is not None
    closed = case.closed.at if case.closed else outcome.at
    changes = _changes(case)
    raised = {objection.by: objection.disposition for objection in case.objections}
    entitled = names.ordered(case.classes)
    return {
        "decision": str(outcome.decision),
        "proposal": str(proposal.id),
        "source_id": outcome.source_id,
        "date": outcome.at.date().isoformat(),
        "at": timestamp(outcome.at),
        "title": proposal.title,
        "outcome": outcome.outcome,
        "body": names.of(proposal.body),
        "stances": [
            _stance(org, said, closed, changes.get(org, ()), raised.get(org))
            for org in entitled
            if (said := case.held.get(org)) is not None
        ],
        "missed": [str(org) for org in entitled if org not in case.held],
        **cite(case.events),
    }


def _changes(case: Case) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    for said in case.spoken:
        if said.detail.type != TAKEN:
            change = {"from": said.detail.before, "to": said.option, "at": timestamp(said.at)}
            found.setdefault(said.org, []).append(change)
    return found


def _stance(
    org: UUID,
    said: Spoken,
    closed: datetime,
    changes: Iterable[dict[str, Any]],
    objection: str | None,
) -> dict[str, Any]:
    written: dict[str, Any] = {
        "organisation": str(org),
        "stance": said.option,
        "seconds_before_close": int((closed - said.at).total_seconds()),
        "authority": said.detail.authority,
        "ref": f"meetings/{said.position}",
    }
    if said.org != org:
        written["through"] = str(said.org)
    if said.detail.proxy:
        written["proxy"] = True
    if changes:
        written["changes"] = list(changes)
    if objection:
        written["objection"] = objection
    return written


class Standing(NamedTuple):
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
    events: Range = Range()


@dataclass(frozen=True)
class Totals:
    """Standings after the decisions so far, and what each body decided."""

    standings: Mapping[UUID, Standing]
    bodies: Mapping[UUID | None, tuple[int, int, Range]]

    def after(self, cases: Iterable[Case]) -> "Totals":
        """Return the totals with the decisions of `cases`, in the order they were made."""
        standings, bodies = dict(self.standings), dict(self.bodies)
        leaves: dict[UUID, list[bytes]] = {}
        for case in cases:
            assert case.outcome is not None
            _add(case, standings, leaves)
            decisions, overrides, events = bodies.get(case.proposal.body, (0, 0, Range()))
            overridden = case.voting is not None and case.voting.gate == "overridden"
            decided = [
                leaf for _, position, leaf in case.events if position == case.outcome.position
            ]
            grown = decisions + 1, overrides + overridden, events.extend(decided)
            bodies[case.proposal.body] = grown
        for org, more in leaves.items():
            standing = standings[org]
            standings[org] = standing._replace(events=standing.events.extend(more))
        return Totals(standings, bodies)


NOTHING = Totals({}, {})


def _add(case: Case, standings: dict[UUID, Standing], leaves: dict[UUID, list[bytes]]) -> None:
    assert case.outcome is not None
    assert case.voting is not None
    opened = [leaf for _, position, leaf in case.events if position == case.voting.position]
    minority = _minority(case)
    adopted = case.outcome.outcome == "adopted"
    for org in case.classes:
        before = standings.get(org, Standing())
        said = case.held.get(org)
        if said is None:
            after = before._replace(
                entitled=before.entitled + 1, missed_in_a_row=before.missed_in_a_row + 1
            )
        else:
            against = said.option in DISSENT
            sided = against or said.option == "agree"
            after = Standing(
                before.entitled + 1,
                before.voted + 1,
                before.sided + sided,
                before.with_outcome + (sided and against != adopted),
                before.minority + (sided and minority == ("against" if against else "for")),
                0,
                before.events,
            )
        standings[org] = after
        leaves.setdefault(org, []).extend([said.leaf] if said else opened)


def _minority(case: Case) -> str | None:
    """Return the side with less weight; in a tie there is none."""
    sides = {"for": 0, "against": 0}
    for org, said in case.final.items():
        if said.option == "agree":
            sides["for"] += case.classes[org].weight
        elif said.option in DISSENT:
            sides["against"] += case.classes[org].weight
    if sides["for"] == sides["against"]:
        return None
    return min(sides, key=lambda side: sides[side])


def summary(totals: Totals, names: Names) -> list[dict[str, Any]]:
    """Return the figures of each organisation, by name, then those of each body."""
    figures = [
        {"figure": name, "organisation": names.of(org), "value": value, **events}
        for org in names.ordered(totals.standings)
        for events in (cite_range(totals.standings[org].events),)
        for name, value in _figures(totals.standings[org])
    ]
    for body, (decisions, overrides, events) in sorted(
        totals.bodies.items(), key=lambda item: (names.words(item[0]), str(item[0]))
    ):
        of = {"body": names.of(body), **cite_range(events)}
        figures.append({"figure": "decisions", "value": decisions, **of})
        figures.append({"figure": "overrides_used", "value": overrides, **of})
    return figures


def _figures(standing: Standing) -> list[tuple[str, Any]]:
    return [
        ("entitled", standing.entitled),
        ("voted", standing.voted),
        ("share_with_outcome", six(standing.with_outcome, standing.sided)),
        ("minority", standing.minority),
        ("disengaged", standing.missed_in_a_row >= DISENGAGED_AFTER),
    ]


DISENGAGED_AFTER = 2
