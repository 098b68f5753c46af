"""Who shares which threat, and whom nothing but a threat joins."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from services.members.views.queries import Named, Names, Words, named
from services.members.views.said import Entry


class ThreatRow(Named):
    """A threat; `about`: its issues by name; `joined` are the pairs that share it and nothing else.

    Nothing else: no other threat that lasts, and no issue that both support or can live with.
    """

    issues: list[UUID]
    about: list[Named]
    shared_by: list[Named]
    joined: list[tuple[Named, Named]]
    identified_at: datetime
    retired: bool
    retired_because: Words | None
    refs: list[str]


def sharing(entries: Iterable[Entry]) -> set[UUID]:
    """Return the organisations that share any threat."""
    return {entry.org for entry in entries if entry.type != "ThreatRetired"}


def threats(
    entries: Iterable[Entry],
    stands: Iterable[Collection[UUID]],
    names: Names,
    of: Collection[UUID] | None = None,
) -> list[ThreatRow]:
    """Return the threats: those that last first, then the newest first.

    Args:
        entries: Their events, oldest first.
        stands: For each issue, the organisations that support it or can live with it.
        names: Of organisations and issues, as the reader may see them.
        of: Only pairs with one of these organisations; `None`: all pairs.
    """
    found: dict[str, ThreatRow] = {}
    for entry in entries:
        data = entry.data
        if entry.type == "ThreatIdentified":
            found[entry.key] = ThreatRow(
                id=UUID(entry.key), name=data.get("name"), issues=data["issues"],
                about=[named(issue, names) for issue in data["issues"]], shared_by=[], joined=[],
                identified_at=entry.at, retired=False, retired_because=None, refs=[],
            )  # fmt: skip
        row = found[entry.key]
        row.refs.append(entry.ref)
        if entry.type == "ThreatRetired":
            row.retired, row.retired_because = True, data.get("reason")
        else:
            row.shared_by.append(named(entry.org, names))
    lasting = [row for row in found.values() if not row.retired]
    _join(lasting, stands, of)
    newest = sorted(found.values(), key=lambda row: row.identified_at, reverse=True)
    return sorted(newest, key=lambda row: row.retired)


def _join(
    lasting: list[ThreatRow], stands: Iterable[Collection[UUID]], of: Collection[UUID] | None
) -> None:
    """Add to each threat the pairs that share nothing else, in the order of their ids.

    Sets of organisations are numbers here: the bit of each is its place among all.
    """
    sharing = [{one.id: one for one in row.shared_by} for row in lasting]
    listed = sorted({org for orgs in sharing for org in orgs})
    bits = {org: 1 << place for place, org in enumerate(listed)}
    threatened = [_bits(orgs, bits) for orgs in sharing]
    together = [_bits(orgs, bits) for orgs in stands]
    for org, own in bits.items():
        if of is not None and org not in of:
            continue
        once = more = 0
        for orgs in threatened:
            if orgs & own:
                more |= once & orgs
                once |= orgs
        for orgs in (more, *(orgs for orgs in together if orgs & own)):
            once &= ~orgs
        once &= ~own
        for row, called, orgs in zip(lasting, sharing, threatened, strict=True):
            if not (once and orgs & own):
                continue
            for other in called:
                joined = once & bits[other]
                if joined and (other > org or (of is not None and other not in of)):
                    a, b = sorted((org, other))
                    row.joined.append((called[a], called[b]))
    for row in lasting:
        row.joined.sort(key=lambda pair: (pair[0].id, pair[1].id))


def _bits(orgs: Iterable[UUID], bits: Mapping[UUID, int]) -> int:
    found = 0
    for org in orgs:
        found |= bits.get(org, 0)
    return found
