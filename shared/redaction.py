"""One text is redacted: its words go, for good and everywhere.

Its digest stays in the event that holds it, and so do who redacted it and why: on the same stream,
in the same class. What rested on the event rests on it still. It can be asked of any sealed `Text`
on any stream of any service; `shared/redacting.py` has what a service does about it.

- `not_sealed_text`: only words that stand sealed beside their event can go; what stands in clear is
  part of bytes that are never rewritten.
- `personal`: what is kept of a person for their own sake goes when they are erased, which takes two
  organisations; nobody gets around that by redacting it.
- `not_the_author`: by the chair, or by whoever wrote it; between two nobody presides.
- `already_redacted`: for another reason. For the same one, nothing needs to happen.
- `erased`, `no_text`: there are no words any more, or never were.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID

from immutables import Map
from pydantic import Field

from shared.decider import Decider, Refused
from shared.event import (
    Code,
    Command,
    Context,
    Digest,
    Event,
    Ref,
    Seal,
    Sealed,
    Text,
    Value,
    Visibility,
    seal_of,
)

FieldName = Annotated[
    str, Field(pattern=r"^[a-z][a-z0-9_]{0,62}(\.[a-z0-9_]{1,63}){0,7}$", max_length=255)
]
"""A field of an event's `data`; of what is nested the way there, `override.reason`."""
Held = Literal["sealed", "clear", "gone", "nothing"]


class RedactField(Command):
    reason: Code


class FieldRedacted(Event):
    """The words of one field of an event are gone; its digest stays, with who did it and why."""

    event: Ref
    field: FieldName
    digest: Digest
    reason: Code


@dataclass(frozen=True)
class Words:
    """What stands in the field that is to be redacted.

    Args:
        digest: Of the disclosure, where there is or was one.
        by: The organisation that wrote it; `None`: the service itself.
        chaired: Whether the caller is in the chair where the event belongs.
        because: Why it was redacted before.
        visibility: The class of the event that holds it; `audience` what that was narrowed to.
    """

    event: Ref
    field: str
    seal: Seal | None
    held: Held
    digest: Digest | None
    by: UUID | None
    chaired: bool
    because: str | None = None
    visibility: Visibility = "members"
    audience: tuple[str, ...] = ()


class Redacted(Value):
    """What is shown in place of words that are gone."""

    withheld: Literal["redacted"] = "redacted"
    reason: Code
    digest: Digest
    ref: Ref
    by: UUID | None = None


Redactions = Map[tuple[Ref, str], str]
"""Why each text was redacted: by event and field."""
NOTHING: Redactions = Map()


def decide(command: RedactField, _state: object, context: Context) -> list[FieldRedacted]:
    """Return what happens if a text may be redacted; nothing where it is for the same reason.

    Raises:
        Refused: a rule forbids it.
    """
    words = context.fact(Words)
    if words.seal is None or words.held == "clear":
        raise Refused("not_sealed_text", "Only a text that stands sealed beside its event can go.")
    if words.seal.personal:
        raise Refused("personal", "What is kept of a person goes only when they are erased.")
    presides = words.chaired and words.visibility != "dyad"
    if not presides and (words.by is None or context.by != words.by):
        raise Refused(
            "not_the_author", "Only the chair, or the organisation that wrote a text, redacts it."
        )
    if words.because is not None:
        if words.because == command.reason:
            return []
        raise Refused("already_redacted", "This text was redacted before, for another reason.")
    if words.held == "gone":
        raise Refused("erased", "This text went with the person whose words it was.")
    if words.held == "nothing" or words.digest is None:
        raise Refused("no_text", "There is no text in this field of that event.")
    redacted = FieldRedacted(
        event=words.event, field=words.field, digest=words.digest, reason=command.reason
    )
    return [redacted.seen_by(*words.audience, within=words.visibility)]


def on(decider: Decider[Any, Any, Any]) -> Decider[RedactField, Any, FieldRedacted]:
    """Return what decides redactions on the streams of an aggregate: its state stays as it is."""
    return Decider(
        decider.prefix, FieldRedacted, decider.initial, decide, lambda state, _redacted: state
    )


def noted(known: Redactions, _key: str, redacted: Event) -> Redactions:
    """Return what was redacted, after one more."""
    assert isinstance(redacted, FieldRedacted)
    return known.set((redacted.event, redacted.field), redacted.reason)


def text_of(kind: type[Value], field: str) -> Seal | None:
    """Return how the text in a field of this type is sealed; `None` where it has no such text."""
    name, *rest = (part for part in field.split(".") if not part.isdecimal())
    for attribute, info in kind.model_fields.items():
        if (info.alias or attribute) != name:
            continue
        if not rest:
            is_text = any(part is Text for part in _sealed_in(info.annotation))
            return seal_of(info.metadata, info.annotation) if is_text else None
        for inner in _values_in(info.annotation):
            if seal := text_of(inner, ".".join(rest)):
                return seal
    return None


def _sealed_in(annotation: Any) -> Iterator[Any]:
    """Yield what is in the seals of an annotation: a text, or the texts of a list."""
    within = get_origin(annotation) is Sealed
    for part in get_args(annotation):
        yield from _all_in(part) if within else _sealed_in(part)


def _all_in(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _all_in(part)


def _values_in(annotation: Any) -> Iterator[type[Value]]:
    if isinstance(annotation, type) and issubclass(annotation, Value):
        yield annotation
    for part in get_args(annotation):
        yield from _values_in(part)
