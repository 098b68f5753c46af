from collections import deque
from collections.abc import Iterator
from uuid import UUID

import orjson
import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from accord.client import Found, Refused, Services, Unanswered
from tests.accord.wire import Wire, problem

COALITION = UUID(int=1)


def line(command: str = "RaiseIssue", key: int = 1, version: int = 1) -> bytes:
    said = {"command": command, "id": str(UUID(int=key)), "version": version, "body": {}}
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def services(wire: Wire, pauses: list[float]) -> Iterator[Services]:
    with Services(wire.url + "/", "secret", pauses.append) as services:
        yield services


def send(services: Services, *lines: bytes) -> tuple[int, int, int]:
    answer = services.send("members", COALITION, lines, lambda _: None)
    return answer.recorded, answer.skipped, answer.position


def test_commands_go_to_the_import_route_with_the_token(services: Services, wire: Wire) -> None:
    assert send(services, line(key=1), line(key=2)) == (2, 0, 2)
    ((service, coalition, lines),) = wire.requests
    assert (service, coalition, len(lines)) == ("members", str(COALITION), 2)
    assert wire.tokens == {"Bearer secret"}


def test_a_service_that_answers_elsewhere_is_asked_there(wire: Wire) -> None:
    apart = {"members": f"{wire.url}/members/"}
    with Services("http://127.0.0.1:9", "secret", apart=apart) as services:
        assert send(services, line()) == (1, 0, 1)
    assert [service for service, _, _ in wire.requests] == ["members"]


def test_refusals_come_with_their_places(services: Services, wire: Wire) -> None:
    wire.forbids = frozenset({"TakeStance"})
    done: list[int] = []
    lines = [line(), line("TakeStance", 2), line("TakeStance", 3)]
    answer = services.send("meetings", COALITION, lines, done.append)
    assert answer.refused == [
        Refused(1, "not_accredited", "No such member."),
        Refused(2, "not_accredited", "No such member."),
    ]
    assert (answer.recorded, done) == (1, [3])


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_service_is_asked_again(
    services: Services, wire: Wire, pauses: list[float], status: int
) -> None:
    wire.first = deque([problem(status, "busy", "Later."), problem(status, "busy", "Later.")])
    assert send(services, line()) == (1, 0, 1)
    assert pauses == [0.25, 0.5]


def test_a_service_is_asked_again_when_it_says(
    services: Services, wire: Wire, pauses: list[float]
) -> None:
    wire.first = deque([problem(503, "busy", "Later.", Retry_After="3")])
    send(services, line())
    assert pauses == [3.0]


def test_an_answer_that_breaks_off_is_asked_for_again_and_adds_nothing(
    services: Services, wire: Wire, pauses: list[float]
) -> None:
    wire.first = deque([None])
    assert send(services, line(key=1), line(key=2)) == (0, 2, 2)
    assert len(pauses) == 1


@pytest.mark.parametrize("reason", ["busy", "view_behind"])
def test_a_command_refused_for_now_is_sent_again(
    services: Services, wire: Wire, pauses: list[float], reason: str
) -> None:
    late = orjson.dumps({"index": 0, "reason": reason, "detail": "Later."}) + b"\n"
    done = orjson.dumps({"recorded": 0, "skipped": 0, "refused": 1, "position": 0})
    wire.first = deque([Response(late + done, media_type="application/x-ndjson")])
    assert send(services, line()) == (1, 0, 1)
    assert len(pauses) == 1


def test_patience_has_an_end(services: Services, wire: Wire, pauses: list[float]) -> None:
    wire.first = deque([problem(503, "busy", "The journal is full.")] * 100)
    with pytest.raises(Unanswered, match="The journal is full"):
        send(services, line())
    assert 50 < sum(pauses) <= 60
    assert max(pauses) == 8.0


def test_a_service_that_is_not_there_is_waited_for(pauses: list[float]) -> None:
    with (
        Services("http://127.0.0.1:9", "secret", pauses.append) as services,
        pytest.raises(Unanswered, match=r"http://127\.0\.0\.1:9/members does not answer"),
    ):
        services.coalition("river")
    assert sum(pauses) > 50


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (problem(403, "not_allowed", "Not for you."), r"Not for you\. \(not_allowed\)"),
        (problem(422, "invalid", "Another form."), r"Another form\. \(invalid\)"),
        (PlainTextResponse("Oh", 500), r"Internal Server Error \(HTTP 500\)"),
        (JSONResponse(["odd"], 400), r"Bad Request \(HTTP 400\)"),
    ],
)
def test_any_other_refusal_ends_it_in_the_words_of_the_problem(
    services: Services, wire: Wire, pauses: list[float], answer: Response, words: str
) -> None:
    wire.first = deque([answer])
    with pytest.raises(Unanswered, match=words):
        send(services, line())
    assert pauses == []


def test_something_else_behind_the_address_is_noticed(services: Services, wire: Wire) -> None:
    wire.first = deque([PlainTextResponse("<html>Welcome</html>")])
    with pytest.raises(Unanswered, match="answers with something else"):
        send(services, line())


def test_a_coalition_is_found_by_its_slug(services: Services, wire: Wire) -> None:
    wire.coalitions["river"] = str(COALITION)
    assert services.coalition("river") == Found(COALITION, None)
    assert services.coalition("sea") is None


@pytest.mark.parametrize("decided", [["3", "4"], []])
def test_sources_come_as_a_list(services: Services, wire: Wire, decided: list[str]) -> None:
    wire.decided = decided
    assert services.decided(COALITION) == set(decided)
