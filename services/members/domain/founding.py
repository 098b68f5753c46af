"""What else happens when a coalition is formed, a person admitted, a representative replaced.

Each step is a command on a stream of its own; all are decided one after another and written at
once, or none is.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from services.members.domain import accreditation, body, coalition, membership, person
from services.members.domain.ids import AccId, BodyId, OrgId, PersonId, ReviewId
from shared.decider import Decider
from shared.event import Command, Text

Step = tuple[Decider[Any, Any, Any], UUID, Command]
PLENARY = Text(lang="en", text="Plenary")


@dataclass(frozen=True)
class NewIds:
    """Ids of what comes with a new coalition, where its form names none."""

    coalition: UUID
    plenary: BodyId
    founder: OrgId
    person: PersonId
    accreditation: AccId


def found(form: coalition.FormCoalition, new: NewIds) -> tuple[Step, ...]:
    """Return the steps of forming: charter, plenary, founder; person, accreditation, chair.

    The last three need a person, whom an import does not know.
    """
    plenary, org = form.plenary or new.plenary, form.founder.org or new.founder
    alone = form.founder.kind == "person" and form.person is not None
    who = new.person if alone else form.founder.person
    constitute = body.ConstituteBody(name=PLENARY, kind="plenary", scope="all")
    steps: tuple[Step, ...] = (
        (coalition.decider, new.coalition, form),
        (body.decider, plenary, constitute),
        (membership.decider, org, form.founder.joining(who)),
    )
    if form.person is None:
        return steps
    return (
        *steps,
        (person.decider, new.person, form.person),
        (accreditation.decider, org, _full(new.accreditation, plenary, new.person)),
        (body.decider, plenary, body.TakeRole(role="chair", accreditation=new.accreditation)),
    )


def admit(
    joining: membership.AdmitMember, org: OrgId, plenary: BodyId, new: AccId
) -> tuple[Step, ...]:
    """Return the steps of admitting: a one-person member is accredited to the plenary too."""
    member: Step = membership.decider, org, joining
    if joining.person is None:
        return (member,)
    return member, (accreditation.decider, org, _full(new, plenary, joining.person))


def accept(
    acceptance: membership.AcceptInvitation,
    org: OrgId,
    plenary: BodyId,
    who: PersonId,
    *,
    known: bool,
) -> tuple[Step, ...]:
    """Return the steps of accepting an invitation: the person speaks for themselves at once.

    Args:
        known: The coalition knows the person: they are not registered again.
    """
    register: tuple[Step, ...] = ()
    if acceptance.person is not None and not known:
        register = ((person.decider, who, acceptance.person),)
    accredit: Step = accreditation.decider, org, _full(accepted_as(who, org), plenary, who)
    return (membership.decider, org, acceptance), *register, accredit


def accepted_as(who: UUID, org: OrgId) -> AccId:
    """Return the accreditation that a person gets by accepting: asked again, it is the same."""
    return AccId(uuid5(who, str(org)))


def replace_representative(
    naming: accreditation.ReplaceRepresentative, org: OrgId, of: UUID
) -> tuple[Step, ...]:
    """Return the steps of replacing: the organisation's roles are reviewed too (M7)."""
    review = coalition.OpenReview(
        review=ReviewId(uuid5(naming.accreditation, "roles")),
        kind="roles",
        trigger="replacement",
        orgs=(org,),
    )
    return (accreditation.decider, org, naming), (coalition.decider, of, review)


def _full(new: AccId, plenary: BodyId, who: PersonId) -> accreditation.AccreditRepresentative:
    return accreditation.AccreditRepresentative(
        accreditation=new, body=plenary, person=who, authority="full", voting=True
    )
