"""Numbers, moments, ids and words of every bad sort: a clear 4xx, no echo, nothing recorded."""

import json
from typing import Any
from unicodedata import normalize
from uuid import UUID

import httpx2
import pytest

from tests.end_to_end.coalition import Coalition, mail, text
from tests.end_to_end.test_bad_input import GOOD, changed, check, send

STARTS = "2031-05-01T18:00:00Z"
HOSTILE = [
    "'; drop table journal.event; --", "{{7*7}}", "${jndi:ldap://x}", "<svg onload=alert(1)>",
    "javascript:alert(1)", '=HYPERLINK("x")', "+cmd|' /C calc'!A0", "../../etc/passwd", "%00",
    "%2e%2e%2f", "file:///etc/passwd", "http://169.254.169.254/", "http://[::ffff:127.0.0.1]/",
]  # fmt: skip


async def post(
    schools: Coalition, service: str, path: str, content: bytes, **headers: str
) -> httpx2.Response:
    suite = schools.suite
    sent = suite.headers(mail("Clinic"), schools.orgs["Clinic"]) | {
        "Idempotency-Key": f"bad-{suite.new_id()}", "Content-Type": "application/json",
    }  # fmt: skip
    url = f"{suite.url}/{service}/api/v1/coalitions/{schools.slug}/{path}"
    return await suite.client.post(url, content=content, headers=sent | headers)


# Bodies that the table of `test_bad_input.py` does not hold

BODIES: dict[str, tuple[bytes, set[int]]] = {
    "utf-32": (json.dumps(GOOD).encode("utf-32"), {400}),
    "a key of a megabyte": (b'{"' + b"k" * 1_000_000 + b'":1}', {413}),
    "depth 100": (b'{"name":' + b"[" * 100 + b"]" * 100 + b',"summary":1}', {422}),
    "depth 1,000": (b'{"name":' + b"[" * 1_000 + b"]" * 1_000 + b',"summary":1}', {400, 422}),
    "an extra role": (changed(role="chair"), {422}),
    "an extra version": (changed(version=7), {422}),
    "an extra organisation": (changed(on_behalf_of=str(UUID(int=1))), {422}),
    "left-to-right override": (changed(name=text("a\u202db")), {422}),
    "an isolate": (changed(name=text("a\u2066b")), {422}),
    "a C1 control": (changed(name=text("a\u0085b")), {422}),
    "a vertical tab": (changed(name=text("a\u000bb")), {422}),
    "a language of 10,000 letters": (changed(name={"lang": "e" * 10_000, "text": "y"}), {422}),
    "text in a list": (changed(name=[text("a")]), {422}),
    "a number in exponents": (b'{"name":1e-400,"summary":-0}', {400, 422}),
}


@pytest.mark.parametrize("name", BODIES)
async def test_a_bad_body_is_a_clear_problem(schools: Coalition, name: str) -> None:
    body, expected = BODIES[name]
    try:
        check(await send(schools, body), expected)
    except httpx2.TransportError:  # answered and closed before all was sent
        assert len(body) > 65_536


@pytest.mark.parametrize("encoding", ["br", "gzip", "deflate", "zstd", "identity, gzip"])
async def test_a_compressed_body_is_not_taken(schools: Coalition, encoding: str) -> None:
    bomb = b"\x1f\x8b" + b"\x00" * 1_000
    check(await send(schools, bomb, **{"Content-Encoding": encoding}), {415})


# Numbers, in a field that takes whole ones from 0 to 2^53 - 1


@pytest.mark.parametrize(
    "number",
    ["true", "false", "1.5", "1e2", "-1", "-2147483649", str(2**53), str(2**63), str(-(2**63)),
     "1e400", "NaN", "Infinity", "-Infinity", "1e-400", '"12"', "9" * 400, "null", "[]", "01"],
)  # fmt: skip
async def test_a_bad_number_is_refused(schools: Coalition, number: str) -> None:
    joining = {
        "name": text("New"), "kind": "organization", "sector": "education", "constituencies": [],
        "commitment": "homework", "voting_right": True, "ground_rules": 12_345,
    }  # fmt: skip
    body = json.dumps(joining).replace("12345", number).encode()
    check(await post(schools, "members", "members", body), {400, 422})


@pytest.mark.parametrize(
    "change",
    [{"kind": "robot"}, {"kind": "ORGANIZATION"}, {"commitment": ""}, {"voting_right": 1},
     {"voting_right": "yes"}, {"sector": "a b"}, {"sector": "x" * 64}, {"sector": "a\n"},
     {"constituencies": ["x"]}, {"constituencies": {}}, {"role": "chair"}],
    ids=str,
)  # fmt: skip
async def test_a_value_of_another_form_is_refused(
    schools: Coalition, change: dict[str, Any]
) -> None:
    joining = {
        "name": text("New"), "kind": "organization", "sector": "education", "constituencies": [],
        "commitment": "homework", "voting_right": True, "ground_rules": 0,
    }  # fmt: skip
    check(await post(schools, "members", "members", json.dumps(joining | change).encode()), {422})


# Moments and days


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
     "9999-12-31T23:59:59Z", "2031-05-01T18:00:60Z", "2031-05-01T18:00:00", "2031-05-01",
     "1700000000", "2031-02-30T00:00:00Z", "2031-05-01 18:00:00Z", "2031-05-01T24:00:00Z",
     "2031-05-01T18:00:00+99:99", "next Friday", "", "2031-05-01T18:00:00.1234567891Z"],
)  # fmt: skip
async def test_a_bad_moment_is_refused(schools: Coalition, moment: str) -> None:
    body = json.dumps({"body": schools.plenary, "starts_at": moment}).encode()
    check(await post(schools, "meetings", "meetings", body), {422}, *([moment] if moment else []))
    claimed = {"Accord-Occurred-At": moment or "-"}
    check(await send(schools, changed(), **claimed), {400})


@pytest.mark.parametrize("moment", [1_700_000_000, 1.5, True, None, {}, [STARTS]])
async def test_a_moment_that_is_no_text_is_refused(schools: Coalition, moment: object) -> None:
    body = json.dumps({"body": schools.plenary, "starts_at": moment}).encode()
    check(await post(schools, "meetings", "meetings", body), {422})


@pytest.mark.parametrize(
    "day", ["1700006400", "0001-01-01", "9999-12-31", "2031-02-30", "20310501"]
)
async def test_a_bad_day_is_refused(schools: Coalition, day: str) -> None:
    body = json.dumps({"due": day, "because": text("Later.")}).encode()
    path = f"steps/{UUID(int=7)}/due-dates"
    check(await post(schools, "meetings", path, body), {422}, day)
    answer = await schools.get(
        "transparency", "reports/decision-register.json", "Clinic", **{"from": day, "to": day}
    )
    check(answer, {422}, day)


# Ids

NO_IDS = [
    "x", "0", "{0195a3c2-6f10-7c44-9b1e-5d2a8c7f3e01}", "0195a3c26f107c449b1e5d2a8c7f3e01",
    "urn:uuid:0195a3c2-6f10-7c44-9b1e-5d2a8c7f3e01", "0195a3c2-6f10-7c44-9b1e-5d2a8c7f3e0",
    "..%2F..%2Fissues", "%00", "%ff", "'%20or%201=1", "*",
    "0195a3c2-6f10-7c44-9b1e-5d2a8c7f3e01%0a",
]  # fmt: skip


@pytest.mark.parametrize("key", [*NO_IDS, str(UUID(int=0)), str(UUID(int=2**128 - 1)).upper()])
async def test_an_id_that_is_none_is_not_found(schools: Coalition, key: str) -> None:
    scope = json.dumps({"scope": "out"}).encode()
    check(await post(schools, "members", f"issues/{key}/scopes", scope), {404, 409, 422})
    answer = await schools.get("meetings", f"meetings/{key}", "Clinic")
    check(answer, {404, 422})


@pytest.mark.parametrize("key", NO_IDS)
async def test_a_coalition_that_is_none_is_not_found(schools: Coalition, key: str) -> None:
    for service, path in (("members", "issues"), ("transparency", "coalition")):
        url = f"/{service}/api/v1/coalitions/{key}/{path}"
        check(await schools.suite.get(url, mail("Clinic")), {404})
    command = f"/members/api/v1/coalitions/{key}/issues"
    check(await schools.suite.post(command, GOOD, mail("Clinic")), {404})


@pytest.mark.parametrize(
    "by", ["", "{0195a3c2-6f10-7c44-9b1e-5d2a8c7f3e01}", "0" * 32, "x" * 9_000]
)
async def test_an_organisation_that_is_none_is_unreadable(schools: Coalition, by: str) -> None:
    answer = await send(schools, changed(), **{"Accord-On-Behalf-Of": by})
    check(answer, {400}, *([by] if by else []))


# Queries


@pytest.mark.parametrize(
    ("service", "query"),
    [
        ("members", "members?limit=-1"),
        ("members", "members?limit=201"),
        ("members", "members?limit=1e2"),
        ("members", "members?limit=true"),
        ("members", "members?state=%00"),
        ("members", "members?state=everything"),
        ("members", "issues?cursor=%7B%7D"),
        ("members", "issues?at_least=members"),
        ("members", "issues?at_least=members/-1"),
        ("members", "issues?at_least=members/" + "9" * 5_000),
        ("members", "issues?at_least=%00/1"),
        ("meetings", "meetings?cursor=%00"),
        ("meetings", "meetings?cursor=AAAA"),
        ("meetings", "meetings?cursor=MDAwMS0wMS0wMVQwMDowMDowMHx4"),
        ("meetings", "steps?cursor=99999999999999999999"),
        ("meetings", "steps?state=%27%3B"),
        ("credit", "wins?cursor=-1"),
        ("credit", "contributions?organisation=*"),
        ("transparency", "reports/decision-register.json?q=a%00b"),
        ("transparency", "reports/decision-register.json?cursor=AAAA"),
        ("transparency", "reports/decision-register.json?cursor=" + "x" * 601),
        ("transparency", "reports/decision-register.json?as_of=meetings/" + "9" * 100),
        ("transparency", "reports/decision-register.json?from=0001-01-01&to=9999-12-31"),
        ("transparency", "reports/decision-register.json?outcome=%3Csvg%3E"),
        ("transparency", "reports/decision-register.json?audience=everybody"),
    ],
)
async def test_a_bad_query_is_refused(schools: Coalition, service: str, query: str) -> None:
    url = f"/{service}/api/v1/coalitions/{schools.slug}/{query}"
    answer = await schools.suite.client.get(
        f"{schools.suite.url}{url}", headers=schools.suite.headers(mail("Clinic"))
    )
    check(answer, {400, 422}, "svg", "x" * 50)


async def test_a_thousand_parameters_are_one_too_many_or_nothing(schools: Coalition) -> None:
    many = "&".join(f"p{n}=1" for n in range(1_000))
    repeated = "&".join(["limit=5"] * 100 + ["limit=0"])
    base = f"{schools.suite.url}/members/api/v1/coalitions/{schools.slug}/issues"
    headers = schools.suite.headers(mail("Clinic"))
    assert (await schools.suite.client.get(f"{base}?{many}", headers=headers)).status_code == 200
    check(await schools.suite.client.get(f"{base}?{repeated}", headers=headers), {422})


async def test_anothers_cursor_opens_nothing(schools: Coalition) -> None:
    cursor = "W1swLDAsOTk5OTk5XSxbIjIwMjYtMDEtMDFUMDA6MDA6MDBaIiwieCIsMV1d"
    answer = await schools.get(
        "transparency", "reports/decision-register.json", "Clinic", cursor=cursor
    )
    check(answer, {422}, cursor)


# Headers


@pytest.mark.parametrize(
    "tag", ['"' + "9" * 5_000 + '"', '"²"', '"-1"', '""', '"1", "2"', "7", '"7', '"1_0"', 'W/"7"']
)
async def test_a_version_that_is_none_is_unreadable(schools: Coalition, tag: str) -> None:
    sent: dict[str, Any] = {"If-Match": tag.encode("latin-1")}
    answer = await send(schools, changed(), **sent)
    check(answer, {400}, *([tag] if len(tag) > 9 else []))


@pytest.mark.parametrize("key", ["", '""', "x" * 129, "x" * 10_000, "schl\u00fcssel"])
async def test_a_key_that_is_none_is_refused(schools: Coalition, key: str) -> None:
    sent: dict[str, Any] = {"Idempotency-Key": key.encode("latin-1")}
    check(await send(schools, changed(), **sent), {400})


# Words: where people write, whatever looks like code is only words


@pytest.mark.parametrize(
    "words", [*HOSTILE, "e\u0301", "\u0430dmin", "a\uffffb", "👩‍👩‍👧", "\u0301"]
)
async def test_what_looks_like_code_is_kept_as_words(schools: Coalition, words: str) -> None:
    made = await send(schools, changed(name=text(words), summary=text(f"About {words}")))
    assert made.status_code == 201, made.text
    assert words not in made.text
    at_least = f"members/{made.headers['Accord-Position']}"
    page = await schools.get("members", "issues", "Clinic", limit=200, at_least=at_least)
    shown = [row["name"]["text"] for row in page.json()["items"] if row["name"]]
    assert normalize("NFC", words) in shown


@pytest.mark.parametrize("words", HOSTILE)
async def test_code_is_refused_where_no_words_belong(schools: Coalition, words: str) -> None:
    for body in ({"scope": words}, {"scope": "out", words: 1}):
        answer = await post(
            schools, "members", f"issues/{UUID(int=7)}/scopes", json.dumps(body).encode()
        )
        check(answer, {422}, words)
    answer = await schools.suite.post(
        "/members/api/v1/coalitions", {"slug": words, "template": words}, mail("Clinic")
    )
    check(answer, {422}, words)


async def test_nothing_of_this_was_recorded(schools: Coalition) -> None:
    answer = await schools.get("meetings", "meetings", "Clinic")
    assert answer.json()["items"] == []
