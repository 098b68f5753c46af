"""What leaves this host with its proof is written down before the first sealed value goes."""

from uuid import UUID

from services.transparency.proof import ProofZip
from shared.http import ReaderOf
from shared.tlog.checkpoint import Checkpoint


async def record(
    reader: ReaderOf, report: str, audience: str, log: Checkpoint, proof: ProofZip
) -> None:
    """Write down a release: who, which digests, when.

    Args:
        log: The checkpoint that the proof leads to.
    """
    host = reader.host
    organisations = [UUID(token[4:]) for token in reader.audiences if token.startswith("org:")]
    async with reader.rows() as db:
        await db.execute(
            "insert into release.report (coalition_id, release_id, report, audience, organisations,"
            " operator, origin, first, size, root, withheld, digests)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
            reader.coalition, host.new_id(), report, audience, organisations, reader.operator,
            log.origin, proof.first, log.size, log.root, proof.withheld, bytes(proof.disclosed),
        )  # fmt: skip
