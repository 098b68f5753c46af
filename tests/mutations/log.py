"""Mistakes in the log: its tree and tiles, its intake, sealing and signing."""

from tests.mutations import Mutation

TREE = "shared/tlog/tree.py"
TILES = "shared/tlog/tiles.py"
INBOX = "services/audit/inbox.py"
ENTRY = "services/audit/domain/entry.py"
SEALER = "services/audit/sealer.py"
SIGNER = "services/audit/signer.py"
SERVED = "services/audit/views/served.py"
OF_TREE = "tests/shared/tlog/test_tree.py"
OF_TILES = "tests/shared/tlog/test_tiles.py"
OF_LOG = "tests/audit/test_log.py"
OF_SIGNER = "tests/audit/test_signer.py"

MUTATIONS = (
    Mutation(
        "a leaf is no node",
        TREE,
        'sha256(b"\\x00" + leaf)',
        'sha256(b"\\x01" + leaf)',
        OF_TREE,
    ),
    Mutation(
        "an inclusion proof comes out exactly",
        TREE,
        '    if last:\n        raise Unproved(f"The proof of leaf {index} is too short.")\n',
        "",
        OF_TREE,
    ),
    Mutation(
        "a proof leads to the old root too",
        TREE,
        "    if old != old_root:\n",
        "    if False:\n",
        OF_TREE,
    ),
    Mutation(
        "where nothing is to be proved the proof is empty",
        TREE,
        '        if proof:\n            raise Unproved("Where',
        '        if not proof and False:\n            raise Unproved("Where',
        OF_TREE,
    ),
    Mutation(
        "a bundle ends with an entry",
        TILES,
        "if at + 2 > end or stop > end:",
        "if at + 2 > end:",
        OF_TILES,
    ),
    Mutation(
        "a tile has one path",
        TILES,
        "or tile.path != path:",
        "or tile.path is None:",
        OF_TILES,
    ),
    Mutation(
        "an entry is of its place",
        ENTRY,
        'f"{position:020d}"):',
        'written["sequence"]):',
        OF_LOG,
    ),
    Mutation("an entry is canonical", ENTRY, "    if not canonical:", "    if False:", OF_LOG),
    Mutation(
        "what comes again is compared",
        INBOX,
        "if position in kept and kept[position] != came:",
        "if position in kept and not came:",
        OF_LOG,
    ),
    Mutation(
        "a frozen log takes nothing",
        INBOX,
        'if log["state"] != "open":',
        'if log["state"] == "ended":',
        OF_LOG,
    ),
    Mutation(
        "what is sealed is hashed again",
        SEALER,
        'or made != row["leaf_hash"]:',
        "or not made:",
        OF_LOG,
    ),
    Mutation(
        "no entry is passed over",
        SEALER,
        "if len(hashes) != end - first:",
        "if len(hashes) > end - first:",
        OF_LOG,
    ),
    Mutation(
        "an older database is noticed",
        SEALER,
        'if opened.size > row["sealed_size"]:',
        'if opened.size < row["sealed_size"]:',
        OF_LOG,
    ),
    Mutation(
        "nothing beyond the published checkpoint is served",
        SERVED,
        "or not asked.within(log.size):",
        "or asked.width == 0:",
        OF_LOG,
    ),
    Mutation(
        "the signer signs no other leaf",
        SIGNER,
        "                if held != given:",
        '                if held == b"":',
        OF_SIGNER,
    ),
    Mutation(
        "the signer signs nothing older",
        SIGNER,
        "if begins + len(hashes) < size:",
        "if begins + len(hashes) < 0:",
        OF_SIGNER,
    ),
    Mutation(
        "the signer leaves no gap", SIGNER, "if begins > size:", "if begins > size + 9:", OF_SIGNER
    ),
    Mutation(
        "a log key is wrapped",
        SIGNER,
        "nonce + self._wraps.encrypt(nonce, seed, origin.encode())",
        "nonce + seed",
        OF_SIGNER,
    ),
)
