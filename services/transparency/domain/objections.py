"""Objections to a proposal, and what became of each: until something did, it stands."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
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
class Objection:
    id: str
    by: UUID | None
    grounds: Said
    raised_at: datetime
    raised: str
    disposition: str = "stands"
    reasoning: Said = None
    by_whom: UUID | None = None
    answered: str | None = None


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
            )
        elif key in found:
            found[key] = _answered(found[key], moment)
    return found


def _answered(objection: Objection, moment: Moment) -> Objection:
    if moment.type in ANSWERED:
        disposition = ANSWERED[moment.type]
    elif moment.type == "FormalObjectionResolved" and moment.data["result"] == "overruled":
        disposition = "overruled"
    elif moment.type in {"FormalObjectionRegistered", "FormalObjectionResolved"}:
        disposition = "stands"
    else:
        return objection
    return replace(
        objection,
        disposition=disposition,
        reasoning=moment.data.get("reasoning") or moment.data.get("reason"),
        by_whom=moment.by,
        answered=moment.ref,
    )
