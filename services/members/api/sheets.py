"""Sheets to take away: who is at the table, as CSV that an import reads."""

from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from starlette.responses import Response

from services.members.api.routing import router
from services.members.views import facts, sheets
from services.members.views.said import entries, reached
from shared.http import Reader, requires

ACTIONS = {
    "constituencies": "members:constituency:read",
    "people": "members:person:read",
    "issues": "members:issue:read",
    "members": "members:membership:read",
    "bodies": "members:body:read",
    "accreditations": "members:person:read",
    "seats": "members:body:read",
    "positions": "members:issue:read",
}
CSV: dict[int | str, dict[str, Any]] = {
    200: {"description": "The sheet.", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


def _export(kind: str) -> Callable[..., Any]:
    async def export(
        reader: Reader,
        bom: bool = False,  # noqa: FBT001, FBT002 - a query parameter
    ) -> Response:
        personal = await _may_see_addresses(reader)
        seen = reader.coalition, reader.audiences
        async with reader.rows() as db:
            position = await reached(db, reader.coalition)
            said = await entries(db, *seen, *sheets.RESTS_ON[kind])
        body = sheets.sheet(
            kind, (one for one in said if one.position <= position), personal=personal, bom=bom
        )
        headers = {
            "Accord-Position": str(position),
            "Cache-Control": "no-store",
            "Content-Digest": f"sha-256=:{b64encode(sha256(body).digest()).decode()}:",
            "Content-Disposition": f"attachment; filename*=UTF-8''{kind}.csv",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(body, 200, headers, "text/csv; charset=utf-8; header=present")

    export.__doc__ = f"Export {kind} as a sheet: every row, in the form that an import reads."
    return export


async def _may_see_addresses(reader: Reader) -> bool:
    """Whether the reader may see how people are reached: the operator, and who presides."""
    if reader.operator:
        return True
    assert reader.host.journal is not None
    return reader.person in await reader.host.journal.look(reader.coalition, facts.preside)


for _kind, _action in ACTIONS.items():
    router.get(
        f"/{_kind}.csv", dependencies=[requires(_action)], response_class=Response,
        responses=CSV, operation_id=f"export_{_kind}",
    )(_export(_kind))  # fmt: skip
