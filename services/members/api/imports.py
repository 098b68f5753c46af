"""What an import may bring: every command of this service but some.

Not those between two organisations; nor those that erase somebody, which two organisations do now.
Of constituencies only that there are any: who speaks for one says so itself.
"""

from typing import Any, get_args
from uuid import UUID, uuid5

from services.members.api.routing import with_facts
from services.members.domain import (
    accreditation,
    body,
    bottomline,
    capacity,
    coalition,
    conflict,
    constituency,
    exchange,
    founding,
    issue,
    membership,
    person,
    threat,
)
from services.members.domain.ids import AccId, BodyId, OrgId, PersonId
from services.members.views import facts
from shared.ask import Step
from shared.hot import AnyDecider
from shared.importing import ImportedCommand

COMMANDS: tuple[tuple[AnyDecider, Any], ...] = (
    (coalition.decider, coalition.CoalitionCommand),
    (membership.decider, membership.MembershipCommand),
    (accreditation.decider, accreditation.AccreditationCommand),
    (body.decider, body.BodyCommand),
    (issue.decider, issue.IssueCommand),
    (person.decider, person.PersonCommand),
    (threat.decider, threat.ThreatCommand),
    (conflict.decider, conflict.ConflictCommand),
    (capacity.decider, capacity.CapacityCommand),
    (exchange.decider, exchange.ExchangeCommand),
    (bottomline.decider, bottomline.BottomLineCommand),
    (constituency.decider, constituency.IdentifyConstituency),
)


def _formed_before(of: UUID, form: coalition.FormCoalition) -> list[Step]:
    """Return the steps of an imported forming; ids that the source did not give follow from it."""
    new = founding.NewIds(
        coalition=of,
        plenary=BodyId(uuid5(of, "plenary")),
        founder=OrgId(uuid5(of, "founder")),
        person=PersonId(uuid5(of, "person")),
        accreditation=AccId(uuid5(of, "accreditation")),
    )
    return [Step(*step) for step in with_facts(founding.found(form, new), forming=True)]


def _about(key: UUID, command: Any) -> UUID | None:
    """Return the person under whose key a command says something."""
    if isinstance(command, person.RegisterPerson):
        return key
    if isinstance(command, coalition.FormCoalition):
        return _alone(command.founder, command.founder.org or key)
    if isinstance(command, membership.AdmitMember):
        return _alone(command, key)
    if isinstance(command, accreditation.AccreditRepresentative):
        return command.person
    return None


def _alone(joining: membership.AdmitMember, org: UUID) -> UUID | None:
    return None if joining.kind == "organization" else joining.person or org


IMPORTS = {
    command.__name__: ImportedCommand(decider, command, facts.NEEDS.get(command, ()), about=_about)
    for decider, union in COMMANDS
    for command in (get_args(union) or (union,))
    if command not in get_args(person.ErasureCommand)
} | {
    "FormCoalition": ImportedCommand(
        coalition.decider, coalition.FormCoalition, steps=_formed_before, about=_about
    )
}
