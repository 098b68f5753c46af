"""What a service says of itself (OpenAPI 3.1): each status of the wire contract, with its body."""

from typing import Any

from fastapi import FastAPI
from starlette.routing import compile_path

Document = dict[str, Any]
REASONS = {
    400: "What was sent cannot be read.",
    401: "Nobody is signed in.",
    403: "Known, and not allowed.",
    404: "Absent, or another coalition's.",
    409: "A rule forbids it.",
    412: "The version is no longer the one that was read.",
    413: "Too large.",
    415: "Not in a form that is taken here.",
    422: "Not of the form of this request.",
    428: "The version that was read has to be named.",
    429: "Too much was asked.",
    503: "Not to be had now: ask again.",
}
PROBLEM = "application/problem+json"
UNAUTHENTICATED = 401
READS = (400, 401, 403, 404, 422, 429, 503)
WRITES = (*READS, 409, 412, 413, 415, 428)
AGAIN = {"description": "When to ask again, in seconds.", "schema": {"type": "integer"}}
HEADERS: dict[int, Document] = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}}},
    412: {"ETag": {"description": "The version now.", "schema": {"type": "string"}}},
    429: {"Retry-After": AGAIN},
    503: {"Retry-After": AGAIN},
}
SCHEMA: Document = {
    "type": "object",
    "description": "RFC 9457. What was sent is never repeated in it.",
    "required": ["type", "title", "status", "detail", "instance", "reason", "retryable"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What happened, and what to do."},
        "instance": {"type": "string"},
        "reason": {"type": "string", "pattern": "^[a-z0-9_]+$", "description": "Never reworded."},
        "retryable": {"type": "boolean"},
        "trace_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "reason", "detail"],
                "properties": {
                    name: {"type": "string"} for name in ("pointer", "reason", "detail")
                },
            },
        },
    },
    "additionalProperties": False,
}
POSITION = "[a-z]{1,20}/[0-9]{1,16}"
COALITION: Document = {
    "name": "coalition", "in": "path", "required": True, "description": "Its id or its slug.",
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9-]{1,63}$"},
}  # fmt: skip
AT_LEAST: Document = {
    "name": "at_least", "in": "query",
    "description": "Wait until `<service>/<position>` was read; several with commas between.",
    "schema": {"type": "string", "pattern": f"^{POSITION}(,{POSITION}){{0,9}}$"},
}  # fmt: skip
ON_BEHALF: Document = {
    "name": "Accord-On-Behalf-Of", "in": "header", "schema": {"type": "string", "format": "uuid"},
    "description": "The organisation; may be left out by a person with one organisation.",
}  # fmt: skip
KEY: Document = {
    "name": "Idempotency-Key", "in": "header", "required": True,
    "description": "New for each command; the same when a command is repeated.",
    "schema": {"type": "string", "pattern": "^[!#-~]{1,128}$"},
}  # fmt: skip
IF_MATCH: Document = {
    "name": "If-Match", "in": "header", "description": "The version that was read.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,16}"$'},
}  # fmt: skip


def describe(app: FastAPI) -> None:
    """Complete what the framework writes: callers, keys, problems."""
    written = app.openapi

    def complete() -> Document:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(written())
        return app.openapi_schema

    app.openapi = complete  # type: ignore[method-assign]  # as FastAPI means it to be extended


def methods(app: FastAPI, path: str) -> set[str]:
    """Return the methods of all operations at a path; a router knows only those of one."""
    return {
        method.upper()
        for template, operations in app.openapi()["paths"].items()
        if compile_path(template)[0].match(path)
        for method in operations
    }


def _completed(document: Document) -> Document:
    parts = document.setdefault("components", {})
    schemas = parts.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = SCHEMA
    parts["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    parts["responses"] = {
        f"{status}": {
            "description": REASONS[status],
            "headers": HEADERS.get(status, {}),
            "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status in WRITES
    }
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            _complete(operation, path, writes=method == "post")
    return document


def _complete(operation: Document, path: str, *, writes: bool) -> None:
    is_import = path.endswith("/import")
    signed_in = operation.setdefault("security", [{"bearer": []}]) != []
    parameters = operation.setdefault("parameters", [])
    if "{coalition}" in path:
        parameters.append(COALITION)
    if not is_import:
        parameters += [AT_LEAST, ON_BEHALF] if signed_in and "{coalition}" in path else []
        parameters += [KEY, IF_MATCH] if writes and "201" in operation["responses"] else []
    responses = operation["responses"]
    responses.pop("422", None)
    if "201" in responses:
        responses["200"] = responses["201"] | {
            "description": "Nothing needed to happen, or it had happened before."
        }
    for status in WRITES if writes else READS:
        if status == UNAUTHENTICATED and not signed_in:
            continue
        responses[f"{status}"] = {"$ref": f"#/components/responses/{status}"}
