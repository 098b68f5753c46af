"""List what no test proves: `python -m tests.acceptance [service …]`."""

import sys

from tests.acceptance import capabilities, unproven

owners = sys.argv[1:]
known = {owner for row in capabilities() for owner in row.owners}
if unknown := sorted(set(owners) - known):
    sys.exit(f"Nobody decides as {', '.join(unknown)}: name some of {', '.join(sorted(known))}.")
missing = unproven(owners)
for row in missing:
    print(f"{row.id:5} {row.title} ({', '.join(row.owners)})")  # noqa: T201 - what it is for
sys.exit(bool(missing))
