"""Who raised an anonymous concern (`box.sql`): beside the journal, sealed, until it is resolved."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from services.meetings.domain import concern, meeting
from services.meetings.domain.ballot import OWN
from services.meetings.domain.concern import ConcernRaised, ConcernResolved, RaiseConcern, Unsigned
from services.meetings.domain.ids import AccId, ItemId, OrgId
from services.meetings.views.folds import LISTED
from services.meetings.views.roll import mandates
from shared.event import Context, Event
from shared.hot import Reading
from shared.sealing import Disclosure, Keys, open_disclosure, seal

PUT = "insert into box.raiser values ($1, $2, $3, $4, $5, $6)"
FORGET = "delete from box.raiser where coalition_id = $1 and concern = $2"
KEPT = (
    "select concern, digest, key_id, nonce, ciphertext from box.raiser"
    " where coalition_id = $1 and ($2::uuid is null or concern = $2)"
)
PRESIDES = frozenset({"chair", "secretary"})
FIELD = "raised_by"


class May(NamedTuple):
    """What a person may do about a concern, and whether it was answered, though not for them."""

    resolve: bool
    know: bool
    answered: bool = False


def keep(
    keys: Keys, concerned: UUID
) -> Callable[[Context, Sequence[Event]], list[tuple[Any, ...]]]:
    """Keep who raises a concern, under the key that only this service has."""

    def beside(context: Context, decided: Sequence[Event]) -> list[tuple[Any, ...]]:
        if not any(isinstance(each, ConcernRaised) and each.anonymous for each in decided):
            return []
        key = keys.at_hand(context.coalition, None, OWN)
        who = seal(key, context.coalition, concerned, OWN, FIELD, str(context.by))
        kept = who.digest, who.key, who.nonce, who.ciphertext
        return [(PUT, context.coalition, concerned, *kept)]

    return beside


def forget(concerned: UUID) -> Callable[[Context, Sequence[Event]], list[tuple[Any, ...]]]:
    """Destroy the name once the concern is resolved."""

    def beside(context: Context, decided: Sequence[Event]) -> list[tuple[Any, ...]]:
        resolved = any(isinstance(each, ConcernResolved) for each in decided)
        return [(FORGET, context.coalition, concerned)] if resolved else []

    return beside


async def _kept(read: Reading, keys: Keys, concerned: UUID | None = None) -> list[OrgId]:
    rows = await read.db.fetch(KEPT, read.coalition, concerned)
    at_hand = await keys.known(read.coalition, {row["key_id"] for row in rows})
    found = []
    for row in rows:
        held = row["key_id"], row["nonce"], row["ciphertext"]
        closed = Disclosure(row["digest"], OWN, *held)
        key = at_hand.get(closed.key)
        opened = open_disclosure(key, read.coalition, row["concern"], closed) if key else None
        if opened is not None:
            found.append(OrgId(UUID(opened.value)))
    return found


def unsigned(
    keys: Keys,
) -> Callable[[Reading, concern.Concern, RaiseConcern], Awaitable[Unsigned]]:
    """Return the fact how many anonymous concerns of the acting organisation wait."""

    async def fact(read: Reading, _state: concern.Concern, _command: RaiseConcern) -> Unsigned:
        waiting = sum(org == read.context.by for org in await _kept(read, keys))
        return Unsigned(waiting)

    return fact


async def raiser(read: Reading, keys: Keys, concerned: UUID) -> OrgId | None:
    """Return who raised a concern; nobody where it was anonymous and is resolved."""
    state = await read.stream(concern.decider, concerned)
    if state is not None and not state.anonymous:
        return state.by
    return next(iter(await _kept(read, keys, concerned)), None)


async def leading(read: Reading, item: ItemId | None) -> frozenset[AccId]:
    """Return under which accreditations the meeting is facilitated that has an item."""
    held = (await read.fold(LISTED)).get(item) if item else None
    met = await read.stream(meeting.decider, held) if held else None
    return met.facilitators if met else frozenset()


async def may(read: Reading, person: UUID | None, concerns: Iterable[UUID]) -> Mapping[UUID, May]:
    """Return what a person may do about concerns.

    Who raised an anonymous one may know who facilitates the meeting it came up in; where nobody
    does, who holds the chair of its body. In informal mode everybody does what a chair does, and
    learns nothing by that: only who holds the role does.
    """
    known, today = await mandates(read), read.context.at.date()
    held = known.by_person.get(person, ()) if person else ()
    own = [each for each in held if each.speaks(today)]
    found = {}
    for id_ in concerns:
        state = await read.stream(concern.decider, id_)
        if state is None:
            continue
        facilitators = await leading(read, state.item)
        facilitates = any(each.accreditation in facilitators for each in own)
        presides = any(each.body == state.body and each.roles & PRESIDES for each in own)
        chairs = any(known.chairs(each, state.body) for each in own)
        known_to = facilitates if facilitators else presides
        found[id_] = May(facilitates or chairs, known_to, answered=state.resolved is not None)
    return found
