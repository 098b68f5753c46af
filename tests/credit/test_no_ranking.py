"""K6: no ranking of organisations or people, in anything that credit answers."""

import re
from typing import Any

from services.credit.__main__ import service
from shared.service import Runtime
from shared.settings import Settings

RANKING = re.compile(r"rank|score|sum|total|count|balance|position|top(?!ic)|sort|order|most|best")
SPOKEN_OTHERWISE = {"Receipt", "Stands"}  # where events stand in the journal


def described() -> dict[str, Any]:
    return service.app(Runtime(service, Settings(), {})).openapi()


def test_k6_no_row_holds_a_rank_or_a_sum() -> None:
    schemas = described()["components"]["schemas"]
    rows = {name: shape for name, shape in schemas.items() if name not in SPOKEN_OTHERWISE}
    assert {"ContributionRow", "SuggestionRow", "WinDetail", "CreditRow"} <= rows.keys()
    found = {
        f"{name}.{field}"
        for name, shape in rows.items()
        for field in shape.get("properties", {})
        if RANKING.search(field.replace("contribution", ""))
    }
    assert found == set()


def test_k6_nobody_can_ask_for_an_order() -> None:
    asked = {
        parameter["name"]
        for path in described()["paths"].values()
        for operation in path.values()
        for parameter in operation.get("parameters", ())
    }
    assert {"organisation", "limit", "cursor"} <= asked
    assert not any(RANKING.search(name) for name in asked)
