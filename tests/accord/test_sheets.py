"""Sheets as people save them: what is read, what is refused, and in which words."""

import gzip
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest

from accord.sheets.columns import SHEETS
from accord.sheets.reading import Row, parsed, read
from accord.sources.lines import Coalition, ImportLine
from accord.sources.refusals import Damaged, Refusal
from services.members.views import sheets
from tests.properties.tabled import NOW, Reader, Table

GUIDE = Path(__file__).parents[2] / "docs" / "reference" / "sheets.md"
CLINIC, SCHOOL = str(UUID(int=1)), str(UUID(int=2))
MEMBERS = "name,from,until\nClinic,2020-01-01,\nSchool,2020-01-01,\n"
ISSUES = "name,from\nMeals,2021-01-01\n"


def rows(text: str | bytes, kind: str = "members") -> tuple[list[Row], list[Refusal]]:
    told: list[Refusal] = []
    raw = text.encode() if isinstance(text, str) else text
    return parsed(raw, kind, f"{kind}.csv", told.append, told.append), told


def reader() -> Reader:
    return Reader(Table(Coalition.to_be_formed("league").id), "league")


def told(**files: str) -> list[tuple[str, int, str, str]]:
    """Return what is refused of sheets: file, line, column and reason."""
    asked = reader()
    asked.plan({kind: text.encode() for kind, text in files.items()})
    return [(each.file, each.line, each.column, each.reason) for each in asked.refused]


def lines(asked: Reader, **files: str) -> Sequence[ImportLine]:
    found = asked.plan({kind: text.encode() for kind, text in files.items()}).lines
    assert [str(each) for each in asked.refused] == []
    return found


@pytest.mark.parametrize(
    "raw",
    [
        b"name,from,voting\nClinic,2020-01-01,yes\n",
        b"\xef\xbb\xbfname,from,voting\r\nClinic,2020-01-01,yes\r\n\r\n,,\r\n \r\n",
        b"Name;From;Voting\r\nClinic;2020-01-01;YES\r\n;;\r\n",
        b"sep=;\r\nname;from;voting\r\nClinic;2020-01-01;TRUE\r\n",
        b"name\tfrom\tvoting\nClinic\t2020-01-01\t1",
        b'"NAME","From","voting",,\nClinic,"2020-01-01",Yes,,\n',
    ],
)
def test_spreadsheets_save_the_same_in_many_ways(raw: bytes) -> None:
    ((row,), remarks) = rows(raw)
    assert row.values == {"name": "Clinic", "from": "2020-01-01T00:00:00.000Z", "voting": True}
    assert remarks == []


def test_a_row_knows_the_line_it_begins_on() -> None:
    found, _ = rows('sep=,\nname,note\n"Clinic\non Hill","a\r\nb"\n\nSchool,c\n')
    assert [(row.line, row["name"], row["note"]) for row in found] == [
        (3, "Clinic\non Hill", "a\nb"), (7, "School", "c"),
    ]  # fmt: skip


def test_headers_may_be_spelled_otherwise() -> None:
    found, remarks = rows(
        "Issue,ORGANIZATION,Position,Reason\nMeals,Clinic,oppose,w\n", "positions"
    )
    assert (found[0]["organisation"], remarks) == ("Clinic", [])


def test_columns_that_are_not_read_are_remarked_on() -> None:
    (row,), remarks = rows("name,phone,email [withheld]\nAna,123,\n", "people")
    assert row.values == {"name": "Ana"}
    assert [(each.line, each.column, each.reason) for each in remarks] == [
        (1, "", "unknown_column"), (1, "email", "withheld"),
    ]  # fmt: skip
    assert "'phone' is no column of people" in remarks[0].detail


@pytest.mark.parametrize(
    ("raw", "line", "reason"),
    [
        (b"", 1, "missing_column"),
        (b"organisation,sector\nClinic,health\n", 1, "missing_column"),
        (b"name,Name\nClinic,School\n", 1, "column_twice"),
        ("name\nClinic\n".encode("utf-16"), 1, "not_utf8"),
        ("name\nClinic\nCaf\u00e9\n".encode("cp1252"), 3, "not_utf8"),
    ],
)
def test_a_file_in_another_form_is_damaged(raw: bytes, line: int, reason: str) -> None:
    with pytest.raises(Damaged) as caught:
        rows(raw)
    assert (caught.value.refusal.line, caught.value.refusal.reason) == (line, reason)


def test_a_file_that_breaks_off_is_damaged(tmp_path: Path) -> None:
    whole = gzip.compress(b"name\n" + b"Clinic\n" * 5_000)
    for name, raw in (("members.csv.gz", whole[:-20]), ("members.csv.gz", b"name\nClinic\n")):
        path = tmp_path / name
        path.write_bytes(raw)
        with pytest.raises(Damaged):
            read(path, "members", lambda _: None, lambda _: None)
    path.write_bytes(whole)
    assert len(read(path, "members", lambda _: None, lambda _: None)) == 5_000


@pytest.mark.parametrize(
    ("kind", "header", "cells", "column", "reason"),
    [
        ("members", "name,from", "Clinic,12.03.2026", "from", "not_a_date"),
        ("members", "name,from", "Clinic,03/12/2026", "from", "not_a_date"),
        ("members", "name,from", "Clinic,46093", "from", "not_a_date"),
        ("members", "name,from", "Clinic,2026-02-30", "from", "not_a_date"),
        ("members", "name,from", "Clinic,2026-02-03T25:00:00Z", "from", "not_a_date"),
        ("members", "name,from", "Clinic,2026-03-13", "from", "in_the_future"),
        ("members", "name,until", "Clinic,2020-01-01", "until", "over_before_it_begins"),
        ("members", "name,suspended", "Clinic,2020-01-01", "suspended", "over_before_it_begins"),
        ("members", "name,from,suspended", "Clinic,2020-01-01,2020-02-01", "suspended_because",
         "empty_cell"),
        ("members", "name,from,until,reason", "Clinic,2020-01-01,2020-02-01,anger", "reason",
         "unknown_word"),
        ("members", "name,voting", "Clinic,maybe", "voting", "not_yes_or_no"),
        ("members", "name,kind", "Clinic,firm", "kind", "unknown_word"),
        ("members", "name,commitment", "Clinic,a lot", "commitment", "unknown_word"),
        ("members", "name,sector", "Clinic,\u00d6kologie", "sector", "not_a_code"),
        ("members", "name,language", "Clinic,English!", "language", "not_a_language"),
        ("members", "name,constituency", "Clinic,Parents", "constituency", "unknown_constituency"),
        ("members", "name,person", f"Clinic,{CLINIC}", "person", "not_a_person"),
        ("members", "name,sector", ",health", "name", "empty_cell"),
        ("members", "name,sector", "Clinic", "", "columns"),
        ("members", "name,sector", "Clinic,health,more", "", "columns"),
        ("members", "name,sector", '"Clinic"x,health', "", "quotes"),
        ("members", "name,sector", "Cli\x07nic,health", "name", "control_characters"),
        ("members", "name,sector", "Cli\u202enic,health", "name", "control_characters"),
        ("members", "name", "A" * 8_193, "name", "bad_text"),
        ("constituencies", "name,seats", "Parents,-1", "seats", "not_a_number"),
        ("constituencies", "name,seats", "Parents,9007199254740993", "seats", "not_a_number"),
        ("people", "name,locale", "Ana,\u65e5\u672c", "locale", "not_a_code"),
        ("issues", "name,until", "Meals,2026-03-12", "reason", "empty_cell"),
        ("issues", "name,organisation", "Meals,Clinic", "organisation", "unknown_organisation"),
        ("bodies", "name,scope", "Group,Meals", "scope", "unknown_issue"),
        ("bodies", "name,until", "Group,2026-03-12", "reason", "empty_cell"),
        ("bodies", "name,kind,until", "All,plenary,2026-03-12", "until", "plenary_stays"),
        ("accreditations", "organisation", "Clinic", "organisation", "unknown_organisation"),
        ("positions", "issue,organisation,position,reason", "Meals,Clinic,yes,w", "position",
         "unknown_word"),
        ("positions", "issue,organisation,position,reason", "Meals,Clinic,oppose,", "reason",
         "empty_cell"),
        ("positions", "issue,organisation,position,reason", "Meals,Clinic,oppose,w", "issue",
         "unknown_issue"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named(kind: str, header: str, cells: str, column: str, reason: str) -> None:
    assert told(**{kind: f"{header}\n{cells}\n"}) == [(f"{kind}.csv", 2, column, reason)]


@pytest.mark.parametrize(
    ("header", "cells", "column", "reason"),
    [
        ("organisation,body", "Clinic,Nowhere", "body", "unknown_body"),
        ("organisation,person", "Clinic,Nobody", "person", "unknown_person"),
        ("organisation,person", "Clinic,Ana", "person", "ambiguous"),
        ("organisation,until", "Clinic,2026-03-01", "until", "over_before_it_begins"),
        ("organisation,from,ended", "Clinic,2024-03-01,2024-02-01", "ended",
         "over_before_it_begins"),
        ("organisation,given", "Clinic,2027-03-01", "given", "in_the_future"),
        ("organisation,from,role", "Clinic,2027-01-01,chair", "role", "not_begun"),
        ("organisation,role", "Clinic,chair until 1.1.2027", "role", "not_a_date"),
        ("organisation,authority", "Clinic,some", "authority", "unknown_word"),
        ("organisation,replaces", "Clinic,nobody", "replaces", "unknown_accreditation"),
        ("organisation,reason", "Clinic,\u4e0d", "reason", "not_a_code"),
    ],
)  # fmt: skip
def test_a_bad_accreditation_is_named(header: str, cells: str, column: str, reason: str) -> None:
    people = "id,name\n1,Ana\n2,ana \n"
    found = told(members=MEMBERS, people=people, accreditations=f"{header}\n{cells}\n")
    assert found == [("accreditations.csv", 2, column, reason)]


@pytest.mark.parametrize(
    ("kind", "text", "column", "reason"),
    [
        ("members", "name,from\nClinic,2020-01-01\nclinic ,2021-01-01\n", "from", "duplicate"),
        ("members", f"id,name\n{CLINIC},A\n{CLINIC},B\n", "from", "duplicate"),
        ("people", "name,email\nAna,a@x.org\nAnn,A@x.org\n", "name", "duplicate"),
        ("people", "name\nAna\nAna\n", "name", "duplicate"),
        ("issues", "name\nMeals\nMEALS\n", "name", "duplicate"),
        ("issues", "id,name\n1,Meals\n1,Buses\n", "id", "duplicate"),
        ("bodies", "name,kind\nA,plenary\nB,plenary\n", "name", "duplicate"),
    ],
)
def test_who_is_listed_twice_is_named(kind: str, text: str, column: str, reason: str) -> None:
    assert told(**{kind: text}) == [(f"{kind}.csv", 3, column, reason)]


def test_one_vote_in_a_body_at_a_time() -> None:
    header = "id,organisation,voting,from,until\n"
    apart = header + "1,Clinic,yes,2020-01-01,2020-12-31\n2,Clinic,yes,2021-01-01,\n"
    assert told(members=MEMBERS, accreditations=apart) == []
    at_once = header + "1,Clinic,yes,2020-01-01,2021-01-01\n2,Clinic,yes,2021-01-01,\n"
    assert told(members=MEMBERS, accreditations=at_once) == [
        ("accreditations.csv", 3, "voting", "voting_seat_taken")
    ]


def test_the_plenary_has_no_seats() -> None:
    assert told(members=MEMBERS, seats="body\nPlenary\n") == [("seats.csv", 2, "body", "no_seats")]


def test_words_say_what_to_do() -> None:
    asked = reader()
    asked.plan({"members": b"name,from\nClinic,12.03.2026\n"})
    assert str(asked.refused[0]) == (
        "members.csv, line 2, column from: '12.03.2026' is not read as a date:"
        " write year, month and day, as 2026-03-12. (not_a_date)"
    )


def test_ids_are_kept_or_follow_from_the_sources() -> None:
    asked = reader()
    found = lines(asked, members=f"id,name\n{CLINIC},Clinic\nM-2,School\n,Union\n")
    form, school, union = found
    assert form.body["founder"]["org"] == CLINIC
    assert len({CLINIC, school.key, union.key}) == 3
    assert [UUID(key).version for key in (school.key, union.key)] == [5, 5]
    again = lines(reader(), members="id,name\nM-2,Renamed\n,UNION\n")
    assert {again[0].body["founder"]["org"], again[1].key} == {school.key, union.key}


def test_ids_of_people_do_not_follow_from_their_names() -> None:
    one, other = reader(), reader()
    other.drawn = 100
    for text in ("name,email\nAna,ana@x.org\n", "name,kind\nAna,person\n"):
        kind = "people" if "email" in text else "members"
        first = {line.key for line in lines(one, **{kind: text})}
        second = {line.key for line in lines(other, **{kind: text})}
        assert not {key for key in first & second if UUID(key) != one.table.id} - {
            line.key for line in lines(reader(), people="name\nSomebody else\n")
        }


def test_people_are_known_again_by_their_address_or_their_only_name() -> None:
    asked = reader()
    people = "name,email\nAna,ana@x.org\nBo,\n"
    asked.table.bring(lines(asked, people=people))
    for same in (people, "name,email\nAna Maria,ANA@x.org\nbo,bo@x.org\n", "name\nAna\nBo\n"):
        assert lines(Reader(asked.table, "league"), people=same) == []
    later = Reader(asked.table, "league", drawn=100)
    namesake = lines(later, people="name,email\nAna,other@x.org\n")
    assert [line.command for line in namesake] == ["RegisterPerson"]


def test_the_member_of_the_first_day_founds_the_coalition() -> None:
    asked = reader()
    found = lines(
        asked,
        bodies=f"id,name,kind,from\n{SCHOOL},Plenary,plenary,2021-05-01\n",
        members="name,from\nLater,2022-01-01\nFounder,2021-05-01\nEarlier,2019-01-01\n",
    )
    assert [line.command for line in found] == ["FormCoalition", "AdmitMember", "AdmitMember"]
    assert found[0].body["founder"]["name"]["text"] == "Founder"
    assert (found[0].body["plenary"], found[0].at[:10]) == (SCHOOL, "2021-05-01")


def test_without_members_the_secretariat_founds_it() -> None:
    asked = reader()
    found = lines(asked, people="name\nAna\n")
    assert found[0].body["founder"]["name"]["text"] == "Secretariat"
    assert found[0].body["founder"]["commitment"] == "observer"
    assert asked.table.bring(found) == 4


def test_a_row_is_one_line_with_all_that_it_says() -> None:
    asked = reader()
    files = {
        "members": "name,from,suspended,suspended_because\n"
                   "Clinic,2020-01-01,,\nSchool,2020-01-01,2021-01-01,Fees\n",
        "people": "id,name\n1,Ana\n",
        "accreditations": "organisation,person,from,role\n"
                          "Clinic,Ana,2020-02-01,chair; note taker until 2026-12-31\n",
    }  # fmt: skip
    found = lines(asked, **files)
    along = {line.command: [part["command"] for part in line.then] for line in found}
    assert along == {
        "FormCoalition": [], "AdmitMember": ["SuspendMember"], "RegisterPerson": [],
        "AccreditRepresentative": ["TakeRole", "TakeRole"],
    }  # fmt: skip
    assert asked.table.bring(found) == 3 + 2 + 1 + 3
    assert asked.table.refused == []


def test_who_left_was_accredited_before() -> None:
    asked = reader()
    found = lines(
        asked,
        members="name,from,until\nClinic,2020-01-01,\nSchool,2020-01-01,2021-01-01\n",
        accreditations="organisation,from\nSchool,2022-01-01\n",
    )
    asked.table.bring(found)
    assert asked.table.refused == []
    assert found[-1].command == "LeaveCoalition"
    assert told_of(Reader(asked.table, "league"), "organisation,from\nSchool,2020-05-01\n") == [
        ("organisation", "not_a_member")
    ]


def told_of(asked: Reader, accreditations: str) -> list[tuple[str, str]]:
    asked.plan({"accreditations": accreditations.encode()})
    return [(each.column, each.reason) for each in asked.refused]


def test_an_end_may_be_added_later_and_nothing_else_is_touched() -> None:
    asked = reader()
    asked.table.bring(
        lines(
            asked, members=MEMBERS, bodies="name\nGroup\n",
            accreditations="id,organisation,from\n1,Clinic,2020-01-01\n",
        )
    )  # fmt: skip
    later = Reader(asked.table, "league")
    found = lines(
        later,
        members="name,from,sector,until\nClinic,2020-01-01,health,2024-01-01\n",
        bodies="name,until,reason\nGroup,2026-03-12,Done\n",
        accreditations="id,organisation,ended\n1,Clinic,2023-01-01\n",
    )
    assert [(line.command, line.version) for line in found] == [
        ("EndAccreditation", 2), ("LeaveCoalition", 2), ("DissolveBody", 2),
    ]  # fmt: skip
    assert [(each.file, each.column, each.reason) for each in later.remarks] == [
        ("members.csv", "sector", "differs")
    ]
    assert asked.table.bring(found) == 3


def test_in_a_formal_coalition_some_things_need_a_decision() -> None:
    asked = reader()
    asked.table.bring(lines(asked, members=MEMBERS))
    known = asked.table.known()
    object.__setattr__(known, "formal", True)
    object.__setattr__(asked.table, "known", lambda: known)
    asked.plan(
        {
            "members": b"name,from,suspended,suspended_because\nUnion,2020-01-01,2021-01-01,w\n",
            "bodies": b"name,until,reason\nGroup,2026-03-12,w\n",
        }
    )
    assert [(each.file, each.column, each.reason) for each in asked.refused] == [
        ("members.csv", "suspended", "needs_decision"), ("bodies.csv", "until", "needs_decision"),
    ]  # fmt: skip


def test_positions_are_told_in_the_order_of_their_days() -> None:
    asked = reader()
    header = "issue,organisation,position,reason,from\n"
    history = (
        "Meals,School,oppose,b,2023-01-01\nMeals,Clinic,support,a,2022-01-01\n"
        "Meals,School,can live with,c,2022-06-01\nMeals,School,Oppose,again,2024-01-01\n"
    )
    found = lines(asked, members=MEMBERS, issues=ISSUES, positions=header + history)
    told = [
        (line.command, line.at[:4], line.version) for line in found if "Position" in line.command
    ]
    assert told == [
        ("TakePosition", "2022", 2), ("TakePosition", "2022", 3), ("ChangePosition", "2023", 4),
    ]  # fmt: skip
    assert [(each.line, each.reason) for each in asked.remarks] == [(5, "unchanged")]
    asked.table.bring(found)
    earlier = Reader(asked.table, "league")
    earlier.plan({"positions": f"{header}Meals,Clinic,oppose,x,2021-01-01\n".encode()})
    assert [(each.column, each.reason) for each in earlier.refused] == [("from", "out_of_order")]
    later = Reader(asked.table, "league")
    (line,) = lines(later, positions=f"{header}{history}Meals,Clinic,oppose,x,2025-01-01\n")
    assert (line.command, line.version) == ("ChangePosition", 5)


def test_the_day_of_rows_without_one_is_today() -> None:
    asked = reader()
    (form, _) = lines(asked, members="name\nClinic\nSchool\n")
    assert form.at == f"{date.fromisoformat(NOW[:10])}T00:00:00.000Z"


def test_the_reference_names_every_column() -> None:
    page = GUIDE.read_text()
    for kind, columns in SHEETS.items():
        section = page.partition(f"\n## {kind}.csv\n")[2].partition("\n## ")[0]
        rows = [row for row in section.splitlines() if row.startswith("| `")]
        named = [row.split("|")[1].strip().strip("`") for row in rows]
        assert named == [column.name for column in columns], kind
        assert named == [*sheets.COLUMNS[kind]]
        needed = [row.split("|")[1].strip().strip("`") for row in rows if "needed" in row]
        assert needed == [column.name for column in columns if column.needed], kind
