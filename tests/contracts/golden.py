"""The bytes of one event of each type: `python -m tests.contracts.golden` writes what is missing.

A golden file is never edited: what was shipped once is read for ever. A new shape of a type adds
a file, `<EventType>.2.json`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from shared.canonical import Envelope, Hidden, SealField, dumps, encode
from shared.event import Event, base64url
from shared.sealing import disclose
from tests.contracts.samples_credit import SAMPLES as CREDIT
from tests.contracts.samples_meetings import GROWN as MEETINGS_GROWN
from tests.contracts.samples_meetings import SAMPLES as MEETINGS
from tests.contracts.samples_members import GROWN as MEMBERS_GROWN
from tests.contracts.samples_members import SAMPLES as MEMBERS
from tests.contracts.samples_shared import SAMPLES as SHARED

FOLDER = Path(__file__).parent / "golden"
SAMPLES = {"members": MEMBERS, "meetings": MEETINGS, "credit": CREDIT}
GROWN = {"members": MEMBERS_GROWN, "meetings": MEETINGS_GROWN}
COALITION = UUID("0195a3c2-6f10-7c44-9b1e-5d2a8c7f3e01")
SOMEBODY = UUID("0195a3c2-7d90-7e11-8f02-3b4c5d6e7f80")
AT = datetime(2026, 3, 12, 15, 4, 5, 131_000, tzinfo=UTC)
SALT = bytes(range(16))


def _seal(hidden: Hidden) -> str:
    return disclose(hidden.name, hidden.value, SALT)[1]


def _decoy() -> str:
    return base64url(sha256(b"a decoy").digest())


def golden(service: str, stream: str, event: Event) -> bytes:
    """Return the bytes of a sample, with fixed ids, times and salts."""
    return _encoded(service, stream, event, _seal)


def disclosures(service: str, stream: str, event: Event) -> list[bytes]:
    """Return what is sealed in a sample: the canonical JSON of each disclosure, in order."""
    found: list[bytes] = []

    def keep(hidden: Hidden) -> str:
        found.append(dumps([base64url(SALT), hidden.name, hidden.value]))
        return _seal(hidden)

    _encoded(service, stream, event, keep)
    return found


def _encoded(service: str, stream: str, event: Event, seal: SealField) -> bytes:
    by = getattr(event, "by", SOMEBODY)
    envelope = Envelope(
        id="0195c4d1-3a52-7f06-a1b7-90c2e84d6f15", service=service, type=type(event).__name__,
        stream=stream, coalition=str(COALITION), position=7, version=1, at=AT, recorded_at=AT,
        correlation="0195c4d1-3a40-7b1d-b2c9-4e5f60718293", credential="app_user",
        visibility=event.recorded_within(None), by=None if event.nameless else by, authority="full",
        audience=event.audience,
    )  # fmt: skip
    return encode(envelope, event, None if event.nameless else SOMEBODY, seal, _decoy)


def samples() -> Iterator[tuple[str, str, Event]]:
    """Yield service, stream and event of every sample."""
    for service, found in SAMPLES.items():
        for stream, event in found:
            yield service, stream, event
    yield from SHARED


def shapes() -> Iterator[tuple[Path, str, str, Event]]:
    """Yield the golden file, service, stream and event of every shape that was ever shipped."""
    for service, stream, event in samples():
        yield FOLDER / service / f"{type(event).__name__}.json", service, stream, event
    for service, found in GROWN.items():
        for number, stream, event in found:
            name = f"{type(event).__name__}.{number}.json"
            yield FOLDER / service / name, service, stream, event


def main() -> None:
    for path, service, stream, event in shapes():
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            path.write_bytes(golden(service, stream, event))


if __name__ == "__main__":
    main()
