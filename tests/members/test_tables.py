from collections.abc import Mapping
from typing import Any

import pytest

from services.members.views.said import SAID
from services.members.views.tables import ISSUE, projection
from shared.event import Recorded, Visibility
from tests.members.table import CLINIC, COALITION, MEALS, NOON, SCHOOL

RAISED: Mapping[str, Any] = {"name": None, "summary": None}


@pytest.mark.parametrize(
    ("visibility", "audience", "tokens"),
    [
        ("members", (), ["members"]),
        ("body", ("body:7",), ["body:7"]),
        ("dyad", (str(CLINIC), str(SCHOOL)), [f"org:{CLINIC}", f"org:{SCHOOL}"]),
    ],
)
def test_i8_a_row_is_for_whom_its_event_is_for(
    visibility: Visibility, audience: tuple[str, ...], tokens: list[str]
) -> None:
    seen = Recorded(
        COALITION, "members", 7, "IssueRaised", f"issue-{MEALS}", 1, NOON, NOON, visibility,
        RAISED, b"", audience=audience,
    )  # fmt: skip
    rows = list(projection.rows["IssueRaised"](seen))
    assert [table for table, _ in rows] == [ISSUE, SAID]
    for table, row in rows:
        columns = [name for name, _ in table.columns]
        assert row[columns.index("audience")] == tokens
