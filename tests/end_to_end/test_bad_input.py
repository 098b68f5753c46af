"""Whatever is sent: a clear 4xx problem, never a 5xx, and nothing recorded."""

import json
from typing import Any

import httpx2
import pytest

from tests.end_to_end.coalition import Coalition, mail, text
from tests.suite import Suite

GOOD = {"name": text("Bilingual classes"), "summary": text("Two languages from first grade.")}


def changed(**fields: Any) -> bytes:
    return json.dumps(GOOD | fields).encode()


BODIES: dict[str, tuple[bytes, set[int]]] = {
    "empty": (b"", {400}),
    "null": (b"null", {422}),
    "a list": (b"[]", {422}),
    "a number": (b"7", {422}),
    "trailing garbage": (json.dumps(GOOD).encode() + b"x", {400}),
    "a byte order mark": (b"\xef\xbb\xbf" + json.dumps(GOOD).encode(), {400}),
    "utf-16": (json.dumps(GOOD).encode("utf-16"), {400}),
    "invalid utf-8": (b'{"name":"\xff"}', {400}),
    "a key twice": (b'{"name":1,"name":2}', {400}),
    "an unknown field": (changed(by="me"), {422}),
    "another coalition's id": (changed(coalition_id="1"), {422}),
    "a missing field": (json.dumps({"name": text("x")}).encode(), {422}),
    "a wrong type": (changed(name=7), {422}),
    "a bool for text": (changed(name={"lang": "en", "text": True}), {422}),
    "NaN": (b'{"name":NaN,"summary":1}', {400, 422}),
    "infinity": (b'{"name":1e400,"summary":1}', {400, 422}),
    "a lone surrogate": (b'{"name":{"lang":"en","text":"\\ud800"},"summary":1}', {400, 422}),
    "NUL": (changed(name=text("a\u0000b")), {422}),
    "bidi override": (changed(name=text("a\u202eb")), {422}),
    "5,000 digits": (b'{"name":' + b"9" * 5000 + b"}", {400, 422}),
    "deep nesting": (b"[" * 60_000, {400, 413}),
    "10,000 keys": (json.dumps({str(n): n for n in range(5_000)}).encode(), {413, 422}),
    "text above 8 KiB": (changed(name=text("x" * 9_000)), {422}),
    "empty text": (changed(name=text("")), {422}),
    "a hostile language": (changed(name={"lang": "../x", "text": "y"}), {422}),
}


async def send(schools: Coalition, content: Any, **headers: str) -> httpx2.Response:
    suite = schools.suite
    sent = suite.headers(mail("Clinic"), schools.orgs["Clinic"]) | {
        "Idempotency-Key": f"bad-{suite.new_id()}",
        "Content-Type": "application/json",
    }
    url = f"{suite.url}/members/api/v1/coalitions/{schools.slug}/issues"
    return await suite.client.post(url, content=content, headers=sent | headers)


async def position(schools: Coalition) -> int:
    answer = await send(schools, json.dumps(GOOD).encode(), **{"Idempotency-Key": "the-same"})
    assert answer.status_code in {200, 201}, answer.text
    return int(answer.headers["Accord-Position"])


def check(answer: httpx2.Response, expected: set[int], *secret: str) -> None:
    assert answer.status_code in expected, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["reason"]
    assert problem["detail"].endswith(".")
    for hidden in secret:
        assert hidden not in answer.text


@pytest.mark.parametrize("name", BODIES)
async def test_a_bad_body_is_a_clear_problem_and_records_nothing(
    schools: Coalition, name: str
) -> None:
    before = await position(schools)
    body, expected = BODIES[name]
    check(await send(schools, body), expected)
    assert await position(schools) == before


async def test_input_is_never_echoed(schools: Coalition) -> None:
    canary = "<svg onload=alert(1)>canary"
    answer = await send(schools, json.dumps({canary: canary, "name": canary}).encode())
    check(answer, {422}, "canary", "svg")


async def test_a_body_of_64_mib_is_refused_while_it_comes(schools: Coalition) -> None:
    async def endless() -> Any:
        for _ in range(1024):
            yield b" " * 65_536

    try:
        check(await send(schools, endless()), {413})
    except httpx2.TransportError:  # answered and closed before all was sent
        assert (await send(schools, changed())).status_code == 201


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Content-Type": "text/plain"}, {415}),
        ({"Content-Type": "application/json; charset=utf-16"}, {415}),
        ({"Content-Encoding": "gzip"}, {415}),
        ({"Idempotency-Key": ""}, {400}),
        ({"Idempotency-Key": "x" * 10_000}, {400}),
        ({"If-Match": "*"}, {400}),
        ({"If-Match": 'W/"3"'}, {400}),
        ({"If-Match": '"99"'}, {412}),
        ({"Accord-On-Behalf-Of": "nobody"}, {400}),
        ({"Authorization": "Bearer x"}, {401}),
        ({"Authorization": ""}, {401}),
    ],
    ids=str,
)
async def test_a_bad_header_is_a_clear_problem(
    schools: Coalition, headers: dict[str, str], expected: set[int]
) -> None:
    check(await send(schools, changed(), **headers), expected)


async def test_anothers_objects_and_absent_ones_answer_alike(schools: Coalition) -> None:
    suite: Suite = schools.suite
    base = f"{suite.url}/members/api/v1/coalitions"
    answers = []
    for coalition in (schools.slug, "no-such-coalition", str(suite.new_id())):
        stranger = suite.headers("stranger@example.org") | {
            "Idempotency-Key": f"k{suite.new_id()}",
            "Content-Type": "application/json",
        }
        for path in ("issues", "members"):
            url = f"{base}/{coalition}/{path}"
            answers.append(await suite.client.get(url, headers=stranger))
        answers.append(
            await suite.client.post(
                f"{base}/{coalition}/issues", content=changed(), headers=stranger
            )
        )
    for answer in answers:
        check(answer, {404})
        problem = answer.json()
        assert problem["detail"] == answers[0].json()["detail"]


@pytest.mark.parametrize(
    "path", ["issues?limit=0", "issues?limit=9999999999999999999999", "members?cursor=x"]
)
async def test_a_bad_query_is_a_clear_problem(schools: Coalition, path: str) -> None:
    answer = await schools.get("members", path, "Clinic")
    assert answer.status_code in {200, 422}
    if answer.status_code == 422:
        check(answer, {422})


async def test_a_repeated_key_records_nothing_and_another_body_is_refused(
    schools: Coalition,
) -> None:
    first = await send(schools, changed(), **{"Idempotency-Key": "once"})
    again = await send(schools, changed(), **{"Idempotency-Key": "once"})
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    check(await send(schools, changed(name=text("Else")), **{"Idempotency-Key": "once"}), {422})
