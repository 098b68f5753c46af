"""What claims, statements and disputes rest on, read under the lock of the decision."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from immutables import Map

from services.credit.domain import (
    attribution,
    claim,
    contribution,
    credit,
    dispute,
    metric,
    shares,
    win,
)
from services.credit.domain.attribution import Attribution
from services.credit.domain.claim import Claim
from services.credit.domain.conflict import Telling, Told, gather
from services.credit.domain.contribution import Deed
from services.credit.domain.credit import Contested
from services.credit.domain.dispute import Disputable, Dispute
from services.credit.domain.fact import Fact, Ground, Won
from services.credit.domain.ids import CreditId, DecisionId, OrgId, WinId
from services.credit.views import facts
from shared.event import Event, Recorded
from shared.hot import Fold, Reading

Wins = Map[str, tuple[DecisionId, ...]]
_SEEN_BY_MEMBERS = frozenset({"members", "partners", "funders", "public"})


def _claim(known: Map[str, Claim], key: str, event: Event) -> Map[str, Claim]:
    assert isinstance(event, claim.ClaimEvent)
    return known.set(key, claim.evolve(known.get(key), event))


def _statement(known: Map[str, Attribution], key: str, event: Event) -> Map[str, Attribution]:
    assert isinstance(event, attribution.AttributionEvent)
    return known.set(key, attribution.evolve(known.get(key), event))


def _dispute(known: Map[str, Dispute], key: str, event: Event) -> Map[str, Dispute]:
    assert isinstance(event, dispute.DisputeEvent)
    return known.set(key, dispute.evolve(known.get(key), event))


def _win(known: Wins, key: str, event: Event) -> Wins:
    assert isinstance(event, win.WinDeclared)
    return known.set(key, event.decisions)


def _metric(known: frozenset[UUID], key: str, _: Event) -> frozenset[UUID]:
    return known | {UUID(key)}


CLAIMS: Fold[Map[str, Claim]] = Fold("claims", tuple(claim.decider.types.values()), Map(), _claim)
STATEMENTS: Fold[Map[str, Attribution]] = Fold(
    "statements", tuple(attribution.decider.types.values()), Map(), _statement
)
DISPUTES: Fold[Map[str, Dispute]] = Fold(
    "disputes", tuple(dispute.decider.types.values()), Map(), _dispute
)
WINS: Fold[Wins] = Fold("wins", (win.WinDeclared,), Map(), _win)
METRICS: Fold[frozenset[UUID]] = Fold(
    "metrics", (metric.ImpactMetricDefined,), frozenset(), _metric
)
FOLDS = CLAIMS, STATEMENTS, DISPUTES, WINS, METRICS


async def _placed(read: Reading, kind: type[Event], streams: Iterable[str]) -> dict[str, int]:
    """Return where the newest event of a type stands in each of these streams."""
    rows = await read.db.fetch(
        "select stream, position from journal.event"
        " where coalition_id = $1 and stream = any($2) and type = $3 order by position",
        *(read.coalition, list(streams), kind.__name__),
    )
    return {stream.partition("-")[2]: position for stream, position in rows}


async def grounds(read: Reading) -> Ground:
    """Return what facts may rest on, and what of it is disputed."""
    matters, disputes = await read.snapshot(facts.MATTERS), await read.fold(DISPUTES)
    recorded, won = await read.fold(facts.CONTRIBUTIONS), await read.fold(WINS)
    placed = await _placed(read, win.WinDeclared, map(win.decider.stream, won))
    return Ground(
        {UUID(key): deed for key, deed in recorded.items() if deed is not None},
        {UUID(str(key)): ref for key, ref in matters.decided.items()},
        await read.fold(METRICS),
        wins={
            WinId(UUID(key)): Won(
                f"credit/{placed[key]}",
                frozenset(matters.decided[one] for one in decisions if one in matters.decided),
            )
            for key, decisions in won.items()
            if key in placed
        },
        disputed=frozenset(
            fact.key
            for one in disputes.values()
            if one is not None and one.result is None
            for fact in one.facts
        ),
    )


async def ground(read: Reading, _state: Any, _command: Any) -> Ground:
    """Return what the facts of a command may rest on."""
    return await grounds(read)


async def tellings(read: Reading) -> dict[str, Telling]:
    """Return what every claim and the newest version of every statement says, by stream."""
    claims, statements = await read.fold(CLAIMS), await read.fold(STATEMENTS)
    told = {claim.decider.stream(key): one.telling for key, one in claims.items() if one}
    return told | {
        attribution.decider.stream(key): one.telling for key, one in statements.items() if one
    }


async def places(read: Reading, told: Iterable[str]) -> tuple[dict[str, str], dict[UUID, str]]:
    """Return the newest event that tells each of these streams, and those of contributions."""
    deeds, streams = await read.fold(facts.CONTRIBUTIONS), list(told)
    recorded = await _placed(
        read, contribution.ContributionRecorded, map(contribution.decider.stream, deeds)
    )
    at = {
        decider.stream(key): f"credit/{position}"
        for decider, kind in (
            (claim.decider, claim.CreditClaimed),
            (attribution.decider, attribution.AttributionStatementDrafted),
        )
        for key, position in (await _placed(read, kind, streams)).items()
    }
    return at, {UUID(key): f"credit/{position}" for key, position in recorded.items()}


async def told(read: Reading, _state: Any, _command: Any) -> Told:
    """Return what else is told than in the claim that is reviewed."""
    assert isinstance(read.key, UUID)
    own, telling = claim.decider.stream(read.key), await tellings(read)
    at, recorded = await places(read, telling)
    others = ((at[name], one) for name, one in telling.items() if name != own and name in at)
    return gather(others, recorded, await grounds(read))


async def disputable(read: Reading, _state: Any, command: dispute.DisputeCredit) -> Disputable:
    """Return what the event that is disputed says of credit."""
    service, _, position = command.about.partition("/")
    seen = await read.recorded(int(position)) if service == "credit" else None
    if seen is None or seen.visibility not in _SEEN_BY_MEMBERS or seen.by is None:
        return Disputable()
    return await _says(read, seen, OrgId(seen.by))


async def _says(read: Reading, seen: Recorded, by: OrgId) -> Disputable:
    match seen.type:
        case "ContributionRecorded" | "ContributionConfirmed":
            deed = await read.stream(contribution.decider, seen.key)
            assert isinstance(deed, Deed)
            fact = Fact(kind="contribution", id=UUID(seen.key))
            return Disputable(frozenset({by, deed.of}), (fact,))
        case "CreditAssigned" | "CreditCorrected":
            state = await read.stream(win.decider, seen.key)
            assert state is not None
            key = CreditId(UUID(seen.data["credit"]))
            given = state.credits[key]
            deeds = (Fact(kind="contribution", id=one) for one in given.contributions)
            sides = {by, given.by} | ({given.to} if given.to else set())
            return Disputable(frozenset(sides), tuple(deeds), key)
        case "CreditClaimed":
            claimed = await read.stream(claim.decider, seen.key)
            assert claimed is not None
            return Disputable(frozenset({by}), claimed.facts)
        case "AttributionStatementDrafted" | "AttributionStatementReleased":
            drafted = await read.stream(attribution.decider, seen.key)
            assert drafted is not None
            return Disputable(frozenset({by}), drafted.versions[seen.data["version"]].facts)
        case _:
            return Disputable()


async def contested(read: Reading, _state: Any, command: credit.CorrectCredit) -> Contested:
    """Return what the dispute that a correction cites is about."""
    known = await read.stream(dispute.decider, command.dispute) if command.dispute else None
    if known is None:
        return Contested()
    deeds = (fact.id for fact in known.facts if fact.kind == "contribution")
    return Contested(known.credit, frozenset(deeds))


async def made(read: Reading, _state: Any, command: shares.PlanShares) -> shares.Made:
    """Return whether the decision that a division of money rests on is known."""
    decided = (await read.snapshot(facts.MATTERS)).decided
    return shares.Made(command.decision in decided.values())
