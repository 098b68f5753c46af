"""The zip of a report, verified: that every entry of a stretch of a log is in it, as it was logged.

The tree at the start is known by its peaks. Extended by each entry's hash it has to become the tree
at the end, and both roots are signed by the log and by its witnesses: an entry left out, repeated,
swapped or changed leads to another root. No network, no account, no proof of any other kind.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from accord.known_checkpoints import Stretch
from accord.leaf import BadLeaf
from accord.report_head import FORMAT, Head
from accord.report_items import Items
from accord.report_statement import Verified, facts_of, plain, subject_of
from accord.report_zip import BadReport, ReportZip, opened
from accord.statement import Statement, Verdict
from shared.tlog.encoding import Unreadable, base64_bytes, shown
from shared.tlog.note import NOTE_BYTES, NotSigned
from shared.tlog.policy import POLICY_BYTES, Judged, Policy
from shared.tlog.tree import HASH_BYTES, Peaks, Unproved

_PEAKS_BYTES = 64 * 45


def verify_report(
    path: Path,
    policy: Policy | None,
    known: Sequence[bytes],
    now: int,
    explain: int | None = None,
) -> Statement:
    """Verify the zip of a report.

    Args:
        policy: Who has to have signed; `None`: what came with the report, and the statement says
            so.
        known: Checkpoints of this log that the reader has from elsewhere.
        now: POSIX seconds.
        explain: The index of an entry to be told of.
    """
    head: Head | None = None
    try:
        with opened(path) as file:
            head = Head.parse(file.json("report.json"))
            return _verified(file, head, policy, known, now, explain).statement()
    except (BadReport, BadLeaf, NotSigned, RecursionError, Unproved, Unreadable) as error:
        return Statement(
            plain(subject_of(head)) if head else "A report",
            Verdict.INVALID,
            not_established=("anything: this report proves nothing",),
            reason=plain(str(error)),
            facts=facts_of(head) if head else {"format": FORMAT},
        )


def _verified(
    file: ReportZip,
    head: Head,
    given: Policy | None,
    known: Sequence[bytes],
    now: int,
    explain: int | None,
) -> Verified:
    with_it = file.read("policy.txt", POLICY_BYTES)
    policy = given or Policy.parse(with_it)
    old, peaks = _old(file, policy, head, now)
    new = _judged(file, "new/checkpoint", policy, head, head.end, now)
    items = Items(head, explain)
    items.read(file)
    grown = peaks.copy()
    grown.extend(items.hashes)
    if grown.root() != new.checkpoint.root:
        raise BadReport(
            f"The {len(items.hashes):,} entries do not lead to the root that was signed for "
            f"entry {head.end}: one was left out, added, moved or changed."
        )
    items.check_grounds()
    items.check_tree(file)
    stretch = Stretch(policy, peaks, items.hashes, file.read("new/checkpoint", NOTE_BYTES), now)
    return Verified(
        head,
        items,
        policy,
        given is not None,
        given is not None and _other(with_it, given),
        [new] if old is None else [old, new],
        [stretch.compared(raw, number) for number, raw in enumerate(known, 1)],
    )


def _old(file: ReportZip, policy: Policy, head: Head, now: int) -> tuple[Judged | None, Peaks]:
    if file.begins_in_the_middle() != (head.first > 0):
        raise BadReport("A report has old/ when it begins after the first entry, and only then.")
    if not head.first:
        return None, Peaks()
    old = _judged(file, "old/checkpoint", policy, head, head.first, now)
    lines = file.read("old/peaks", _PEAKS_BYTES).decode(errors="replace").split("\n")
    if lines.pop():
        raise BadReport("old/peaks: its last line is not ended.")
    try:
        hashes = [base64_bytes(line) for line in lines]
        peaks = Peaks(head.first, hashes)
    except (Unproved, Unreadable) as error:
        raise BadReport(f"old/peaks: {error}") from error
    if any(len(each) != HASH_BYTES for each in hashes) or peaks.root() != old.checkpoint.root:
        raise BadReport("old/peaks: they do not lead to the root that was signed.")
    return old, Peaks(head.first, hashes)


def _judged(file: ReportZip, name: str, policy: Policy, head: Head, size: int, now: int) -> Judged:
    try:
        judged = policy.judge(file.read(name, NOTE_BYTES), now)
    except (NotSigned, Unreadable) as error:
        raise BadReport(f"{name}: {error}") from error
    if (judged.checkpoint.origin, judged.checkpoint.size) != (head.origin, size):
        raise BadReport(
            f"{name}: it is of {shown(judged.checkpoint.origin)} at size "
            f"{judged.checkpoint.size}; the report is of {shown(head.origin)} at {size}."
        )
    return judged


def _other(with_it: bytes, given: Policy) -> bool:
    with suppress(Unreadable):
        return Policy.parse(with_it) != given
    return True
