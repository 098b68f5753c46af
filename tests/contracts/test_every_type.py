"""Every event type that a service may write is read, or let pass by name, by all who listen."""

import pytest

from services.credit.__main__ import service as credit
from services.meetings.__main__ import service as meetings
from services.members.__main__ import service as members
from services.transparency.__main__ import service as transparency
from shared.hot import Rules
from shared.inbox import Subscription
from shared.projection import Projection

WRITERS = {service.name: service for service in (members, meetings, credit)}
SUBSCRIPTIONS = [
    (service.name, subscription)
    for service in (*WRITERS.values(), transparency)
    for subscription in service.subscriptions
]
PROJECTIONS = [
    service.projection for service in (*WRITERS.values(), transparency) if service.projection
]


def types_of(name: str) -> set[str]:
    service = WRITERS[name]
    return set(Rules(name, service.deciders, service.folds).types)


@pytest.mark.parametrize(
    ("listener", "subscription"),
    SUBSCRIPTIONS,
    ids=[f"{name} hears {one.source}" for name, one in SUBSCRIPTIONS],
)
def test_an_inbox_knows_every_type(listener: str, subscription: Subscription) -> None:
    assert listener
    known = {heard.name for heard in subscription.hears} | subscription.ignores
    assert not types_of(subscription.source) - known


@pytest.mark.parametrize("projection", PROJECTIONS, ids=[one.name for one in PROJECTIONS])
def test_a_read_model_knows_every_type(projection: Projection) -> None:
    known = projection.rows.keys() | projection.lets_pass
    for source in projection.sources:
        assert not types_of(source) - known
