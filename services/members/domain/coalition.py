"""A coalition's charter: its address, its name, and how formally it works.

The slug is unique in the deployment and never changes. Who forms a coalition founds it with an
organisation of their own: `founding.py` says what else happens then.
"""

from dataclasses import dataclass, field, replace
from typing import Annotated, Literal, assert_never
from uuid import UUID

from pydantic import Field

from services.members.domain.ids import BodyId, OrgId, PersonId
from services.members.domain.membership import AdmitMember
from services.members.domain.person import RegisterPerson
from services.members.domain.standing import Charter, Mode
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Sealed, Text

Template = Literal["alliance", "campaign", "federation"]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,63}$")]


@dataclass(frozen=True)
class SlugOwner:
    """The coalition that has the slug asked for; `None` while it is free."""

    coalition: UUID | None


class Founder(AdmitMember):
    """How the founding organisation joins; `org` is its id, drawn where it is absent."""

    org: OrgId | None = None

    def joining(self, person: PersonId | None) -> AdmitMember:
        """Return how it joins; `person` where the founder is one person."""
        return AdmitMember(
            name=self.name,
            kind=self.kind,
            sector=self.sector,
            constituencies=self.constituencies,
            commitment=self.commitment,
            voting_right=self.voting_right,
            ground_rules=self.ground_rules,
            person=person,
        )


class FormCoalition(Command):
    """`person` acts for the founder; an import knows none. `plenary` as `founder.org`."""

    slug: Slug
    template: Template
    name: Text
    founder: Founder
    person: RegisterPerson | None = None
    plenary: BodyId | None = None


class SetOperatingMode(Command):
    mode: Mode


class CoalitionFormed(Event):
    slug: str
    template: Template
    name: Sealed[Text]


class OperatingModeSet(Event):
    mode: Mode


CoalitionCommand = FormCoalition | SetOperatingMode
CoalitionEvent = CoalitionFormed | OperatingModeSet


@dataclass(frozen=True)
class Formed:
    slug: str
    template: Template
    charter: Charter = field(default_factory=Charter)


Coalition = Formed | None  # None: not formed yet


def decide(
    command: CoalitionCommand, coalition: Coalition, context: Context
) -> list[CoalitionEvent]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    match command:
        case FormCoalition():
            return _form(command, coalition, context)
        case SetOperatingMode():
            return _set_mode(command, coalition)
        case _:
            assert_never(command)


def evolve(coalition: Coalition, event: CoalitionEvent) -> Coalition:
    """Return the coalition after `event`."""
    match event:
        case CoalitionFormed():
            return Formed(event.slug, event.template)
        case OperatingModeSet():
            assert coalition is not None
            return replace(coalition, charter=replace(coalition.charter, mode=event.mode))
        case _:
            assert_never(event)


def _form(command: FormCoalition, coalition: Coalition, context: Context) -> list[CoalitionEvent]:
    if coalition is not None:
        if (coalition.slug, coalition.template) == (command.slug, command.template):
            return []
        raise Refused("already_formed", "This coalition was formed under another address.")
    if context.fact(SlugOwner).coalition not in (None, context.coalition):
        raise Refused("slug_taken", f"Another coalition is called {command.slug}: choose another.")
    if command.person is None and not context.imported:
        raise Refused("person_missing", "Say who you are, and how you can be reached.")
    return [
        CoalitionFormed(slug=command.slug, template=command.template, name=Sealed(command.name))
    ]


def _set_mode(command: SetOperatingMode, coalition: Coalition) -> list[CoalitionEvent]:
    if coalition is None:
        raise Refused("not_formed", "This coalition has not been formed yet.")
    if coalition.charter.mode == command.mode:
        return []
    return [OperatingModeSet(mode=command.mode)]


decider: Decider[CoalitionCommand, Coalition, CoalitionEvent] = Decider(
    "coalition", CoalitionEvent, None, decide, evolve
)
