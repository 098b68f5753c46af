"""What partners are given to read events by: complete, true of what was shipped, and up to date."""

import re
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson
import pytest

from services.credit.__main__ import service as credit
from services.meetings.__main__ import service as meetings
from services.members.__main__ import service as members
from shared.event import Event
from shared.hot import Rules
from tests.contracts import events
from tests.contracts.golden import FOLDER, disclosures, shapes
from tests.contracts.leads import commands_of, leads_to
from tests.contracts.schemas import meaning

SERVICES = (members, meetings, credit)
TYPES = [
    (service.name, kind)
    for service in SERVICES
    for kind in Rules(service.name, service.deciders, service.folds).types.values()
]
FOUND = list(shapes())
NAMES = [f"{service}/{path.stem}" for path, service, _, _ in FOUND]
PAGE = (events.ROOT / events.PAGE).read_text()


def schema(service: str, kind: type[Event]) -> dict[str, Any]:
    path = events.ROOT / events.SCHEMAS / service / f"{kind.__name__}.json"
    read: dict[str, Any] = orjson.loads(path.read_bytes())
    return read


def refused(schema: dict[str, Any], event: Any) -> bool:
    jsonschema_rs.meta.validate(schema)
    return not jsonschema_rs.is_valid(schema, event, validate_formats=True)


def test_page_and_schemas_are_what_the_classes_say() -> None:
    assert events.stale() == [], "run `make events`"


@pytest.mark.parametrize(("service", "kind"), TYPES, ids=[kind.__name__ for _, kind in TYPES])
def test_every_type_has_golden_file_page_schema_and_meaning(
    service: str, kind: type[Event]
) -> None:
    name = kind.__name__
    assert (FOLDER / service / f"{name}.json").exists()
    assert PAGE.count(f"\n### {name}\n\n{meaning(kind)}\n") == 1
    assert f"[{name}](#{name.lower()})" in PAGE
    assert schema(service, kind)["$id"] == f"/schemas/{service}/{name}.json"
    assert re.fullmatch(r"[A-Z].{10,}\.", meaning(kind))


def test_no_two_types_mean_the_same() -> None:
    assert len({meaning(kind) for _, kind in TYPES}) == len({kind for _, kind in TYPES})


@pytest.mark.parametrize(("path", "service", "stream", "event"), FOUND, ids=NAMES)
def test_what_was_shipped_is_as_its_schema_says(
    path: Path, service: str, stream: str, event: Event
) -> None:
    promised, shipped = schema(service, type(event)), orjson.loads(path.read_bytes())
    jsonschema_rs.validate(promised, shipped, validate_formats=True)
    assert shipped.keys() <= promised["properties"].keys()
    assert shipped["data"].keys() <= promised["properties"]["data"]["properties"].keys()
    assert shipped["subject"] == stream


@pytest.mark.parametrize(("path", "service", "stream", "event"), FOUND, ids=NAMES)
def test_what_is_sealed_opens_to_what_its_schema_says(
    path: Path, service: str, stream: str, event: Event
) -> None:
    promised = schema(service, type(event))
    known = list(_disclosures(promised))
    for _, name, value in map(orjson.loads, disclosures(service, stream, event)):
        described = [found[name] for found in known if name in found]
        assert described, f"{name} of {path.name} is nowhere described"
        shapes_ = {"$defs": promised.get("$defs", {})}
        assert any(not refused(one | shapes_, value) for one in described)
        assert refused(described[0] | shapes_, 0.5)


def _disclosures(promised: Any) -> Iterator[dict[str, Any]]:
    """Yield what is said of disclosures: of `data`, and of each shape in it."""
    for shape in (promised["properties"]["data"], *promised.get("$defs", {}).values()):
        yield shape.get("x-disclosures", {})


@pytest.mark.parametrize(("path", "service", "stream", "event"), FOUND, ids=NAMES)
def test_its_schema_refuses_what_was_never_promised(
    path: Path, service: str, stream: str, event: Event
) -> None:
    promised, shipped = schema(service, type(event)), orjson.loads(path.read_bytes())
    assert stream
    for name in promised["properties"]["data"]["required"]:
        without = deepcopy(shipped)
        del without["data"][name]
        assert refused(promised, without), f"{name} may be absent"
    for name, value in (
        ("type", "accord.members.SomethingElse"),
        ("sequence", "7"),
        ("time", "2026-03-12T15:04:05+00:00"),
        ("source", "/coalitions"),
        ("data", None),
    ):
        assert refused(promised, shipped | {name: value})
    named = {"actor": "0195a3c2-7d90-7e11-8f02-3b4c5d6e7f80"}
    assert refused(promised, shipped | {"data": shipped["data"] | named}) or event.unsigned


def test_a_schema_lets_pass_what_a_later_version_adds() -> None:
    for path, service, _, event in FOUND:
        shipped = orjson.loads(path.read_bytes())
        later = shipped | {"later": "1", "data": shipped["data"] | {"later": [1]}}
        assert not refused(schema(service, type(event)), later)


def test_an_unsigned_event_names_no_organisation() -> None:
    for path, service, _, event in FOUND:
        if event.unsigned:
            shipped = orjson.loads(path.read_bytes())
            named = {"onbehalfof": "0195a3c2-7d90-7e11-8f02-3b4c5d6e7f80"}
            assert refused(schema(service, type(event)), shipped | named)


LEAVES_NONE = {"AnswerSenseCheck"}  # what it says lies in the ballot box


def test_every_event_follows_a_command_and_every_command_leads_to_an_event() -> None:
    for service in SERVICES:
        for decider in service.deciders:
            found = leads_to(decider)
            assert all(found.values()), found
            led = {name for names in found.values() for name in names}
            assert led == {command.__name__ for command in commands_of(decider)} - LEAVES_NONE
