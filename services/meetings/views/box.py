"""The ballot box (`box.sql`): answers that lead to nobody. Only how many of each ever leave it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from services.meetings.domain import proposal, sense_check
from services.meetings.domain.ballot import Ballots, CastBallot, detached
from services.meetings.domain.rule import Option
from services.meetings.domain.sense_check import Answer, Answered, Answers
from services.meetings.domain.voting import VotingClosed
from services.meetings.views.roll import ROLL
from shared.event import Context, Event
from shared.hot import Reading

Veil = Callable[..., bytes]
"""(words) → what they can only be told from by whoever has the service's own key."""

PUT = "select box.put($1, $2, $3)"
TICK = "insert into box.answered (coalition_id, box, who) values ($1, $2, $3)"
EMPTY = "select box.empty($1, $2)"
COUNT = (
    "select answer, count(*) as times from box.paper"
    " where coalition_id = $1 and box = $2 group by answer"
)


async def _counts(read: Reading, box: UUID) -> Mapping[str, int]:
    rows = await read.db.fetch(COUNT, read.coalition, box)
    return {row["answer"]: row["times"] for row in rows}


async def answers(
    read: Reading, _state: proposal.Proposal | None, command: sense_check.TakeSenseCheck
) -> Answers:
    """Return what lies in the box of a sense check."""
    counts = await _counts(read, command.check)
    least = (await read.snapshot(ROLL)).min_group
    return Answers({Answer(answer): times for answer, times in counts.items()}, least)


def answered(
    veil: Veil,
) -> Callable[[Reading, Any, sense_check.AnswerSenseCheck], Awaitable[Answered]]:
    """Return the fact whether the acting organisation has answered, known by a veiled name."""

    async def fact(
        read: Reading, _state: proposal.Proposal | None, command: sense_check.AnswerSenseCheck
    ) -> Answered:
        who = veil("answered", str(read.coalition), str(command.check), str(read.context.by))
        already = await read.db.fetchval(
            "select exists (select from box.answered"
            " where coalition_id = $1 and box = $2 and who = $3)",
            *(read.coalition, command.check, who),
        )
        return Answered(already=bool(already), who=who)

    return fact


def put_answer(
    command: sense_check.AnswerSenseCheck,
) -> Callable[[Context, Sequence[Event]], list[tuple[Any, ...]]]:
    """Put an accepted answer into its box, and apart from it who has answered."""

    def beside(context: Context, _decided: Sequence[Event]) -> list[tuple[Any, ...]]:
        box = context.coalition, command.check
        return [
            (PUT, *box, str(command.answer)),
            (TICK, *box, context.fact(Answered).who),
        ]

    return beside


async def ballots(read: Reading, state: proposal.Proposal | None, _command: Any) -> Ballots:
    """Return what lies in the box of a voting; its box is named for its proposal."""
    voting = state.voting if state else None
    if voting is None or not detached(voting.terms):
        return Ballots({})
    counts = await _counts(read, UUID(str(read.key)))
    return Ballots({Option(option): times for option, times in counts.items()})


def put_ballot(
    box: UUID, command: CastBallot
) -> Callable[[Context, Sequence[Event]], list[tuple[Any, ...]]]:
    """Put an accepted ballot into the box of its voting."""

    def beside(context: Context, decided: Sequence[Event]) -> list[tuple[Any, ...]]:
        return [(PUT, context.coalition, box, str(command.option)) for _ in decided]

    return beside


def empty_ballots(
    box: UUID,
) -> Callable[[Context, Sequence[Event]], list[tuple[Any, ...]]]:
    """Destroy the ballots of a voting when it closes."""

    def beside(context: Context, decided: Sequence[Event]) -> list[tuple[Any, ...]]:
        return [
            (EMPTY, context.coalition, box) for event in decided if isinstance(event, VotingClosed)
        ]

    return beside


def empty(box: UUID) -> Callable[[Context, Sequence[Event]], list[tuple[Any, ...]]]:
    """Destroy what lies in a box once it was counted, or may not be."""

    def beside(context: Context, decided: Sequence[Event]) -> list[tuple[Any, ...]]:
        return [(EMPTY, context.coalition, box)] if decided or context.system else []

    return beside
