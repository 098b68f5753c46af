"""The reports of a window: what to read for each, and what they say. Pages are cut elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any

from services.transparency.domain import (
    communications,
    notices,
    relationship_health,
    retention,
    size,
    stage_timeline,
)
from services.transparency.domain.members import active_in, active_times
from services.transparency.domain.open_next_steps import fold
from services.transparency.domain.participation import (
    Known,
)
from services.transparency.domain.relayed import relayed
from services.transparency.domain.said import Names
from services.transparency.domain.table import AN_INSTANT
from services.transparency.domain.ties import (
    answers,
    matches,
    touches,
)
from services.transparency.domain.window import (
    adjoining,
)
from services.transparency.views import communications as told
from services.transparency.views import (
    constituencies,
    growing,
    names,
    register,
    relationships,
    rooms,
    seats,
    stages,
    steps,
    tenures,
    ties,
    windows,
)
from services.transparency.views.events import Lens
from services.transparency.views.register import Search
from services.transparency.views.windows import Frame
from shared.hot import Connection

Written = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Told:
    """All that a report says.

    Args:
        n: Organisations active at any time in the window.
        hidden: How many items were left out because the reader may not see them.
    """

    summary: Written
    rows: Written
    n: int
    hidden: int = 0


async def participation(db: Connection, lens: Lens, frame: Frame) -> Told:
    """R3."""
    times = active_times(tenures.as_events(await tenures.changes(db, lens)))
    active = frozenset(active_in(times, frame.window))
    unseen = await constituencies.hidden_at_the_table(db, lens)
    unseen += await seats.hidden_seat_events(db, lens)
    hidden, left_out = await rooms.hidden(db, lens, table=unseen > 0)
    earliest = datetime.combine(adjoining(frame.window)[-1].begins, time(), UTC)
    known = Known(
        window=frame.window,
        names=await names.names(db, lens),
        events=await rooms.events_of(db, lens),
        tables=await constituencies.tables(db, lens),
        seats=await seats.seat_events(db, lens),
        plenary=await seats.plenary(db, lens),
        executive=await rooms.executives(db, lens),
        active=active,
        acts=await rooms.acts(db, lens, earliest),
        hidden=hidden,
    )
    return Told(known.summary(), known.rows(), len(active), unseen + left_out)


async def health(db: Connection, lens: Lens, frame: Frame) -> Told:
    """R10. What is for two alone is counted, so nothing is left out."""
    times = active_times(tenures.as_events(await tenures.changes(db, lens)))
    between = await relationships.between(db, lens)
    known = relationship_health.Known(
        window=frame.window,
        heard=frame.heard,
        boundary=frame.boundary,
        active=times,
        pulses=await relationships.pulses(db, lens),
        between=between,
        ties=[
            *touches(between),
            *matches(await relationships.match_events(db, lens)),
            *answers(await ties.practice_events(db, lens)),
        ],
        steps=list(fold(await steps.step_events(db, lens)).values()),
        acknowledged=await windows.acknowledged(db, lens, frame.window),
    )
    return Told(
        relationship_health.summary(known),
        relationship_health.rows(known),
        len(active_in(times, frame.window)),
    )


async def communication(db: Connection, lens: Lens, frame: Frame) -> Told:
    """R15."""
    times = active_times(tenures.as_events(await tenures.changes(db, lens)))
    tables, tellings = await constituencies.tables(db, lens), await told.tellings(db, lens)
    made = [one for one in await told.decisions(db, lens) if frame.window.holds(one.at)]
    decided = []
    for one in made:
        table = tables.at(one.at)
        rests_on = [cited for org in table.active for cited in table.memberships[org]]
        decided.append(relayed(one, table.active, tellings, rests_on))
    called = await names.names(db, lens)
    titles = await register.titles(db, lens, {one.decision for one in made})
    left_out, minutes = await told.hidden(db, lens)
    known = communications.Known(
        window=frame.window,
        now=frame.now,
        names=Names({**called.known, **titles}, called.persons),
        relayed=decided,
        meetings=notices.meetings(await told.notices(db, lens, "meetings", *told.OF_MEETINGS)),
        workstreams=notices.workstreams(
            await told.notices(db, lens, "meetings", *told.OF_WORKSTREAMS)
        ),
        contacts=notices.contacts(await told.notices(db, lens, "members", *told.OF_MEMBERS)),
        active=tables.at(frame.now + AN_INSTANT).active,
        minutes_hidden=minutes > 0,
    )
    unseen = left_out + await constituencies.hidden_at_the_table(db, lens)
    active = len(active_in(times, frame.window))
    return Told(known.summary(), known.rows(), active, unseen)


async def timeline(db: Connection, lens: Lens, frame: Frame) -> Told:
    """R11."""
    times = active_times(tenures.as_events(await tenures.changes(db, lens)))
    known = relationship_health.Known(
        window=frame.window,
        heard=frame.heard,
        boundary=frame.boundary,
        pulses=await relationships.pulses(db, lens),
        steps=list(fold(await steps.step_events(db, lens)).values()),
    )
    entered = stage_timeline.stages(await stages.stage_events(db, lens))
    decided = await windows.decided(db, lens)
    called = await names.names(db, lens)
    return Told(
        stage_timeline.summary(entered, decided, known, frame.now),
        stage_timeline.rows(known, entered, decided, called, frame.now),
        len(active_in(times, frame.window)),
        await register.hidden(db, lens) + await steps.hidden_steps(db, lens),
    )


async def staying(db: Connection, lens: Lens, frame: Frame) -> Told:
    """R16."""
    changes = await tenures.changes(db, lens)
    known = retention.Known(
        window=frame.window,
        heard=frame.heard,
        boundary=frame.boundary,
        members=changes,
        wellbeing=await growing.wellbeing(db, lens),
        growth=await growing.growth(db, lens),
        mentoring=await growing.mentoring(db, lens),
    )
    times = active_times(tenures.as_events(changes))
    covered = adjoining(frame.window)
    within = Search(begins=covered[-1].begins, ends=covered[0].ends)
    passed = await register.passed(db, lens, within)
    return Told(
        retention.summary(known),
        [*retention.rows(known), *size.sizes(changes, passed, frame.window)],
        len(active_in(times, frame.window)),
        await register.hidden(db, lens),
    )


def of_part(rows: Written, part: str) -> list[Mapping[str, Any]]:
    """Return the rows of one part of a report that has several."""
    return [row for row in rows if row.get("part") == part]
