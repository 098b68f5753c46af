"""HTTP in: the reports in three forms, and what pages read."""

from base64 import b64encode
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing, contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Query, Request
from starlette.responses import Response, StreamingResponse

from services.transparency import paper, sheet
from services.transparency.asked import (
    AUDIENCES,
    PAGE,
    Asked,
    asked,
    audience_of,
    cursor_after,
    kind_of,
    positions,
    read_cursor,
)
from services.transparency.domain.report import canonical
from services.transparency.domain.said import words
from services.transparency.proving import prove
from services.transparency.views import events, glance, names, organisations
from services.transparency.views.common_ground import partners
from services.transparency.views.events import Lens
from services.transparency.views.orphans import orphans
from services.transparency.views.reports import Ask, Kind, Report, every_page, whole
from services.transparency.views.statements import statements
from shared.http import Reader, ReaderOf, Router, bearer, requires
from shared.problems import Problem, not_found

DOWNLOADS_AT_ONCE = 2
ROWS_TO_READ = 2_000

router = Router()
Wanted = Annotated[Asked, Depends(asked)]
Shape = dict[str, Any]


_OBJECTS: Shape = {"type": "array", "items": {"type": "object"}}
_REACHED: Shape = {"type": "object", "additionalProperties": {"type": "integer"}}
_CURSOR: Shape = {"type": ["string", "null"]}
THING: Shape = {"type": "object"}
LIST: Shape = {
    "type": "object",
    "required": ["items", "next_cursor", "as_of"],
    "properties": {"items": _OBJECTS, "next_cursor": _CURSOR, "as_of": _REACHED},
}
REPORT: Shape = {
    "type": "object",
    "required": ["head", "summary", "rows", "next_cursor", "cover"],
    "properties": {
        "head": {
            "type": "object",
            "description": "What is hashed beside summary and rows: same positions, same bytes.",
            "required": [
                "coalition", "report", "name", "format_version", "as_of", "as_of_time", "window",
                "audience", "boundary_version", "n", "withheld",
            ],
            "properties": {
                "coalition": {"type": "string", "format": "uuid"},
                "report": {"type": "string", "pattern": "^R[0-9]{1,2}$"},
                "name": {"type": "string"},
                "format_version": {"type": "integer"},
                "as_of": _REACHED,
                "as_of_time": {"type": ["string", "null"], "format": "date-time"},
                "window": {"type": ["object", "null"]},
                "audience": {"type": "string"},
                "boundary_version": {"type": "integer"},
                "n": {"type": "integer", "description": "Active members."},
                "withheld": {
                    "description": "How many items were left out, by reason.",
                    "type": "object", "additionalProperties": {"type": "integer"},
                },
            },
        },
        "summary": {
            "type": "array",
            "items": {"type": "object", "required": ["figure", "value"]},
        },
        "rows": _OBJECTS,
        "next_cursor": _CURSOR,
        "cover": {"type": "object"},
    },
}  # fmt: skip


def _form(media: str, shape: Shape | None = None) -> dict[int | str, dict[str, Any]]:
    """Describe the answer of a report in one of its forms."""
    return {
        200: {"description": "The report.", "content": {media: {"schema": shape or {}}}},
        304: {"description": "You hold this very page."},
    }


_PROOF: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The report with its proof.",
        "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}},
    },
}


def _gives(shape: Shape) -> dict[int | str, dict[str, Any]]:
    """Describe the answer of what pages read."""
    return {200: {"content": {"application/json": {"schema": shape}}}}


_downloads: Counter[tuple[UUID, UUID | None]] = Counter()


@router.get(
    "/reports/{report}.json", dependencies=[requires("transparency:report:read")],
    response_class=Response, responses=_form("application/json", REPORT),
)  # fmt: skip
async def read_report(report: str, wanted: Wanted, reader: Reader, request: Request) -> Response:
    """A page of a report as canonical JSON: same positions and audience, same bytes."""
    kind = kind_of(report)
    ask = await _ask(kind, wanted, reader)
    if known := _known(report, ask, request):
        return known
    made = await kind.make(reader.rows, ask)
    after = cursor_after(ask, made.after) if made.after is not None else None
    body = canonical(
        {
            "head": made.head,
            "summary": made.summary,
            "rows": made.rows,
            "next_cursor": after,
            "cover": {"state": "recorded", "erased_since": ask.lens.erased_since},
            **made.more,
        }
    )
    headers = _headers(report, ask) | _pages(request, after) | _digest(body)
    return Response(body, 200, headers, media_type="application/json")


@router.get(
    "/reports/{report}.html", dependencies=[requires("transparency:report:read")],
    response_class=Response, responses=_form("text/html"),
)  # fmt: skip
async def show_report(report: str, wanted: Wanted, reader: Reader, request: Request) -> Response:
    """A page of a report to read and print."""
    kind = kind_of(report)
    ask = await _ask(kind, wanted, reader)
    if known := _known(report, ask, request):
        return known
    made = await kind.make(reader.rows, ask)
    async with reader.rows() as db:
        known_names = await names.names(db, ask.lens)
    after = cursor_after(ask, made.after) if made.after is not None else None
    coalition = words(known_names.known.get(reader.coalition)) or str(reader.coalition)
    onward = _next(request, after) if after else None
    since, first = ask.lens.erased_since, ask.after is None
    body = paper.page(made, coalition, onward, since, first=first).encode()
    headers = _headers(report, ask) | _pages(request, after) | _digest(body)
    headers["Content-Security-Policy"] = paper.POLICY
    return Response(body, 200, headers, media_type="text/html; charset=utf-8")


@router.get(
    "/reports/{report}.csv", dependencies=[requires("transparency:report:read")],
    response_class=Response, responses=_form("text/csv"),
)  # fmt: skip
async def export_report(
    report: str,
    wanted: Wanted,
    reader: Reader,
    request: Request,
    bom: bool = False,  # noqa: FBT001, FBT002 - a query parameter
) -> Response:
    """A report as a sheet: all rows, or a page where `limit` or `cursor` asks for one."""
    kind = kind_of(report)
    ask = replace(await _ask(kind, wanted, reader), summary=False)
    headers = _headers(report, ask) | {
        "Content-Disposition": f"attachment; filename*=UTF-8''{report}.csv",
        "X-Content-Type-Options": "nosniff",
    }
    kept = "text/csv; charset=utf-8; header=present"
    if wanted.paged:
        made = await kind.make(reader.rows, ask)
        after = cursor_after(ask, made.after) if made.after is not None else None
        body = sheet.header(report, bom=bom) + _lines(report, made)
        return Response(body, 200, headers | _pages(request, after) | _digest(body), kept)
    _refuse_a_third(reader)

    async def pieces() -> AsyncIterator[bytes]:
        with _downloading(reader):
            yield sheet.header(report, bom=bom)
            async for made in every_page(reader.rows, kind, ask):
                yield _lines(report, made)

    return StreamingResponse(pieces(), 200, headers, kept)


@router.get(
    "/reports/{report}.zip", dependencies=[requires("transparency:report:read")],
    response_class=Response, responses=_PROOF,
)  # fmt: skip
async def prove_report(
    report: str,
    reader: Reader,
    request: Request,
    audience: Literal["members", "public"] | None = None,
    first: Annotated[int, Query(alias="from", ge=0, lt=1 << 53)] = 0,
) -> Response:
    """The register with the proof that it is complete, for `accord verify`, which needs no network.

    It has every entry of the log from `from` on, the size of a checkpoint that you hold already.
    """
    kind = kind_of(report)
    if not kind.proved:
        raise not_found()
    wanted = audience_of(kind, audience, reader.audiences)

    async def to_read(as_of: Mapping[str, int]) -> bytes:
        """Return the page, as of the end of the proof."""
        async with reader.rows() as db:
            lens = replace(await _lens(db, reader), audiences=AUDIENCES[wanted])
            lens = replace(lens, as_of=dict(lens.as_of) | dict(as_of))
            known = await names.names(db, lens)
        made = await whole(reader.rows, kind, Ask(lens, wanted), ROWS_TO_READ)
        called = words(known.known.get(reader.coalition)) or str(reader.coalition)
        return paper.page(made, called, None, lens.erased_since).encode()

    _refuse_a_third(reader)
    pieces = prove(reader, bearer(request), report, wanted, first, to_read)
    begins = await anext(pieces)  # what is refused is refused before anything is sent

    async def sent() -> AsyncIterator[bytes]:
        with _downloading(reader):
            async with aclosing(pieces):
                yield begins
                async for piece in pieces:
                    yield piece

    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f"attachment; filename*=UTF-8''{report}.zip",
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(sent(), 200, headers, "application/zip")


def _refuse_a_third(reader: ReaderOf) -> None:
    """Refuse a download beyond those that a reader may have at a time.

    Raises:
        Problem: 429.
    """
    if _downloads[reader.coalition, reader.person] >= DOWNLOADS_AT_ONCE:
        detail = "Two downloads are under way for you: wait until one has ended."
        raise Problem(429, "quota_exceeded", detail, headers={"Retry-After": "5"})


@contextmanager
def _downloading(reader: ReaderOf) -> Iterator[None]:
    """Count a download of a reader until the block ends."""
    who = reader.coalition, reader.person
    _downloads[who] += 1
    try:
        yield
    finally:
        _downloads[who] -= 1
        with suppress(KeyError):
            if not _downloads[who]:
                del _downloads[who]


def _lines(report: str, made: Report) -> bytes:
    return sheet.lines(report, made.rows, paper.names_in(made))


@router.get(
    "/decisions/{decision_id}", dependencies=[requires("transparency:decision:read")],
    responses=_gives(THING),
)  # fmt: skip
async def read_decision(decision_id: UUID, reader: Reader) -> Response:
    """A decision, or a proposal on its way to one, with every stance and its whole history."""
    async with reader.rows() as db:
        lens = await _lens(db, reader)
        found = await glance.of_decision(db, lens, decision_id)
    if found is None:
        raise not_found()
    return _answer(found)


@router.get(
    "/organisations", dependencies=[requires("transparency:organisation:read")],
    responses=_gives(LIST),
)  # fmt: skip
async def list_organisations(reader: Reader) -> Response:
    """Every organisation by name, in one list."""
    async with reader.rows() as db:
        lens = await _lens(db, reader)
        found = await glance.organisations(db, lens)
    return _answer({"items": found, "next_cursor": None, "as_of": lens.as_of})


@router.get(
    "/unlikely-partners", dependencies=[requires("transparency:partner:read")],
    responses=_gives(LIST),
)  # fmt: skip
async def list_unlikely_partners(reader: Reader) -> Response:
    """Who could stand together with an organisation you act for, in spite of what is between."""
    own = {UUID(token[4:]) for token in reader.audiences if token.startswith("org:")}
    async with reader.rows() as db:
        lens = await _lens(db, reader)
    found = await partners(reader.rows, lens, own)
    return _answer({**found, "next_cursor": None, "as_of": lens.as_of})


@router.get(
    "/organisations/{organisation_id}",
    dependencies=[requires("transparency:organisation:read")], responses=_gives(THING),
)  # fmt: skip
async def read_organisation(organisation_id: UUID, reader: Reader) -> Response:
    """An organisation: its interest, its commitment, and what it did in three windows."""
    async with reader.rows() as db:
        lens = await _lens(db, reader)
        found = await organisations.of_organisation(db, lens, organisation_id)
    if found is None:
        raise not_found()
    return _answer(found | {"as_of": lens.as_of})


@router.get(
    "/orphan-proposals", dependencies=[requires("transparency:decision:read")],
    responses=_gives(LIST),
)  # fmt: skip
async def list_orphan_proposals(
    reader: Reader,
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE,
    cursor: Annotated[str | None, Query(pattern=r"^[1-9][0-9]{0,15}$")] = None,
) -> Response:
    """List the proposals that name no objective, the newest first; withdrawn ones left out."""
    async with reader.rows() as db:
        lens = await _lens(db, reader)
        before = int(cursor) if cursor else None
        found, total = await orphans(db, lens, before, limit + 1)
    shown, more = found[:limit], found[limit:]
    after = shown[-1]["ref"].partition("/")[2] if more else None
    return _answer({"items": shown, "total": total, "next_cursor": after, "as_of": lens.as_of})


@router.get(
    "/statements", dependencies=[requires("transparency:decision:read")],
    responses=_gives(LIST),
)  # fmt: skip
async def list_statements(reader: Reader) -> Response:
    """List the statements released on decisions, the newest first: who signs, and from where."""
    async with reader.rows() as db:
        lens = await _lens(db, reader)
        found = await statements(db, lens)
    return _answer({"items": found, "next_cursor": None, "as_of": lens.as_of})


@router.get(
    "/coalition", dependencies=[requires("transparency:coalition:read")],
    responses=_gives(THING),
)  # fmt: skip
async def read_coalition(reader: Reader) -> Response:
    """What the coalition is called, how it decides, and how much it did."""
    async with reader.rows() as db:
        return _answer(await glance.of_coalition(db, await _lens(db, reader)))


@router.get(
    "/home", dependencies=[requires("transparency:coalition:read")],
    responses=_gives(THING),
)  # fmt: skip
async def read_home(reader: Reader) -> Response:
    """The latest decisions and the open votings."""
    async with reader.rows() as db:
        return _answer(await glance.home(db, await _lens(db, reader)))


async def _lens(db: Any, reader: Reader) -> Lens:
    as_of = await events.positions(db, reader.coalition)
    erased = await events.erasures(db, reader.coalition)
    return Lens(reader.coalition, reader.audiences, as_of, await events.model(db), erased)


async def _ask(kind: Kind, wanted: Asked, reader: Reader) -> Ask:
    """Return what to make: for which audience, on which positions, from where on."""
    audience = audience_of(kind, wanted.audience, reader.audiences)
    if kind.of_organisation and wanted.organisation is None:
        detail = "Say whose statement: organisation=<id>."
        raise Problem(422, "organisation_missing", detail)
    async with reader.rows() as db:
        reached = await events.positions(db, reader.coalition)
        erased, model = await events.erasures(db, reader.coalition), await events.model(db)
    after = None
    if wanted.cursor is not None:
        as_of, after = read_cursor(wanted.cursor, reached)
    else:
        as_of = positions(wanted.as_of, reached)
    dissenting = wanted.organisation if kind.searches else None
    return Ask(
        lens=Lens(reader.coalition, AUDIENCES[audience], as_of, model, erased),
        audience=audience,
        search=kind.narrowed(replace(wanted.search, organisation=dissenting)),
        organisation=wanted.organisation,
        among=frozenset(wanted.among),
        form=wanted.audience or "partners",
        limit=wanted.limit or PAGE,
        after=after,
    )


def _headers(report: str, ask: Ask) -> dict[str, str]:
    """Return the headers of a report; what was opened for members is not kept on the way."""
    reached = ",".join(f"{name}/{n}" for name, n in ask.lens.as_of.items())
    if kind_of(report).keeps_no_copy(ask.form):
        return {"Cache-Control": "no-store", "Accord-As-Of": reached}
    kept = "private, no-cache" if ask.audience == "public" else "no-store"
    return {"ETag": _tag(report, ask), "Cache-Control": kept, "Accord-As-Of": reached}


def _tag(report: str, ask: Ask) -> str:
    at = "-".join(str(ask.lens.as_of[name]) for name in events.SERVICES)
    return f'W/"{report}-{ask.audience}-{at}-{ask.lens.model}-{len(ask.lens.erased)}"'


def _known(report: str, ask: Ask, request: Request) -> Response | None:
    """Return 304 where the reader holds this very page."""
    if kind_of(report).keeps_no_copy(ask.form):
        return None
    if request.headers.get("if-none-match") == _tag(report, ask):
        return Response(status_code=304, headers=_headers(report, ask))
    return None


def _pages(request: Request, after: str | None) -> dict[str, str]:
    first = f'<{_next(request, None)}>; rel="first"'
    return {"Link": f'<{_next(request, after)}>; rel="next", {first}' if after else first}


def _next(request: Request, after: str | None) -> str:
    left_out = {"cursor", "as_of"} if after else {"cursor"}
    query = [each for each in request.query_params.multi_items() if each[0] not in left_out]
    if after:
        query.append(("cursor", after))
    return f"?{urlencode(query)}"


def _digest(body: bytes) -> dict[str, str]:
    return {"Content-Digest": f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"}


def _answer(found: Mapping[str, Any]) -> Response:
    return Response(
        canonical(found), headers={"Cache-Control": "no-store"}, media_type="application/json"
    )
