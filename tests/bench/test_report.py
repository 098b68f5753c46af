"""What the bench makes of its samples: ratios within a round, verdicts, lines, and refusals."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.bench import report
from tests.bench.meter import (
    AGAIN,
    Row,
    Sample,
    Target,
    cpu_of,
    interleave,
    percentile,
    timed,
)

TARGET = Target("B1", "ours", "theirs", 32, 15, 30)
LOWER = Target("B8", "latency", None, 20, 50, 10, better="lower", measure="p99_ms")


def sample(row: str, number: int, n: int, **more: Any) -> Sample:
    return Sample(n=n, secs=1.0, row=row, at=32, round=number, cpu_client_s=0.5, **more)


def six(ours: int = 1600, theirs: int = 100, again: int = 1600) -> list[Sample]:
    rows = {"ours": ours, "theirs": theirs, "ours" + AGAIN: again}
    return [sample(row, number, n) for number in range(6) for row, n in rows.items()]


def lines(samples: list[Sample], **run: Any) -> list[dict[str, Any]]:
    control = report.control_of(samples, "ours", 32)
    about = {"kind": "run", "run": "r", "commit": "3f9c1e2", "load": [0.1, 1.2], "cores": 2}
    about |= {"python": "3.11.7", "postgres": "18.4", "nats": "2.15.1", "fdatasync_us": 160}
    return [
        *(one.line("r") for one in samples),
        report.control_line("r", control),
        report.ratio_line("r", TARGET, samples, control.factor),
        about | run,
    ]


def test_a_ratio_is_taken_within_a_round() -> None:
    samples = [
        sample("ours", 0, 100), sample("theirs", 0, 50),
        sample("ours", 1, 10), sample("theirs", 1, 2),
    ]  # fmt: skip
    assert report.divided(samples, "ours", 32, "theirs", 32) == [2.0, 5.0]


def test_a_round_with_errors_or_losses_is_left_out() -> None:
    samples = [*six()[:6], sample("ours", 2, 900, errors=1), sample("theirs", 2, 1)]
    samples += [sample("ours", 3, 900, lost=1), sample("theirs", 3, 1)]
    assert report.divided(samples, "ours", 32, "theirs", 32) == [16.0, 16.0]
    assert report.divided(samples, "ours", 32, measure="lost") == [0, 0, 0, 1]


@pytest.mark.parametrize(
    ("found", "factor", "said"),
    [
        (16, 1.0, "must"), (16, 1.2, "unclear"), (14, 1.2, "unclear"), (12, 1.2, "missed"),
        (31, 1.0, "moonshot"), (31, 1.1, "must"), (40, 1.1, "moonshot"),
    ],
)  # fmt: skip
def test_a_verdict_says_no_more_than_the_control_allows(
    found: float, factor: float, said: str
) -> None:
    assert report.verdict(TARGET, [found] * 6, factor) == said


@pytest.mark.parametrize(
    ("found", "factor", "said"),
    [(8, 1.0, "moonshot"), (9.5, 1.1, "must"), (48, 1.1, "unclear"), (60, 1.1, "missed")],
)
def test_a_latency_is_better_when_it_is_lower(found: float, factor: float, said: str) -> None:
    assert report.verdict(LOWER, [found] * 6, factor) == said


def test_one_loss_in_any_round_counts() -> None:
    target = Target("B10", "tail", None, 32, 0, -1, better="lower", measure="lost")
    assert report.verdict(target, [0, 0, 0]) == "must"
    assert report.verdict(target, [0, 0, 1]) == "missed"


def test_without_a_good_round_there_is_no_verdict() -> None:
    assert report.verdict(TARGET, []) == "void"


def test_the_control_is_the_worst_round_either_way() -> None:
    assert report.control_of(six(again=800), "ours", 32).factor == 2.0
    assert report.control_of(six(again=3200), "ours", 32).factor == 2.0


@pytest.mark.parametrize(("each_way", "p99"), [(499, None), (500, 500.0)])
async def test_a_p99_needs_a_thousand_samples_there_and_back(
    each_way: int, p99: float | None
) -> None:
    async def measure(_at: int, _secs: float) -> Sample:
        return timed([0.001] * (each_way - 20) + [0.5] * 20, secs=1)

    [found] = [one async for one in interleave([Row("a", (1,), measure)], None, 1, 2)]
    assert found.p99_ms == p99


def test_a_percentile_is_the_nearest_rank() -> None:
    assert percentile([1, 2, 3, 4], 0.5) == 2


def test_the_cpu_of_this_process_counts() -> None:
    sum(range(10**6))
    assert cpu_of([os.getpid()]) > 0
    assert cpu_of([]) == 0


async def test_rows_are_interleaved_there_and_back() -> None:
    asked: list[tuple[str, int]] = []

    def row(name: str, *at: int, once: bool = False) -> Row:
        async def measure(where: int, _secs: float) -> Sample:
            asked.append((name, where))
            return Sample(n=1, secs=1)

        return Row(name, at, measure, once)

    rows = [row("a", 1, 8), row("b", 1), row("slow", 1, once=True)]
    samples = [one async for one in interleave(rows, ("a", 8), 2, 0.1)]
    warm = [("a", 1), ("a", 8), ("b", 1), ("a", 8)]
    there = [("a", 1), ("a", 8), ("b", 1), ("a", 8)]
    first = [("slow", 1), *there, *reversed(there)]
    assert asked == [*warm, *first, *reversed(there), *there]
    assert " ".join(s.row for s in samples) == f"slow a{AGAIN} b a a a a b a{AGAIN}"
    assert [s.round for s in samples] == [0] * 5 + [1] * 4
    assert {(s.n, s.secs) for s in samples if s.row != "slow"} == {(2, 2)}


async def test_a_round_whose_control_moved_is_measured_again_once() -> None:
    calls = 0

    async def measure(_at: int, _secs: float) -> Sample:
        nonlocal calls
        calls += 1  # 1, 2: unmeasured; 3 to 6 and, once that did not hold still, 7 to 10: a round
        return Sample(n=9 if calls in {4, 5, 12, 13} else 1, secs=1)

    samples = [one async for one in interleave([Row("a", (1,), measure)], ("a", 1), 2, 0.1)]
    assert calls == 2 + 3 * 4
    assert [one.round for one in samples] == [0, 0, 1, 1]
    first, second = samples[:2], samples[2:]
    assert {(one.n, one.note) for one in first} == {
        (2, "measured again: the control differed by 9.00")
    }
    assert {one.note for one in second} == {""}, "only one round is measured again"
    assert {one.n for one in second} == {2, 18}


@pytest.mark.parametrize("fault", ["errors", "lost"])
async def test_a_round_with_an_error_or_a_loss_is_not_measured_again(fault: str) -> None:
    calls = 0

    async def measure(_at: int, _secs: float) -> Sample:
        nonlocal calls
        calls += 1
        n, bad = 9 if calls in {4, 5} else 1, calls == 3
        return Sample(n, 1, errors=bad and fault == "errors", lost=bad and fault == "lost")

    samples = [one async for one in interleave([Row("a", (1,), measure)], ("a", 1), 1, 0.1)]
    assert [one.void for one in samples] == [False, True]
    assert calls == 2 + 4


def test_both_ways_of_a_round_are_one_sample() -> None:
    there = Sample(n=100, secs=1.0, p50_ms=2.0, p99_ms=10.0, cpu_client_s=0.5, lost=1)
    back = Sample(n=300, secs=1.5, p50_ms=4.0, cpu_servers_s=0.25, errors=2, note="warm")
    both = there + back
    assert (both.n, both.secs, both.rate) == (400, 2.5, 160)
    assert (both.p50_ms, both.p99_ms) == (3.0, None)
    assert (both.cpu_client_s, both.cpu_servers_s) == (0.5, 0.25)
    assert (both.errors, both.lost, both.note) == (2, 1, "warm")


def test_what_was_measured_well_is_published(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    page = tmp_path / report.PAGE
    page.write_text(f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
    file = tmp_path / "out"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines(six())))
    report.publish(file, tmp_path)
    written = page.read_text()
    assert written.startswith("before\n")
    assert written.endswith("\nafter\n")
    assert "| B1 | ours @32 (1,600/s) ÷ theirs @32 (100/s) | 16 |" in written
    assert "| must | r |" in written
    assert "3f9c1e2" in written
    assert not report.rewrite(tmp_path)
    page.write_text(written.replace("| 16 |", "| 61 |"))
    assert report.rewrite(tmp_path)
    assert page.read_text() == written


def uncommitted() -> list[dict[str, Any]]:
    return lines(six(), commit="3f9c1e2+")


def too_few() -> list[dict[str, Any]]:
    return lines([one for one in six() if one.round < 5])


def restless() -> list[dict[str, Any]]:
    return lines(six(again=1000))


def sides_of_two_runs() -> list[dict[str, Any]]:
    told = lines(six())
    return [told[0] | {"run": "another"}, *told[1:]]


def two_runs() -> list[dict[str, Any]]:
    told = lines(six())
    return [*told, told[-1]]


def typed_by_hand() -> list[dict[str, Any]]:
    told = lines(six())
    told[-2] |= {"rounds": [61.0] * 6}
    return told


def with_losses() -> list[dict[str, Any]]:
    return lines([replace(one, lost=1) if one.round == 3 else one for one in six()])


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (uncommitted, "uncommitted changes"),
        (too_few, "good rounds; it needs 6"),
        (restless, "machine was too busy"),
        (sides_of_two_runs, "another run"),
        (two_runs, "2 runs"),
        (typed_by_hand, "do not follow from the samples"),
        (with_losses, "5 good rounds"),
    ],
)
def test_what_may_not_be_published_is_refused(
    told: Callable[[], list[dict[str, Any]]], why: str
) -> None:
    with pytest.raises(report.Unpublishable, match=why):
        report.publishable(told())
