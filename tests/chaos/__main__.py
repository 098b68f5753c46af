"""`python -m tests.chaos --seconds 60 --seed 7`: one run, one line of JSON, 1 on failure."""

import argparse
import asyncio
import json
import secrets
import sys
import time
from typing import Any

from tests.chaos.run import keep_evidence, run
from tests.chaos.world import drawn_from, world


def main() -> None:
    parser = argparse.ArgumentParser("python -m tests.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="of faults under traffic")
    parser.add_argument("--seed", type=int, default=None, help="drawn, where none is given")
    parser.add_argument("--apart", action="store_true", help="a process for each service")
    parser.add_argument("--quiet", action="store_true", help="say nothing but the report")
    told = parser.parse_args()
    seed = secrets.randbelow(1 << 32) if told.seed is None else told.seed
    report = asyncio.run(_run(seed, told))
    sys.exit(report["verdict"] != "pass")


async def _run(seed: int, told: argparse.Namespace) -> Any:
    began = time.monotonic()

    def say(line: str) -> None:
        if not told.quiet:
            print(f"{time.monotonic() - began:6.1f} {line}", file=sys.stderr, flush=True)  # noqa: T201 - remarks

    rng = drawn_from(seed)
    async with world(say, rng, apart=told.apart) as made:
        try:
            report = await run(made, seed, told.seconds, rng, say)
        except BaseException:
            say(f"The logs are in {keep_evidence(made, seed)}")
            raise
        print(json.dumps(report, ensure_ascii=False), flush=True)  # noqa: T201 - the report
        if report["verdict"] != "pass":
            say(f"The logs are in {keep_evidence(made, seed)}")
    return report


if __name__ == "__main__":
    main()
