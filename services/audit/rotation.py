"""A new key for a log: it signs beside the old one for a while, until that one ends.

In between witnesses read `about`, which both keys sign, and take the new one up. A key that was
stolen is not rotated: whoever has it would sign the new one too.
"""

from typing import Literal
from uuid import UUID

import asyncpg

from services.audit.signing import NotSigned, SignerClient
from shared.database import tenant
from shared.tlog.about import About
from shared.tlog.note import Note

Step = Literal["rotate", "retire"]


class CannotRotate(Exception):
    """The keys are as they were: the message says why."""


async def turn(app: asyncpg.Pool, signer: SignerClient, coalition: UUID, step: Step) -> About:
    """Take one step of a rotation; return what the log says of itself then.

    Raises:
        CannotRotate: there is no log that goes on, or it is not the time for this step.
        OSError: the signer does not answer.
    """
    async with tenant(app, [coalition]) as db:
        row = await db.fetchrow(
            "select log_id, origin, state from log.log"
            " where coalition_id = $1 and state <> 'ended' and origin is not null",
            coalition,
        )
    if row is None:
        raise CannotRotate("There is no log with a key yet.")
    if row["state"] != "open":
        raise CannotRotate("The log is frozen: repair it first. A stolen key is not rotated.")
    try:
        ask = signer.rotate if step == "rotate" else signer.retire
        note = await ask(row["origin"])
    except NotSigned as error:
        raise CannotRotate(f"The signer refuses: {error}.") from error
    return await _kept(app, coalition, row["log_id"], note)


async def _kept(app: asyncpg.Pool, coalition: UUID, log_id: str, note: Note) -> About:
    about = About.parse(note.text)
    async with tenant(app, [coalition]) as db:
        await db.execute(
            "update log.log set vkey = $3, about = $4 where coalition_id = $1 and log_id = $2",
            coalition, log_id, str(about.terms[-1].key), bytes(note).decode(),
        )  # fmt: skip
    return about
