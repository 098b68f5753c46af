"""Sends a command, with its key, to one replica after another until it is answered for good."""

import asyncio
import random
import time
from collections.abc import Sequence
from typing import Any

import httpx2

from tests.chaos.ledger import ACCEPTED, DOCUMENTED, Entry, Ledger
from tests.chaos.world import Replica
from tests.suite import Suite

PATIENCE = 90.0
PATIENT, HURRIED = 14.0, 3.0  # seconds for an attempt
ANSWERS_WITHIN = 10.0  # seconds, whatever is wrong behind a replica that itself is well
PAUSE = 0.1, 0.6
SETTLES = 14.0  # seconds a replica may need after it was hurt
REPLAYED = "idempotency-replayed"


class Courier:
    """What the six clients share: connections, tokens and the ledger."""

    def __init__(
        self, suite: Suite, replicas: Sequence[Replica], ledger: Ledger, rng: random.Random
    ) -> None:
        self.suite = suite
        self.ledger = ledger
        self.replicas = replicas
        self._rng = rng

    async def deliver(self, entry: Entry) -> Entry:
        """Send a command until it is accepted or refused, and enter the answer.

        Who is not answered within `PATIENCE` leaves it open: `settle` sends it again.
        """
        answer = await self._until_answered(entry, entry.body)
        if answer is not None:
            entry.status = answer.status_code
            if answer.status_code in ACCEPTED:
                entry.answer = answer.json()
            self._look_at(entry, answer)
        return entry

    async def repeat(self, entry: Entry) -> None:
        """Send an accepted command again: it must be answered as before."""
        answer = await self._until_answered(entry, entry.body)
        if answer is None:
            return
        if answer.status_code not in ACCEPTED or answer.json() != entry.answer:
            self.ledger.complain(
                f"{entry.key} {entry.path}: repeated, it was answered {answer.status_code}"
                f" {answer.text[:300]} instead of {entry.answer}"
            )
        elif answer.headers.get(REPLAYED) != "true":
            self.ledger.complain(f"{entry.key} {entry.path}: repeated, and not marked as such")

    async def misuse(self, entry: Entry) -> None:
        """Send another body under the key of an accepted command: it must be refused."""
        answer = await self._until_answered(entry, entry.other)
        if answer is not None and answer.status_code != 422:
            self.ledger.complain(
                f"{entry.key} {entry.path}: another body under its key was answered"
                f" {answer.status_code} {answer.text[:200]}"
            )

    async def read(self, path: str, person: str, by: str | None) -> None:
        """Read a page once; a busy service may say so, and nothing else may go wrong."""
        replica = self._rng.choice(self.replicas)
        began = time.monotonic()
        try:
            answer = await self.suite.client.get(
                replica.at(path), headers=self.suite.headers(person, by),
                timeout=PATIENT,
            )  # fmt: skip
        except httpx2.HTTPError as error:
            self.ledger.attempts[type(error).__name__] += 1
            return
        finally:
            self._took(replica, path, began)
        if answer.status_code not in {200, 503}:
            self.ledger.complain(
                f"GET {path} was answered {answer.status_code} {answer.text[:200]}"
            )

    async def settle(self) -> None:
        """Send again what was never answered."""
        await asyncio.gather(*(self.deliver(entry) for entry in self.ledger.unanswered()))

    def _took(self, replica: Replica, path: str, began: float) -> None:
        """Note how long an attempt took, unless the replica or the way to it was hurt meanwhile."""
        took = time.monotonic() - began
        if replica.troubled > began - SETTLES:
            return
        self.ledger.longest = max(self.ledger.longest, took)
        if took > ANSWERS_WITHIN:
            self.ledger.complain(f"{replica.name} took {took:.1f} s for {path}")

    def _look_at(self, entry: Entry, answer: httpx2.Response) -> None:
        expected = DOCUMENTED - {422}
        if entry.if_match is None:
            expected -= {412}
        if answer.status_code not in expected:
            self.ledger.complain(
                f"{entry.key} POST {entry.path} was answered {answer.status_code}"
                f" {answer.text[:300]}"
            )

    async def _until_answered(self, entry: Entry, body: Any) -> httpx2.Response | None:
        end = time.monotonic() + PATIENCE
        headers = self.suite.headers(entry.person, entry.by) | {"Idempotency-Key": entry.key}
        if entry.if_match is not None:
            headers["If-Match"] = f'"{entry.if_match}"'
        while time.monotonic() < end:
            entry.attempts += 1
            replica = self._rng.choice(self.replicas)
            url = replica.at(entry.path)
            waits = self._rng.choice((PATIENT, HURRIED, HURRIED))
            began = time.monotonic()
            try:
                answer = await self.suite.client.post(
                    url, json=body, headers=headers, timeout=waits
                )
            except httpx2.HTTPError as error:
                self.ledger.attempts[type(error).__name__] += 1
            else:
                self.ledger.attempts[str(answer.status_code)] += 1
                if answer.status_code not in {429, 503}:
                    return answer
                if "retry-after" not in answer.headers:
                    self.ledger.complain(
                        f"{entry.path} was answered {answer.status_code} without Retry-After"
                    )
            finally:
                self._took(replica, entry.path, began)
            await asyncio.sleep(self._rng.uniform(*PAUSE))
        return None


class Recorded(Suite):
    """A suite whose every command goes into the ledger: what a coalition is set up with."""

    courier: Courier

    async def post(
        self, path: str, body: Any, person: str | None, *, by: Any = None,
        key: str | None = None, **headers: str,
    ) -> httpx2.Response:  # fmt: skip
        """Send a command; the key is the ledger's own."""
        assert person is not None
        assert key is None
        assert not headers
        service = path.split("/")[1]
        entry = self.courier.ledger.enter(service, path, body, person, by and str(by))
        await self.courier.deliver(entry)
        return httpx2.Response(entry.status or 503, json=entry.answer)

    async def get(
        self, path: str, person: str | None, *, by: Any = None, **query: Any
    ) -> httpx2.Response:
        url = self.courier.replicas[0].at(path)
        return await self.client.get(url, params=query, headers=self.headers(person, by))
