"""Who decides what: the bodies with their scopes, who sits in them, and for whom seats are kept."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from pydantic import BaseModel

from services.members.views.charter import Acceptance, Charter, StructureRow
from services.members.views.queries import BodyRow, Named, Names, named
from services.members.views.roster import Representative


class SeatKept(BaseModel):
    """A seat: for whom it is kept, and who has it; nobody where it is vacant."""

    seat: UUID
    constituency: Named | None
    organisation: Named | None


class Speaker(Representative):
    """Somebody accredited to a body, and the organisation they speak for."""

    organisation: Named


class BodyDetail(BodyRow):
    """A body; `decides`: it stands in the newest structure; `issues`: what its scope names.

    Who is accredited to the plenary stands in the roster: nobody is listed here.
    """

    decides: bool
    issues: list[Named]
    kept: list[SeatKept]
    speakers: list[Speaker]


class Structure(BaseModel):
    """Every version of who decides what, the newest first; who knows it; and the bodies."""

    versions: list[StructureRow]
    acknowledged: Acceptance
    bodies: list[BodyDetail]


def structure(
    charter: Charter,
    bodies: Iterable[BodyRow],
    issues: Names,
    constituencies: Names,
    orgs: Names,
    accredited: Mapping[UUID, Sequence[Representative]],
) -> Structure:
    """Return who decides what.

    Args:
        accredited: Who speaks for each organisation, by the organisation.
    """
    newest = set(charter.structures[0].bodies) if charter.structures else set()
    speakers: dict[UUID, list[Speaker]] = {}
    for org, those in accredited.items():
        for one in those:
            speaker = Speaker(**dict(one), organisation=named(org, orgs))
            speakers.setdefault(one.body.id, []).append(speaker)
    return Structure(
        versions=charter.structures,
        acknowledged=charter.acknowledged_structure,
        bodies=[
            BodyDetail(
                **dict(body),
                decides=body.id in newest,
                issues=[] if body.scope == "all" else [named(of, issues) for of in body.scope],
                kept=[
                    SeatKept(
                        seat=seat.seat,
                        constituency=named(seat.constituency, constituencies)
                        if seat.constituency
                        else None,
                        organisation=seat.organisation,
                    )
                    for seat in body.seats
                ],
                speakers=speakers.get(body.id, []),
            )
            for body in bodies
        ],
    )
