from collections.abc import Iterator
from uuid import UUID

import pytest

from accord.client import Services
from accord.delivery import REQUEST_LINES, Delivery
from accord.sources.lines import ImportLine, Service
from accord.sources.refusals import Refusal
from tests.accord.wire import Wire

COALITION = UUID(int=1)


def line(service: Service, number: int, *, waits: bool = False) -> ImportLine:
    command = "OpenVoting" if waits else "RaiseIssue"
    at = "1901-03-04T00:00:00.000Z"
    return ImportLine(
        service, command, str(UUID(int=number)), at, 1, {}, "votes.csv", number, waits=waits
    )


@pytest.fixture
def refused() -> list[Refusal]:
    return []


@pytest.fixture
def delivery(wire: Wire, refused: list[Refusal]) -> Iterator[Delivery]:
    with Services(wire.url, "secret") as services:
        yield Delivery(services, COALITION, refused.append, lambda _: None)


def numbers(wire: Wire) -> list[tuple[str, list[int]]]:
    return [
        (service, [UUID(line["id"]).int for line in lines]) for service, _, lines in wire.requests
    ]


def test_lines_go_in_order_and_what_waits_goes_before_another_service(
    delivery: Delivery, wire: Wire
) -> None:
    delivery.deliver(
        [line("members", 1), line("members", 2), line("meetings", 3), line("members", 4)]
    )
    assert numbers(wire) == [("members", [1, 2]), ("meetings", [3]), ("members", [4])]
    assert (delivery.recorded, delivery.skipped, delivery.refused) == (4, 0, 0)


def test_requests_have_a_bounded_size(delivery: Delivery, wire: Wire) -> None:
    delivery.deliver(line("members", number) for number in range(1, REQUEST_LINES + 2))
    assert [len(sent) for _, sent in numbers(wire)] == [REQUEST_LINES, 1]


def test_a_service_waits_once_for_what_members_answered(delivery: Delivery, wire: Wire) -> None:
    delivery.deliver(
        [
            line("meetings", 1, waits=True),
            line("members", 2),
            line("meetings", 3),
            line("meetings", 4, waits=True),
            line("meetings", 5, waits=True),
            line("credit", 6, waits=True),
            line("members", 7),
            line("meetings", 8, waits=True),
        ]
    )
    waited = {
        UUID(sent["id"]).int: sent["after"]["members"]
        for _, _, lines in wire.requests
        for sent in lines
        if "after" in sent
    }
    assert waited == {4: 1, 6: 1, 8: 2}


def test_a_refused_command_is_named_by_the_row_it_comes_from(
    delivery: Delivery, wire: Wire, refused: list[Refusal]
) -> None:
    wire.forbids = frozenset({"OpenVoting"})
    delivery.deliver([line("meetings", 1), line("meetings", 2, waits=True)])
    assert refused == [
        Refusal("votes.csv", 2, "not_accredited", "OpenVoting: No such member."),
    ]
    assert (delivery.recorded, delivery.refused) == (1, 1)


def test_how_far_it_is_grows_over_all_requests(wire: Wire) -> None:
    heard: list[int] = []
    with Services(wire.url, "secret") as services:
        delivery = Delivery(services, COALITION, lambda _: None, heard.append)
        delivery.deliver([line("members", 1), line("meetings", 2), line("meetings", 3)])
    assert heard == [1, 1, 3, 3]


def test_nothing_to_send_asks_nobody(delivery: Delivery, wire: Wire) -> None:
    delivery.deliver([])
    assert wire.requests == []
