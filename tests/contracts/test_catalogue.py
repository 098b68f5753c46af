"""Each event type has a meaning, golden bytes, a part of the page and a schema that fits them."""

import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import jsonschema_rs
import pytest

from tests.contracts import catalogue
from tests.contracts.catalogue import Kind

KINDS = [*catalogue.kinds()]
GENERATED = catalogue.files()
COMMON = jsonschema_rs.Registry([("/schemas/event.json", catalogue.envelope())])
every = pytest.mark.parametrize("kind", KINDS, ids=[f"{one.service}.{one.name}" for one in KINDS])


def fits(kind: Kind, event: Mapping[str, Any]) -> bool:
    schema = jsonschema_rs.validator_for(
        catalogue.schema(kind), registry=COMMON, validate_formats=True
    )
    return schema.is_valid(event)


def test_what_is_written_down_is_what_the_code_says() -> None:
    written = {catalogue.PAGE, *catalogue.SCHEMAS.rglob("*.json")}
    assert written == GENERATED.keys(), "run `make events`"
    stale = [path for path, text in GENERATED.items() if path.read_text() != text]
    assert stale == [], "run `make events`"


@every
def test_a_type_says_what_happened(kind: Kind) -> None:
    assert kind.means.endswith("."), "write a docstring: what happened, in a sentence"
    page = catalogue.PAGE.read_text()
    assert page.count(f"## {kind.name}\n\n{kind.means}\n") == 1


@every
def test_every_shape_that_was_shipped_fits_its_schema(kind: Kind) -> None:
    assert kind.golden[0].exists(), "run `python -m tests.contracts.golden`"
    for path in kind.golden:
        event = json.loads(path.read_bytes())
        assert fits(kind, event), path
        assert not fits(kind, event | {"type": "accord.members.SomethingElse"})
        assert not fits(kind, event | {"sequence": 7})
        assert not fits(kind, {name: part for name, part in event.items() if name != "subject"})
        for name in [field.name for field in catalogue.fields(kind.event) if not field.optional]:
            if name in event["data"]:
                torn = deepcopy(event)
                del torn["data"][name]
                assert not fits(kind, torn), name
                assert not fits(kind, event | {"data": event["data"] | {name: None}})


@every
def test_what_is_sealed_never_has_to_stand_in_clear(kind: Kind) -> None:
    data = catalogue.schema(kind)["properties"]["data"]
    sealed = {name for name, told in data["properties"].items() if "x-accord-seal" in told}
    assert not sealed & {*data["required"]}
    if not kind.event.unsigned:
        assert {"_sd", "_sd_alg"} <= {*data["required"]}
