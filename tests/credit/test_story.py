"""A story is told with somebody's consent, and for as long as that holds."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from hypothesis import strategies as st

from services.credit.domain.ids import ConsentId, MetricId
from services.credit.domain.story import Consenting, RecordStory, Story, StoryRecorded, decider
from services.credit.views.facts import Consent
from services.credit.views.impact import stories
from services.credit.views.said import Entry
from shared.event import Context, Sealed
from tests.credit.cast import ANNA, CLINIC, NOON, UNION, VAN, by
from tests.given import Given
from tests.laws import obey, over

AGREED, OTHER = (ConsentId(UUID(int=n)) for n in (71, 72))
MEALS, UNKNOWN = (MetricId(UUID(int=n)) for n in (73, 74))
HOLDS = Consenting(ANNA, frozenset({MEALS}))
record = RecordStory(text=VAN, consent=AGREED, metrics=(MEALS,))
recorded = StoryRecorded(by=CLINIC, text=Sealed(VAN, about=ANNA), consent=AGREED, metrics=(MEALS,))


def given(*history: StoryRecorded) -> Given[RecordStory, Story, StoryRecorded]:
    return Given(decider, history)


def test_a_story_belongs_to_who_lived_it() -> None:
    given().when(record, by(CLINIC, HOLDS)).then(recorded)
    given(recorded).when(record, by(CLINIC, HOLDS)).then_nothing()
    given(recorded).when(record, by(UNION, HOLDS)).then_refused("already_recorded")
    other = record.model_copy(update={"metrics": (UNKNOWN,)})
    given().when(other, by(CLINIC, HOLDS)).then_refused("unknown_metric")


def test_k14_without_a_consent_that_holds_no_story_is_told() -> None:
    given().when(record, by(CLINIC, Consenting())).then_refused("no_consent")


days = st.integers(-3, 3).map(lambda days: NOON.date() + timedelta(days=days))


@over(st.tuples(st.sampled_from(["story", "photo"]), st.none() | days, days, st.booleans()))
def test_k14_a_story_is_shown_only_while_the_consent_holds(
    asked: tuple[str, date | None, date, bool],
) -> None:
    purpose, until, today, withdrawn = asked
    consent = Consent(ANNA, purpose, until)
    entry = Entry(
        7, UUID(int=1), "StoryRecorded", datetime(2026, 1, 1, tzinfo=UTC), CLINIC,
        {"text": VAN.model_dump(), "consent": str(AGREED), "metrics": []},
    )  # fmt: skip
    shown = stories([entry], {} if withdrawn else {AGREED: consent}, today)
    holds = not withdrawn and purpose == "story" and (until is None or today <= until)
    assert bool(shown) == holds
    assert stories([entry], {OTHER: consent}, today) == []


contexts = st.builds(
    by, st.sampled_from([CLINIC, UNION]), st.sampled_from([HOLDS, Consenting(ANNA), Consenting()])
)
commands = st.builds(
    lambda consent, metrics: RecordStory(text=VAN, consent=consent, metrics=metrics),
    st.sampled_from([AGREED, OTHER]),
    st.sampled_from([(), (MEALS,), (UNKNOWN,)]),
)


@over(st.lists(st.tuples(commands, contexts)))
def test_laws(requests: list[tuple[RecordStory, Context]]) -> None:
    obey(decider, requests)
