"""The organisations this coalition knows, and for whom somebody speaks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.credit.domain.ids import OrgId, PersonId
from shared.decider import Refused
from shared.event import Context, Sealed, Text


@dataclass(frozen=True)
class Roll:
    """Who ever joined, as heard from members: also who left is thanked for what it did.

    Args:
        persons: The person behind each member that is one person.
    """

    orgs: frozenset[OrgId]
    persons: Mapping[OrgId, PersonId] = field(default_factory=dict)

    def check(self, orgs: Iterable[OrgId]) -> None:
        """Refuse organisations that never joined this coalition."""
        if not self.orgs.issuperset(orgs):
            raise Refused("unknown_organisation", "No such organisation has joined this coalition.")

    def seal(self, text: Text | None, *orgs: OrgId | None) -> Sealed[Text]:
        """Seal `text` that `orgs` wrote or are the subject of; of one person, it is personal."""
        about = (self.persons[org] for org in orgs if org is not None and org in self.persons)
        return Sealed(text, about=next(about, None))


def speaker(context: Context) -> OrgId:
    """Return the organisation that acts: all credit has somebody who answers for it (I2)."""
    if context.by is None:
        raise Refused("no_organisation", "Say on behalf of which organisation you act.")
    return OrgId(context.by)


def recipient(to: OrgId | None, external: Text | None, by: OrgId, roll: Roll) -> None:
    """Refuse thanks to nobody, to two at once, to oneself, or to an unknown organisation."""
    if (to is None) == (external is None):
        raise Refused("one_recipient", "Thank one: a member organisation, or somebody outside.")
    if to == by:
        raise Refused("own_confirmation", "Nobody credits itself; another organisation has to.")
    if to is not None:
        roll.check({to})
