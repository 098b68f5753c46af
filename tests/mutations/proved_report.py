"""Mistakes in reports with their proof: in what is verified, and in what is handed out."""

from tests.mutations import Mutation

VERIFY = "accord/verify_report.py"
ITEMS = "accord/report_items.py"
LEAF = "accord/leaf.py"
FIGURES = "accord/figures.py"
HEAD = "accord/report_head.py"
ZIP = "accord/report_zip.py"
SAID = "accord/report_statement.py"
ALONE = "accord/verify_standalone.py"
RULE = "services/transparency/domain/proof.py"
WRITER = "services/transparency/proof.py"
OF_REPORT = "tests/accord/test_verify_report.py"
OF_ALONE = "tests/accord/test_verify_standalone.py"
OF_WRITER = "tests/transparency/test_proof.py"

MUTATIONS = (
    Mutation(
        "the entries lead to the signed root",
        VERIFY,
        "if grown.root() != new.checkpoint.root:",
        "if False:",
        OF_REPORT,
    ),
    Mutation(
        "the peaks lead to the old root",
        VERIFY,
        " or peaks.root() != old.checkpoint.root:",
        ":",
        OF_REPORT,
    ),
    Mutation(
        "a checkpoint is of the size that the report says",
        VERIFY,
        "!= (head.origin, size):",
        "!= (head.origin, judged.checkpoint.size):",
        OF_REPORT,
    ),
    Mutation(
        "positions make as many events as there are entries",
        HEAD,
        "if counted != self.end - self.first:",
        "if False:",
        OF_REPORT,
    ),
    Mutation(
        "positions ascend",
        ITEMS,
        "if not reached[leaf.service] < leaf.position <= last:",
        "if not leaf.position <= last:",
        OF_REPORT,
    ),
    Mutation(
        "a leaf is of this coalition",
        ITEMS,
        "if leaf.coalition != head.coalition:",
        "if False:",
        OF_REPORT,
    ),
    Mutation(
        "what was redacted was so by the entry that is named",
        ITEMS,
        'if why == "redacted" and said != (digest, ref):',
        "if False:",
        OF_REPORT,
    ),
    Mutation(
        "a digest stands in its event once",
        LEAF,
        "if not self.sealed[digest][1]:",
        "if False:",
        f"{OF_REPORT}::test_a_digest_that_stands_twice_discloses_nothing",
    ),
    Mutation(
        "a disclosure stands where it was sealed",
        LEAF,
        "        if digest not in self.sealed:\n",
        "        if False:\n",
        OF_REPORT,
    ),
    Mutation(
        "a disclosure is canonical",
        LEAF,
        "    if not canonical:\n",
        "    if False:\n",
        OF_REPORT,
    ),
    Mutation(
        "a leaf is canonical",
        LEAF,
        "if not same or not _plain(written):",
        "if not _plain(written):",
        OF_REPORT,
    ),
    Mutation(
        "a text is made of whole letters",
        ZIP,
        "json.dumps(said, ensure_ascii=False).encode()",
        "json.dumps(said)",
        OF_REPORT,
    ),
    Mutation(
        "a list of files that cannot be is refused",
        ZIP,
        "OSError, OverflowError, ValueError,",
        "OSError,",
        OF_REPORT,
    ),
    Mutation(
        "a figure leaves no entry out",
        FIGURES,
        'if takes == "yes" and index not in self.listed:',
        "if False:",
        OF_REPORT,
    ),
    Mutation(
        "what is sealed is no missing value",
        LEAF,
        "return UNKNOWN if closed else MISSING",
        "return MISSING",
        OF_REPORT,
    ),
    Mutation(
        "a name stands once in the zip",
        ZIP,
        "            if name in self._sizes:\n",
        "            if False:\n",
        OF_REPORT,
    ),
    Mutation(
        "a policy that came along and needs nobody is short",
        SAID,
        "if not self.given and self.policy.quorum is None:",
        "if False:",
        OF_REPORT,
    ),
    Mutation(
        "a fork is told",
        SAID,
        'if each["state"] == "forked"), None)',
        'if each["state"] == "never"), None)',
        OF_REPORT,
    ),
    Mutation(
        "standalone: a signature is below the order",
        ALONE,
        "    if s >= ORDER:\n",
        "    if s >= 1 << 256:\n",
        OF_ALONE,
    ),
    Mutation(
        "standalone: a key ends where its policy says",
        ALONE,
        "ended = until is not None and size > until",
        "ended = bool(until) and size > (until or 0)",
        OF_ALONE,
    ),
    Mutation(
        "standalone: the entries lead to the signed root",
        ALONE,
        'need(self.tree.root() == root, "The entries do not lead to the root that was signed.")',
        "self.tree.root()",
        OF_ALONE,
    ),
    Mutation(
        "an event is shown to those whom its class is for",
        RULE,
        'return event.get("visibility") in tokens',
        "return True",
        OF_WRITER,
    ),
    Mutation(
        "who acted is never told",
        RULE,
        "return name != _WHO",
        "return bool(name)",
        OF_WRITER,
    ),
    Mutation(
        "positions begin before the first entry",
        WRITER,
        "[position - 1, 0]",
        "[position, 0]",
        OF_WRITER,
    ),
)
