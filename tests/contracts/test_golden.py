"""Events are promises: each type's bytes are those that were shipped, and are read back."""

from pathlib import Path

import orjson
import pytest

from services.credit.__main__ import service as credit
from services.meetings.__main__ import service as meetings
from services.members.__main__ import service as members
from shared import decoding
from shared.canonical import dumps
from shared.event import Event
from shared.hot import Rules
from tests.contracts.golden import FOLDER, golden, shapes

FOUND = list(shapes())
NAMES = [f"{service}/{path.stem}" for path, service, _, _ in FOUND]
TYPES = {
    service.name: Rules(service.name, service.deciders, service.folds).types
    for service in (members, meetings, credit)
}


@pytest.mark.parametrize(("path", "service", "stream", "event"), FOUND, ids=NAMES)
def test_its_bytes_are_those_that_were_shipped(
    path: Path, service: str, stream: str, event: Event
) -> None:
    assert golden(service, stream, event) == path.read_bytes()


@pytest.mark.parametrize("service", TYPES)
def test_every_type_has_a_golden_file_and_the_other_way_round(service: str) -> None:
    files = {path.name.partition(".")[0] for path in (FOLDER / service).iterdir()}
    assert files == TYPES[service].keys()


@pytest.mark.parametrize(("path", "service", "stream", "event"), FOUND, ids=NAMES)
def test_what_was_shipped_is_canonical_and_still_read(
    path: Path, service: str, stream: str, event: Event
) -> None:
    shipped = path.read_bytes()
    seen = decoding.recorded(shipped, {})
    assert (seen.service, seen.type, seen.stream) == (service, type(event).__name__, stream)
    assert dumps(orjson.loads(shipped)) == shipped
