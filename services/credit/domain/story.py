"""A story: what somebody lived through, told with their consent, beside the figures it goes with.

It is shown only while the consent holds; the words are personal, and go with the person.
"""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from services.credit.domain.ids import ConsentId, MetricId, OrgId, PersonId
from services.credit.domain.roll import speaker
from shared.decider import Decider, Refused
from shared.event import Command, Context, Event, Personal, Sealed, Text

PURPOSE = "story"
Metrics = Annotated[tuple[MetricId, ...], Field(max_length=50)]


@dataclass(frozen=True)
class Consenting:
    """Who gave the consent that a command names; `None` where it does not hold today.

    Args:
        metrics: Those defined so far, of the ones that are named.
    """

    person: PersonId | None = None
    metrics: frozenset[MetricId] = frozenset()


class RecordStory(Command):
    text: Text
    consent: ConsentId
    metrics: Metrics = ()


class StoryRecorded(Event):
    """Somebody's story was written down, with their consent, beside the figures it goes with."""

    by: OrgId
    text: Personal[Text] = Sealed()
    consent: ConsentId
    metrics: tuple[MetricId, ...]


@dataclass(frozen=True)
class Recorded:
    by: OrgId
    consent: ConsentId
    metrics: tuple[MetricId, ...]


Story = Recorded | None


def decide(command: RecordStory, story: Story, context: Context) -> list[StoryRecorded]:
    """Return what happens if `command` is accepted; an empty list means nothing needs to.

    Raises:
        Refused: a rule forbids it.
    """
    by, metrics = speaker(context), tuple(sorted(set(command.metrics)))
    if story is not None:
        if story == Recorded(by, command.consent, metrics):
            return []
        raise Refused("already_recorded", "Under this id another story is told: use a new one.")
    known = context.fact(Consenting)
    if known.person is None:
        detail = "Nobody's consent to have their story told holds under this id: ask them for it."
        raise Refused("no_consent", detail)
    if not known.metrics.issuperset(metrics):
        raise Refused("unknown_metric", "No such metric is defined here.")
    text = Sealed(command.text, about=known.person)
    return [StoryRecorded(by=by, text=text, consent=command.consent, metrics=metrics)]


def evolve(_story: Story, event: StoryRecorded) -> Story:
    """Return the story after `event`. Never refuses: history has already happened."""
    return Recorded(event.by, event.consent, event.metrics)


decider: Decider[RecordStory, Story, StoryRecorded] = Decider(
    "story", StoryRecorded, None, decide, evolve
)
