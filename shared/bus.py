"""NATS JetStream: publishing runs of events, and slicing what was published.

Consecutive events of one type in one journal may travel as one CloudEvents batch message: a JSON
array of the stored bytes, sliced again by the lengths in a header, never parsed and rewritten.
"""

import asyncio
import base64
import binascii
import json
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from uuid import UUID
from zlib import crc32

import nats
import orjson
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519
from nats.aio.client import Client
from nats.aio.msg import Msg

from shared import decoding
from shared.nkeys import NKey
from shared.sealing import Disclosure
from shared.telemetry import beside

log = structlog.get_logger()

ONE, MANY = "application/cloudevents+json", "application/cloudevents-batch+json"
RUN_EVENTS, RUN_BYTES, RUN_DISCLOSURES = 100, 192 * 1024, 40 * 1024
DISCLOSURES_AT_MOST = 48 * 1024
IN_FEED = "feed"
MESSAGES_HELD = 64  # read ones, for the other services of the process
AHEAD, WAIT_SECONDS = 32, 1.0
PARTITIONS = 32
CLOSES_WITHIN = 3.0
"""Seconds that the end of a connection may take: a server that fell silent is not waited for."""


class Damaged(ValueError):
    """A message that does not agree with itself; counted, dropped, and healed as a gap."""


@dataclass(slots=True)
class Stored:
    """An event as it lies in a journal: bytes, never parsed on the way.

    Nothing changes one; it is not frozen because a frozen one takes three times as long to make.
    """

    coalition: UUID
    position: int
    type: str
    entry: bytes
    disclosures: tuple[Disclosure, ...] = ()
    traceparent: str | None = None
    chain: bytes | None = None


@dataclass(frozen=True)
class Packed:
    """One message: a run of events of one type, or a single one."""

    subject: str
    payload: bytes
    headers: dict[str, str]
    last: int


@dataclass(frozen=True)
class Run:
    """A received run, sliced but not yet trusted: the chain says whether it fits."""

    service: str
    coalition: UUID
    first: int
    last: int
    entries: tuple[bytes, ...]
    disclosures: tuple[tuple[Disclosure, ...], ...] | None
    chain: bytes
    signature: bytes
    traceparent: str | None


def partition(coalition: UUID) -> int:
    """Return which of the parts a coalition belongs to, by which readers may share the work."""
    return crc32(str(coalition).encode()) % PARTITIONS


def subject(service: str, coalition: UUID, kind: str) -> str:
    """Return `accord.evt.<p>.<coalition>.<service>.<EventType>`."""
    return f"accord.evt.{partition(coalition)}.{coalition}.{service}.{kind}"


def signed_bytes(service: str, coalition: UUID, position: int, chain: bytes) -> bytes:
    """Return what the relay signs for the last event of a message."""
    return f"accord-relay-v1\n{service}\n{coalition}\n{position}\n".encode() + chain


def written_disclosures(disclosures: Iterable[Disclosure]) -> list[dict[str, str]]:
    """Return disclosures as they travel."""
    return [
        {
            "audience": closed.audience,
            "ciphertext": base64.urlsafe_b64encode(closed.ciphertext).decode(),
            "digest": closed.digest,
            "key": str(closed.key),
            "nonce": base64.urlsafe_b64encode(closed.nonce).decode(),
            **({} if closed.erased is None else {"erased": closed.erased}),
        }
        for closed in disclosures
    ]


def read_disclosures(written: Iterable[Mapping[str, str]]) -> tuple[Disclosure, ...]:
    """Return disclosures from what travelled.

    Raises:
        Damaged: they are none.
    """
    try:
        return tuple(
            Disclosure(
                one["digest"],
                one["audience"],
                UUID(one["key"]),
                base64.urlsafe_b64decode(one["nonce"]),
                base64.urlsafe_b64decode(one["ciphertext"]),
                one.get("erased"),
            )
            for one in written
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise Damaged("disclosures that cannot be read") from error


def pack(
    service: str, events: Sequence[Stored], key: ed25519.Ed25519PrivateKey
) -> Iterator[Packed]:
    """Yield messages for consecutive events of one journal, runs of one type together."""
    run: list[Stored] = []
    size = sealed = 0
    for event in events:
        closed = 0
        if event.disclosures:
            closed = sum(len(d.ciphertext) * 2 + 200 for d in event.disclosures)
        full = (
            len(run) == RUN_EVENTS
            or size + len(event.entry) + 1 > RUN_BYTES
            or sealed + closed > RUN_DISCLOSURES
        )
        if run and (full or event.type != run[-1].type):
            yield _message(service, run, key)
            run, size, sealed = [], 0, 0
        run.append(event)
        size += len(event.entry) + 1
        sealed += closed
    if run:
        yield _message(service, run, key)


def _message(service: str, run: list[Stored], key: ed25519.Ed25519PrivateKey) -> Packed:
    first, last = run[0], run[-1]
    assert last.chain is not None
    signature = key.sign(signed_bytes(service, last.coalition, last.position, last.chain))
    chain = f"{base64.b64encode(last.chain).decode()}.{base64.b64encode(signature).decode()}"
    headers = {"Content-Type": ONE, "Accord-Chain": chain}
    positions = str(first.position)
    payload = first.entry
    if len(run) > 1:
        headers["Content-Type"] = MANY
        headers["Accord-Lengths"] = ",".join(str(len(event.entry)) for event in run)
        positions = f"{first.position}-{last.position}"
        payload = b"[" + b",".join(event.entry for event in run) + b"]"
    headers["Nats-Msg-Id"] = f"{service}/{first.coalition}/{positions}"
    if any(event.disclosures for event in run):
        disclosed = [written_disclosures(event.disclosures) for event in run]
        said = disclosed if len(run) > 1 else disclosed[0]
        value = base64.urlsafe_b64encode(orjson.dumps(said)).decode()
        headers["Accord-Disclosures"] = value if len(value) <= DISCLOSURES_AT_MOST else IN_FEED
    if last.traceparent:
        headers["traceparent"] = last.traceparent
    return Packed(subject(service, first.coalition, first.type), payload, headers, last.position)


def unpack(message: Msg) -> Run:
    """Return the run in a message, after checking that all its parts agree.

    Raises:
        Damaged: subject, id, lengths or payload disagree.
    """
    headers = {name.lower(): value for name, value in (message.headers or {}).items()}
    return _run(message.subject, message.data, tuple(headers.items()))


@lru_cache(maxsize=MESSAGES_HELD)
def _run(told: str, payload: bytes, lines: tuple[tuple[str, str], ...]) -> Run:
    """Return what is in a message; the same one comes to each service of a process in turn."""
    headers = dict(lines)
    try:
        _, _, _, coalition, service, _ = told.split(".")
        said_service, said_coalition, positions = headers["nats-msg-id"].split("/")
        first, _, last = positions.partition("-")
        chain, _, signature = headers["accord-chain"].partition(".")
        entries = _slices(payload, headers)
        run = Run(
            service, UUID(coalition), int(first), int(last or first), entries,
            _disclosures(headers.get("accord-disclosures"), len(entries)),
            base64.b64decode(chain, validate=True), base64.b64decode(signature, validate=True),
            headers.get("traceparent"),
        )  # fmt: skip
        types = {decoding.type_of(entry) for entry in entries}
        subjects = {subject(service, run.coalition, kind) for kind in types}
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        raise Damaged(f"a message that cannot be read: {type(error).__name__}") from error
    if (said_service, said_coalition) != (service, coalition):
        raise Damaged("subject and message id disagree")
    if run.last - run.first + 1 != len(entries):
        raise Damaged("positions and number of events disagree")
    if subjects != {told}:
        raise Damaged("subject and events disagree")
    return run


def _slices(payload: bytes, headers: Mapping[str, str]) -> tuple[bytes, ...]:
    if headers.get("content-type") == ONE:
        return (payload,)
    lengths = [int(length) for length in headers["accord-lengths"].split(",")]
    if (
        payload[:1] != b"["
        or payload[-1:] != b"]"
        or sum(lengths) + len(lengths) + 1 != len(payload)
    ):
        raise Damaged("lengths do not fit the payload")
    entries, at = [], 1
    for length in lengths:
        entries.append(payload[at : at + length])
        at += length + 1
    return tuple(entries)


def _disclosures(header: str | None, events: int) -> tuple[tuple[Disclosure, ...], ...] | None:
    if header is None:
        return ((),) * events
    if header == IN_FEED:
        return None
    written = orjson.loads(base64.urlsafe_b64decode(header))
    of_each = [written] if events == 1 else written
    if len(of_each) != events:
        raise Damaged("disclosures and events disagree in number")
    return tuple(read_disclosures(one) for one in of_each)


def holds(run: Run, public: bytes) -> bool:
    """Say whether the relay's signature on the last of the run is good."""
    try:
        key = ed25519.Ed25519PublicKey.from_public_bytes(public)
        key.verify(run.signature, signed_bytes(run.service, run.coalition, run.last, run.chain))
    except (InvalidSignature, ValueError):
        return False
    return True


class Bus:
    """A connection of one user; reconnects for ever.

    A protocol error ends a connection of nats-py for good; then another `client` begins.
    """

    def __init__(self, url: str, user: str, seed: Path) -> None:
        self._url = url
        self.user = user
        self._key = NKey.from_file(seed)
        self.client = Client()
        self.errors = 0
        self._connecting: asyncio.Task[None] | None = None
        self._closing = False

    def connect_soon(self) -> None:
        """Connect as soon as a server answers; until then nothing is published or heard."""
        self._connecting = beside(self.connect())

    async def connect(self) -> None:
        """Connect, and wait for a server that does not answer yet."""

        async def counted(error: Exception) -> None:
            self.errors += 1
            log.warning("nats_error", user=self.user, error=type(error).__name__)

        async def ended() -> None:
            if not self._closing:
                log.warning("nats_again", user=self.user)
                self.client = Client()
                self.connect_soon()

        self.client._public_nkey = self._key.public  # noqa: SLF001 - nats-py sets it only with PyNaCl
        await self.client.connect(
            self._url,
            max_reconnect_attempts=-1,
            reconnect_time_wait=0.5,  # type: ignore[arg-type]  # typed int, used as seconds
            ping_interval=5,
            max_outstanding_pings=2,
            connect_timeout=2,
            drain_timeout=5,
            inbox_prefix=f"_INBOX_{self.user}".encode(),
            signature_cb=self._key.sign,
            error_cb=counted,
            closed_cb=ended,
        )

    async def publish(self, packed: Packed, stream: str) -> bool:
        """Say whether the stream acknowledged the message within two seconds."""
        if not self.client.is_connected:
            return False
        try:
            said = await self.client.request(
                packed.subject, packed.payload, timeout=2, headers=packed.headers
            )
            answer = json.loads(said.data)
        except (nats.errors.Error, TimeoutError, OSError, ValueError) as error:
            log.warning("publish_failed", user=self.user, error=type(error).__name__)
            return False
        return answer.get("stream") == stream and "error" not in answer

    @asynccontextmanager
    async def pull(self, stream: str, durable: str) -> AsyncIterator["Pull"]:
        """Listen as a durable consumer until the block ends."""
        inbox = self.client.new_inbox()
        pull = Pull(self.client, f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{durable}", inbox)
        subscription = await self.client.subscribe(inbox, cb=pull.take)
        try:
            yield pull
        finally:
            with suppress(nats.errors.Error):
                await subscription.unsubscribe()

    async def close(self) -> None:
        """End the connection; one that is broken has ended already, a silent one is left."""
        self._closing = True
        if self._connecting is not None:
            self._connecting.cancel()
        with suppress(nats.errors.Error, OSError, RuntimeError, TimeoutError):
            async with asyncio.timeout(CLOSES_WITHIN):
                if self.client.is_connected:
                    await self.client.drain()
                else:
                    await self.client.close()


class Pull:
    """Messages of a durable consumer, asked for before they are needed.

    While some are handled the next are on their way; a new one waits for no request.
    """

    def __init__(self, client: Client, subject: str, inbox: str) -> None:
        self._client = client
        self._subject = subject
        self._inbox = inbox
        self._waiting: deque[Msg] = deque()
        self._here = asyncio.Event()
        self._asked = 0
        self._refused: str | None = None

    async def take(self, message: Msg) -> None:
        """Keep a message until `some` is called; a status says what became of a request."""
        status = (message.headers or {}).get("Status")
        if status is None:
            self._asked -= 1
            self._waiting.append(message)
        elif status in {"404", "408"}:
            left = (message.headers or {}).get("Nats-Pending-Messages")
            self._asked -= int(left) if left else self._asked
        elif status != "100":
            self._refused = status
        self._here.set()

    def wake(self) -> None:
        """Let `some` return with what has come."""
        self._here.set()

    async def some(self) -> list[Msg]:
        """Return what has come, after a second at most; nothing, if nothing came.

        Raises:
            nats.errors.Error: the consumer is gone, or may not be read.
        """
        if self._asked <= AHEAD // 2:
            asked = {"batch": AHEAD, "expires": int(WAIT_SECONDS * 1e9)}
            await self._client.publish(self._subject, orjson.dumps(asked), self._inbox)
            self._asked += AHEAD
        if not self._waiting:
            self._here.clear()
            try:
                async with asyncio.timeout(WAIT_SECONDS * 1.5):
                    await self._here.wait()
            except TimeoutError:
                self._asked = 0  # a request that was lost, as in a reconnect
        if self._refused is not None:
            raise nats.errors.Error(f"the consumer answers {self._refused}")
        return [self._waiting.popleft() for _ in range(min(AHEAD, len(self._waiting)))]
