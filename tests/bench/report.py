"""From samples to ratios, verdicts, lines and tables; and what is refused publication.

Figures reach the documentation only through here: from the lines of one run, of at least six
rounds, of a commit without uncommitted changes, with a control that held still.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from tests.bench.meter import AGAIN, CONTROL_AT_MOST, Measure, Sample, Target

RUNS = Path("docs/performance.jsonl")
PAGE = Path("docs/performance.md")
BEGIN, END = "<!-- bench: begin -->", "<!-- bench: end -->"
CONTROL = "control"
UNCOMMITTED = "+"

Verdict = Literal["missed", "must", "moonshot", "unclear", "void"]
Line = Mapping[str, Any]


class Unpublishable(ValueError):
    """Why the figures of a run may not stand in the documentation."""


@dataclass(frozen=True)
class Control:
    """A row divided by itself, round by round."""

    row: str
    at: int
    rounds: tuple[float, ...]

    @property
    def factor(self) -> float:
        """How far from 1 the worst round came, as a factor of at least 1."""
        return max((max(one, 1 / one) for one in self.rounds), default=1.0)


def divided(
    samples: Iterable[Sample], row: str, at: int, over: str | None = None,
    over_at: int | None = None, measure: Measure = "rate",
) -> list[float]:  # fmt: skip
    """Return a row's figure, over another row's of the same round; void samples are left out."""
    held = tuple(samples)

    def figures(name: str, where: int) -> dict[int, float]:
        return {
            sample.round: figure
            for sample in held
            if (sample.row, sample.at) == (name, where)
            and (measure == "lost" or not sample.void)
            and (figure := sample.figure(measure)) is not None
        }

    above = figures(row, at)
    if over is None:
        return [above[number] for number in sorted(above)]
    below = figures(over, at if over_at is None else over_at)
    return [above[n] / below[n] for n in sorted(above.keys() & below.keys()) if below[n]]


def control_of(samples: Iterable[Sample], row: str, at: int) -> Control:
    return Control(row, at, tuple(divided(samples, row + AGAIN, at, row, at)))


def middle(target: Target, rounds: Sequence[float]) -> float:
    """Return the median; of losses the worst round, as one is too many."""
    return max(rounds) if target.measure == "lost" else median(rounds)


def verdict(target: Target, rounds: Sequence[float], factor: float = 1.0) -> Verdict:
    """Judge the rounds of a target.

    Args:
        factor: How far the control came from 1. A bound nearer to the median than that is
            neither reached nor missed.
    """
    if not rounds:
        return "void"
    found = middle(target, rounds)
    low, high, must, moonshot = found / factor, found * factor, target.must, target.moonshot
    if target.better == "lower":
        low, high, must, moonshot = -high, -low, -must, -moonshot
    if low >= moonshot:
        return "moonshot"
    if low >= must:
        return "must"
    return "missed" if high < must else "unclear"


def control_line(run: str, control: Control) -> dict[str, Any]:
    return {
        "kind": "ratio", "run": run, "target": CONTROL, "row": control.row, "at": control.at,
        "over": control.row, "rounds": _rounded(control.rounds),
        "median": _rounded([median(control.rounds)])[0] if control.rounds else None,
    }  # fmt: skip


def ratio_line(
    run: str, target: Target, samples: Sequence[Sample], factor: float
) -> dict[str, Any]:
    """Return what a run found for a target: a line that needs no other to be read."""
    over_at = target.at if target.over_at is None else target.over_at
    rounds = divided(samples, target.row, target.at, target.over, over_at, target.measure)
    rates = divided(samples, target.row, target.at)
    below = divided(samples, target.over, over_at) if target.over else []
    per_cpu = divided(samples, target.row, target.at, target.over, over_at, "per_cpu")
    return {
        "kind": "ratio", "run": run, "target": target.id, "measure": target.measure,
        "row": target.row, "at": target.at, "over": target.over, "over_at": over_at,
        "rounds": _rounded(rounds),
        "median": _rounded([middle(target, rounds)])[0] if rounds else None,
        "per_s": round(median(rates), 1) if rates else None,
        "over_per_s": round(median(below), 1) if below else None,
        "per_cpu": _rounded([median(per_cpu)])[0] if per_cpu else None,
        "better": target.better, "must": target.must, "moonshot": target.moonshot,
        "needs": target.rounds, "verdict": verdict(target, rounds, factor),
    }  # fmt: skip


def read(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def publishable(lines: Sequence[Line]) -> list[Line]:
    """Return the lines of a run that may be published: the run, its controls, its ratios.

    Raises:
        Unpublishable: one reason, in words for the person who measured.
    """
    runs = [line for line in lines if line["kind"] == "run"]
    if len(runs) != 1:
        raise Unpublishable(f"The file has {len(runs)} runs; publish the file of one run.")
    run = runs[0]
    if {line["run"] for line in lines} != {run["run"]}:
        raise Unpublishable("Some lines are of another run: both sides must be measured together.")
    if run["commit"].endswith(UNCOMMITTED):
        raise Unpublishable("Measured with uncommitted changes: commit, and measure again.")
    ratios = [line for line in lines if line["kind"] == "ratio" and line["rounds"]]
    samples = [_sample(line) for line in lines if line["kind"] == "sample"]
    for line in ratios:
        _check_rounds(line, samples)
        if line["target"] == CONTROL:
            worst = Control(line["row"], line["at"], tuple(line["rounds"])).factor
            if worst > CONTROL_AT_MOST:
                raise Unpublishable(
                    f"The control, {line['row']} twice, differed by a factor of {worst:.2f}: the "
                    "machine was too busy to say anything. Measure again when it is quiet."
                )
    return [run, *ratios]


def _check_rounds(line: Line, samples: Sequence[Sample]) -> None:
    name = line["target"]
    needs = line.get("needs", Target.rounds)
    if len(line["rounds"]) < needs:
        raise Unpublishable(f"{name} has {len(line['rounds'])} good rounds; it needs {needs}.")
    again = (
        control_of(samples, line["row"], line["at"]).rounds
        if name == CONTROL
        else divided(
            samples, line["row"], line["at"], line["over"], line["over_at"], line["measure"]
        )
    )
    if any(
        abs(a - b) > 0.02 * abs(b) + 0.0005 for a, b in zip(again, line["rounds"], strict=False)
    ):
        raise Unpublishable(f"The rounds of {name} do not follow from the samples of this run.")
    if len(again) != len(line["rounds"]):
        raise Unpublishable(f"{name} has rounds with no sample in this run.")


def publish(file: Path, root: Path) -> None:
    """Add a run to the published ones, and write the tables again."""
    lines = publishable(read(file))
    with (root / RUNS).open("a", encoding="utf-8") as published:
        published.writelines(json.dumps(line) + "\n" for line in lines)
    rewrite(root)


def rewrite(root: Path) -> bool:
    """Write the tables of the page again from the published lines; say whether they changed."""
    page = root / PAGE
    old = page.read_text("utf-8")
    head, begin, rest = old.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise Unpublishable(f"{PAGE} has lost its markers {BEGIN} and {END}.")
    new = f"{head}{BEGIN}\n\n{tables(read(root / RUNS))}\n{END}{tail}"
    if new != old:
        page.write_text(new, "utf-8")
    return new != old


def tables(lines: Sequence[Line]) -> str:
    """Return the newest published figure of each target, and the runs they are from."""
    runs = {line["run"]: line for line in lines if line["kind"] == "run"}
    newest = {line["target"]: line for line in lines if line["kind"] == "ratio"}
    newest.pop(CONTROL, None)
    if not newest:
        return "Nothing has been published yet.\n"
    used = sorted({line["run"] for line in newest.values()})
    controls = {
        run: max(
            (Control(c["row"], c["at"], tuple(c["rounds"])).factor for c in lines
             if c["kind"] == "ratio" and c["target"] == CONTROL and c["run"] == run), default=1.0,
        )
        for run in used
    }  # fmt: skip
    told = [
        "| target | measured | median | rounds | per CPU-s | must | moonshot | verdict | run |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_told(newest[name]) for name in sorted(newest, key=_in_order)),
        "",
        "| run | commit | Python | PostgreSQL | NATS | cores | fdatasync µs | load | control |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name in used:
        run = runs[name]
        load = " to ".join(f"{one:.1f}" for one in run["load"])
        control = f"within a factor of {controls[name]:.2f}"
        told.append(
            f"| {name} | {run['commit']} | {run['python']} | {run['postgres']} | {run['nats']} "
            f"| {run['cores']} | {run['fdatasync_us']} | {load} | {control} |"
        )
    return "\n".join(told) + "\n"


def _told(line: Line) -> str:
    what = f"{line['row']} @{line['at']}"
    if line["over"]:
        what += f" ({_number(line['per_s'])}/s) ÷ {line['over']} @{line['over_at']}"
        what += f" ({_number(line['over_per_s'])}/s)"
    if line["measure"] != "rate":
        what += f", {_UNIT.get(line['measure'], line['measure'])}"
    rounds = line["rounds"]
    cpu = _number(line["per_cpu"]) if line["per_cpu"] else "none"
    return (
        f"| {line['target']} | {what} | {_number(line['median'])} "
        f"| {_number(min(rounds))} to {_number(max(rounds))} ({len(rounds)}) | {cpu} "
        f"| {_number(line['must'])} | {_number(line['moonshot'])} | {line['verdict']} "
        f"| {line['run']} |"
    )


_UNIT = {
    "p99_ms": "p99 in ms",
    "worst_ms": "the slowest in ms",
    "lag_ms": "lag in ms",
    "secs": "seconds",
    "lost": "lost",
    "per_cpu": "per CPU-second",
}


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _in_order(target: str) -> tuple[str, int, str]:
    letters = target.rstrip("0123456789abcdefghijklmnopqrstuvwxyz-")
    digits = "".join(c for c in target if c.isdigit())
    return letters, int(digits or 0), target


def _rounded(values: Iterable[float]) -> list[float]:
    return [float(f"{value:.4g}") for value in values]


def _sample(line: Line) -> Sample:
    known = Sample.__dataclass_fields__
    return Sample(**{name: value for name, value in line.items() if name in known})
