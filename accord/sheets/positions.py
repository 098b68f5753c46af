"""Positions with their history: one row for each time an organisation said where it stands."""

from collections.abc import Iterator, Sequence

from accord.sheets.changes import Act, Change, Making, Phase
from accord.sheets.reading import Row
from accord.sources.refusals import BadRow


def positions(making: Making, rows: Sequence[Row]) -> Iterator[Change]:
    """Yield how positions were taken and changed, by when."""
    own = [row for found in making.has["positions"].values() for row in found]
    said: dict[tuple[str, str], list[Row]] = {}
    for row in own:
        said.setdefault((row["issue"], row["organisation"]), []).append(row)
    known = {_mark(row, row["from"]) for row in own}

    def position(making: Making, row: Row) -> Iterator[Change]:
        at = making.when(row, "from")
        mark = _mark(row, at)
        if mark in known:
            making.skipped += 1
            return
        before = said.setdefault((row["issue"], row["organisation"]), [])
        last = before[-1] if before else None
        if last is not None and row["position"] == last["position"]:
            making.skipped += 1
            detail = f"It has this position already since {_day(making, last)}: nothing changes."
            making.remark(row.bad("unchanged", detail, "position"))
            return
        if last is not None and at < (last["from"] or making.on):
            detail = f"The coalition knows of a later one, from {_day(making, last)}."
            raise BadRow("out_of_order", f"{detail} Earlier ones cannot be added.", "from")
        before.append(row)
        reason = making.text(row, "reason")
        if last is None:
            command, told = "TakePosition", {"position": row["position"], "reason": reason}
        else:
            command, told = "ChangePosition", {"to": row["position"], "reason": reason}
        act = Act("issue", row["issue"], command, at, told, row["organisation"])
        yield Change(mark, row, (act,), Phase.POSITION, (("issues", row["issue"]),))

    yield from making.each(sorted(rows, key=lambda row: row["from"] or making.on), position)


def _mark(row: Row, at: str) -> tuple[str, ...]:
    return "positions", row["issue"], row["organisation"], at, row["position"]


def _day(making: Making, row: Row) -> str:
    day: str = row["from"] or making.on
    return day[:10]
