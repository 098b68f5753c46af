"""`accord verify X.tlog-proof`: that an entry is in a log, without asking anybody."""

import base64

from accord.log_copy import place
from accord.statement import Statement, Verdict
from accord.verify_checkpoint import Relied
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.encoding import Unreadable, shown
from shared.tlog.note import NotSigned
from shared.tlog.policy import Policy
from shared.tlog.proof import Proof
from shared.tlog.tree import Unproved, leaf_hash, verify_inclusion


def verify_proof(raw: bytes, leaf: bytes, policy: Policy, now: int) -> Statement:
    """Say whether a proof leads from an entry to a checkpoint that the policy relies on.

    Args:
        leaf: The entry's bytes, as they were recorded.
        now: POSIX seconds.
    """
    subject = "a proof"
    try:
        proof = Proof.parse(raw)
        checkpoint = Checkpoint.parse(proof.note.text)
        subject = f"entry {proof.index} of {shown(checkpoint.origin)}, of {checkpoint.size}"
        relied = Relied(policy, policy.judge(bytes(proof.note), now))
        verify_inclusion(
            proof.index, checkpoint.size, leaf_hash(leaf), proof.hashes, checkpoint.root
        )
    except (Unreadable, NotSigned, Unproved) as error:
        wrong = ("that this was ever recorded",)
        return Statement(subject, Verdict.INVALID, (), wrong, str(error))
    return Statement(
        subject,
        Verdict.SHORT if relied.short else Verdict.VERIFIED,
        (*relied.established, f"it is in the log: {place(leaf)}"),
        relied.not_established,
        relied.short,
        {
            **relied.facts,
            "index": proof.index,
            "leaf_hash": base64.b64encode(leaf_hash(leaf)).decode(),
        },
    )
