"""What a request for a report asks for: for whom, as of when, which part, from where on."""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import Query
from pydantic import TypeAdapter

from services.transparency.views.register import After, Search
from services.transparency.views.reports import REPORTS, Ask, Kind
from shared.event import Day, Moment, Whole, base64url, timestamp
from shared.problems import Problem, not_found

WORDS_AT_MOST = 8
PAGE = 100
AMONG_AT_MOST = 200
_AFTER = TypeAdapter(tuple[Moment, UUID, Whole])
AUDIENCES: Mapping[str, tuple[str, ...]] = {
    "members": ("members", "public"),
    "public": ("public",),
}
Audience = Literal["members", "public", "partners", "funders"]
Outcome = Literal["adopted", "rejected", "lapsed", "deferred"]


@dataclass(frozen=True)
class Asked:
    """The query of a report, as it came."""

    audience: Audience | None
    as_of: str | None
    search: Search
    organisation: UUID | None
    among: tuple[UUID, ...]
    limit: int | None
    cursor: str | None

    @property
    def paged(self) -> bool:
        return self.limit is not None or self.cursor is not None


def asked(
    audience: Audience | None = None,
    as_of: Annotated[str | None, Query(max_length=200)] = None,
    begins: Annotated[Day | None, Query(alias="from")] = None,
    ends: Annotated[Day | None, Query(alias="to")] = None,
    organisation: UUID | None = None,
    among: Annotated[list[UUID] | None, Query(max_length=AMONG_AT_MOST)] = None,
    limit: Annotated[int | None, Query(ge=1, le=200)] = None,
    cursor: Annotated[str | None, Query(max_length=600)] = None,
    q: Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = None,
    outcome: Outcome | None = None,
    body: UUID | None = None,
    issue: UUID | None = None,
    dissent: bool = False,  # noqa: FBT001, FBT002 - a query parameter
) -> Asked:
    """Read the query; `organisation` is one that dissented, an owner, or whom the report is of.

    `among` names the organisations whose common ground is asked for.
    """
    words = tuple((q or "").lower().split())[:WORDS_AT_MOST]
    search = Search(words, outcome, body, issue, None, dissent, begins, ends)
    return Asked(audience, as_of, search, organisation, tuple(among or ()), limit, cursor)


def kind_of(name: str) -> Kind:
    """Return the report of this name.

    Raises:
        Problem: 404, there is none.
    """
    if name not in REPORTS:
        raise not_found()
    return REPORTS[name]


def audience_of(kind: Kind, wanted: Audience | None, readers: tuple[str, ...]) -> str:
    """Return the class a report is made for; without a wish, all that the reader may see.

    The credit statement has one form for each audience, and each is made from what the reader may
    see: to be read before it is told.

    Raises:
        Problem: 403 or 422, it cannot be had for that audience.
    """
    own = "members" if "members" in readers else "public"
    if kind.of_organisation:
        if wanted == "members":
            detail = "A credit statement can be had in the form for partners, funders or public."
            raise Problem(422, "form_missing", detail)
        return own
    chosen = wanted or own
    if chosen not in AUDIENCES or (chosen == "public" != kind.widest):
        detail = f"This report can be had for: {_had_for(kind)}."
        raise Problem(422, "audience_not_served", detail)
    if chosen == "members" and own != "members":
        raise Problem(403, "not_allowed", "This is for member organisations.")
    return chosen


def _had_for(kind: Kind) -> str:
    return "members or public" if kind.widest == "public" else "members"


def positions(as_of: str | None, reached: Mapping[str, int]) -> dict[str, int]:
    """Return the positions asked for; those not named are the newest.

    Raises:
        Problem: 422, it names no position that this service has reached.
    """
    found = dict(reached)
    for part in as_of.split(",") if as_of else ():
        service, _, position = part.strip().partition("/")
        if service not in reached or not position.isdecimal() or len(position) > 16:  # noqa: PLR2004 - below 2**53
            raise Problem(422, "unreadable", "as_of names positions: members/12,meetings/980.")
        if int(position) > reached[service]:
            raise Problem(
                422, "not_reached",
                f"{service} was read up to {reached[service]} here: ask for that, or use at_least.",
            )  # fmt: skip
        found[service] = int(position)
    return found


def cursor_after(ask: Ask, after: Any) -> str:
    """Return where the next page begins, on the positions of this one."""
    if isinstance(after, After):
        after = [timestamp(after.at), str(after.decision), after.position]
    written = [[ask.lens.as_of[name] for name in sorted(ask.lens.as_of)], after]
    return base64url(orjson.dumps(written))


def read_cursor(cursor: str, reached: Mapping[str, int]) -> tuple[dict[str, int], Any]:
    """Return the positions of the first page, and where the next one begins.

    Raises:
        Problem: 422, it is no cursor of ours.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        numbers, after = orjson.loads(urlsafe_b64decode(padded))
        as_of = dict(zip(sorted(reached), numbers, strict=True))
        if any(type(n) is not int or not 0 <= n <= reached[name] for name, n in as_of.items()):
            raise ValueError(cursor)  # noqa: TRY301 - answered below, as any other damage
        if isinstance(after, list):
            after = After(*_AFTER.validate_python(after))
        elif not isinstance(after, str):
            raise TypeError(cursor)  # noqa: TRY301 - answered below, as any other damage
    except (ValueError, TypeError):
        detail = "The cursor is not one that this report gave: start at the first page."
        raise Problem(422, "bad_cursor", detail) from None
    return as_of, after
