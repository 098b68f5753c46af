"""What can go wrong between people and a service, as RFC 9457 problems. Input is never echoed."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import asyncpg
import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from shared.ask import Busy, KeyReused, Stale
from shared.database import DB_TRANSIENT
from shared.decider import Refused
from shared.identity import Unauthenticated
from shared.openapi import methods
from shared.telemetry import trace_id

log = structlog.get_logger()
_A_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")


class Problem(Exception):
    """An answer of 4xx or 503: a stable reason, and words that say what to do."""

    def __init__(
        self,
        status: int,
        reason: str,
        detail: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        violated: Sequence[str] = (),
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.reason = reason
        self.detail = detail
        self.errors = errors
        self.headers = dict(headers or {})
        self.violated = violated

    def response(self, instance: str) -> Response:
        """Return the `application/problem+json` answer."""
        body: dict[str, Any] = {
            "type": f"/problems/{self.reason}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            "reason": self.reason,
            "retryable": self.status in {429, 503},
        }
        if self.errors:
            body["errors"] = list(self.errors)
        if self.violated:
            body["violated-policies"] = list(self.violated)
        if trace := trace_id():
            body["trace_id"] = trace
        return Response(
            orjson.dumps(body), self.status, self.headers, media_type="application/problem+json"
        )


def not_found() -> Problem:
    """Absent and another coalition's share this one answer."""
    return Problem(404, "not_found", "There is nothing here that you may see.")


def forbidden(detail: str) -> Problem:
    return Problem(403, "not_allowed", detail)


def invalid(error: ValidationError, where: str = "") -> Problem:
    """Return 422 with place and reason of each fault, without what was sent."""
    faults = []
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        place = fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]
        words = "is not a UUID" if fault["type"].startswith("uuid") else fault["msg"]
        if fault["type"] == "json_invalid":
            return Problem(400, "unreadable", "The body is not valid JSON.")
        faults.append(
            {
                "pointer": where + "".join(map(_step, place)),
                "reason": fault["type"],
                "detail": words,
            }
        )
    return Problem(
        422, "invalid", "The body does not have the form of this command.", errors=faults
    )


def _step(part: str | int) -> str:
    """Return a step of a pointer; a key that is no name of ours is not repeated."""
    named = isinstance(part, int) or (len(part) <= 63 and _A_NAME.issuperset(part))  # noqa: PLR2004 - the length of codes
    return f"/{part}" if named else "/?"


def translated(error: Exception) -> Problem | None:
    """Return the problem that an error of the core stands for; `None` for a bug."""
    match error:
        case Problem():
            return error
        case Refused():
            return Problem(409, error.reason, error.detail)
        case Stale():
            return Problem(
                412, "stale", "Somebody changed this since you read it: read it again.",
                headers={"ETag": f'"{error.version}"'},
            )  # fmt: skip
        case KeyReused():
            return Problem(
                422, "key_reused",
                "This Idempotency-Key came with another body before: use a new one.",
            )  # fmt: skip
        case Busy():
            return Problem(
                503, "busy", f"Please ask again in a moment: {error}.",
                headers={"Retry-After": "1"},
            )  # fmt: skip
        case Unauthenticated():
            return Problem(
                401, "not_signed_in", f"Sign in first: {error}.",
                headers={"WWW-Authenticate": "Bearer"},
            )  # fmt: skip
        case ValidationError():
            return invalid(error)
        case asyncpg.DataError():
            return None
        case asyncpg.UndefinedTableError():
            log.error("table_missing", error=str(error))
            return Problem(
                503, "view_missing", "What is read here is missing. The operator can rebuild it.",
                headers={"Retry-After": "5"},
            )  # fmt: skip
        case _ if isinstance(error, DB_TRANSIENT):
            return Problem(
                503, "busy", "A part of this service does not answer: please ask again.",
                headers={"Retry-After": "1"},
            )  # fmt: skip
        case _:
            return None


def install(app: FastAPI) -> None:
    """Let every error of an application leave it as a problem."""

    async def known(request: Request, error: Exception) -> Response:
        problem = translated(error)
        if problem is None:
            raise error
        return problem.response(request.url.path)

    for kind in (
        Problem, Refused, Stale, KeyReused, Busy, Unauthenticated, ValidationError,
        asyncpg.UndefinedTableError, *DB_TRANSIENT,
    ):  # fmt: skip
        app.add_exception_handler(kind, known)

    async def framework(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = HTTPStatus(error.status_code)
        reason = status.name.lower()
        detail = not_found().detail if status is HTTPStatus.NOT_FOUND else f"{status.phrase}."
        headers = dict(error.headers or {})
        if status is HTTPStatus.METHOD_NOT_ALLOWED:
            known = methods(
                app, request.scope["path"].removeprefix(request.scope.get("root_path", ""))
            )
            headers["allow"] = ", ".join(sorted(known)) or headers.get("allow", "")
        return Problem(error.status_code, reason, detail, headers=headers).response(
            request.url.path
        )

    async def malformed(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        faults = [
            {
                "pointer": "".join(map(_step, fault["loc"])),
                "reason": str(fault["type"]),
                "detail": "is not of the form that is needed here",
            }
            for fault in error.errors()
        ]
        return Problem(
            422, "invalid", "The address or query is not of the right form.", errors=faults
        ).response(request.url.path)

    async def bug(request: Request, _error: Exception) -> Response:
        return Problem(
            500, "internal", "Something went wrong here; it was logged. Nothing was recorded."
        ).response(request.url.path)

    app.add_exception_handler(HTTPException, framework)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(Exception, bug)
