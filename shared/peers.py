"""Other services over HTTP: their feed, their heads, their keys, and who a person is there."""

import asyncio
from base64 import urlsafe_b64decode
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

import httpx2

from shared.identity import ServiceKey, Unauthenticated
from shared.telemetry import outgoing


class PublicKeys(NamedTuple):
    """A service's keys: for its tokens, and for its relay's signatures."""

    token: bytes
    relay: bytes | None


@dataclass(frozen=True)
class Known:
    """A person of a coalition, and the audiences they belong to."""

    person: UUID
    audiences: tuple[str, ...]


class Peers:
    """The addresses of the other services, asked with this one's own token."""

    def __init__(self, addresses: dict[str, str], key: ServiceKey) -> None:
        self.addresses = {name: url.rstrip("/") for name, url in addresses.items()}
        self._key = key
        self._client = httpx2.AsyncClient(timeout=10, follow_redirects=False, trust_env=False)
        self._keys: dict[str, tuple[float, PublicKeys]] = {}

    async def get(self, service: str, path: str, **query: Any) -> httpx2.Response:
        """Ask a peer.

        Raises:
            OSError: it does not answer, or answers with an error.
        """
        address = self.addresses[service]
        asked = {name: str(value) for name, value in query.items() if value is not None}
        headers = {"Authorization": f"Bearer {self._key.mint(service)}", **outgoing()}
        try:
            answer = await self._client.get(f"{address}{path}", params=asked, headers=headers)
        except httpx2.HTTPError as error:
            raise ConnectionError(f"{service} does not answer") from error
        if answer.status_code != 200:  # noqa: PLR2004 - the status
            raise ConnectionError(f"{service} answered {answer.status_code}")
        return answer

    async def ask(self, service: str, path: str, token: str) -> httpx2.Response:
        """Ask a peer with somebody else's token: it judges what they may see, and says so.

        Raises:
            OSError: it does not answer.
        """
        headers = {"Authorization": f"Bearer {token}", **outgoing()}
        try:
            return await self._client.get(f"{self.addresses[service]}{path}", headers=headers)
        except httpx2.HTTPError as error:
            raise ConnectionError(f"{service} does not answer") from error

    async def public_keys(self, service: str) -> PublicKeys:
        """Return a peer's public keys, from its own address; kept ten minutes."""
        now = asyncio.get_running_loop().time()
        held = self._keys.get(service)
        if held is not None and held[0] > now:
            return held[1]
        if service not in self.addresses:
            raise Unauthenticated("that service is not known here")
        try:
            answer = await self._client.get(f"{self.addresses[service]}/.well-known/accord-keys")
            said = answer.json()
        except (httpx2.HTTPError, ValueError) as error:
            raise ConnectionError(f"{service} does not answer") from error
        keys = PublicKeys(
            _decoded(said["token"]), _decoded(said["relay"]) if said.get("relay") else None
        )
        self._keys[service] = now + 600, keys
        return keys

    async def close(self) -> None:
        await self._client.aclose()


def _decoded(written: str) -> bytes:
    return urlsafe_b64decode(written + "=" * (-len(written) % 4))
