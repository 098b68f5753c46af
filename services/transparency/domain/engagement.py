"""How an organisation took part: meetings attended, stances taken, steps done, in three windows.

Nothing here compares it with others.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Literal, NamedTuple
from uuid import UUID

from services.transparency.domain.refs import Cited, cite
from services.transparency.domain.window import Window, adjoining

Kind = Literal["attended", "stances", "steps_done"]
KINDS: tuple[Kind, ...] = ("attended", "stances", "steps_done")


class Act(NamedTuple):
    """Something that it did; `about` is the meeting, the proposal or the step."""

    kind: Kind
    on: date
    about: UUID
    cited: Cited


def engagement(acts: Iterable[Act], newest: Window) -> list[dict[str, Any]]:
    """Return what it did in each window, the newest first.

    A meeting that several of its people attended counts once, as does a proposal on which it
    took a stance in more than one round.

    Args:
        acts: In the order of their events.
    """
    known = list(acts)
    rows = []
    for covered in adjoining(newest):
        within = [act for act in known if act.on in covered]
        done: dict[str, Any] = {
            kind: len({act.about for act in within if act.kind == kind}) for kind in KINDS
        }
        days = {"from": covered.begins.isoformat(), "to": covered.ends.isoformat()}
        rows.append(days | done | cite([act.cited for act in within]))
    return rows
