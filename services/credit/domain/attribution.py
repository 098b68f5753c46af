"""An attribution: the statement of who did what, as it is told to one audience.

One organisation drafts it, in versions; those that its facts name approve a version. It is released
when all facts are confirmed (K7). Without the approval of somebody it names it goes out marked as
unilateral (K8). What is disputed holds it, until a new version says so (K9).
"""

from dataclasses import dataclass, replace
from typing import assert_never

from immutables import Map

from services.credit.domain.conflict import Telling
from services.credit.domain.fact import Audience, Fact, Facts, Ground, Stated
from services.credit.domain.ids import OrgId, WinId
from services.credit.domain.roll import Roll, speaker
from shared.decider import Decider, Refused
from shared.event import Command, Context, Digest, Event, Sealed, Text, Whole


class DraftAttribution(Command):
    win: WinId | None = None
    audience: Audience
    text: Text
    facts: Facts


class ApproveAttribution(Command):
    version: Whole


class ReleaseAttribution(Command):
    version: Whole


class AttributionStatementDrafted(Event):
    """A version of a statement of who did what; a disputed fact is marked in it.

    `audience_` is whom it is for; without the underscore it is who may see the event.
    """

    by: OrgId
    version: Whole
    win: WinId | None = None
    audience_: Audience
    text: Sealed[Text]
    facts: tuple[Stated, ...]


class AttributionStatementApproved(Event):
    """An organisation agrees to a version of a statement."""

    by: OrgId
    version: Whole


class AttributionStatementReleased(Event):
    """A version of a statement goes out; `unilateral` where somebody it names has not agreed."""

    version: Whole
    text: Digest
    unilateral: bool


AttributionCommand = DraftAttribution | ApproveAttribution | ReleaseAttribution
AttributionEvent = (
    AttributionStatementDrafted | AttributionStatementApproved | AttributionStatementReleased
)


@dataclass(frozen=True)
class Version:
    """What is said in one version, and who agreed; `noted` are its facts marked as disputed."""

    win: WinId | None
    audience: Audience
    text: Digest
    facts: tuple[Fact, ...]
    noted: frozenset[Fact]
    approvals: frozenset[OrgId] = frozenset()


@dataclass(frozen=True)
class Drafted:
    """Versions are counted from 1."""

    by: OrgId
    versions: Map[int, Version]
    released: frozenset[int] = frozenset()

    @property
    def newest(self) -> int:
        return len(self.versions)

    @property
    def telling(self) -> Telling:
        """What the newest version says."""
        version = self.versions[self.newest]
        return Telling(self.by, version.facts, version.win)


Attribution = Drafted | None


def decide(
    command: AttributionCommand, attribution: Attribution, context: Context
) -> list[AttributionEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    by = speaker(context)
    match command:
        case DraftAttribution():
            return _draft(command, attribution, by, context)
        case ApproveAttribution(version=version):
            return _approve(version, attribution, by)
        case ReleaseAttribution(version=version):
            return _release(version, attribution, by, context.fact(Ground))
        case _:
            assert_never(command)


def evolve(attribution: Attribution, event: AttributionEvent) -> Attribution:
    """Return the statement after `event`. Never refuses: history has already happened."""
    match event:
        case AttributionStatementDrafted(by=by):
            before = Map[int, Version]() if attribution is None else attribution.versions
            drafted = Drafted(by, before) if attribution is None else attribution
            return replace(drafted, versions=before.set(event.version, _version(event)))
        case AttributionStatementApproved(by=by, version=number):
            assert attribution is not None
            version = attribution.versions[number]
            agreed = replace(version, approvals=version.approvals | {by})
            return replace(attribution, versions=attribution.versions.set(number, agreed))
        case AttributionStatementReleased(version=number):
            assert attribution is not None
            return replace(attribution, released=attribution.released | {number})
        case _:
            assert_never(event)


def missing(by: OrgId, version: Version, ground: Ground) -> frozenset[OrgId]:
    """Return the organisations that a version names and that have not approved it (K8)."""
    return ground.named(version.facts, by) - version.approvals


def _version(event: AttributionStatementDrafted) -> Version:
    assert event.text.digest is not None
    return Version(
        event.win,
        event.audience_,
        event.text.digest,
        tuple(fact.plain for fact in event.facts),
        frozenset(fact.plain for fact in event.facts if fact.disputed),
    )


def _draft(
    command: DraftAttribution, attribution: Attribution, by: OrgId, context: Context
) -> list[AttributionEvent]:
    ground = context.fact(Ground)
    if attribution is not None and attribution.by != by:
        raise Refused("not_the_author", "Only the organisation that drafted it first redrafts it.")
    if command.win is not None and command.win not in ground.wins:
        raise Refused("unknown_win", "No such win was declared.")
    facts = ground.state(command.facts, by)
    number = 1
    if attribution is not None:
        number = attribution.newest + 1
        newest = attribution.versions[attribution.newest]
        noted = frozenset(fact.plain for fact in facts if fact.disputed)
        told = command.win, command.audience, command.text.digest()
        if told == (newest.win, newest.audience, newest.text) and (
            newest.facts == tuple(fact.plain for fact in facts) and newest.noted == noted
        ):
            return []
    return [
        AttributionStatementDrafted(
            by=by,
            version=number,
            win=command.win,
            audience_=command.audience,
            text=context.fact(Roll).seal(command.text, by, *ground.named(facts, by)),
            facts=facts,
        )
    ]


def _newest(number: int, attribution: Attribution) -> Drafted:
    if attribution is None:
        raise Refused("not_drafted", "There is no such statement: draft it first.")
    if number != attribution.newest:
        raise Refused(
            "statement_version", f"The newest version of the statement is {attribution.newest}."
        )
    return attribution


def _approve(number: int, attribution: Attribution, by: OrgId) -> list[AttributionEvent]:
    drafted = _newest(number, attribution)
    if by == drafted.by or by in drafted.versions[number].approvals:
        return []
    return [AttributionStatementApproved(by=by, version=number)]


def _release(
    number: int, attribution: Attribution, by: OrgId, ground: Ground
) -> list[AttributionEvent]:
    drafted = _newest(number, attribution)
    if by != drafted.by:
        raise Refused("not_the_author", "Only the organisation that drafted it releases it.")
    if number in drafted.released:
        return []
    version = drafted.versions[number]
    unsupported = [fact for fact in version.facts if not ground.supports(fact, by)]
    if unsupported:
        raise Refused(
            "unsupported_fact",
            f"{len(unsupported)} of {len(version.facts)} facts rest on no confirmed contribution,"
            " or say more than it does: have them confirmed, or draft a version without them.",
        )
    disputed = [fact for fact in version.facts if fact.key in ground.disputed]
    if not version.noted.issuperset(disputed):
        raise Refused(
            "disputed",
            "A fact of this is disputed: wait until that is settled, or draft a version anew, which"
            " then says so.",
        )
    alone = bool(missing(by, version, ground))
    return [AttributionStatementReleased(version=number, text=version.text, unilateral=alone)]


decider: Decider[AttributionCommand, Attribution, AttributionEvent] = Decider(
    "attribution", AttributionEvent, None, decide, evolve
)
