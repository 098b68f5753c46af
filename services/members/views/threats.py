"""Who shares which threat, and whom nothing but a threat joins."""

from collections.abc import Collection, Iterable
from datetime import datetime
from itertools import combinations
from uuid import UUID

from services.members.views.queries import Named, Names, Words, named
from services.members.views.said import Entry

TOGETHER = frozenset({"support", "can_live_with"})


class ThreatRow(Named):
    """A threat; `joined` are the pairs that share this threat and nothing else.

    Nothing else: no other threat that lasts, and no issue that both support or can live with.
    """

    issues: list[UUID]
    shared_by: list[Named]
    joined: list[tuple[Named, Named]]
    identified_at: datetime
    retired: bool
    retired_because: Words | None
    refs: list[str]


def threats(
    entries: Iterable[Entry], stands: Iterable[Collection[UUID]], names: Names
) -> list[ThreatRow]:
    """Return the threats: those that last first, then the newest first.

    Args:
        entries: Their events, oldest first.
        stands: For each issue, the organisations that support it or can live with it.
    """
    found: dict[str, ThreatRow] = {}
    for entry in entries:
        data = entry.data
        if entry.type == "ThreatIdentified":
            found[entry.key] = ThreatRow(
                id=UUID(entry.key), name=data.get("name"), issues=data["issues"], shared_by=[],
                joined=[], identified_at=entry.at, retired=False, retired_because=None, refs=[],
            )  # fmt: skip
        row = found[entry.key]
        row.refs.append(entry.ref)
        if entry.type == "ThreatRetired":
            row.retired, row.retired_because = True, data.get("reason")
        else:
            row.shared_by.append(named(entry.org, names))
    lasting = [row for row in found.values() if not row.retired]
    joined_by_issues = {pair for orgs in stands for pair in combinations(sorted(orgs), 2)}
    for row in lasting:
        others = [{one.id for one in each.shared_by} for each in lasting if each is not row]
        sharing = sorted(row.shared_by, key=lambda one: one.id)
        row.joined = [
            (a, b)
            for a, b in combinations(sharing, 2)
            if (a.id, b.id) not in joined_by_issues
            and not any(a.id in orgs and b.id in orgs for orgs in others)
        ]
    newest = sorted(found.values(), key=lambda row: row.identified_at, reverse=True)
    return sorted(newest, key=lambda row: row.retired)
