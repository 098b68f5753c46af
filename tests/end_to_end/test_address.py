"""The address of a coalition, in services that have only just heard of it."""

import time

import pytest

from tests.end_to_end.coalition import made, text
from tests.suite import Suite

ASKS = ("meetings/{}/meetings", "credit/{}/wins", "transparency/{}/coalition")


@pytest.mark.parametrize("asked", ASKS, ids=lambda asked: asked.partition("/")[0])
async def test_what_was_formed_a_moment_ago_is_waited_for(running: Suite, asked: str) -> None:
    service, _, rest = asked.partition("/{}/")
    slug = f"new-in-{service}"
    formed = await running.post(
        "/members/api/v1/coalitions",
        {
            "slug": slug, "template": "alliance", "name": text("The newest"),
            "founder": {"name": text("Clinic"), "kind": "organization", "sector": "health",
                        "commitment": "homework", "voting_right": True},
            "person": {"name": text("Ana"), "contact": text("ana@clinic.example"),
                       "locale": "en"},
        },
        "ana@clinic.example",
    )  # fmt: skip
    at_least = f"members/{made(formed)['position']}"
    path = f"/{service}/api/v1/coalitions/{slug}/{rest}"
    begun = time.monotonic()
    answer = await running.get(path, "ana@clinic.example", at_least=at_least)
    waited = time.monotonic() - begun
    assert answer.status_code == 200 or waited >= 2, answer.text  # as long as it is asked to


async def test_an_address_that_nobody_has_is_not_found_all_the_same(running: Suite) -> None:
    path = "/credit/api/v1/coalitions/nowhere/wins"
    answer = await running.get(path, "ana@clinic.example", at_least="members/1")
    assert answer.status_code == 404
