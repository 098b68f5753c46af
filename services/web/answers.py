"""What other services answer, read tolerantly: the fields a page uses, and no others."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, model_validator


class Answer(BaseModel):
    """A part of an answer. What nobody here asks for is let pass; `null` counts as absent."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    @model_validator(mode="before")
    @classmethod
    def _without_nulls(cls, raw: Any) -> Any:
        if isinstance(raw, Mapping):
            return {name: value for name, value in raw.items() if value is not None}
        return raw


class Said(Answer):
    """Words a person wrote, in their language; or why they are not shown.

    Services answer with `{"lang", "text"}`, with a bare string, with `{"withheld": reason}`, or
    with nothing. Of what was redacted they say for which `reason`, `by` whom, under which `digest`
    it was sealed, and in which event (`ref`) that stands.
    """

    text: str = ""
    lang: str | None = None
    withheld: str | None = None
    reason: str | None = None
    by: str | None = None
    digest: str | None = None
    ref: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_any_form(cls, raw: Any) -> Any:
        if raw is None:
            return {}
        if isinstance(raw, str):
            return {"text": raw}
        return raw

    def __bool__(self) -> bool:
        return bool(self.text or self.withheld)

    def __str__(self) -> str:
        return self.text


SILENT = Said()


class Named(Answer):
    """An organisation, body, issue or person: its id, and its name where the reader may see it."""

    id: UUID
    name: Said = SILENT

    def __str__(self) -> str:
        return self.name.text or f"Name not shown ({str(self.id)[:8]})"


class Dated(Answer):
    """An answer that says which journal positions it stands at, and the newest moment in it."""

    as_of: Mapping[str, int] = {}
    as_of_time: datetime | None = None


class Head(Dated):
    """What a report stands on, for whom it is, and how much it leaves out, by reason."""

    audience: str | None = None
    withheld: Mapping[str, int] = {}


def items(raw: Any) -> Sequence[Any]:
    """Return the items of a list, whether it came bare or as a page of a longer one."""
    if isinstance(raw, Mapping):
        return list(raw.get("items", raw.get("rows", [])))
    return list(raw)
