import re
from datetime import date
from pathlib import Path
from uuid import uuid5

import orjson
import pytest

from accord.sources import credits as thanks
from accord.sources.credits import ROLES, Contributor
from accord.sources.lines import SLUGS, Coalition
from accord.sources.refusals import Damaged, Refusal

SAMPLE = Path(__file__).parent / "samples" / "thanks.json"
TABLE = Path(__file__).parents[2] / "docs" / "reference" / "import-credits.md"
OUR_ROLES = frozenset(
    re.findall(
        r"\w+",
        "convening hosting facilitation research drafting lobbying testimony mobilising media data"
        " fundraising resources introductions audience_lent messenger asked_the_question"
        " stepped_back implementation mentoring care_and_logistics late_support",
    )
)


def read(path: Path) -> tuple[list[Contributor], list[Refusal]]:
    refused: list[Refusal] = []
    return thanks.read(path, refused.append), refused


def test_people_come_with_their_kinds_of_work_and_lines() -> None:
    people, _ = read(SAMPLE)
    assert people == [
        Contributor("Amara", "Amara Adeyemi", ["doc", "question"], 4),
        Contributor("bdahl", "bdahl", ["infra", "userTesting"], 14),
        Contributor("farid", "Farid Haddad", [], 22),
    ]


def test_what_cannot_be_used_is_refused_by_line() -> None:
    _, refused = read(SAMPLE)
    assert [(each.line, each.reason) for each in refused] == [
        (14, "unknown_kind"),
        (14, "duplicate"),
        (19, "no_login"),
        (20, "no_contributions"),
        (21, "duplicate"),
    ]


@pytest.mark.parametrize(
    ("raw", "line", "reason"),
    [
        (b'{"contributors": [\n{"login": "a",}]}', 2, "not_json"),
        (b'{"contributors": [\n{"login": "a"', 2, "not_json"),
        (b'{"contributors": {}}', 1, "no_contributors"),
        (b"[]", 1, "no_contributors"),
        (b'{\n"contributors": "\xe9"}', 2, "not_utf8"),
        (b'{"contributors": [{"login": "\\ud800"}]}', 1, "not_json"),
        (b" " * (thanks.FILE_BYTES + 1), 1, "file_too_long"),
    ],
)
def test_another_file_is_named(tmp_path: Path, raw: bytes, line: int, reason: str) -> None:
    path = tmp_path / "thanks.json"
    path.write_bytes(raw)
    with pytest.raises(Damaged) as caught:
        read(path)
    refusal = caught.value.refusal
    assert (refusal.file, refusal.line, refusal.reason) == (str(path), line, reason)


@pytest.mark.parametrize("entry", ["7", '{"login": 7, "contributions": []}', '{"login": " "}'])
def test_an_entry_of_another_shape_is_refused(tmp_path: Path, entry: str) -> None:
    path = tmp_path / "thanks.json"
    path.write_text('{"contributors": [\n' + entry + ',\n{"login": "a", "contributions": []}]}')
    people, refused = read(path)
    assert [each.login for each in people] == ["a"]
    assert [each.line for each in refused] == [2]


def test_each_kind_of_work_is_a_contribution() -> None:
    people, _ = read(SAMPLE)
    coalition = Coalition.to_be_formed("river")
    lines = list(thanks.commands("thanks.json", people, coalition, date(2011, 5, 1)))
    assert [(line.service, line.command) for line in lines] == [
        ("members", "FormCoalition"),
        *[("members", "AdmitMember")] * 3,
        *[("credit", "RecordContribution")] * 4,
    ]
    assert lines[1].body["kind"] == "person"
    assert (lines[1].body["voting_right"], lines[1].body["commitment"]) == (False, "observer")
    amara = str(uuid5(uuid5(SLUGS, "river"), "contributor/amara"))
    assert orjson.loads(lines[4].encode(4)) == {
        "command": "RecordContribution",
        "id": str(uuid5(uuid5(SLUGS, "river"), "contribution/amara/doc")),
        "by": coalition.secretariat,
        "at": "2011-05-01T00:00:00.000Z",
        "version": 1,
        "body": {
            "of": amara,
            "role": "drafting",
            "degree": "equal",
            "about": [],
            "what": {"lang": "en", "text": "doc"},
        },
        "after": {"members": 4},
    }


def test_every_kind_has_a_role_of_ours() -> None:
    assert set(ROLES.values()) <= OUR_ROLES


def test_the_table_for_people_is_the_one_that_is_used() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(\w+)` \|", TABLE.read_text(), re.MULTILINE)
    assert dict(rows) == ROLES


REAL = Path(__file__).parents[2].parent / "shared" / "data" / "all-contributors"


@pytest.mark.skipif(not REAL.is_dir(), reason=f"the real record is not at {REAL}")
def test_a_real_record_is_read_whole() -> None:
    people, refused = read(REAL / "all-contributorsrc.json")
    assert (len(people), sum(len(each.kinds) for each in people), refused) == (118, 162, [])
    assert len({kind for each in people for kind in each.kinds}) == 16
