"""The audit service over HTTP, with all its routes, in front of the log of a test."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import uvicorn
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.audit.__main__ import service
from shared.host import Host
from shared.identity import EmbeddedIssuer, ServiceKey, Tokens, TrustedIssuer
from shared.peers import Known, Peers
from shared.service import Runtime
from shared.settings import Settings
from tests.audit.house import House

MEMBER, STRANGER = "rep@org-a.example", "someone@elsewhere.example"


@dataclass(frozen=True)
class Site:
    """Where the logs of a house are read.

    Args:
        members: The coalitions in which `MEMBER` is.
    """

    url: str
    issuer: EmbeddedIssuer
    members: dict[UUID, Known]

    def token(self, subject: str = MEMBER) -> str:
        return self.issuer.mint(subject)

    def enter(self, coalition: UUID) -> None:
        """Make `MEMBER` a member of a coalition."""
        self.members[coalition] = Known(UUID(int=7), ("members",))

    def log(self, log_id: str) -> str:
        """Return the prefix of a log's files."""
        return f"{self.url}/c/{log_id}"


@asynccontextmanager
async def site(home: House) -> AsyncIterator[Site]:
    """Serve on a port of its own until the block ends."""
    issuer = EmbeddedIssuer(_pem(generate_private_key(SECP256R1())))
    own_key = ServiceKey("audit", _pem(Ed25519PrivateKey.generate()))
    members: dict[UUID, Known] = {}

    async def whois(subject: str) -> Mapping[UUID, Known]:
        return members if subject == MEMBER else {}

    app = service.app(Runtime(service, Settings(), {}))
    app.state.host = Host(
        "audit", pool=home.app, relay_pool=home.watch,
        tokens=Tokens([TrustedIssuer("accord", (issuer.key,), embedded=True)]),
        peers=Peers({}, own_key), policy=service.policy, whois=whois,
        serves=lambda _peer, _audience: False, own_key=own_key,
    )  # fmt: skip
    server = uvicorn.Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, lifespan="off", log_level="warning")
    )
    serving = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has nothing to wait for
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield Site(f"http://127.0.0.1:{port}", issuer, members)
    finally:
        server.should_exit = True
        await serving


def _pem(key: object) -> str:
    assert isinstance(key, Ed25519PrivateKey) or hasattr(key, "private_bytes")
    return str(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
