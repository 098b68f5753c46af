"""What else happens when a coalition is formed, or a one-person member admitted.

Each step is a command on a stream of its own; all are decided one after another and written at
once, or none is.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.members.domain import accreditation, body, coalition, membership, person
from services.members.domain.ids import AccId, BodyId, OrgId, PersonId
from shared.decider import Decider, Refused
from shared.event import Command, Text

Step = tuple[Decider[Any, Any, Any], UUID, Command]
PLENARY = Text(lang="en", text="Plenary")


@dataclass(frozen=True)
class NewIds:
    """Ids of what comes with a new coalition."""

    coalition: UUID
    plenary: BodyId
    founder: OrgId
    person: PersonId
    accreditation: AccId


def found(form: coalition.FormCoalition, new: NewIds) -> tuple[Step, ...]:
    """Return the steps of forming: charter, plenary, person, founder, accreditation, chair.

    Raises:
        Refused: the founder or the person is not named.
    """
    if form.founder is None or form.person is None:
        raise Refused("no_founder", "Name the founding organisation, and who acts for it.")
    one_person = form.founder.kind == "person"
    founder = form.founder.model_copy(update={"person": new.person if one_person else None})
    plenary = body.ConstituteBody(name=PLENARY, kind="plenary", scope="all")
    chair = body.TakeRole(role="chair", accreditation=new.accreditation)
    return (
        (coalition.decider, new.coalition, form),
        (body.decider, new.plenary, plenary),
        (person.decider, new.person, form.person),
        (membership.decider, new.founder, founder),
        (accreditation.decider, new.founder, _full(new.accreditation, new.plenary, new.person)),
        (body.decider, new.plenary, chair),
    )


def admit(
    joining: membership.AdmitMember, org: OrgId, plenary: BodyId, new: AccId
) -> tuple[Step, ...]:
    """Return the steps of admitting: a one-person member is accredited to the plenary too."""
    member: Step = membership.decider, org, joining
    if joining.person is None:
        return (member,)
    return member, (accreditation.decider, org, _full(new, plenary, joining.person))


def _full(new: AccId, plenary: BodyId, who: PersonId) -> accreditation.AccreditRepresentative:
    return accreditation.AccreditRepresentative(
        accreditation=new, body=plenary, person=who, authority="full", voting=True
    )
