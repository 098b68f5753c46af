"""What is said of a report that was verified: what is established, and what is not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from accord import figures
from accord.leaf import Leaf
from accord.report_head import FORMAT, Head
from accord.report_items import WHY, Items
from accord.statement import Statement, Verdict
from shared.tlog.encoding import shown
from shared.tlog.policy import Judged, Policy


@dataclass(frozen=True)
class Verified:
    """A report in which everything fits.

    Args:
        given: Whether the reader gave the policy; `differs` whether another came with the report.
        notes: The checkpoints at both ends, or the one at the end of a report from the first entry.
        known: What became of the reader's own checkpoints.
    """

    head: Head
    items: Items
    policy: Policy
    given: bool
    differs: bool
    notes: Sequence[Judged]
    known: Sequence[Mapping[str, Any]]

    def statement(self) -> Statement:
        verdict, reason = self._verdict()
        return Statement(
            plain(subject_of(self.head)), verdict, tuple(map(plain, self._established())),
            tuple(map(plain, self._not_established())), plain(reason), self._facts(),
        )  # fmt: skip

    def _verdict(self) -> tuple[Verdict, str]:
        forked = next((each for each in self.known if each["state"] == "forked"), None)
        if forked is not None:
            return Verdict.FORKED, (
                f"The log signed two histories: at size {forked['size']} your checkpoint has "
                "another root than this report leads to."
            )
        short = next((each for each in self.notes if not each.met), None)
        if short is not None:
            return Verdict.SHORT, (
                f"The checkpoint at size {short.checkpoint.size} has not been seen by the "
                "witnesses that the policy needs."
            )
        if not self.given and self.policy.quorum is None:
            return Verdict.SHORT, "The policy that came with the report needs no witness at all."
        return Verdict.VERIFIED, ""

    def _facts(self) -> dict[str, Any]:
        items = self.items
        facts = facts_of(self.head) | {
            "entries": len(items.hashes), "hidden": len(items.hidden),
            "disclosed": items.disclosed, "withheld": {why: items.withheld[why] for why in WHY},
            "ground_elsewhere": items.elsewhere,
            "witnessed": [
                {
                    "size": each.checkpoint.size, "met": each.met,
                    "witnesses": {_text(name): at for name, at in each.witnessed.items()},
                }
                for each in self.notes
            ],
            "policy": "given" if self.given else "with the report",
            "policy_differs": self.differs,
            "figures": [
                {"name": each.name, "value": each.value, "over": each.over, "of": each.of}
                for each in items.checked
            ],
            "known": list(self.known),
        }  # fmt: skip
        if items.told is not None:
            facts["entry"] = items.told | {"because": self._because(items.told)}
        return facts

    def _established(self) -> Iterator[str]:
        yield "log signature" if len(self.notes) == 1 else "log signatures at both ends"
        if seen := _seen(self.policy, self.notes[-1]):
            yield f"witnessed by {seen}"
        yield f"complete, {len(self.items.hashes):,} entries"
        if self.items.hidden:
            yield f"of them {len(self.items.hidden):,} are there by their hash alone"
        if self.items.disclosed:
            yield f"{self.items.disclosed:,} disclosed fields are what was sealed"
        if whole := figures.whole(self.items.checked):
            yield f"{whole:,} figures recomputed"
        for each in self.items.checked:
            if each.over is not None and not each.whole:
                yield f"figure {shown(each.name)} verified over {each.over:,} of {each.of:,}"
        for known in self.known:
            if known["state"] == "same":
                yield f"your checkpoint of size {known['size']} is of the same history"
        if self.items.told is not None:
            yield from _explained(self.items.told | {"because": self._because(self.items.told)})

    def _not_established(self) -> Iterator[str]:
        until = max(self.notes[-1].witnessed.values(), default=None)
        yield f"anything after {_time(until) if until else f'entry {self.head.end}'}"
        counted = [
            f"{self.items.withheld[why]:,} {_KEPT[why]}" for why in WHY if self.items.withheld[why]
        ]
        if counted:
            yield f"{', '.join(counted)} fields, and which digests stand for no field"
        if elsewhere := self.items.elsewhere:
            yield f"what erased or redacted {elsewhere:,} fields, as no entry here shows it"
        for each in self.items.checked:
            if each.over is None:
                yield f"figure {shown(each.name)}, whose fold is not known here"
        yield "events never submitted"
        yield "its name, audience and time of making, which nobody signed"
        if self.policy.quorum is None:
            yield "that others were shown the same history: the policy needs no witness"
        for known in self.known:
            if known["state"] == "outside":
                size = known["size"]
                yield f"whether your checkpoint of size {size} is of the same history"
            if known["state"] == "other log":
                yield f"anything of {known['origin']}, of which your checkpoint is"
        if self.items.explain is not None and self.items.told is None:
            yield f"what entry {self.items.explain} holds: it is not in this report"
        if self.differs:
            yield "why the policy that came with it is not yours"
        if not self.given:
            yield "that the policy is right (it came with the report: use --policy)"

    def _because(self, told: Mapping[str, Any]) -> dict[str, Any]:
        """Return when, and on what ground, what is gone of an entry went; by index of the event."""
        events = {each["by"] for each in told["fields"] if each.get("by") in self.items.grounds}
        return {str(by): _ground(self.items.grounds[by]) for by in sorted(events)}


_KEPT = {"audience": "withheld", "erased": "erased", "redacted": "redacted", "lost": "lost"}


def _explained(told: Mapping[str, Any]) -> Iterator[str]:
    if told["hidden"]:
        yield f"entry {told['index']} is hidden; its hash is {told['leaf_hash']}"
        return
    event = told["event"]
    yield f"entry {told['index']} is {event['type']}, {told['ref']}, {event.get('recordedtime')}"
    for each in told["fields"]:
        if each["state"] == "disclosed":
            yield f"its {each['name']} is {shown(str(each['value']))}"
            continue
        ground = told["because"].get(str(each.get("by")), {})
        by = f" by entry {each['by']}" if each.get("by") is not None else ""
        by += "".join(f", {part}" for part in ground.values())
        yield f"{each['digest']} is {_KEPT.get(each['state'], each['state'])}{by}"


def _ground(leaf: Leaf) -> dict[str, str]:
    said = leaf.written.get("recordedtime"), leaf.data.get("ground") or leaf.data.get("reason")
    return {
        name: each
        for name, each in zip(("at", "ground"), said, strict=True)
        if isinstance(each, str)
    }


def _seen(policy: Policy, judged: Judged) -> str:
    """Return who witnessed a checkpoint and when, and how many of them were needed."""
    if not judged.witnessed:
        return ""
    names = ", ".join(f"{_text(name)} ({_time(at)})" for name, at in judged.witnessed.items())
    for group in policy.groups:
        if group.name == policy.quorum:
            there = sum(
                replace(policy, quorum=part).met_by(judged.witnessed) for part in group.parts
            )
            return f"{names} ({there} of {len(group.parts)}; {group.needed} needed)"
    return names


def _text(name: bytes) -> str:
    return name.decode(errors="backslashreplace")


def plain(text: str) -> str:
    """Return words that may hold what a stranger wrote, without what moves a terminal."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def _time(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def subject_of(head: Head) -> str:
    """Return what a report is about."""
    return (
        f"{head.report} of {head.origin}, entries {head.first} to {head.end}, for {head.audience}"
    )


def facts_of(head: Head) -> dict[str, Any]:
    """Return what a report says of itself, under names that stay."""
    return {
        "format": FORMAT, "origin": head.origin, "coalition": head.coalition,
        "report": head.report, "audience": head.audience, "from": head.first, "to": head.end,
    }  # fmt: skip
