"""A statement: a message that the coalition puts out on a decision, and who puts their name to it.

It is part of the message's stream. Every minority statement on the decision travels with it (F84),
and who stood aside from the decision is not in it (D25).
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

from services.meetings.domain.acting import organisation
from services.meetings.domain.ids import DecisionId, IssueId, OrgId
from services.meetings.domain.signing import Signing
from shared.decider import Refused
from shared.event import Command, Context, Digest, Event, Ref

Audience = Literal["members", "partners", "funders", "public"]


@dataclass(frozen=True)
class Behind:
    """The decision that a statement cites, and whom its message has been shown to.

    Args:
        issue: What was decided about; `None` where no such decision is in force.
        signing: Who signed on to it, and who stood aside.
        minority: The minority statements filed on it.
        shown_to: The classes that may see the message: its own, and those it was disclosed to.
    """

    issue: IssueId | None = None
    signing: Signing = field(default_factory=Signing)
    minority: tuple[Ref, ...] = ()
    shown_to: frozenset[str] = frozenset()


class ReleaseStatement(Command):
    """`sign_ons` are the organisations named under it."""

    decision: DecisionId
    audience: Audience
    sign_ons: Annotated[tuple[OrgId, ...], Field(max_length=2_000)] = ()


class StatementReleased(Event):
    """The coalition said something on a decision, to an audience, with names under it.

    `audience_` is whom it is for; without the underscore it is who may see the event.
    """

    by: OrgId
    decision: DecisionId
    audience_: Audience
    text: Digest
    sign_ons: tuple[OrgId, ...]
    minority: tuple[Ref, ...]


@dataclass(frozen=True)
class Released:
    """What was released to one audience on one decision."""

    sign_ons: tuple[OrgId, ...]
    minority: tuple[Ref, ...]


def release(
    command: ReleaseStatement, text: Digest, approvals: Iterable[OrgId], issue: IssueId,
    before: Released | None, context: Context,
) -> StatementReleased | None:  # fmt: skip
    """Return what is recorded; `None` where the same was released already.

    Args:
        text: The digest of the message's words.
        approvals: Who approved the message.
        issue: What the message is about.
        before: What was released to that audience on that decision last.

    Raises:
        Refused: a rule forbids it.
    """
    by, names = organisation(context), tuple(sorted(set(command.sign_ons)))
    approved, behind = set(approvals), context.fact(Behind)
    if behind.issue is None:
        raise Refused("unknown_decision", "No decision in force has that id: look what became.")
    if behind.issue != issue:
        raise Refused("other_issue", "The message is about another issue than the decision.")
    if not approved or not approved.issuperset(names):
        raise Refused("not_approved", "Who is named has to approve the message first, and one has.")
    if aside := set(names) & set(behind.signing.aside):
        detail = f"{len(aside)} of those who are named stood aside from the decision."
        raise Refused("stood_aside", detail)
    if not set(names) <= set(behind.signing.sign_ons):
        raise Refused("not_signed_on", "Who is named signs on to the decision first.")
    if len(behind.minority) < len(behind.signing.filed):
        raise Refused(
            "minority_unsettled", "A minority statement is just being filed: ask again shortly."
        )
    if behind.shown_to.isdisjoint({command.audience, "public"}):
        raise Refused(
            "not_disclosed", "They may not see the message yet: request its disclosure to them."
        )
    if before == Released(names, behind.minority):
        return None
    released = StatementReleased(
        by=by,
        decision=command.decision,
        audience_=command.audience,
        text=text,
        sign_ons=names,
        minority=behind.minority,
    )
    public = command.audience == "public" and not context.imported
    return released.seen_by(within="public") if public else released
