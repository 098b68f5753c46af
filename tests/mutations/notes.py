"""Mistakes in notes, checkpoints and cosignatures: what a log says, and who may be believed."""

from tests.mutations import Change, Mutation

CALL = "shared/tlog/call.py"
CHECKPOINT = "shared/tlog/checkpoint.py"
COPY = "accord/log_copy.py"
COSIGNATURE = "shared/tlog/cosignature.py"
ENCODING = "shared/tlog/encoding.py"
FORK = "shared/tlog/fork.py"
KEY = "shared/tlog/key.py"
NOTE = "shared/tlog/note.py"
POLICY = "shared/tlog/policy.py"
PULL = "accord/witness_pull.py"
SERVER = "accord/witness_server.py"
STATE = "accord/witness_state.py"
SUBMIT = "shared/tlog/submit.py"
WITNESS = "shared/tlog/witness.py"
OF_CHECKPOINT = "tests/shared/tlog/test_checkpoint.py"
OF_COSIGNATURE = "tests/shared/tlog/test_cosignature.py"
OF_FORK = "tests/shared/tlog/test_fork.py"
OF_NOTE = "tests/shared/tlog/test_note.py"
OF_POLICY = "tests/shared/tlog/test_policy.py"
OF_PULL = "tests/accord/test_witness_pull.py"
OF_SERVER = "tests/accord/test_witness_server.py"
OF_STATE = "tests/accord/test_witness_state.py"
OF_SUBMIT = "tests/accord/test_witness_submit.py"
OF_WITNESS = "tests/shared/tlog/test_witness.py"

MUTATIONS = (
    Mutation(
        id="a note is split at its last empty line",
        file=NOTE,
        before='whole.rpartition("\\n\\n")',
        after='whole.partition("\\n\\n")',
        test=OF_NOTE,
    ),
    Mutation(
        id="a note ends in a newline",
        file=NOTE,
        before='        if not below.endswith("\\n"):',
        after="        if not below:",
        test=OF_NOTE,
    ),
    Mutation(
        id="a note has no control characters",
        file=ENCODING,
        before='_CONTROL = re.compile(r"[\\x00-\\x09\\x0b-\\x1f]")',
        after='_CONTROL = re.compile(r"[\\x00-\\x08]")',
        test=OF_NOTE,
    ),
    Mutation(
        id="a note has a hundred signatures at most",
        file=NOTE,
        before="        if len(lines) > SIGNATURES:",
        after="        if len(lines) > 10 * SIGNATURES:",
        test=OF_NOTE,
    ),
    Mutation(
        id="a signature line begins with an em dash",
        file=NOTE,
        before="        if not line.startswith(_DASH) or not encoded:",
        after="        if not encoded:",
        test=OF_NOTE,
    ),
    Mutation(
        id="a key is known by name and id together",
        file=NOTE,
        before="            key = known.get((signature.name, signature.key_id))",
        after="            key = {each[0]: known[each] for each in known}.get(signature.name)",
        test=OF_NOTE,
    ),
    Mutation(
        id="a known key that fails condemns the note",
        file=NOTE,
        before="                key.check(self.text, signature, now)\n",
        after=(
            "                try:\n"
            "                    key.check(self.text, signature, now)\n"
            "                except NotSigned:\n"
            "                    continue\n"
        ),
        test=OF_NOTE,
    ),
    Mutation(
        id="somebody known has signed",
        file=NOTE,
        before="        if not found:\n            expected",
        after="        if not found and known:\n            expected",
        test=OF_NOTE,
    ),
    Mutation(
        id="a signature has one spelling",
        file=NOTE,
        before="        if base64.b64encode(self._raw).decode() != self.encoded:",
        after="        if not self._raw:",
        test=OF_NOTE,
    ),
    Mutation(
        id="base64 has one form",
        file=ENCODING,
        before="    if base64.b64encode(raw).decode() != text:",
        after="    if len(base64.b64encode(raw)) != len(text):",
        test=OF_NOTE,
    ),
    Mutation(
        id="a key name has no plus",
        file=ENCODING,
        before='    if not name or "+" in name or any(',
        after="    if not name or any(",
        test=OF_NOTE,
    ),
    Mutation(
        id="a vkey states the id of its key",
        file=KEY,
        before="    if key.id.hex() != stated:",
        after="    if key.id.hex() != stated.lower():",
        test=OF_NOTE,
    ),
    Mutation(
        id="a secret is shown nowhere",
        file=NOTE,
        before="    seed: bytes = field(repr=False)",
        after="    seed: bytes = field(repr=True)",
        test=OF_NOTE,
    ),
    Mutation(
        id="a checkpoint has three lines",
        file=CHECKPOINT,
        before="        if len(lines) != 4 or lines[3]:",
        after="        if len(lines) < 4:",
        test=OF_CHECKPOINT,
        also=(
            Change(
                CHECKPOINT,
                "        origin, size, root, _ = lines",
                "        origin, size, root, *_ = lines",
            ),
        ),
    ),
    Mutation(
        id="a size has no leading zero",
        file=CHECKPOINT,
        before='re.compile(r"0|[1-9][0-9]{0,18}")',
        after='re.compile(r"[0-9]{1,19}")',
        test=OF_CHECKPOINT,
    ),
    Mutation(
        id="a root has 32 bytes",
        file=CHECKPOINT,
        before="        if len(self.root) != ROOT_BYTES:",
        after="        if len(self.root) > ROOT_BYTES:",
        test=OF_CHECKPOINT,
    ),
    Mutation(
        id="a cosignature is not from the future",
        file=COSIGNATURE,
        before="        if at > now + AHEAD_SECONDS:",
        after="        if at > now + 2 * AHEAD_SECONDS:",
        test=OF_COSIGNATURE,
    ),
    Mutation(
        id="a cosignature signs its time",
        file=COSIGNATURE,
        before='f"cosignature/v1\\ntime {at}\\n{text}"',
        after='f"cosignature/v1\\n{text}"',
        test=OF_COSIGNATURE,
    ),
    Mutation(
        id="a cosignature states a time",
        file=COSIGNATURE,
        before="not 0 < at < 1 << 63:",
        after="not 0 <= at < 1 << 63:",
        test=OF_COSIGNATURE,
    ),
    Mutation(
        id="an ML-DSA cosignature holds the cosigner's name",
        file=COSIGNATURE,
        before="        _opaque(cosigner),\n",
        after="        _opaque(checkpoint.origin),\n",
        test=OF_COSIGNATURE,
    ),
    Mutation(
        id="a group counts once, however many keys it has",
        file=POLICY,
        before="            if len(counted.intersection(group.parts)) >= group.needed:",
        after="            if len(counted) >= group.needed:",
        test=OF_POLICY,
    ),
    Mutation(
        id="nobody counts in two groups",
        file=POLICY,
        before="            if part in self.grouped:",
        after="            if part in self.grouped and part == name:",
        test=OF_POLICY,
    ),
    Mutation(
        id="a name is defined above",
        file=POLICY,
        before="        if name not in self.names:",
        after="        if name == NOBODY:",
        test=OF_POLICY,
    ),
    Mutation(
        id="a policy has one quorum",
        file=POLICY,
        before="        if self.quorums:",
        after="        if len(self.quorums) > 1:",
        test=OF_POLICY,
    ),
    Mutation(
        id="a witness has no key of another, whatever its name",
        file=POLICY,
        before="key.public == each.public",
        after="key == each",
        test=OF_POLICY,
    ),
    Mutation(
        id="the log itself has signed",
        file=POLICY,
        before="        if not signed:",
        after="        if not found:",
        test=OF_POLICY,
        also=(Change(POLICY, "checkpoint, signed[0], ", "checkpoint, (signed or self.logs)[0], "),),
    ),
    Mutation(
        id="a key that has ended signs no larger tree",
        file=POLICY,
        before="size <= self.until",
        after="size <= self.until + 1",
        test=OF_POLICY,
    ),
    Mutation(
        id="a log signs under its origin",
        file=POLICY,
        before=" for log in self.logs if log.key.name == checkpoint.origin]",
        after=" for log in self.logs if log.key.name or checkpoint.origin]",
        test=OF_POLICY,
    ),
    Mutation(
        id="no more are needed than there are",
        file=POLICY,
        before=" or int(needed) > parts:",
        after=" or int(needed) > parts + 1:",
        test=OF_POLICY,
    ),
    Mutation(
        id="an unknown log is told before its signature",
        file=WITNESS,
        before="        raise Declined(HTTPStatus.NOT_FOUND, ",
        after="        raise Declined(HTTPStatus.FORBIDDEN, ",
        test=OF_WITNESS,
    ),
    Mutation(
        id="a witness believes only the log's signature",
        file=WITNESS,
        before="    keys = [log.key for log in known if",
        after="    keys = [log.key for each in logs.values() for log in each if",
        test=OF_WITNESS,
    ),
    Mutation(
        id="a proof has 63 lines at most",
        file=WITNESS,
        before="PROOF_LINES = 63",
        after="PROOF_LINES = 64",
        test=OF_WITNESS,
    ),
    Mutation(
        id="an old size beyond the new is unreadable",
        file=WITNESS,
        before="    if request.old > checkpoint.size:",
        after="    if request.old > checkpoint.size + 1:",
        test=OF_WITNESS,
    ),
    Mutation(
        id="a witness weighs from the size that it holds",
        file=WITNESS,
        before="    if request.old != size:",
        after="    if request.old < size:",
        test=OF_WITNESS,
    ),
    Mutation(
        id="the size that is held is the answer",
        file=WITNESS,
        before="HTTPStatus.CONFLICT, str(size), SIZE",
        after="HTTPStatus.CONFLICT, str(request.old), SIZE",
        test=OF_WITNESS,
    ),
    Mutation(
        id="an empty tree has its root",
        file=WITNESS,
        before="    if checkpoint.size == 0 and checkpoint.root != EMPTY:",
        after="    if checkpoint.size == 0 and not checkpoint.root:",
        test=OF_WITNESS,
    ),
    Mutation(
        id="from nothing there is nothing to prove",
        file=WITNESS,
        before="    if size == 0 and request.proof:",
        after="    if held and size == 0 and request.proof:",
        test=OF_WITNESS,
    ),
    Mutation(
        id="a fork is refused",
        file=WITNESS,
        before="    except Unproved as error:\n        raise",
        after="    except Unproved as error:\n        if size > 99:\n            raise",
        test=OF_WITNESS,
    ),
    Mutation(
        id="only signatures that were checked are kept",
        file=WITNESS,
        before="    note = Note(request.note.text, tuple(signature for _, signature in signed))",
        after="    note = Note(request.note.text, request.note.signatures[: 9 * len(signed)])",
        test=OF_WITNESS,
    ),
    Mutation(
        id="evidence has the log's signature on both",
        file=FORK,
        before="in ((self.older, older), (self.newer, newer)):",
        after="in ((self.older, older),):",
        test=OF_FORK,
    ),
    Mutation(
        id="a log that only grew is not accused",
        file=FORK,
        before="        if older.root == self.root:",
        after="        if older.root == newer.root:",
        test=OF_FORK,
    ),
    Mutation(
        id="evidence shows the other root",
        file=FORK,
        before="        if not _has_at(newer, older.size, self.root, self.proof):",
        after="        if not (self.root and newer.size >= older.size):",
        test=OF_FORK,
    ),
    Mutation(
        id="evidence is of one log",
        file=FORK,
        before="        if older.origin != newer.origin:",
        after="        if not older.origin:",
        test=OF_FORK,
    ),
    Mutation(
        id="a checkpoint is kept before its cosignature leaves",
        file=STATE,
        before="            self._commit(db)\n",
        after="            pass\n",
        test=OF_STATE,
    ),
    Mutation(
        id="two are never weighed at once",
        file=STATE,
        before='            db.execute("begin immediate")',
        after='            db.execute("begin deferred")',
        test=OF_STATE,
    ),
    Mutation(
        id="what is declined is not kept",
        file=STATE,
        before='                db.execute("rollback")',
        after='                db.execute("commit")',
        test=OF_STATE,
        also=(
            Change(
                STATE,
                "                weigh(examined, Checkpoint.parse(held.text) if held else None)\n",
                "",
            ),
            Change(
                STATE,
                "examined.note.signed_by(signature), now)\n",
                "examined.note.signed_by(signature), now)\n"
                "                weigh(examined, Checkpoint.parse(held.text) if held else None)\n",
            ),
        ),
    ),
    Mutation(
        id="a witness that forgot does not go on",
        file=STATE,
        before='        if not (self.folder / "witness.sqlite").exists():',
        after="        if not self.folder.exists():",
        test=OF_STATE,
    ),
    Mutation(
        id="a memory belongs to its key",
        file=STATE,
        before=".fetchall() != [(vkey,)]:",
        after='.fetchall() == [("",)]:',
        test=OF_STATE,
    ),
    Mutation(
        id="a key is its owner's to read",
        file=STATE,
        before="    if file.stat().st_mode & 0o077:",
        after="    if file.stat().st_mode & 0o007:",
        test=OF_STATE,
    ),
    Mutation(
        id="only a contradiction is evidence",
        file=STATE,
        before="        if evidence is None:\n            return None\n",
        after="        evidence = evidence or fork.Fork(held, examined.note, root)\n",
        test=OF_STATE,
    ),
    Mutation(
        id="a body has one length",
        file=SERVER,
        before='        if more or "Transfer-Encoding" in self.headers or not',
        after="        if not",
        test=OF_SERVER,
    ),
    Mutation(
        id="a body has a most",
        file=SERVER,
        before="        elif int(length) > REQUEST_BYTES:",
        after="        elif int(length) > 9 * REQUEST_BYTES:",
        test=OF_SERVER,
    ),
    Mutation(
        id="who sends slowly is hung up on",
        file=SERVER,
        before="        self._end.start()\n",
        after="",
        test=OF_SERVER,
    ),
    Mutation(
        id="more than it can hold are turned away",
        file=SERVER,
        before="        if self._free.acquire(blocking=False):",
        after="        if self._free.acquire(blocking=False) or AT_ONCE:",
        test=OF_SERVER,
    ),
    Mutation(
        id="a cosignature is the witness's",
        file=SUBMIT,
        before="    return tuple(signature for _, signature in found)",
        after="    return answered.signatures[: 9 * len(found)]",
        test=OF_SUBMIT,
    ),
    Mutation(
        id="an answer cannot change the checkpoint",
        file=SUBMIT,
        before="    if answered.text != note.text:",
        after="    if not answered.text:",
        test=OF_SUBMIT,
    ),
    Mutation(
        id="a witness elsewhere is asked again",
        file=SUBMIT,
        before="    if holds is not None and holds != old and holds <= size:",
        after="    if holds is not None and holds == old and holds <= size:",
        test=OF_SUBMIT,
    ),
    Mutation(
        id="a call ends however slowly it is answered",
        file=CALL,
        before="        end.start()\n",
        after="",
        test=OF_SUBMIT,
    ),
    Mutation(
        id="only web addresses are asked",
        file=CALL,
        before='        parts.scheme not in {"http", "https"}',
        after="        not parts.scheme",
        test=OF_SUBMIT,
    ),
    Mutation(
        id="what is not signed costs no tile",
        file=PULL,
        before="        examine(bytes(Request(old, (), note)), {origin: logs}, now)",
        after="        assert examine",
        test=OF_PULL,
    ),
    Mutation(
        id="a partial tile has its width",
        file=COPY,
        before="number * WIDTH, WIDTH)",
        after="number * WIDTH, WIDTH - 1)",
        test=OF_PULL,
    ),
    Mutation(
        id="an older checkpoint is not cosigned",
        file=PULL,
        before="    if size < old:",
        after="    if size < 0:",
        test=OF_PULL,
    ),
    Mutation(
        id="in evidence too a key that has ended signs no larger tree",
        file=FORK,
        before="for log in trusted if log.may_sign(checkpoint.size)]",
        after="for log in trusted]",
        test=OF_FORK,
    ),
)
