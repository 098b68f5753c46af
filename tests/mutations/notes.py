"""Mistakes in notes, checkpoints and cosignatures: what a log says, and who may be believed."""

from tests.mutations import Change, Mutation

CHECKPOINT = "shared/tlog/checkpoint.py"
COSIGNATURE = "shared/tlog/cosignature.py"
KEY = "shared/tlog/key.py"
NOTE = "shared/tlog/note.py"
POLICY = "shared/tlog/policy.py"
OF_CHECKPOINT = "tests/shared/tlog/test_checkpoint.py"
OF_COSIGNATURE = "tests/shared/tlog/test_cosignature.py"
OF_NOTE = "tests/shared/tlog/test_note.py"
OF_POLICY = "tests/shared/tlog/test_policy.py"

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
        file=NOTE,
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
        file=NOTE,
        before="    if base64.b64encode(raw).decode() != text:",
        after="    if len(base64.b64encode(raw)) != len(text):",
        test=OF_NOTE,
    ),
    Mutation(
        id="a key name has no plus",
        file=NOTE,
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
        after="            if part in self.names - self.grouped:",
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
        before="checkpoint.size > log.until",
        after="checkpoint.size > log.until + 1",
        test=OF_POLICY,
    ),
    Mutation(
        id="a log signs under its origin",
        file=POLICY,
        before="    return log.key.name == checkpoint.origin and not ended",
        after="    return not ended",
        test=OF_POLICY,
    ),
    Mutation(
        id="no more are needed than there are",
        file=POLICY,
        before=" or int(needed) > parts:",
        after=" or int(needed) > parts + 1:",
        test=OF_POLICY,
    ),
)
