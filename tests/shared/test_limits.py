"""How often one caller may ask."""

import pytest

from shared.host import Limits
from shared.problems import Problem


def test_a_burst_is_allowed_and_what_follows_is_told_when_to_come_back() -> None:
    limits = Limits()
    for _ in range(40):
        limits.take("commands", "somebody", 0.1, 40)
    with pytest.raises(Problem) as refused:
        limits.take("commands", "somebody", 0.1, 40)
    assert refused.value.status == 429
    assert refused.value.headers == {
        "Retry-After": "10",
        "RateLimit-Policy": '"commands";q=40;w=400',
        "RateLimit": '"commands";r=0;t=10',
    }
    assert b'"violated-policies":["commands"]' in bytes(refused.value.response("/x").body)


def test_policies_and_callers_are_counted_apart() -> None:
    limits = Limits()
    for policy, somebody in (("commands", "a"), ("commands", "b"), ("reads", "a")):
        limits.take(policy, somebody, 0.001, 1)
    with pytest.raises(Problem):
        limits.take("reads", "a", 0.001, 1)
