"""An issue: what the coalition speaks about, or agreed to leave out.

An issue is in scope from the moment it is raised, until it is scoped out.
"""

from dataclasses import dataclass
from typing import Literal, assert_never

from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Sealed, Text

Scope = Literal["in", "out"]


class RaiseIssue(Command):
    name: Text
    summary: Text


class ScopeIssue(Command):
    scope: Scope
    reason: Text


class IssueRaised(Event):
    name: Sealed[Text]
    summary: Sealed[Text]


class IssueScoped(Event):
    scope: Scope
    reason: Sealed[Text]


IssueCommand = RaiseIssue | ScopeIssue
IssueEvent = IssueRaised | IssueScoped


@dataclass(frozen=True)
class Raised:
    scope: Scope = "in"


Issue = Raised | None  # None: not raised yet


def decide(command: IssueCommand, issue: Issue, _: Context) -> list[IssueEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case RaiseIssue():
            return _raise(command, issue)
        case ScopeIssue():
            return _scope(command, issue)
        case _:
            assert_never(command)


def evolve(_: Issue, event: IssueEvent) -> Issue:
    """Return the issue after `event`."""
    match event:
        case IssueRaised():
            return Raised()
        case IssueScoped():
            return Raised(event.scope)
        case _:
            assert_never(event)


def _raise(command: RaiseIssue, issue: Issue) -> list[IssueEvent]:
    if issue is not None:
        return []
    return [IssueRaised(name=Sealed(command.name), summary=Sealed(command.summary))]


def _scope(command: ScopeIssue, issue: Issue) -> list[IssueEvent]:
    if issue is None:
        raise Refused("unknown_issue", "This issue has not been raised.")
    if issue.scope == command.scope:
        return []
    return [IssueScoped(scope=command.scope, reason=Sealed(command.reason))]


decider: Decider[IssueCommand, Issue, IssueEvent] = Decider(
    "issue", IssueEvent, None, decide, evolve
)
