"""Objections to a proposal, and what became of each: until something did, it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.transparency.domain.moment import Moment
from services.transparency.domain.said import Said

ANSWERED = {
    "ObjectionAccommodated": "accommodated",
    "ObjectionRetracted": "retracted",
    "ObjectionSetAside": "set_aside",
    "ObjectionOutweighed": "outweighed",
}


@dataclass(frozen=True)
class Answer:
    """One thing that became of an objection.

    Args:
        became: What it was from then on; `registered` and `upheld` objections stand.
        to: The body that a formal objection went to.
        amendment: The version of the text that answers it.
    """

    became: str
    at: datetime
    by: UUID | None
    ref: str
    why: Said = None
    alternatives: Any = ()
    to: UUID | None = None
    amendment: int | None = None


@dataclass(frozen=True)
class Objection:
    id: str
    by: UUID | None
    grounds: Said
    raised_at: datetime
    raised: str
    remove_by: Said = None
    disposition: str = "stands"
    answers: tuple[Answer, ...] = ()

    @property
    def newest(self) -> Answer | None:
        """What became of it last."""
        return self.answers[-1] if self.answers else None


def objections(moments: Iterable[Moment]) -> dict[str, Objection]:
    """Return each objection as the moments left it, by its id."""
    found: dict[str, Objection] = {}
    for moment in moments:
        key = moment.data.get("objection")
        if moment.type == "ObjectionRaised":
            found[moment.data["objection"]] = Objection(
                id=moment.data["objection"],
                by=moment.by,
                grounds=moment.data.get("grounds"),
                raised_at=moment.at,
                raised=moment.ref,
                remove_by=moment.data.get("remove_by"),
            )
        elif key in found:
            found[key] = _answered(found[key], moment)
    return found


def _answered(objection: Objection, moment: Moment) -> Objection:
    data = moment.data
    if moment.type in ANSWERED:
        became = disposition = ANSWERED[moment.type]
    elif moment.type == "FormalObjectionRegistered":
        became, disposition = "registered", "stands"
    elif moment.type == "FormalObjectionResolved":
        became = data["result"]
        disposition = "overruled" if became == "overruled" else "stands"
    else:
        return objection
    answer = Answer(
        became=became,
        at=moment.at,
        by=moment.by,
        ref=moment.ref,
        why=data.get("reasoning") or data.get("reason"),
        alternatives=data.get("alternatives") or (),
        to=UUID(data["to"]) if "to" in data else None,
        amendment=data.get("amendment"),
    )
    return replace(objection, disposition=disposition, answers=(*objection.answers, answer))
