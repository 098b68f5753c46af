"""I7, F81: which texts may be redacted, by whom, and what is said of it."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from shared.event import Context, Event, Personal, Restricted, Seal, Sealed, Text, Value
from shared.redaction import FieldRedacted, RedactField, Words, on, text_of
from tests.given import Given, When
from tests.shared.jars import Jar, decider

HERE, WRITER, OTHER = (UUID(int=n) for n in (0xA0, 0xA1, 0xA2))
NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
DIGEST, ANOTHER = "d" * 43, "e" * 43
STANDS = Words("jars/7", "note", Seal(), "sealed", DIGEST, WRITER, chaired=False)
redact = RedactField(reason="personal_data")
redacted = FieldRedacted(
    event="jars/7", field="note", digest=DIGEST, reason="personal_data"
).seen_by(within="members")


def when(words: Words, by: UUID | None = WRITER) -> When[RedactField, Any, FieldRedacted]:
    context = Context(HERE, UUID(int=1), by, NOON, facts=(words,))
    return Given(on(decider), ()).when(redact, context)


def test_whoever_wrote_a_text_redacts_it() -> None:
    when(STANDS).then(redacted)


def test_the_chair_redacts_what_others_wrote_and_what_the_service_did() -> None:
    when(replace(STANDS, chaired=True), OTHER).then(redacted)
    when(replace(STANDS, chaired=True, by=None), OTHER).then(redacted)


def test_between_two_organisations_nobody_presides() -> None:
    between = replace(STANDS, visibility="dyad", chaired=True)
    when(between, OTHER).then_refused("not_the_author")
    when(between).then(redacted.model_copy().seen_by(within="dyad"))


def test_nobody_else_does() -> None:
    when(STANDS, OTHER).then_refused("not_the_author")
    when(replace(STANDS, by=None), None).then_refused("not_the_author")
    when(replace(STANDS, because="personal_data"), OTHER).then_refused("not_the_author")


def test_what_is_no_sealed_text_stays() -> None:
    when(replace(STANDS, seal=None)).then_refused("not_sealed_text")
    when(replace(STANDS, held="clear", digest=None)).then_refused("not_sealed_text")


def test_what_is_kept_of_a_person_is_for_an_erasure() -> None:
    personal = replace(STANDS, seal=Seal(personal=True))
    when(personal).then_refused("personal")
    when(replace(personal, chaired=True)).then_refused("personal")


def test_once_is_enough_and_the_reason_stays() -> None:
    when(replace(STANDS, held="gone", because="personal_data")).then_nothing()
    when(replace(STANDS, held="gone", because="a_mistake")).then_refused("already_redacted")


def test_where_there_are_no_words_none_go() -> None:
    when(replace(STANDS, held="gone")).then_refused("erased")
    when(replace(STANDS, held="nothing", digest=None)).then_refused("no_text")


def test_it_is_seen_by_those_who_see_the_event() -> None:
    words = replace(STANDS, visibility="dyad", audience=(str(WRITER), str(OTHER)))
    [event] = on(decider).decide(
        redact, Jar(), Context(HERE, UUID(int=1), WRITER, NOON, facts=(words,))
    )
    assert event.audience == (str(WRITER), str(OTHER))
    assert event.recorded_within(None) == "dyad"


def test_the_state_of_a_stream_stays_as_it_is() -> None:
    assert on(decider).evolve(Jar(3), redacted) == Jar(3)


@pytest.mark.parametrize("reason", ["", "Personal data", "x" * 64])
def test_the_reason_is_a_code(reason: str) -> None:
    with pytest.raises(ValidationError):
        RedactField(reason=reason)


class Part(Value):
    why: Sealed[Text] = Sealed()


class Written(Event):
    text: Sealed[Text]
    because_: Sealed[Text] = Sealed()
    lines: Sealed[tuple[Text, ...]]
    number: Sealed[int]
    option: Restricted[str]
    name: Personal[Text]
    part: Part | None = None
    parts: tuple[Part, ...] = ()


@pytest.mark.parametrize(
    "field", ["text", "because", "lines", "part.why", "parts.0.why", "parts.11.why"]
)
def test_a_text_is_found_by_its_name(field: str) -> None:
    assert text_of(Written, field) == Seal()


def test_a_text_of_a_person_is_told_apart() -> None:
    assert text_of(Written, "name") == Seal(personal=True)


@pytest.mark.parametrize(
    "field", ["number", "option", "because_", "part", "parts", "parts.0", "text.text", "actor", "x"]
)
def test_anything_else_is_no_text(field: str) -> None:
    assert text_of(Written, field) is None


@pytest.mark.parametrize("field", ["", "Text", "a..b", ".a", "a.", "a/b", "a" * 64, "_sd"])
def test_a_name_is_of_one_form(field: str) -> None:
    with pytest.raises(ValidationError):
        FieldRedacted(event="jars/7", field=field, digest=ANOTHER, reason="x")
