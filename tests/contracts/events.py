"""Write `docs/events.md` and `docs/schemas` from the classes: `python -m tests.contracts.events`.

It fails when they had to change, as the tables of the bench do.
"""

import json
import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from textwrap import dedent
from types import UnionType
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin

import orjson
from pydantic import AwareDatetime, TypeAdapter

from services.credit.__main__ import service as credit
from services.meetings.__main__ import service as meetings
from services.members.__main__ import service as members
from services.transparency.__main__ import service as transparency
from shared import event as events
from shared.event import Event, Seal, Text, Value, seal_of
from shared.inbox import Subscription
from shared.redaction import FieldRedacted, RedactField
from tests.contracts.golden import FOLDER, disclosures, shapes
from tests.contracts.leads import leads_to
from tests.contracts.schemas import (
    DIALECT,
    data_fields,
    hints,
    meaning,
    opened,
    schema_of,
    values_in,
)

ROOT = Path(__file__).parents[2]
PAGE = "docs/events.md"
SCHEMAS = "docs/schemas"
WRITERS = (members, meetings, credit)
NAMED = (
    *(
        (name, getattr(events, name))
        for name in ("Authority", "Code", "Digest", "Ratio", "Ref", "Visibility", "Whole")
    ),
    ("Date", events.Day),
    ("Time", events.Moment),
    ("Time", AwareDatetime),
)

HEAD = dedent("""\
    # Events

    <!-- Written by `make events` from the event classes and tests/contracts/golden: change those. -->

    All that Accord records is an event of one of three journals, and each type of event is a promise: its name keeps its
    meaning, its bytes are never rewritten, and what was shipped once is read for ever. This page says of each type who
    writes it, what it means and what it holds. `docs/schemas/<service>/<EventType>.json` has the same as JSON Schema
    2020-12, one whole file for each type; `docs/schemas/index.json` lists them.

    ## How to read an event

    An event is a CloudEvent 1.0 in structured JSON, in canonical form (sorted keys, no floats, integers below 2^53, times in
    UTC with milliseconds). The same bytes stand in the journal, on NATS and in the feed that serves who missed something.
    Its subject on NATS is `accord.evt.<p>.<coalition>.<service>.<EventType>`, where `p` is CRC-32 of the coalition's id,
    modulo 32.

    | attribute | what it is |
    | --- | --- |
    | `type` | `accord.<service>.<EventType>`; there is no version in it: another meaning is another type |
    | `source` | `/coalitions/<coalition>/<service>`: one source is one journal |
    | `subject` | the stream, `<aggregate>-<id>` |
    | `sequence` | the position in the journal, from 1 without gaps, 20 digits: text order is number order |
    | `streamversion` | the version of the stream, from 1 without gaps |
    | `time`, `recordedtime` | when it happened (an import may claim that); when it was stored |
    | `onbehalfof` | the organisation that acted; absent where the service did, or where nobody shall know |
    | `accreditation`, `authority` | under which a person acted for it; who that was is sealed, as `actor` |
    | `authtype` | `app_user`, `api_key`, `service_account` or `system` |
    | `visibility`, `audience` | the class of its readers; ids it was narrowed to, separated by spaces |
    | `correlationid`, `causationid` | the request it began with; the event it follows from |
    | `id`, `coalition`, `specversion`, `datacontenttype` | as in CloudEvents; the coalition's id |
    | `data` | the fields below |

    What has no value is absent, never `null`. **A consumer**

    1. keeps for each source the last `sequence` it has read, drops what is at or below it, and fetches a gap from the feed;
    2. lets pass attributes and fields that it does not know: later versions of a type only add fields, and a new one may be
       absent in older events (those in the table without "always");
    3. stops at a type that it does not know rather than reading past it, because the type may bear on what follows;
    4. on `PersonErased` destroys what it holds of that person, and redraws what showed it;
    5. on `FieldRedacted` does so with the text under that digest, and never takes it again, wherever it comes from.

    ### Sealed fields

    What not everybody with the journal may read stands in `data` only as a digest, in `_sd`, beside `_sd_alg: "sha-256"`. The
    digests are sorted and filled with decoys to 4, 8, 16 …: neither their order nor their number says which fields there are.
    A value travels beside the event as a *disclosure*, base64url of the canonical JSON `[salt, name, value]`, encrypted under
    the key of its audience (AES-256-GCM, associated data `<coalition>/<event id>/<digest>`). Its digest is base64url of SHA-256
    of the disclosure's ASCII text, both without padding: if that digest stands in `_sd`, the value is what was recorded. A
    digest without a disclosure was withheld from you, erased, redacted, or a decoy.

    | mark | what it is | where it stands in clear | whether it can go |
    | --- | --- | --- | --- |
    | | plain | always | no |
    | ⊘ | restricted | in events of class `public` | no: rules rest on it |
    | ⊘ text | words of an organisation | in imported events of class `public` | it may be redacted; the words of a one-person member go with that person |
    | ⊘p | personal | never | it goes when the person is erased |

    Sealed values are for the readers of the event: its class, or who is named in `audience`. The class given below is that of
    an event of which neither a boundary agreement nor an import says otherwise.

    """)  # noqa: E501 - as wide as the other pages


def written() -> dict[str, bytes]:
    """Return what belongs into the repository: each path, and its bytes."""
    files = {PAGE: page().encode()}
    index = []
    for service in WRITERS:
        for decider in service.deciders:
            for kind in decider.types.values():
                schema = schema_of(service.name, decider.prefix, kind)
                files[f"{SCHEMAS}/{service.name}/{kind.__name__}.json"] = _json(schema)
                index.append({"type": schema["title"], "schema": schema["$id"]})
        schema = schema_of(service.name, "[a-z_]+", FieldRedacted)
        files[f"{SCHEMAS}/{service.name}/{FieldRedacted.__name__}.json"] = _json(schema)
        index.append({"type": schema["title"], "schema": schema["$id"]})
    listed = sorted(index, key=lambda entry: entry["type"])
    files[f"{SCHEMAS}/index.json"] = _json({"dialect": DIALECT, "schemas": listed})
    return files


def stale() -> list[str]:
    """Return the paths where the repository holds something else."""
    files = written()
    held = {
        str(path.relative_to(ROOT)) for path in (ROOT / SCHEMAS).rglob("*") if path.is_file()
    } | {PAGE}
    return sorted(
        path
        for path in held | files.keys()
        if path not in files
        or not (ROOT / path).exists()
        or (ROOT / path).read_bytes() != files[path]
    )


def page() -> str:
    """Return the page of all events."""
    return HEAD + "## Index\n\n" + "".join(_index()) + "".join(_services())


def _index() -> Iterator[str]:
    yield "| service | aggregate | events |\n| --- | --- | --- |\n"
    for service in WRITERS:
        for decider in service.deciders:
            links = ", ".join(f"[{name}](#{name.lower()})" for name in decider.types)
            yield f"| {service.name} | `{decider.prefix}` | {links} |\n"
    name = FieldRedacted.__name__
    yield f"| each of them | any | [{name}](#{name.lower()}) |\n\n"


def _services() -> Iterator[str]:
    samples = _samples()
    for service in WRITERS:
        for decider in service.deciders:
            yield f"## {service.name}: {decider.prefix}\n\n"
            asked = leads_to(decider)
            for name, kind in decider.types.items():
                yield from _event(service.name, decider.prefix, kind, asked[name], samples[name])
    yield "## Each service: any stream\n\n"
    yield from _redacted(samples[FieldRedacted.__name__])


def _samples() -> dict[str, list[tuple[Path, str, Event]]]:
    """Return the golden files of each type, the newest shape last."""
    found: dict[str, list[tuple[Path, str, Event]]] = {}
    for path, _, stream, sample in shapes():
        found.setdefault(type(sample).__name__, []).append((path, stream, sample))
    return found


def _event(
    service: str,
    aggregate: str,
    kind: type[Event],
    asked: list[str],
    samples: list[tuple[Path, str, Event]],
) -> Iterator[str]:
    name = kind.__name__
    yield f"### {name}\n\n{meaning(kind)}\n\n"
    yield f"- Written by `{service}` on `{aggregate}-<id>`, of class `{kind.visibility}`"
    yield "; it says nowhere who acted.\n" if kind.unsigned else ".\n"
    yield f"- After {_either(asked)}.\n"
    if heard := _heard_by(service, name):
        yield f"- Heard by {', '.join(heard)}.\n"
    files = ", ".join(f"[{path.name}](../{path.relative_to(ROOT)})" for path, _, _ in samples)
    yield f"- [Schema](schemas/{service}/{name}.json); shapes that were shipped: {files}.\n\n"
    yield from _shown(service, kind, samples[-1])


def _redacted(samples: list[tuple[Path, str, Event]]) -> Iterator[str]:
    """Yield what is said of a type that any service may write on any stream."""
    name = FieldRedacted.__name__
    yield f"### {name}\n\n{meaning(FieldRedacted)}\n\n"
    yield "- Written by each service, on the stream and in the class of the event with the text.\n"
    yield f"- After `{RedactField.__name__}`.\n"
    yield "- Heard by all that read the journal, before anything else is done with it.\n"
    schemas = ", ".join(f"[{one.name}](schemas/{one.name}/{name}.json)" for one in WRITERS)
    files = ", ".join(
        f"[{path.parent.name}/{path.name}](../{path.relative_to(ROOT)})" for path, _, _ in samples
    )
    yield f"- Schemas: {schemas}; shapes that were shipped: {files}.\n\n"
    yield from _shown(samples[-1][0].parent.name, FieldRedacted, samples[-1])


def _shown(service: str, kind: type[Event], newest: tuple[Path, str, Event]) -> Iterator[str]:
    """Yield the fields of a type, and an example."""
    yield from _table(kind)
    nested = dict.fromkeys(
        part
        for attribute in data_fields(kind).values()
        for part in values_in(hints(kind)[attribute])
    )
    for shape in nested:
        yield f"`{shape.__name__}`:\n\n"
        yield from _table(shape)
    path, stream, sample = newest
    shown = orjson.loads((FOLDER / service / path.name).read_bytes())
    narrowed = f", narrowed to `{shown['audience']}`" if "audience" in shown else ""
    yield f"An example of `data`, of class `{shown['visibility']}`{narrowed}:\n\n"
    yield f"```json\n{json.dumps(shown['data'], indent=1, ensure_ascii=False)}\n```\n\n"
    if found := disclosures(service, stream, sample):
        yield "Its disclosures, before base64url:\n\n```json\n"
        yield "".join(f"{one.decode()}\n" for one in found)
        yield "```\n\n"


def _either(asked: list[str]) -> str:
    commands = [f"`{command}`" for command in asked]
    return commands[0] if len(commands) == 1 else f"{', '.join(commands[:-1])} or {commands[-1]}"


def _heard_by(source: str, name: str) -> list[str]:
    listening = [
        service.name
        for service in WRITERS
        for subscription in service.subscriptions
        if isinstance(subscription, Subscription)
        and subscription.source == source
        and any(one.name == name for one in subscription.hears)
    ]
    shown = transparency.projection
    assert shown is not None
    return [*listening, *(["transparency"] if name in shown.rows else [])]


def _table(kind: type[Value]) -> Iterator[str]:
    fields = data_fields(kind)
    if not fields:
        yield "No fields of its own.\n\n"
        return
    yield "| field | type | there | sealed |\n| --- | --- | --- | --- |\n"
    for name, attribute in fields.items():
        info = kind.model_fields[attribute]
        annotation = hints(kind)[attribute]
        seal = seal_of(info.metadata, info.annotation)
        there = "" if seal or not info.is_required() else "always"
        yield f"| `{name}` | {_typed(opened(annotation))} | {there} | {_mark(seal, annotation)} |\n"
    yield "\n"


def _mark(seal: Seal | None, annotation: Any) -> str:
    if seal is None:
        return ""
    if seal.personal:
        return "⊘p"
    held = opened(annotation)
    return "⊘ text" if held is Text or Text in get_args(held) else "⊘"


def _typed(annotation: Any) -> str:
    """Return a type in words."""
    for name, known in NAMED:
        if annotation == known:
            return f"`{name}`"
    if isinstance(annotation, NewType):
        return f"`{annotation.__name__}`"
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _bounded(annotation)
    if origin is Literal:
        return " \\| ".join(f"`{part}`" for part in parts)
    if origin in (Union, UnionType):
        return " or ".join(_typed(part) for part in parts if part is not type(None))
    if origin in (tuple, frozenset, list):
        return f"list of {_typed(parts[0])}"
    if origin is not None and len(parts) == 2:
        return f"{_typed(parts[1])} by {_typed(parts[0])}"
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return " \\| ".join(f"`{option.value}`" for option in annotation)
    return f"`{WORDS.get(annotation.__name__, annotation.__name__)}`"


WORDS = {"bool": "boolean", "int": "integer", "str": "string", "date": "Date", "datetime": "Time"}


def _bounded(annotation: Any) -> str:
    inner = get_args(annotation)[0]
    if get_origin(inner) is not None or isinstance(inner, NewType):
        return _typed(inner)
    shape = TypeAdapter(annotation).json_schema()
    least, most, pattern = (shape.get(key) for key in ("minimum", "maximum", "pattern"))
    if least is not None and most is not None:
        return f"{_typed(inner)}, {least} to {most}"
    if pattern is not None:
        return f"{_typed(inner)} like `{pattern}`".replace("|", "\\|")
    return _typed(inner)


def _json(document: Any) -> bytes:
    return json.dumps(document, indent=1, ensure_ascii=False).encode() + b"\n"


def main() -> None:
    """Write what is stale; fail when anything was."""
    changed = stale()
    files = written()
    for path in changed:
        if path in files:
            (ROOT / path).parent.mkdir(parents=True, exist_ok=True)
            (ROOT / path).write_bytes(files[path])
        else:
            (ROOT / path).unlink()
    if changed:
        sys.exit(f"Written again: {len(changed)} of {len(files)} files; look at what changed.")


if __name__ == "__main__":
    main()
