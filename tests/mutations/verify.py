"""Mistakes of the verifier: what it would let pass."""

from tests.mutations import Mutation

CHECKPOINT = "accord/verify_checkpoint.py"
COPY = "accord/log_copy.py"
COMMAND = "accord/verify.py"
JOURNALS = "accord/verify_journals.py"
LOG = "accord/verify_log.py"
PROOF = "accord/verify_proof.py"
FILE = "shared/tlog/proof.py"
OF_COMMAND = "tests/accord/test_verify.py"
OF_FILE = "tests/shared/tlog/test_proof.py"
OF_LOG = "tests/accord/test_verify_log.py"

MUTATIONS = (
    Mutation(
        "the entries lead to the root that was signed",
        LOG,
        "    if root != relied.judged.checkpoint.root:",
        "    if False:",
        OF_LOG,
    ),
    Mutation("tiles hold what the entries lead to", LOG, "if ours != theirs:", "if False:", OF_LOG),
    Mutation(
        "tiles that are not full are compared too",
        LOG,
        "            if row:\n                self._compare(level, row)",
        "            if not row:\n                self._compare(level, row)",
        OF_LOG,
    ),
    Mutation(
        "a log holds what was known of it",
        LOG,
        "            if scan.roots[each.checkpoint.size] != each.checkpoint.root:",
        "            if not scan.roots:",
        OF_LOG,
    ),
    Mutation(
        "a log does not shrink",
        LOG,
        "    if known.checkpoint.size > relied.size:",
        "    if known.checkpoint.size > relied.size + 9:",
        OF_LOG,
    ),
    Mutation(
        "checkpoints of two logs are not compared",
        LOG,
        "        if one.checkpoint.origin != other.checkpoint.origin:",
        "        if False:",
        OF_LOG,
    ),
    Mutation(
        "a log that nobody saw for long is stale",
        LOG,
        "now - relied.since <= max_age",
        "now - relied.since <= max_age * 9",
        OF_LOG,
    ),
    Mutation(
        "it takes a quorum to have seen it lately",
        CHECKPOINT,
        "            if self.policy.met_by(counted):\n                return at",
        "            return at",
        OF_LOG,
    ),
    Mutation(
        "below the quorum is not verified",
        CHECKPOINT,
        "        if self.judged.met:",
        "        if self.judged.witnessed:",
        OF_LOG,
    ),
    Mutation(
        "journals have no gap",
        JOURNALS,
        'if sequence != f"{due:020d}":',
        'if sequence < f"{due:020d}":',
        OF_LOG,
    ),
    Mutation(
        "nothing stands in a journal twice",
        JOURNALS,
        'if sequence != f"{due:020d}":',
        'if sequence > f"{due:020d}":',
        OF_LOG,
    ),
    Mutation(
        "a log is of one coalition",
        JOURNALS,
        "or found[1] != coalition or coalition != self.coalition:",
        "or found[1] != coalition:",
        OF_LOG,
    ),
    Mutation("entries are canonical", JOURNALS, "if not canonical:", "if False:", OF_LOG),
    Mutation("digests are sorted", JOURNALS, "and digests == sorted(digests)", "and True", OF_LOG),
    Mutation(
        "a bundle has nothing after its entries",
        COPY,
        "    if len(found) != width:",
        "    if len(found) < width:",
        OF_LOG,
    ),
    Mutation(
        "a copy keeps what is new once it was verified",
        COPY,
        "        _write(self._new / path, content)",
        "        _write(self.path / path, content)",
        OF_LOG,
    ),
    Mutation(
        "a fork is told from a damaged copy",
        COMMAND,
        "return against if against[0].verdict is Verdict.FORKED else said",
        "return said",
        OF_COMMAND,
    ),
    Mutation(
        "a proof is of the entry",
        PROOF,
        "proof.index, checkpoint.size, leaf_hash(leaf), proof.hashes, checkpoint.root",
        "proof.index, checkpoint.size, leaf_hash(leaf.strip()), proof.hashes, checkpoint.root",
        OF_COMMAND,
    ),
    Mutation(
        "a proof below the quorum is not verified",
        PROOF,
        "Verdict.SHORT if relied.short else Verdict.VERIFIED",
        "Verdict.VERIFIED",
        OF_COMMAND,
    ),
    Mutation(
        "a proof's hashes are whole",
        FILE,
        "            if len(each) != HASH_BYTES:",
        "            if len(each) > HASH_BYTES:",
        OF_FILE,
    ),
)
