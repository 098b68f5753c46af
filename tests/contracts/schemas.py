"""JSON Schemas (2020-12) of event types, from their classes: one whole file for each.

They say what is promised, and forbid nothing else: a later version may add fields, and a reader
lets pass what it does not know. What is sealed is described as it stands when opened, under
`x-disclosures`; in `properties` it appears where it may stand in clear.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, get_args, get_type_hints

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from shared.canonical import FROM_CONTEXT
from shared.event import (
    Authority,
    Credential,
    Event,
    Seal,
    Sealed,
    Text,
    Value,
    Visibility,
    seal_of,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
_DIGEST = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}
_ID = {"type": "string", "format": "uuid"}
_TIME = {
    "type": "string",
    "format": "date-time",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$",
}


def schema_of(service: str, aggregate: str, kind: type[Event]) -> Schema:
    """Return the schema of a whole event of this type: its envelope, and `data`."""
    shapes: Schema = {}
    data = _object(kind, shapes, signed=not kind.unsigned)
    return {
        "$schema": DIALECT,
        "$id": f"/schemas/{service}/{kind.__name__}.json",
        "title": f"accord.{service}.{kind.__name__}",
        "description": meaning(kind),
        "type": "object",
        "properties": _attributes(service, aggregate, kind) | {"data": data},
        "required": [*_ALWAYS, "data"],
    } | ({"$defs": dict(sorted(shapes.items()))} if shapes else {})


def meaning(kind: type) -> str:
    """Return the first sentence of its docstring; a subclass has its own, or none."""
    written = vars(kind).get("__doc__") or ""
    return re.sub(r"\s+", " ", written.strip().partition("\n\n")[0])


def data_fields(kind: type[Value]) -> dict[str, str]:
    """Return the fields that stand in `data`: attribute by name on the wire."""
    return {
        info.alias or attribute: attribute
        for attribute, info in kind.model_fields.items()
        if not (issubclass(kind, Event) and attribute in FROM_CONTEXT)
    }


@cache
def hints(kind: type[Value]) -> dict[str, Any]:
    """Return the annotations of a shape as they are written."""
    return get_type_hints(kind, include_extras=True)


def values_in(annotation: Any) -> Iterator[type[Value]]:
    """Yield the shapes that an annotation is made of, but texts."""
    if isinstance(annotation, type) and issubclass(annotation, Value):
        if annotation is not Text:
            yield annotation
            for attribute in data_fields(annotation).values():
                yield from values_in(hints(annotation)[attribute])
        return
    for part in get_args(annotation):
        yield from values_in(part)


_ALWAYS = (
    "specversion", "id", "source", "type", "subject", "coalition", "sequence", "streamversion",
    "time", "recordedtime", "datacontenttype", "correlationid", "authtype", "visibility",
)  # fmt: skip


def _attributes(service: str, aggregate: str, kind: type[Event]) -> Schema:
    written: Schema = {
        "specversion": {"const": "1.0"},
        "id": _ID,
        "source": {"type": "string", "pattern": f"^/coalitions/[0-9a-f-]{{36}}/{service}$"},
        "type": {"const": f"accord.{service}.{kind.__name__}"},
        "subject": {"type": "string", "pattern": f"^{aggregate}-.+$"},
        "coalition": _ID,
        "sequence": {"type": "string", "pattern": "^[0-9]{20}$"},
        "streamversion": {"type": "string", "pattern": "^[1-9][0-9]*$"},
        "time": _TIME,
        "recordedtime": _TIME,
        "datacontenttype": {"const": "application/json"},
        "correlationid": {"type": "string"},
        "causationid": {"type": "string"},
        "authtype": {"enum": list(get_args(Credential))},
        "accreditation": _ID,
        "authority": {"enum": list(get_args(Authority))},
        "visibility": {"enum": list(get_args(Visibility))},
        "audience": {"type": "string", "minLength": 1},
    }
    written["onbehalfof"] = False if kind.unsigned else _ID
    return written


def _object(kind: type[Value], shapes: Schema, *, signed: bool = False) -> Schema:
    """Return a shape, some of whose fields may be sealed; `signed`: it holds an actor."""
    properties: Schema = {}
    disclosures: Schema = {"actor": _ID} if signed else {}
    required = []
    for name, attribute in data_fields(kind).items():
        info = kind.model_fields[attribute]
        held = _plain(hints(kind)[attribute], shapes)
        if seal := seal_of(info.metadata, info.annotation):
            disclosures[name] = held
            if not seal.personal:
                properties[name] = held
        else:
            properties[name] = held
            if info.is_required():
                required.append(name)
    written: Schema = {"type": "object", "properties": properties, "required": sorted(required)}
    if disclosures:
        properties["_sd"] = {"type": "array", "items": _DIGEST, "minItems": 4}
        properties["_sd_alg"] = {"const": "sha-256"}
        for name in sorted(disclosures.keys() - properties.keys()):
            properties[name] = False
        written["dependentRequired"] = {"_sd": ["_sd_alg"], "_sd_alg": ["_sd"]}
        written["x-disclosures"] = dict(sorted(disclosures.items()))
    return written


class _Quiet(GenerateJsonSchema):
    ignored_warning_kinds = {"non-serializable-default"}  # noqa: RUF012 - as pydantic declares it


def _plain(annotation: Any, shapes: Schema) -> Schema:
    """Return the schema of a value as it is written; the shapes that it names go to `shapes`."""
    inner = opened(annotation)
    written = TypeAdapter(inner).json_schema(
        mode="serialization", ref_template="#/$defs/{model}", schema_generator=_Quiet
    )
    classes = {kind.__name__: kind for kind in values_in(inner)}
    for name, shape in {**written.pop("$defs", {}), **_itself(inner)}.items():
        if name in classes:
            shapes[name] = {}  # before its fields: a shape may name itself
            shapes[name] = _object(classes[name], shapes)
        else:
            shapes[name] = _promised(shape)
    if itself := _itself(inner):
        return {"$ref": f"#/$defs/{next(iter(itself))}"}
    promised: Schema = _promised(written)
    return promised


def _itself(annotation: Any) -> Schema:
    is_shape = isinstance(annotation, type) and issubclass(annotation, Value)
    return {annotation.__name__: {}} if is_shape and annotation is not Text else {}


def opened(annotation: Any) -> Any:
    """Return what a field holds where it is there and opened: no `None`, no seal."""
    if annotation is not type(None) and type(None) in get_args(annotation):
        rest = [part for part in get_args(annotation) if part is not type(None)]
        if len(rest) == 1:
            return opened(rest[0])
    marks = getattr(annotation, "__metadata__", ())
    if any(isinstance(mark, Seal) for mark in marks):
        inner = get_args(annotation)[0]
        for mark in marks:  # its bounds stay
            inner = inner if isinstance(mark, Seal) else Annotated[inner, mark]
        return opened(inner)
    if getattr(annotation, "__origin__", None) is Sealed:
        return opened(get_args(annotation)[0])
    return annotation


def _promised(schema: Any) -> Any:
    """Return a schema without titles, defaults and walls: more fields may come."""
    if isinstance(schema, list):
        return [_promised(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    kept: Schema = {}
    for key, value in schema.items():
        named = key in {"properties", "$defs"}
        if key in {"title", "default"} or (key == "additionalProperties" and value is False):
            continue
        if key == "description" and isinstance(value, str):
            kept[key] = re.sub(r"\s+", " ", value)
            continue
        kept[key] = {n: _promised(s) for n, s in value.items()} if named else _promised(value)
    return kept
