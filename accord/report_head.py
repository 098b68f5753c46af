"""What a report says of itself: which log, which entries of it, and for whom."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from accord.report_zip import BadReport
from shared.tlog.checkpoint import SIZES
from shared.tlog.encoding import shown

FORMAT = "accord-report/1"
_SAYS = {
    "format": str, "origin": str, "coalition": str, "report": str, "audience": str,
    "from": int, "to": int, "made_at": str, "positions": dict,
}  # fmt: skip
_NAME = re.compile(r"[a-z0-9][a-z0-9._:-]{0,127}")


@dataclass(frozen=True)
class Head:
    """`report.json`.

    Args:
        first: The index of the first entry; `end` is that after the last.
        positions: Of each journal, the position before these entries, and that of the last of them.
    """

    origin: str
    coalition: str
    report: str
    audience: str
    first: int
    end: int
    made_at: str
    positions: Mapping[str, tuple[int, int]]

    @classmethod
    def parse(cls, said: Any) -> "Head":
        """Read what `report.json` says.

        Raises:
            BadReport: it is none, or contradicts itself.
        """
        if not isinstance(said, dict) or said.get("format") != FORMAT:
            raise BadReport(f"report.json: this is no report of the format {FORMAT}.")
        if said.keys() != _SAYS.keys() or any(
            type(said[name]) is not kind for name, kind in _SAYS.items()
        ):
            raise BadReport(f"report.json: it has to say {', '.join(_SAYS)}, and nothing else.")
        for name in ("report", "audience"):
            if not _NAME.fullmatch(said[name]):
                raise BadReport(f"report.json: this is no {name}: {shown(said[name])}")
        positions = {}
        for service, stretch in said["positions"].items():
            if (
                not isinstance(stretch, list)
                or [type(each) for each in stretch] != [int, int]
                or not 0 <= stretch[0] <= stretch[1] < SIZES
            ):
                raise BadReport(
                    f"report.json: the positions of {shown(service)} are no [before, last]."
                )
            positions[service] = stretch[0], stretch[1]
        head = cls(
            said["origin"], said["coalition"], said["report"], said["audience"],
            said["from"], said["to"], said["made_at"], positions,
        )  # fmt: skip
        head.check()
        return head

    def check(self) -> None:
        """Check what has to fit before any entry is looked at.

        Raises:
            BadReport: it does not.
        """
        if not 0 <= self.first <= self.end < SIZES:
            raise BadReport(f"report.json: no entries go from {self.first} to {self.end}.")
        counted = sum(last - before for before, last in self.positions.values())
        if counted != self.end - self.first:
            raise BadReport(
                f"report.json: the journals' positions make {counted:,} events; from {self.first} "
                f"to {self.end} there are {self.end - self.first:,} entries."
            )
        if not self.first and any(before for before, _ in self.positions.values()):
            raise BadReport("report.json: it begins with the log, but not with its journals.")
