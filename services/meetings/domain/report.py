"""A report that was issued: which one, for whom, as of when, and the digest of what it says.

This service makes no reports. Whoever has the journals up to `as_of` can make the same one, and see
whether it has that digest.
"""

from dataclasses import dataclass
from typing import Annotated, Literal, NewType, get_args
from uuid import UUID

from pydantic import Field

from services.meetings.domain.acting import organisation
from services.meetings.domain.ids import OrgId
from services.meetings.domain.policy import Presides
from shared.decider import Decider, Refused
from shared.event import Code, Command, Context, Digest, Event, Ref, Value, Whole

ReportId = NewType("ReportId", UUID)
Number = Literal[
    "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15",
    "R16", "R17", "R18",
]  # fmt: skip
Audience = Literal["members", "partners", "funders", "public"]
NUMBERS: tuple[Number, ...] = get_args(Number)
FOR_ANYBODY: frozenset[Number] = frozenset({"R1", "R5", "R7", "R9", "R18"})
"""The reports that may leave the coalition; the others are for its members."""
OWN: Number = "R7"
"""The report on one organisation, which that organisation may issue itself."""


@dataclass(frozen=True)
class Issues:
    """What a command refers to.

    Args:
        reached: The position of this journal's newest event.
        superseded: Which report, about whom, is at the place that the new one is to stand for.
    """

    reached: int
    superseded: tuple[Number, OrgId | None] | None = None


class AsOf(Value):
    """The position of each journal up to which a report was made."""

    members: Whole
    meetings: Whole
    credit: Whole


class IssueReport(Command):
    """`organisation` is whom R7 is about; other reports are about the coalition."""

    report: Number
    organisation: OrgId | None = None
    audience: Audience
    as_of: AsOf
    boundary_version: Whole
    format_version: Annotated[Whole, Field(ge=1)]
    content: Digest
    withheld: dict[Code, Whole] = Field(default_factory=dict, max_length=20)
    supersedes: Ref | None = None


class ReportIssued(Event):
    """A report went out; everybody can make it again and compare.

    `audience_` is whom it is for; without the underscore it is who may see the event.
    """

    by: OrgId
    report: Number
    organisation: OrgId | None = None
    audience_: Audience
    as_of: AsOf
    boundary_version: int
    format_version: int
    content: Digest
    withheld: dict[Code, int]
    supersedes: Ref | None = None


@dataclass(frozen=True)
class Issued:
    """Who issued a report, and what they said of it."""

    by: OrgId
    said: IssueReport


Report = Issued | None  # None: not issued yet


def decide(command: IssueReport, report: Report, context: Context) -> list[ReportIssued]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    by = organisation(context)
    if report is not None:
        if report == Issued(by, command):
            return []
        raise Refused("already_issued", "Another report has that id: use a new one.")
    _about(command, by, context)
    if command.audience != "members" and command.report not in FOR_ANYBODY:
        raise Refused("too_wide", f"{command.report} is for members: issue it to them.")
    known = context.fact(Issues)
    if command.as_of.meetings > known.reached:
        raise Refused(
            "not_reached",
            f"The journal of meetings has {known.reached} events so far: name one of these.",
        )
    if command.supersedes is not None:
        _same(command, known)
    issued = ReportIssued(
        by=by,
        report=command.report,
        organisation=command.organisation,
        audience_=command.audience,
        as_of=command.as_of,
        boundary_version=command.boundary_version,
        format_version=command.format_version,
        content=command.content,
        withheld=command.withheld,
        supersedes=command.supersedes,
    )
    public = command.audience == "public" and not context.imported
    return [issued.seen_by(within="public") if public else issued]


def evolve(_report: Report, event: ReportIssued) -> Report:
    """Return the report after `event`. Never refuses: history has already happened."""
    return Issued(
        event.by,
        IssueReport(
            report=event.report,
            organisation=event.organisation,
            audience=event.audience_,
            as_of=event.as_of,
            boundary_version=event.boundary_version,
            format_version=event.format_version,
            content=event.content,
            withheld=event.withheld,
            supersedes=event.supersedes,
        ),
    )


def _about(command: IssueReport, by: OrgId, context: Context) -> None:
    """Refuse who may not speak for whom the report is about."""
    if (command.organisation is None) is (command.report == OWN):
        raise Refused(
            "wrong_organisation",
            f"{OWN} is about one organisation, and no other report is: name it for {OWN} alone.",
        )
    own = command.report == OWN and command.organisation == by
    if not own and not context.imported and not context.fact(Presides).presides:
        raise Refused("not_chair", f"The chair issues reports; your own {OWN} you may issue.")


def _same(command: IssueReport, known: Issues) -> None:
    """Refuse to stand for anything but an earlier issue of the same report."""
    if known.superseded != (command.report, command.organisation):
        raise Refused(
            "unknown_report",
            f"No {command.report} about the same is known at {command.supersedes}: check it.",
        )


decider: Decider[IssueReport, Report, ReportIssued] = Decider(
    "report", ReportIssued, None, decide, evolve
)
