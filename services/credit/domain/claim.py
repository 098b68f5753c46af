"""A claim: what an organisation tells others, outside or inside, of its own part.

It may be told before anybody confirmed it. A review says which of its facts others confirm, and
what speaks against them; it blocks nothing, and is done again when more is known.
"""

from dataclasses import dataclass, replace
from typing import assert_never

from services.credit.domain.conflict import Conflict, Telling, Told, conflicts, matches
from services.credit.domain.fact import Audience, Fact, Facts, Ground, Stated
from services.credit.domain.ids import OrgId
from services.credit.domain.roll import Roll, speaker
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Sealed, Text, Whole


class ClaimCredit(Command):
    audience: Audience
    text: Text
    facts: Facts


class ReviewClaim(Command):
    pass


class CreditClaimed(Event):
    """An organisation says what it tells an audience of its own part.

    `audience_` is whom it tells; without the underscore it is who may see the event.
    """

    by: OrgId
    audience_: Audience
    text: Sealed[Text]
    facts: tuple[Stated, ...]


class ClaimReviewed(Event):
    """A claim was held against what others confirm and what others tell.

    `matches` are places of facts, from 0; a conflict names the event that says otherwise.
    """

    matches: tuple[Whole, ...]
    conflicts: tuple[Conflict, ...]


ClaimCommand = ClaimCredit | ReviewClaim
ClaimEvent = CreditClaimed | ClaimReviewed


@dataclass(frozen=True)
class Review:
    matches: tuple[int, ...]
    conflicts: tuple[Conflict, ...]


@dataclass(frozen=True)
class Claimed:
    by: OrgId
    audience: Audience
    facts: tuple[Fact, ...]
    review: Review | None = None

    @property
    def telling(self) -> Telling:
        return Telling(self.by, self.facts)


Claim = Claimed | None


def decide(command: ClaimCommand, claim: Claim, context: Context) -> list[ClaimEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case ClaimCredit():
            return _claim(command, claim, context)
        case ReviewClaim():
            return _review(claim, context)
        case _:
            assert_never(command)


def evolve(claim: Claim, event: ClaimEvent) -> Claim:
    """Return the claim after `event`. Never refuses: history has already happened."""
    match event:
        case CreditClaimed(by=by, audience_=audience, facts=facts):
            return Claimed(by, audience, tuple(fact.plain for fact in facts))
        case ClaimReviewed(matches=found, conflicts=against):
            assert claim is not None
            return replace(claim, review=Review(found, against))
        case _:
            assert_never(event)


def review(claim: Claimed, told: Told, ground: Ground) -> Review:
    """Return which facts of a claim others confirm, and what speaks against them."""
    return Review(matches(claim.facts, claim.by, ground), conflicts(claim.telling, told, ground))


def _claim(command: ClaimCredit, claim: Claim, context: Context) -> list[ClaimEvent]:
    by = speaker(context)
    if claim is not None:
        told = by, command.audience, tuple(dict.fromkeys(command.facts))
        if told == (claim.by, claim.audience, claim.facts):
            return []
        raise Refused("already_claimed", "Under this id another claim is made: use a new one.")
    ground = context.fact(Ground)
    return [
        CreditClaimed(
            by=by,
            audience_=command.audience,
            text=context.fact(Roll).seal(command.text, by, *ground.named(command.facts, by)),
            facts=ground.state(command.facts, by),
        )
    ]


def _review(claim: Claim, context: Context) -> list[ClaimEvent]:
    if claim is None:
        raise Refused("not_claimed", "There is no such claim.")
    found = review(claim, context.fact(Told), context.fact(Ground))
    if claim.review == found:
        return []
    return [ClaimReviewed(matches=found.matches, conflicts=found.conflicts)]


decider: Decider[ClaimCommand, Claim, ClaimEvent] = Decider(
    "claim", ClaimEvent, None, decide, evolve
)
