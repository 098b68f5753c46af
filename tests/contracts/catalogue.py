"""What partners read events by: `python -m tests.contracts.catalogue` writes it anew.

`docs/events.md` has a part for each type, `docs/schemas/<service>/<EventType>.json` its JSON Schema
(2020-12). Both follow from the event classes and their golden files; a test holds them together.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from inspect import cleandoc
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin
from uuid import UUID

from pydantic import TypeAdapter

from services.credit.__main__ import service as credit
from services.meetings.__main__ import service as meetings
from services.members.__main__ import service as members
from services.transparency.__main__ import service as transparency
from shared.canonical import FROM_CONTEXT
from shared.event import Event, Seal, Sealed, Text, Value, seal_of
from tests.contracts.golden import FOLDER

DOCS = Path(__file__).parents[2] / "docs"
PAGE, SCHEMAS = DOCS / "events.md", DOCS / "schemas"
WRITERS = (members, meetings, credit)
ALL = (*WRITERS, transparency)
DRAFT = "https://json-schema.org/draft/2020-12/schema"
DIGEST = {"type": "string", "pattern": "^[A-Za-z0-9_-]{43}$"}
DIGESTS = {
    "_sd": {
        "description": "Digests of what is sealed, and decoys: sorted, four or more.",
        "type": "array", "items": DIGEST, "minItems": 4,
    },
    "_sd_alg": {"const": "sha-256"},
}  # fmt: skip
HOW = {"restricted": "⊘ restricted", "sealed": "⊘ sealed", "personal": "⊘p personal"}


class Kind(NamedTuple):
    """An event type: who writes it, on which streams."""

    service: str
    prefix: str
    event: type[Event]

    @property
    def name(self) -> str:
        return self.event.__name__

    @property
    def golden(self) -> list[Path]:
        """The golden files of its shapes, the oldest first."""
        folder = FOLDER / self.service
        return [folder / f"{self.name}.json", *sorted(folder.glob(f"{self.name}.[0-9].json"))]

    @property
    def means(self) -> str:
        """What it says happened, in a sentence."""
        return cleandoc(self.event.__doc__ or "").partition("\n\n")[0].replace("\n", " ")


class Field(NamedTuple):
    """A field of `data`: how it is sealed, and whether it may be absent."""

    name: str
    seal: str | None
    optional: bool
    schema: Mapping[str, Any]


def kinds() -> Iterator[Kind]:
    """Yield every type that a service may write, in the order in which aggregates are listed."""
    for service in WRITERS:
        for decider in service.deciders:
            for event in decider.types.values():
                yield Kind(service.name, decider.prefix, event)


@cache
def fields(kind: type[Value]) -> tuple[Field, ...]:
    """Return the fields that stand in `data`, or beside it in disclosures."""
    found = []
    for attribute, info in kind.model_fields.items():
        if issubclass(kind, Event) and attribute in FROM_CONTEXT:
            continue
        seal = _seal(seal_of(info.metadata, info.annotation), info.annotation)
        whole = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
        found.append(Field(info.alias or attribute, seal, not info.is_required(), _schema(whole)))
    return tuple(found)


def _seal(how: Seal | None, annotation: Any) -> str | None:
    if how is None:
        return None
    if how.personal:
        return "personal"
    return "sealed" if _opened(annotation) is not annotation else "restricted"


def _opened(annotation: Any) -> Any:
    """Return what a sealed annotation holds."""
    if get_origin(annotation) is Annotated:
        return _opened(get_args(annotation)[0])
    if get_origin(annotation) is Sealed:
        return get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        inner = [_opened(part) for part in get_args(annotation) if part is not NoneType]
        if inner != [part for part in get_args(annotation) if part is not NoneType]:
            return inner[0]
    return annotation


def _schema(annotation: Any) -> dict[str, Any]:
    """Return the schema of a value as it stands in the bytes, or in its disclosure."""
    annotation = _opened(annotation)
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        told = [_schema(part) for part in parts if part is not NoneType]
        return told[0] if len(told) == 1 else {"anyOf": told}
    if origin is tuple and len(parts) == 2 and parts[1] is Ellipsis:
        return {"type": "array", "items": _schema(parts[0])}
    if isinstance(annotation, type) and issubclass(annotation, Value) and annotation is not Text:
        return _object(fields(annotation))
    found: dict[str, Any] = TypeAdapter(annotation).json_schema()
    known = found.pop("$defs", {})
    plain: dict[str, Any] = _plain(found, known)
    return plain


def _plain(told: Any, known: Mapping[str, Any]) -> Any:
    """Return a schema without titles and references, as nothing here refers to itself."""
    if isinstance(told, list):
        return [_plain(one, known) for one in told]
    if not isinstance(told, dict):
        return told
    if "$ref" in told:
        return _plain(known[told["$ref"].rpartition("/")[2]], known)
    return {
        name: {each: _plain(one, known) for each, one in part.items()}
        if name == "properties"
        else _plain(part, known)
        for name, part in told.items()
        if name not in {"title", "default"} and not (name == "description" and "\n" in str(part))
    }


def _object(parts: tuple[Field, ...]) -> dict[str, Any]:
    """Return the schema of an object, some parts of which may be sealed."""
    clear = {part.name: dict(part.schema) for part in parts if part.seal is None}
    needed = [part.name for part in parts if part.seal is None and not part.optional]
    hidden = {part.name: {**part.schema, "x-accord-seal": part.seal} for part in parts if part.seal}
    told: dict[str, Any] = {"type": "object", "properties": clear, "required": needed}
    if hidden:
        told["properties"] |= hidden | DIGESTS
        told["dependentRequired"] = {"_sd": ["_sd_alg"], "_sd_alg": ["_sd"]}
    return told


def schema(kind: Kind) -> dict[str, Any]:
    """Return the JSON Schema of an event: its envelope and its `data`."""
    own = fields(kind.event)
    data = _object(own)
    if not kind.event.unsigned:
        data["properties"] |= DIGESTS
        data["required"] = [*data["required"], "_sd", "_sd_alg"]
    taken = [stands for name, stands in FROM_CONTEXT.items() if _always(kind.event, name)]
    return {
        "$schema": DRAFT,
        "$id": f"/schemas/{kind.service}/{kind.name}.json",
        "title": f"accord.{kind.service}.{kind.name}",
        "description": kind.means,
        "allOf": [{"$ref": "/schemas/event.json"}],
        "type": "object",
        "properties": {
            "type": {"const": f"accord.{kind.service}.{kind.name}"},
            "source": {"pattern": f"/{kind.service}$"},
            "subject": {"pattern": f"^{kind.prefix}-"},
            "data": data,
        },
        "required": ["data", *taken],
    }


def _always(event: type[Event], attribute: str) -> bool:
    info = event.model_fields.get(attribute)
    return info is not None and info.is_required()


def envelope() -> dict[str, Any]:
    """Return the JSON Schema of what all events have in common (CloudEvents 1.0)."""
    uuid, moment = TypeAdapter(UUID).json_schema(), {"type": "string", "format": "date-time"}
    words = {"type": "string", "minLength": 1}
    properties = {
        "specversion": {"const": "1.0"},
        "id": uuid,
        "source": {"type": "string", "pattern": "^/coalitions/[0-9a-f-]{36}/[a-z]+$"},
        "type": {"type": "string", "pattern": "^accord\\.[a-z]+\\.[A-Z][A-Za-z]+$"},
        "subject": {"type": "string", "pattern": "^[a-z_]+-.+$"},
        "time": moment | {"description": "When it happened; in imports, as the source says."},
        "recordedtime": moment | {"description": "When it was written into the journal."},
        "datacontenttype": {"const": "application/json"},
        "sequence": {
            "type": "string", "pattern": "^[0-9]{20}$",
            "description": "Its position in the coalition's journal of this service: 1, 2, 3 …",
        },
        "streamversion": {
            "type": "string", "pattern": "^[1-9][0-9]*$",
            "description": "Its place among the events of `subject`.",
        },
        "coalition": uuid,
        "onbehalfof": uuid | {"description": "The organisation that did it."},
        "accreditation": uuid | {"description": "The mandate on which a person did it for them."},
        "authority": {"enum": ["full", "ad_referendum", "observer", "imported"]},
        "authtype": {"enum": ["app_user", "api_key", "service_account", "system"]},
        "visibility": {
            "enum": ["affinity", "dyad", "body", "members", "partners", "funders", "public"]
        },
        "audience": words | {"description": "Whom it was narrowed to, separated by spaces."},
        "correlationid": words,
        "causationid": words,
        "data": {"type": "object"},
    }  # fmt: skip
    optional = {"onbehalfof", "accreditation", "authority", "audience", "causationid"}
    return {
        "$schema": DRAFT,
        "$id": "/schemas/event.json",
        "title": "An event of Accord",
        "type": "object",
        "properties": properties,
        "required": [name for name in properties if name not in optional],
    }


def listeners() -> dict[tuple[str, str], list[str]]:
    """Return who makes something of a type, by the service that writes it and its name."""
    found: dict[tuple[str, str], list[str]] = {}
    for service in ALL:
        heard = {
            (subscription.source, hears.name)
            for subscription in service.subscriptions
            for hears in subscription.hears
        }
        if (model := service.projection) is not None:
            heard |= {
                (kind.service, kind.name)
                for kind in kinds()
                if kind.service in model.sources and kind.name in model.rows
            }
        for kind in sorted(heard):
            found.setdefault(kind, []).append(service.name)
    return found


def files() -> dict[Path, str]:
    """Return what every generated file holds."""
    known = [*kinds()]
    index = [f"/schemas/{kind.service}/{kind.name}.json" for kind in known]
    found = {
        SCHEMAS / "event.json": _json(envelope()),
        SCHEMAS / "index.json": _json({"schemas": ["/schemas/event.json", *sorted(index)]}),
        PAGE: page(known),
    }
    for kind in known:
        found[SCHEMAS / kind.service / f"{kind.name}.json"] = _json(schema(kind))
    return found


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


INTRODUCTION = """# Events

Everything that Accord knows was said in an event, and everything that it shows can be traced to
some. This page lists every type: {count} of {services} services. It is generated from the code by
`make events`; do not edit it.

## How to read one

An event is a [CloudEvent](https://cloudevents.io) as canonical JSON (RFC 8785). Its bytes are
written once and never again: hash what you were given, never what you wrote yourself. `sequence` is
its position in the coalition's journal of one service, without gaps, and `members/12` is how it is
cited. `subject` is its stream, such as `proposal-<id>`; `streamversion` counts there. `time` is
when it happened, `recordedtime` when it was written: in imports the two differ.

**What is sealed.** Fields marked ⊘ do not stand in `data`. A digest of each stands in `data._sd`,
among decoys, so that nobody can tell how many there are. Who may see a value gets a disclosure
beside the event: `[salt, name, value]` in canonical JSON, as base64url. The digest is base64url of
SHA-256 of that text, and has to stand in `_sd`. Who may not, sees that something is withheld.

- *⊘ restricted*: stands in clear where the event is of class `public`.
- *⊘ sealed*: words for people. They may be redacted or erased later; their digest stays.
- *⊘p personal*: of a person, whatever the class. It is gone once they are erased.

Who did it is always sealed (`actor`), but where an event is *unsigned*.

**How to be ready for the next version.** New optional fields may come: let pass what you do not
know. A type that you do not know is a reason to stop and ask, not to skip. What was shipped once
stays readable: each shape of a type keeps its sample in `tests/contracts/golden`, and the schemas
in `docs/schemas` describe all of them.
"""


def page(known: list[Kind]) -> str:
    """Return `docs/events.md`."""
    heard = listeners()
    told = [INTRODUCTION.format(count=len(known), services=len(WRITERS))]
    told.append("## All types\n")
    for service in WRITERS:
        told.append(f"**{service.name}**\n")
        for decider in service.deciders:
            linked = ", ".join(f"[{name}](#{name.lower()})" for name in decider.types)
            told.append(f"- `{decider.prefix}`: {linked}")
        told.append("")
    told += [_part(kind, heard.get((kind.service, kind.name), [])) for kind in known]
    return "\n".join(told).rstrip("\n") + "\n"


def _part(kind: Kind, heard: list[str]) -> str:
    shown = json.loads(kind.golden[-1].read_bytes())["data"]
    facts = [f"stream `{kind.prefix}`", f"class `{kind.event.visibility}`"]
    if kind.event.unsigned:
        facts.append("unsigned")
    facts += [f"read by {', '.join(heard)}"] if heard else []
    if len(kind.golden) > 1:
        facts.append(f"{len(kind.golden)} shapes")
    schema_at = f"[schema](schemas/{kind.service}/{kind.name}.json)"
    lines = [
        f"## {kind.name}\n",
        f"{kind.means}\n",
        f"{kind.service}: {', '.join(facts)}; {schema_at}.\n",
    ]
    rows = [
        (f"`{field.name}`", _words(field.schema), "may be absent" if field.optional else "",
         HOW[field.seal] if field.seal else "")
        for field in fields(kind.event)
    ]  # fmt: skip
    if rows:
        lines += ["| Field | Holds | | |", "|---|---|---|---|"]
        lines += [f"| {' | '.join(row)} |" for row in rows]
        lines.append("")
    lines += ["```json", json.dumps(shown, indent=2, ensure_ascii=False), "```\n"]
    return "\n".join(lines)


def _words(told: Mapping[str, Any]) -> str:  # noqa: C901 - a case for each form
    """Return a schema in a few words, for a cell."""
    match told:
        case {"enum": choices}:
            return ", ".join(f"`{choice}`" for choice in choices)
        case {"const": only}:
            return f"`{only}`"
        case {"anyOf": several}:
            return " or ".join(dict.fromkeys(map(_words, several)))
        case {"properties": {"lang": _, "text": _}}:
            return "text with its language"
        case {"type": "object", "properties": parts} if parts:
            return "{" + ", ".join(f"`{name}`" for name in parts if not name.startswith("_")) + "}"
        case {"type": "object", "additionalProperties": dict(each)}:
            return f"{_words(each)}, by key"
        case {"type": "array", "prefixItems": _}:
            return "a ratio: [numerator, denominator]"
        case {"type": "array", "items": dict(each)}:
            return f"a list of {_words(each)}"
        case {"format": "uuid"}:
            return "id"
        case {"format": "date"}:
            return "day"
        case {"format": "date-time"}:
            return "moment"
        case {"type": "integer"}:
            return "whole number"
        case {"type": "boolean"}:
            return "yes or no"
        case {"pattern": pattern}:
            return _NAMED.get(pattern, f"text like `{re.sub('[$^]', '', pattern)}`")
        case {"type": str(kind)}:
            return kind
    return "anything"


_NAMED = {
    "^[a-z0-9_]{1,63}$": "code",
    "^[A-Za-z0-9_-]{43}$": "digest",
    "^[a-z]{1,20}/[1-9][0-9]{0,15}$": "reference to an event",
}


def main() -> None:
    """Write every file, and take away those of types that are no more."""
    found = files()
    for path in SCHEMAS.rglob("*.json"):
        if path not in found:
            path.unlink()
    for path, text in found.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
