"""A voting on a proposal: one round, with a rule, a text and an electorate that stay as they are.

A vote class holds one stance at a time and may change it while voting is open; history keeps
every change. It is part of the proposal's stream.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Annotated, Literal

from immutables import Map
from pydantic import AwareDatetime

from services.meetings.domain import ballot as ballots
from services.meetings.domain import ratification as ratifications
from services.meetings.domain.acting import organisation
from services.meetings.domain.ballot import (
    BallotReceived,
    Ballots,
    Reasons,
    StanceRevealed,
)
from services.meetings.domain.electorate import (
    Electorate,
    ElectorateExtended,
    ExtendElectorate,
    Roll,
    additions,
    weighed,
    with_additions,
)
from services.meetings.domain.ids import (
    BodyId,
    ConstituencyId,
    Itself,
    MeetingId,
    ObjectionId,
    OrgId,
    ProxyId,
    RuleId,
)
from services.meetings.domain.ratification import (
    DecisionRatified,
    RatificationRequested,
    Ratified,
    Stance,
)
from services.meetings.domain.rule import (
    BY_ONE,
    DISSENT,
    OFFERED,
    InForce,
    Method,
    Option,
    Rule,
)
from services.meetings.domain.tally import (
    FEWEST,
    Counts,
    Poll,
    Shortfall,
    Tally,
    VoteClass,
    tally,
)
from shared.decider import Refused, altered
from shared.event import (
    Authority,
    Command,
    Context,
    Digest,
    Event,
    Moment,
    Restricted,
    Seal,
    Sealed,
    Text,
    base64url,
)

LISTED_AT_MOST = 500  # vote classes, or organisations present, that stand in the event itself
LARGEST_OPENING = 62_000  # bytes of electorate and rule; an event has 65,535
Reason = Literal["deadline", "all_in", "chair", "amended"]
Gate = Literal["passed", "warned", "overridden"]


@dataclass(frozen=True)
class RuleInForce:
    """The rule a voting names; `None` where there is none."""

    rule: InForce | None


@dataclass(frozen=True)
class Remit:
    """Whether the body's scope covers the issue, and what speaks against deciding it.

    Args:
        structured: The body is one that decides, as published; in informal mode every one is.
    """

    covers: bool
    scoped_out: bool = False
    parked: bool = False
    structured: bool = True


@dataclass(frozen=True)
class Lead:
    """The organisation that leads on the issue, where there is one."""

    org: OrgId | None


@dataclass(frozen=True)
class Speaker:
    """Whether the person holds a voting accreditation in the body, as known at a position.

    Args:
        giver: Whose vote there the named proxy lets the acting organisation cast on that day.
    """

    voting: bool
    members_position: int
    giver: OrgId | None = None


@dataclass(frozen=True)
class Sitting:
    """The linked meeting: who is present there; and whose people facilitate from outside, there or
    at a meeting on whose agenda the proposal is.
    """

    exists: bool = True
    present: frozenset[OrgId] = frozenset()
    facilitating: frozenset[OrgId] = frozenset()


class OpenVoting(Command):
    rule: RuleId
    closes_at: Moment
    meeting: MeetingId | None = None
    override: Text | None = None


class TakeStance(Command):
    option: Option
    reason: Text | None = None
    proxy: ProxyId | None = None


class ChangeStance(Command):
    to: Option
    because: Text
    proxy: ProxyId | None = None


class WithdrawStance(Command):
    because: Text


class CloseVoting(Command):
    pass


class VotingOpened(Event):
    """Voting begins; rule, text and electorate stay as recorded here.

    A large electorate is recorded by the digest of its canonical JSON; the list itself, `listed`,
    is kept and travels beside the event, as what is sealed does.
    """

    by: OrgId
    at: AwareDatetime
    round: int
    rule: RuleId
    rule_version: int
    terms: Rule
    text: Digest
    electorate: tuple[VoteClass, ...] | Digest
    listed: Annotated[tuple[VoteClass, ...] | None, Seal(personal=True)] = None
    lead: OrgId | None = None
    members_position: int
    meeting: MeetingId | None = None
    closes_at: AwareDatetime
    gate: Gate
    override: Sealed[Text] = Sealed()

    @property
    def classes(self) -> tuple[VoteClass, ...]:
        """The vote classes, wherever they are listed."""
        found = self.listed if isinstance(self.electorate, str) else self.electorate
        assert found is not None
        return found


class StanceTaken(Event):
    """An organisation says for the first time where it stands on the proposal.

    With a `proxy` another organisation said so for it, whose accreditation the event carries.
    """

    by: OrgId
    authority: Authority | None = None
    option: Restricted[Option]
    reason: Sealed[Text] = Sealed()
    proxy: ProxyId | None = None
    members_position: int


class StanceChanged(Event):
    """An organisation stands elsewhere now, and says why; the earlier stance stays recorded."""

    by: OrgId
    authority: Authority | None = None
    from_: Restricted[Option]
    to: Restricted[Option]
    because: Sealed[Text]
    proxy: ProxyId | None = None
    members_position: int


class StanceWithdrawn(Event):
    """An organisation takes its stance back, and says why."""

    by: OrgId
    because: Sealed[Text]


class VotingClosed(Event):
    """Voting ends: when its time is over, everybody was heard, or the text was amended.

    A large meeting is recorded as a large electorate is: `present` is then a digest.
    """

    reason: Reason
    present: tuple[OrgId, ...] | Digest | None = None
    listed: Annotated[tuple[OrgId, ...] | None, Seal(personal=True)] = None
    counts: Counts

    @property
    def there(self) -> frozenset[OrgId]:
        """The organisations that sat in the linked meeting, wherever they are listed."""
        found = self.listed if isinstance(self.present, str) else self.present
        return frozenset(found or ())


class QuorumNotMet(Event):
    """Too few took part, so that nothing is decided."""

    needed: int
    reached: int


Stanced = StanceTaken | StanceChanged | StanceWithdrawn


@dataclass(frozen=True)
class Voting:
    """`places` says where an organisation's class stands in `electorate`; `stances` go by place.

    Args:
        decider: The organisation whose stance decides, where the method says that one does.
        received: The classes that cast a detached ballot, and who of them did.
        cast: How many detached ballots there were of each option, once voting is closed.
        advised: The places of the classes that gave a reason with a stance.
    """

    round: int
    rule: RuleId
    rule_version: int
    terms: Rule
    text: Digest
    electorate: tuple[VoteClass, ...]
    members_position: int
    chair: OrgId
    meeting: MeetingId | None
    opened_at: datetime
    closes_at: datetime
    places: Map[OrgId, int]
    decider: OrgId | None = None
    stances: Map[int, Stance] = field(default_factory=Map)
    received: Map[int, OrgId] = field(default_factory=Map)
    cast: Counts | None = None
    advised: frozenset[int] = frozenset()
    present: frozenset[OrgId] = frozenset()

    @property
    def heard(self) -> int:
        """How many classes have a stance, or have voted."""
        return len(self.stances) + len(self.received)

    def same(self, command: OpenVoting) -> bool:
        """Return whether `command` asks for what is open already."""
        asked = command.rule, command.closes_at, command.meeting
        return asked == (self.rule, self.closes_at, self.meeting)


@dataclass(frozen=True)
class Motion:
    """What is put to the vote, and by whom."""

    body: BodyId
    proposer: OrgId
    affected: frozenset[ConstituencyId]
    consulted: frozenset[ConstituencyId]
    text: Digest
    noticed_at: datetime
    round: int


def opened(command: OpenVoting, motion: Motion, context: Context) -> VotingOpened:
    """Return the opening; the rule and the electorate are those of this moment, for good."""
    rule = _rule(motion, context)
    within_remit(context)
    if command.meeting is not None and not context.fact(Sitting).exists:
        raise Refused("unknown_meeting", "There is no such meeting: leave it out, or schedule it.")
    _in_time(command, motion, rule.terms, context)
    electorate = context.fact(Electorate)
    classes = weighed(electorate.classes, rule.terms)
    size = len(canonical(classes)) + len(rule.terms.model_dump_json())
    large = len(classes) > LISTED_AT_MOST or size > LARGEST_OPENING
    return VotingOpened(
        by=organisation(context),
        at=context.at,
        round=motion.round,
        rule=command.rule,
        rule_version=rule.version,
        terms=rule.terms,
        text=motion.text,
        electorate=digest(classes) if large else classes,
        listed=classes if large else None,
        lead=_lead(rule.terms, motion, classes, context),
        members_position=electorate.members_position,
        meeting=command.meeting,
        closes_at=command.closes_at,
        gate=_gate(command, motion, rule.terms, classes, context),
        override=Sealed(command.override),
    )


def within_remit(context: Context) -> None:
    """Refuse what the body may not decide, or the coalition does not decide now."""
    remit = context.fact(Remit)
    if not remit.structured and not context.imported:
        raise Refused("no_scope", "The published structure does not let this body decide.")
    if not remit.covers:
        raise Refused("out_of_mandate", "The body's scope does not cover this issue.")
    if remit.scoped_out:
        raise Refused("out_of_scope", "The coalition put this issue out of its scope.")
    if remit.parked:
        raise Refused("out_of_scope", "The issue is parked: its parties agreed to disagree.")


def begun(event: VotingOpened, proposer: OrgId) -> Voting:
    """Return the voting that `event` opened on a proposal of `proposer`."""
    deciders = {Method.ADVICE: proposer, Method.LEAD_DECIDES: event.lead}
    orgs = ((org, n) for n, each in enumerate(event.classes) for org in each.class_)
    return Voting(
        round=event.round,
        rule=event.rule,
        rule_version=event.rule_version,
        terms=event.terms,
        text=event.text,
        electorate=event.classes,
        members_position=event.members_position,
        chair=event.by,
        meeting=event.meeting,
        opened_at=event.at,
        closes_at=event.closes_at,
        places=Map(orgs),
        decider=deciders.get(event.terms.method),
    )


def taken(command: TakeStance, voting: Voting, context: Context) -> StanceTaken | None:
    """Return the stance; `None` where the class holds it already."""
    voter = _voter(command.proxy, voting, context)
    place = _place(voting, context, voter)
    _by_name(voting)
    held = voting.stances.get(place)
    if held is not None and held.option == command.option:
        return None
    if held is not None:
        raise Refused("one_vote", "Your vote class has a stance: change that one.")
    _advised(voting, place, context)
    if command.option in DISSENT and command.reason is None and not context.imported:
        raise Refused("reason_required", "To disagree or object, say why.")
    taken = StanceTaken(
        by=voter,
        authority=context.authority,
        option=command.option,
        reason=Sealed(command.reason),
        proxy=command.proxy,
        members_position=_spoken(context),
    )
    return ballots.kept(taken) if ballots.sealed(voting.terms) else taken


def changed(command: ChangeStance, voting: Voting, context: Context) -> StanceChanged | None:
    """Return the change; `None` where the class holds that stance already."""
    voter = _voter(command.proxy, voting, context)
    held = _held(voting, context, voter)
    if held.option == command.to and held.counts >= _counts(context.authority):
        return None
    changed = StanceChanged(
        by=voter,
        authority=context.authority,
        from_=held.option,
        to=command.to,
        because=Sealed(command.because),
        proxy=command.proxy,
        members_position=_spoken(context),
    )
    return ballots.kept(changed) if ballots.sealed(voting.terms) else changed


def withdrawn(command: WithdrawStance, voting: Voting, context: Context) -> StanceWithdrawn:
    """Return the withdrawal."""
    by = organisation(context)
    _held(voting, context, by)
    _spoken(context)
    withdrawn = StanceWithdrawn(by=by, because=Sealed(command.because))
    return ballots.kept(withdrawn) if ballots.sealed(voting.terms) else withdrawn


def received(voting: Voting, context: Context) -> BallotReceived:
    """Return that a class has voted; what it said is for the ballot box."""
    place = _place(voting, context, organisation(context))
    if not ballots.detached(voting.terms):
        raise Refused("not_detached", "In this voting organisations take stances by name.")
    if place in voting.received:
        raise Refused("one_vote", "Your vote class has voted: nobody can tell which ballot it was.")
    position = _spoken(context)
    if context.imported:
        raise Refused("detached", "A ballot of the past is nowhere but in the count.")
    if not _counts(context.authority):
        detail = "A ballot ad referendum could not be told from the others: it would count at once."
        raise Refused("detached", detail)
    event = BallotReceived(voter=organisation(context), members_position=position)
    return ballots.kept(event)


def may_object(voting: Voting, context: Context) -> None:
    """Refuse an objection after closing time, or from one whom the rule does not ask."""
    if context.at >= voting.closes_at:
        raise Refused("not_open", "Voting on this proposal is not open.")
    if voting.terms.objections.who == "any_member":
        if organisation(context) not in context.fact(Roll).joined:
            raise Refused("not_accredited", "Only members of the coalition may object.")
    elif organisation(context) not in voting.places:
        raise Refused("not_accredited", "Your organisation was not entitled when voting opened.")


def after(voting: Voting, event: Stanced) -> Voting:
    """Return the voting with the stances as they stand after `event`."""
    place = voting.places[event.by]
    match event:
        case StanceTaken(option=option, reason=reason) | StanceChanged(to=option, because=reason):
            stance = Stance(event.by, option, _counts(event.authority))
            advised = voting.advised
            if voting.terms.method is Method.ADVICE and reason.digest is not None:
                advised |= {place}
            return altered(voting, stances=voting.stances.set(place, stance), advised=advised)
        case StanceWithdrawn():
            return altered(voting, stances=voting.stances.delete(place))


def asked_to_ratify(voting: Voting, event: RatificationRequested) -> Voting:
    """Return the voting once a stance waits to be ratified."""
    place = voting.places[event.org]
    waiting = replace(voting.stances[place], due=event.due)
    return altered(voting, stances=voting.stances.set(place, waiting))


def after_ratification(voting: Voting, event: Ratified) -> Voting:
    """Return the voting once an organisation said whether it stands by its stance."""
    place = voting.places[event.by]
    held = voting.stances[place]
    said = replace(held, counts=isinstance(event, DecisionRatified), due=None)
    return altered(voting, stances=voting.stances.set(place, said))


def extended(
    command: ExtendElectorate, voting: Voting, context: Context
) -> list[ElectorateExtended]:
    """Return what is added to the electorate; it only grows (D6)."""
    if context.at >= voting.closes_at:
        raise Refused("not_open", "Voting on this proposal is not open.")
    return additions(command, voting.electorate, voting.terms, context)


def after_extension(voting: Voting, event: ElectorateExtended) -> Voting:
    """Return the voting with the larger electorate; what was said stays."""
    electorate = with_additions(voting.electorate, event.classes)
    places = Map((org, n) for n, each in enumerate(electorate) for org in each.class_)
    return altered(voting, electorate=electorate, places=places)


def after_ballot(voting: Voting, event: BallotReceived) -> Voting:
    """Return the voting once one more class has voted."""
    return altered(voting, received=voting.received.set(voting.places[event.voter], event.voter))


def ended(voting: Voting, event: VotingClosed) -> Voting:
    """Return the voting once it is closed."""
    if not ballots.detached(voting.terms):
        return altered(voting, present=event.there)
    cast = ballots.without_silence(event.counts, len(voting.received))
    return altered(voting, present=event.there, cast=cast)


def closed(
    voting: Voting, reason: Reason, context: Context, *, objection_open: bool
) -> list[VotingClosed | StanceRevealed | QuorumNotMet]:
    """Return the closing with its counts, what was sealed until then, and whether it lapses."""
    if ballots.detached(voting.terms):
        lying = ballots.counted(context.fact(Ballots), len(voting.received))
        voting = altered(voting, cast=lying)
    present = _present(voting, context)
    result = count(voting, present or (), objection_open=objection_open)
    shortfall = result.shortfall and _short(voting, context)
    few = ballots.detached(voting.terms) and len(voting.received) < FEWEST
    counts = ballots.nothing_said() if few else result.counts
    ended = _ending(reason, present, counts)
    revealed = _revealed(voting, context) if ballots.sealed(voting.terms) else []
    lapsed = [QuorumNotMet(needed=shortfall.needed, reached=shortfall.reached)] if shortfall else []
    return [ended, *revealed, *lapsed]


def lapsed(voting: Voting, context: Context) -> list[QuorumNotMet]:
    """Return whether a closed voting lapses, now that some stances were not ratified."""
    short = _short(voting, context)
    return [QuorumNotMet(needed=short.needed, reached=short.reached)] if short else []


def _short(voting: Voting, context: Context) -> Shortfall | None:
    """Return what the quorum lacks, if all that may still be ratified is."""
    hoped = dict(ratifications.as_if_ratified(voting.stances, context.at))
    return tally(_poll(voting, hoped)).shortfall


def cut_short(voting: Voting, context: Context, *, objection_open: bool) -> VotingClosed:
    """Return the end of a round whose text was amended; what was said in secret stays so."""
    present = _present(voting, context)
    counts = ballots.nothing_said()
    if voting.terms.ballot == "named":
        counts = count(voting, present or (), objection_open=objection_open).counts
    return _ending("amended", present, counts)


def _ending(reason: Reason, present: tuple[OrgId, ...] | None, counts: Counts) -> VotingClosed:
    if present is None or len(present) <= LISTED_AT_MOST:
        return VotingClosed(reason=reason, present=present, counts=counts)
    return VotingClosed(reason=reason, present=digest(present), listed=present, counts=counts)


def _present(voting: Voting, context: Context) -> tuple[OrgId, ...] | None:
    """Return who sits in the linked meeting, where there is one."""
    return None if voting.meeting is None else tuple(sorted(context.fact(Sitting).present))


def _revealed(voting: Voting, context: Context) -> list[StanceRevealed]:
    """Return what each class held when voting closed, with the reason it gave."""
    reasons = context.fact(Reasons).of
    itself = context.fact(Itself)
    return ballots.order(
        [
            StanceRevealed(
                org=held.by,
                ad_referendum=not held.counts,
                option=held.option,
                reason=reasons.get(held.by, Sealed()),
                objection=ObjectionId(itself.derive(f"objection/{voting.round}/{held.by}"))
                if held.option is Option.OBJECT
                else None,
            )
            for held in voting.stances.values()
        ]
    )


def closing(voting: Voting, context: Context) -> Reason:
    """Return why voting may close now."""
    if context.at >= voting.closes_at:
        return "deadline"
    if context.system:
        raise Refused("too_soon", "Voting runs until its closing time, or the chair closes it.")
    least = voting.opened_at + timedelta(hours=voting.terms.min_open_hours)
    if context.at < least and not context.imported:
        detail = f"The rule keeps voting open for {voting.terms.min_open_hours} hours at least."
        raise Refused("too_soon", detail)
    return "all_in" if voting.heard == len(voting.electorate) else "chair"


def count(voting: Voting, present: Iterable[OrgId], *, objection_open: bool) -> Tally:
    """Count the stances that count."""
    stances = {place: each.option for place, each in voting.stances.items() if each.counts}
    poll = _poll(voting, stances)
    return tally(replace(poll, present=frozenset(present), objection_open=objection_open))


def _poll(voting: Voting, stances: Mapping[int, Option]) -> Poll:
    return Poll(
        terms=voting.terms,
        electorate=voting.electorate,
        stances=stances,
        chair=voting.chair,
        decider=voting.decider,
        ballots=(voting.cast or {}) if ballots.detached(voting.terms) else None,
        voted=frozenset(voting.received),
    )


def dissenting(voting: Voting) -> tuple[OrgId, ...]:
    """Return the organisations whose stance counts and is against."""
    stances = voting.stances.values()
    return tuple(sorted(each.by for each in stances if each.counts and each.option in DISSENT))


def canonical(listed: Iterable[VoteClass | OrgId]) -> bytes:
    """Return the canonical JSON of an electorate, or of organisations."""
    values = [
        each.model_dump(mode="json") if isinstance(each, VoteClass) else str(each)
        for each in listed
    ]
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()


def digest(listed: Iterable[VoteClass | OrgId]) -> Digest:
    """Return the digest by which an event names what is listed beside it (ADR 0030)."""
    return base64url(hashlib.sha256(canonical(listed)).digest())


def _rule(motion: Motion, context: Context) -> InForce:
    rule = context.fact(RuleInForce).rule
    if rule is None or rule.body != motion.body:
        raise Refused("unknown_rule", "The body that decides has no such rule.")
    if rule.retired:
        raise Refused("rule_retired", "That rule was retired: name one in force.")
    if rule.terms.method not in OFFERED:
        methods = ", ".join(sorted(OFFERED))
        raise Refused("method_not_offered", f"That method has no voting: use {methods}.")
    return rule


def _lead(
    terms: Rule, motion: Motion, classes: tuple[VoteClass, ...], context: Context
) -> OrgId | None:
    """Return the lead, where its stance decides; refuse where nobody entitled could decide."""
    if terms.method not in BY_ONE:
        return None
    lead = context.fact(Lead).org if terms.method is Method.LEAD_DECIDES else None
    if lead is None and terms.method is Method.LEAD_DECIDES:
        raise Refused("no_lead", "The lead on this issue decides, and there is none: assign one.")
    decider = lead or motion.proposer
    if not any(decider in each.class_ for each in classes):
        detail = "Whose stance decides by this rule is not entitled here: name another rule."
        raise Refused("not_accredited", detail)
    return lead


def _in_time(command: OpenVoting, motion: Motion, terms: Rule, context: Context) -> None:
    if command.closes_at <= context.at:
        raise Refused("too_soon", "Voting closes after it opens: name a later time.")
    if context.imported:
        return
    if context.at < motion.noticed_at + timedelta(hours=terms.notice_hours):
        detail = f"The rule gives {terms.notice_hours} hours of notice from publication."
        raise Refused("too_soon", detail)
    if command.closes_at < context.at + timedelta(hours=terms.min_open_hours):
        detail = f"The rule keeps voting open for {terms.min_open_hours} hours at least."
        raise Refused("too_soon", detail)


def _gate(
    command: OpenVoting,
    motion: Motion,
    terms: Rule,
    classes: tuple[VoteClass, ...],
    context: Context,
) -> Gate:
    present = {constituency for each in classes for constituency in each.constituencies}
    heard = motion.consulted | present
    if terms.representation_gate == "off" or context.imported or motion.affected <= heard:
        return "passed"
    if command.override is not None:
        return "overridden"
    if terms.representation_gate == "block":
        detail = (
            "An affected constituency was not consulted, and has no organisation in the electorate:"
            " consult it, or say why to go on."
        )
        raise Refused("not_heard", detail)
    return "warned"


def _voter(proxy: ProxyId | None, voting: Voting, context: Context) -> OrgId:
    """Return whose stance it is: the acting organisation's, or that of the giver of a proxy."""
    if proxy is None:
        return organisation(context)
    if voting.terms.proxies == "none":
        raise Refused("no_proxies", "The rule of this voting hears no proxies.")
    giver = context.fact(Speaker).giver
    if giver is None:
        detail = "Your organisation holds no such proxy for the body that decides, today."
        raise Refused("not_accredited", detail)
    return giver


def _place(voting: Voting, context: Context, voter: OrgId) -> int:
    """Return where the voter's class stands, if it may speak now."""
    if context.at >= voting.closes_at:
        raise Refused("not_open", "Voting on this proposal is not open.")
    place = voting.places.get(voter)
    if place is None:
        detail = "The organisation was not entitled when voting opened."
        raise Refused("not_accredited", detail)
    return place


def _advised(voting: Voting, place: int, context: Context) -> None:
    """Let the proposer decide only after another class has advised, and said why."""
    if voting.terms.method is not Method.ADVICE or context.imported:
        return
    assert voting.decider is not None
    if voting.places.get(voting.decider) == place and not voting.advised:
        detail = "Ask for advice first: another organisation takes a stance, and says why."
        raise Refused("not_advised", detail)


def _by_name(voting: Voting) -> None:
    if ballots.detached(voting.terms):
        detail = "In this voting organisations cast ballots, once, that lead to nobody."
        raise Refused("detached", detail)


def _held(voting: Voting, context: Context, voter: OrgId) -> Stance:
    place = _place(voting, context, voter)
    _by_name(voting)
    held = voting.stances.get(place)
    if held is None:
        raise Refused("no_stance", "The organisation has no stance yet: take one.")
    return held


def _spoken(context: Context) -> int:
    """Return the members' position at which the person may speak for the organisation."""
    speaker = context.fact(Speaker)
    if not context.imported and (not speaker.voting or context.authority == "observer"):
        detail = "You hold no voting accreditation of this organisation in the body that decides."
        raise Refused("not_accredited", detail)
    if {context.by, speaker.giver} & context.fact(Sitting).facilitating:
        detail = "Your organisation facilitates this meeting from outside, so it takes no stance."
        raise Refused("no_facilitator", detail)
    return speaker.members_position


def _counts(authority: Authority | None) -> bool:
    """Return whether a stance counts before it is ratified."""
    return authority != "ad_referendum"
