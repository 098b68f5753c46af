"""What programs rely on: a command asked twice, a version read long ago, feeds, descriptions."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import httpx2
import pytest
from jsonschema_rs import validator_for

from shared.feed import parse
from shared.identity import ServiceKey
from tests.end_to_end.coalition import Coalition, key_of, mail, text

SERVICES = ("members", "meetings", "credit", "transparency")
PART = re.compile(r"\{(\w+)\}")


class Kind(NamedTuple):
    """A service that writes: a command that begins a stream, and two that go on with it."""

    service: str
    begins: tuple[str, dict[str, Any]]
    follows: str
    bodies: tuple[dict[str, Any], dict[str, Any]]


def kinds(table: Coalition) -> dict[str, Kind]:
    clinic = table.orgs["Clinic"]
    win = {"title": text("Meals for all"), "size": "step", "decisions": [], "objectives": []}
    held = {
        "body": table.plenary, "host": clinic, "title": text("Over tea"), "place": text("Here"),
        "starts_at": "2030-01-01T10:00:00Z", "ends_at": "2030-01-01T11:00:00Z",
    }  # fmt: skip
    moved = {"starts_at": "2030-01-02T10:00:00Z", "ends_at": "2030-01-02T11:00:00Z"}
    again = {"starts_at": "2030-01-03T10:00:00Z", "ends_at": "2030-01-03T11:00:00Z"}
    there = {"place": text("There")}
    found = (
        Kind(
            "members", ("issues", {"name": text("Meals"), "summary": text("In short.")}),
            "positions", ({"position": "support", "reason": text("Yes.")},) * 2,
        ),
        Kind("meetings", ("meetings", held), "reschedulings", (moved | there, again | there)),
        Kind(
            "credit", ("wins", win), "celebrations",
            ({"on": "2026-01-01", "orgs": [clinic]}, {"on": "2026-01-02", "orgs": [clinic]}),
        ),
    )  # fmt: skip
    return {kind.service: kind for kind in found}


async def feed(
    table: Coalition, service: str, after: int, limit: int = 2_000
) -> tuple[list[bytes], int]:
    """Ask a service for events as its peers do; return them, and where its journal stands."""
    pem = (table.suite.data / "secrets" / "service_transparency").read_text()
    token = ServiceKey("transparency", pem).mint(service)
    answer = await table.suite.client.get(
        f"{table.suite.url}/{service}/internal/events",
        params={"coalition": table.id, "after": after, "limit": limit},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text
    return [entry for entry, _ in parse(answer.content)], int(answer.headers["Accord-Position"])


@pytest.mark.parametrize("service", ["members", "meetings", "credit"])
async def test_f119_a_repeated_key_records_nothing_and_a_stale_version_is_refused(
    table: Coalition, service: str
) -> None:
    kind = kinds(table)[service]
    path, body = kind.begins
    key = f"f119-{service}"
    first = await table.try_post(service, path, body, "Clinic", key=key)
    assert first.status_code == 201, first.text
    _, head = await feed(table, service, 0)
    assert head == first.json()["position"]
    again = await table.try_post(service, path, body, "Clinic", key=key)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    other = await table.try_post(service, path, {**body, "unknown": 1}, "Clinic", key=key)
    assert other.status_code == 422
    reused = {**body, next(iter({"name", "title"} & body.keys())): text("Something else")}
    other = await table.try_post(service, path, reused, "Clinic", key=key)
    assert (other.status_code, other.json()["reason"]) == (422, "key_reused")
    assert await feed(table, service, head) == ([], head)

    follows = f"{path}/{key_of(first.json())}/{kind.follows}"
    one, two = kind.bodies
    read = first.headers["ETag"]
    taken = await table.try_post(service, follows, one, "Clinic", If_Match=read)
    assert taken.status_code == 201, taken.text
    _, head = await feed(table, service, 0)
    stale = await table.try_post(service, follows, two, "Union", If_Match=read)
    assert (stale.status_code, stale.json()["reason"]) == (412, "stale")
    assert stale.headers["ETag"] == taken.headers["ETag"] != read
    assert await feed(table, service, head) == ([], head)
    fresh = await table.try_post(service, follows, two, "Union", If_Match=taken.headers["ETag"])
    assert fresh.status_code == 201, fresh.text


async def test_f119_what_replaces_a_text_has_to_name_the_version_that_was_read(
    table: Coalition,
) -> None:
    held = kinds(table)["meetings"].begins[1]
    meeting = f"meetings/{key_of(await table.post('meetings', 'meetings', held, 'Clinic'))}"
    for what in ("openings", "closings"):
        await table.post("meetings", f"{meeting}/{what}", {}, "Clinic")
    said = {"decisions": [], "steps": [], "text": text("We met.")}
    drafted = await table.try_post("meetings", f"{meeting}/minutes", said, "Clinic")
    assert drafted.status_code == 201, drafted.text
    corrected = {"corrects": 1, "text": text("We met and ate."), "reason": text("The cake.")}
    path = f"{meeting}/minutes/corrections"
    blind = await table.try_post("meetings", path, corrected, "Clinic")
    assert (blind.status_code, blind.json()["reason"]) == (428, "precondition_required")
    stale = await table.try_post("meetings", path, corrected, "Clinic", If_Match='"1"')
    assert (stale.status_code, stale.json()["reason"]) == (412, "stale")
    read = drafted.headers["ETag"]
    assert stale.headers["ETag"] == read
    fresh = await table.try_post("meetings", path, corrected, "Clinic", If_Match=read)
    assert fresh.status_code == 201, fresh.text


@pytest.mark.parametrize("service", ["members", "meetings", "credit"])
async def test_f119_feeds_resume_at_their_cursor(table: Coalition, service: str) -> None:
    path, body = kinds(table)[service].begins
    for _ in range(3):
        await table.post(service, path, body, "Union")
    whole, head = await feed(table, service, 0)
    assert len(whole) == head
    pieces: list[bytes] = []
    while len(pieces) < head:
        piece, stands = await feed(table, service, len(pieces), 2)
        assert 0 < len(piece) <= 2
        assert stands == head
        pieces += piece
    assert pieces == whole
    assert await feed(table, service, head) == ([], head)

    receipt = await table.post(service, path, body, "Union")
    added, stands = await feed(table, service, head)
    assert stands == receipt["position"] == head + len(added)
    assert (await feed(table, service, 0))[0] == whole + added

    url = f"{table.suite.url}/{service}/internal/events?coalition={table.id}"
    for person in (None, mail("Clinic"), "operator"):
        refused = await table.suite.client.get(url, headers=table.suite.headers(person))
        assert refused.status_code in {401, 403, 404}


@pytest.mark.parametrize(
    ("service", "path", "id_"),
    [("members", "issues", "id"), ("credit", "wins", "win"), ("meetings", "meetings", "meeting")],
)
async def test_f119_lists_resume_at_their_cursor_while_something_is_added(
    table: Coalition, service: str, path: str, id_: str
) -> None:
    kind = kinds(table)[service]
    for _ in range(4):
        last = await table.post(service, path, kind.begins[1], "Union")
    reached = f"{service}/{last['position']}"
    listed = await table.get(service, path, "Library", limit=200, at_least=reached)
    whole = [row[id_] for row in listed.json()["items"]]
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await table.get(service, path, "Library", limit=2, **cursor)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        seen += [row[id_] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        if len(seen) == 2:
            added = await table.post(service, path, kind.begins[1], "Union")
            reached = f"{service}/{added['position']}"
            await table.get(service, path, "Library", limit=1, at_least=reached)
    assert [one for one in seen if one in whole] == whole
    assert len(set(seen)) == len(seen)


def described(answer: httpx2.Response, operation: dict[str, Any], document: dict[str, Any]) -> None:
    """Check an answer by what the service says of itself: status, media type, and shape."""
    told = operation["responses"][str(answer.status_code)]
    if reference := told.get("$ref"):
        told = document["components"]["responses"][reference.rpartition("/")[2]]
    media = answer.headers["content-type"].partition(";")[0]
    shape = told["content"][media].get("schema")
    if media.endswith("json"):
        assert shape, operation["operationId"]
        validator_for({**shape, "components": document["components"]}).validate(answer.json())


@pytest.mark.parametrize("service", SERVICES)
async def test_f119_what_is_answered_is_what_openapi_says(table: Coalition, service: str) -> None:
    document = (await table.suite.client.get(f"{table.suite.url}/{service}/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    template = "/api/v1/coalitions/{coalition}/"
    made = {}
    for name, kind in kinds(table).items():
        path, body = kind.begins
        new = await table.try_post(name, path, body, "Clinic")
        made[name] = key_of(new.json())
        if name != service:
            continue
        commands = document["paths"][f"{template}{path}"]["post"]
        described(new, commands, document)
        described(await table.try_post(name, path, {}, "Clinic"), commands, document)
        key = f"f119-openapi-{name}"
        for sent in (body, {**body, "title": 1}):
            described(await table.try_post(name, path, sent, "Clinic", key=key), commands, document)
        for by, headers in (("Stranger", {}), ("Clinic", {"If_Match": "1"})):
            answer = await table.try_post(name, path, body, by, **headers)
            assert answer.status_code in {400, 404}
            described(answer, commands, document)
    organisation = table.orgs["Clinic"]
    unknown = str(table.suite.new_id())
    known = {
        "coalition": [table.slug],
        "organisation": [organisation, unknown], "organisation_id": [organisation, unknown],
        "issue_id": [made["members"], unknown], "meeting_id": [made["meetings"], unknown],
        "win_id": [made["credit"], unknown],
        "report": ["decision-register", "who-decided-what", "open-next-steps", "common-ground"],
    }  # fmt: skip
    reads = [*readings(document, defaultdict(lambda: [unknown], known))]
    assert len(reads) > 5
    found = 0
    for path, operation in reads:
        needed = {
            each["name"]: "1" for each in operation["parameters"]
            if each["in"] == "query" and each.get("required")
        }  # fmt: skip
        answer = await table.suite.get(
            f"/{service}{path}", mail("Clinic"), by=organisation, **needed
        )
        assert answer.status_code in ({404} if unknown in path else {200, 404}), answer.text
        described(answer, operation, document)
        found += answer.status_code == 200
        nobody = await table.suite.get(f"/{service}{path}", None)
        assert nobody.status_code == (404 if "/feeds/" in path else 401)  # a secret is no sign-in
        described(nobody, operation, document)
    absent = (unknown, "/minutes")  # and R1 alone has a proof
    proved = [path for path, _ in reads if not path.endswith(".zip") or "decision-register" in path]
    written = [path for path in proved if not any(each in path for each in absent)]
    assert found >= len(written) - 1  # the meeting has no minutes


ENDLESS = "/events/stream"


def readings(
    document: dict[str, Any], known: Mapping[str, list[str]]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the address of all that can be read, below the service, with its operation.

    Not of what never ends: `tests/end_to_end/test_streams.py` hears that.
    """
    for template, operations in document["paths"].items():
        if "get" not in operations or template.endswith(ENDLESS):
            continue
        paths = [template]
        for name in PART.findall(template):
            paths = [path.replace(f"{{{name}}}", value) for path in paths for value in known[name]]
        for path in paths:
            yield path, operations["get"]
