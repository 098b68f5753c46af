"""The long run: `make schemathesis`, with SEED=… and EXAMPLES=… where wanted;
more options of Schemathesis may follow."""

import asyncio
import os
import sys
import tempfile
from pathlib import Path

from tests.openapi.run import IDENTITIES, run, settle
from tests.suite import suite


async def main() -> int:
    options = (
        f"--max-examples={os.environ.get('EXAMPLES', '200')}",
        f"--seed={os.environ.get('SEED', '1')}",
        *(sys.argv[1:] or ["--phases=examples,coverage,fuzzing,stateful"]),
    )
    chosen = os.environ.get("IDENTITY")
    worst = 0
    async with suite(ACCORD_DEMO="true") as running:
        coalition = await settle(running)
        for identity in IDENTITIES:
            if chosen and identity.name != chosen:
                continue
            with tempfile.TemporaryDirectory() as folder:
                sys.stdout.write(f"== as {identity.name}\n")
                sys.stdout.flush()
                code = await run(running, coalition, identity, Path(folder), *options)
            worst = max(worst, code)
    return worst


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
