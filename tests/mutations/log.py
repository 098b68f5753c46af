"""Mistakes in the log: its tree and tiles, its intake, sealing and signing."""

from tests.mutations import Mutation

TREE = "shared/tlog/tree.py"
TILES = "shared/tlog/tiles.py"
INBOX = "services/audit/inbox.py"
SHARED_INBOX = "shared/inbox.py"
ENTRY = "services/audit/domain/entry.py"
SEALER = "services/audit/sealer.py"
SIGNED = "services/audit/signed.py"
FILES = "services/audit/api/files.py"
SERVED = "services/audit/views/served.py"
OF_TREE = "tests/shared/tlog/test_tree.py"
OF_TILES = "tests/shared/tlog/test_tiles.py"
EDGE = "shared/tlog/edge.py"
NODES = "shared/tlog/nodes.py"
OF_NODES = "tests/shared/tlog/test_nodes.py"
EAR = "shared/ear.py"
OF_EDGE = "tests/shared/tlog/test_edge.py"
OF_SIZE = "tests/audit/test_size.py"
OF_LOG = "tests/audit/test_log.py"
OF_CLIENTS = "tests/audit/test_clients.py"
OF_SIGNER = "tests/audit/test_signer.py"
WITNESSES = "services/audit/witnesses.py"
RECOVERY = "services/audit/recovery.py"
EXAMINING = "services/audit/examining.py"
OF_FILES = "tests/audit/test_files.py"
OF_INTAKE = "tests/audit/test_intake.py"
OF_RECOVERY = "tests/audit/test_recovery.py"
OF_EXAMINING = "tests/audit/test_examining.py"
OF_ROTATION = "tests/audit/test_rotation.py"
OF_WITNESSES = "tests/audit/test_witnesses.py"

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
        '    if proof:\n        raise Unproved("Where',
        '    if not proof and False:\n        raise Unproved("Where',
        OF_TREE,
    ),
    Mutation(
        "a tree of no leaves has one root",
        TREE,
        "    if old_size == new_size and old_root != new_root:\n",
        "    if 0 < old_size == new_size and old_root != new_root:\n",
        f"{OF_TREE}::test_trees_of_one_size_have_one_root",
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
        'one["sequence"]):',
        OF_LOG,
    ),
    Mutation(
        "an entry is canonical",
        ENTRY,
        "    if not _canonical(written, leaves):",
        "    if False:",
        OF_LOG,
    ),
    Mutation(
        "an entry is one event",
        ENTRY,
        "    written = [_read(leaf, position) for position, leaf in enumerate(leaves, first)]\n",
        '    written = orjson.loads(b"[%b]" % b",".join(leaves))\n',
        OF_LOG,
    ),
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
        "or made != kept:",
        "or not made:",
        OF_LOG,
    ),
    Mutation(
        "no entry is passed over",
        SEALER,
        "if len(hashes) != ends - begins:",
        "if len(hashes) > ends - begins:",
        OF_LOG,
    ),
    Mutation(
        "a sealed tree goes on as it was sealed",
        SEALER,
        'if b"".join(edge.peaks().hashes) != row["sealed_peaks"]:',
        "if not edge:",
        OF_LOG,
    ),
    Mutation(
        "a turn that was broken off is ended first",
        SEALER,
        "        if begins < sealed:\n",
        "        if begins < sealed and False:\n",
        OF_LOG,
    ),
    Mutation(
        "what is frozen meanwhile is not sealed",
        SEALER,
        "and log_id = $2 and state = 'open' and sealed_size = $5\"",
        'and log_id = $2 and sealed_size = $5"',
        OF_LOG,
    ),
    Mutation(
        "sealing holds a page of entries",
        SEALER,
        "PAGE = 512",
        "PAGE = 1 << 16",
        OF_SIZE,
    ),
    Mutation(
        "the signer reads no more of a log than it is asked about",
        SIGNED,
        'seq >= ? and seq < ? order by seq",\n            [origin, begins, ends],',
        'seq >= 0 and ? <= ? order by seq",\n            [origin, begins, ends],',
        OF_SIZE,
    ),
    Mutation(
        "a proof leads to the published root",
        SERVED,
        "        verify_inclusion(index, size, leaf, found, root)\n",
        "        pass\n",
        OF_LOG,
    ),
    Mutation(
        "tiles that proved nothing are held no longer",
        SERVED,
        "        _held.forget(log.id)\n",
        "",
        OF_LOG,
    ),
    Mutation(
        "a tile is held as wide as it is needed",
        NODES,
        "if found is None or found.width < tile.width:",
        "if found is None:",
        OF_NODES,
    ),
    Mutation(
        "a held tile is one log's",
        NODES,
        "found = self._held.get((log, tile.level, tile.n))",
        "found = next(iter(self._held.values()), None)",
        OF_NODES,
    ),
    Mutation(
        "who is in no hurry hurries where much is waiting",
        EAR,
        "if 0 < messages < FEW else pause",
        "if 0 < messages else pause",
        "tests/shared/test_inbox.py::test_who_is_in_no_hurry_gathers_longer_but_not_where_much_is_waiting",
    ),
    Mutation(
        "a full tile is numbered from the left",
        EDGE,
        "            first = self.size // WIDTH ** (level + 1)\n",
        "            first = 0\n",
        OF_EDGE,
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
        "a receipt rests on the newest checkpoint that was witnessed",
        SERVED,
        " order by ($3 is not null and witnessed_at is not null) desc, size desc limit 1",
        " order by size desc limit 1",
        "tests/audit/test_witnesses.py",
    ),
    Mutation(
        "the hash of a full tile stands above it",
        EDGE,
        "        while hashes:\n",
        "        while hashes and level < 1:\n",
        f"{OF_CLIENTS}::test_tlog_scales_reads_it_whole",
    ),
    Mutation(
        "a proof is made of the highest tiles",
        "shared/tlog/nodes.py",
        "        height = (index ^ self._size).bit_length() - 1\n",
        "        height = self._size.bit_length() - 1\n",
        f"{OF_CLIENTS}::test_proofs_as_members_get_them_hold_for_sigstore",
    ),
    Mutation(
        "entries are for members",
        FILES,
        "    if known is None or not known.audiences:",
        "    if known is not None and not known.audiences:",
        f"{OF_CLIENTS}::test_hashes_are_everybodys_and_entries_are_for_members",
    ),
    Mutation(
        "no entry is longer than a bundle holds",
        ENTRY,
        "    if len(leaf) > LARGEST:",
        "    if len(leaf) > LARGEST + 1:",
        f"{OF_CLIENTS}::test_the_longest_entries_are_kept_and_read_and_none_beyond",
    ),
    Mutation(
        "the signer signs no other leaf",
        SIGNED,
        "                if held != given:",
        '                if held == b"":',
        OF_SIGNER,
    ),
    Mutation(
        "the signer signs nothing older",
        SIGNED,
        "if begins + len(hashes) < size:",
        "if begins + len(hashes) < 0:",
        OF_SIGNER,
    ),
    Mutation(
        "the signer leaves no gap", SIGNED, "if begins > size:", "if begins > size + 9:", OF_SIGNER
    ),
    Mutation(
        "a log key is wrapped",
        SIGNED,
        "nonce + self._wraps.encrypt(nonce, seed, origin.encode())",
        "nonce + seed",
        OF_SIGNER,
    ),
    Mutation(
        "nothing is shown before it is published",
        SERVED,
        '$2 and published_at is not null"\n        " and ($3::bigint is null or size > $3)',
        '$2"\n        " and ($3::bigint is null or size > $3)',
        OF_INTAKE,
    ),
    Mutation(
        "what is signed is committed before it is answered",
        SIGNED,
        '        self._db.execute("commit")',
        '        self._db.execute("rollback")',
        OF_SIGNER,
    ),
    Mutation(
        "no log begins with what another has",
        SIGNED,
        "            if size == 0 and self._predecessor(origin) is None:",
        "            if size < 0 and self._predecessor(origin) is None:",
        OF_SIGNER,
    ),
    Mutation(
        "a key is made only for a log that is new",
        SIGNED,
        "                if not new:\n",
        "                if not origin:\n",
        OF_SIGNER,
    ),
    Mutation(
        "what is adopted is witnessed by a quorum",
        SIGNED,
        "if not self._policy.met_by(named[key] for key in signed if key in named):",
        "if not signed:",
        f"{OF_RECOVERY}::test_a_signer_adopts_nothing_that_too_few_have_witnessed",
    ),
    Mutation(
        "what is adopted leads to the root",
        SIGNED,
        "if (peaks.size, peaks.root()) != (checkpoint.size, checkpoint.root):",
        "if peaks.size != checkpoint.size:",
        f"{OF_RECOVERY}::test_a_signer_adopts_nothing_that_too_few_have_witnessed",
    ),
    Mutation(
        "an old key ends",
        SIGNED,
        "[key for key, term in keys if term.signs(peaks.size)]",
        "[key for key, _ in keys]",
        OF_ROTATION,
    ),
    Mutation(
        "organisations are counted, not keys",
        WITNESSES,
        "if policy.witnesses and policy.met_by(names):",
        "if len(names) > 1 or (policy.met_by(names) and len(policy.witnesses) < 3):",
        f"{OF_FILES}::test_two_keys_of_one_organisation_are_no_quorum",
    ),
    Mutation(
        "what is handed in is signed by a witness",
        WITNESSES,
        "signed = note.verified([witness.key for witness in policy.witnesses], now)",
        "signed = [(found.keys[0], each) for each in note.signatures]",
        OF_FILES,
    ),
    Mutation(
        "a signed history that is not ours freezes the log",
        WITNESSES,
        "if (ours is not None or checkpoint.size > size) and _signed_by(found, note, now):",
        "if ours is not None and _signed_by(found, note, now):",
        OF_FILES,
    ),
    Mutation(
        "a witness that is ahead freezes the log",
        WITNESSES,
        "            if answer.holds > size:",
        "            if answer.holds < size:",
        OF_WITNESSES,
    ),
    Mutation(
        "every event is compared with its journal",
        EXAMINING,
        'if (one["position"], one["leaf"]) != (number, came[0]):',
        'if one["position"] != number:',
        OF_EXAMINING,
    ),
    Mutation(
        "a checkpoint follows from the entries",
        EXAMINING,
        "if root is not None and peaks.root() != root:",
        "if root is None and peaks.size < 0:",
        OF_EXAMINING,
    ),
    Mutation(
        "a journal that ends too early is found",
        EXAMINING,
        "            if len(page.entries) < min(len(kept), 1):",
        "            if not page.entries:\n                return\n            if not kept:",
        OF_EXAMINING,
    ),
    Mutation(
        "only what was found is repaired",
        RECOVERY,
        "        if case not in found:\n",
        "        if case is None:\n",
        f"{OF_RECOVERY}::test_a_database_that_is_lost_is_filled_in_the_order_that_was_signed",
    ),
    Mutation(
        "what no journal has is not made up",
        RECOVERY,
        "        if missing:\n            first = min",
        "        if not leaves:\n            first = min",
        f"{OF_RECOVERY}::test_what_no_journal_has_is_not_made_up",
    ),
    Mutation(
        "every witness is asked before a signer goes back",
        RECOVERY,
        "            if not answer.signatures:\n",
        "            if answer.why is None:\n",
        f"{OF_RECOVERY}::test_a_witness_that_is_ahead_keeps_a_signer_from_going_back",
    ),
    Mutation(
        "a log that differs stays frozen",
        RECOVERY,
        '            raise CannotRepair(f"It still differs: {each.why}.")',
        "            del each",
        f"{OF_RECOVERY}::test_a_log_that_still_differs_stays_frozen",
    ),
    Mutation(
        "a message freezes nothing by itself",
        SHARED_INBOX,
        "            if told:\n                raise _Contradicted",
        "            if not told:\n                raise _Contradicted",
        f"{OF_INTAKE}::test_what_a_message_contradicts_is_asked_of_its_journal",
    ),
    Mutation(
        "what a message contradicts is asked of its journal",
        SHARED_INBOX,
        "while after < last and",
        "while after > last and",
        f"{OF_INTAKE}::test_a_message_that_contradicts_with_its_journal_freezes_the_log",
    ),
)
