"""`contributions.csv`: which commands its rows ask for, and what is refused."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from accord.sheets.columns import APART
from accord.sheets.contributions import Telling
from accord.sheets.reading import parsed
from accord.sheets.register import Register
from accord.sources.lines import Coalition, ImportLine
from accord.sources.refusals import Refusal
from services.credit.views import sheet

GUIDE = Path(__file__).parents[2] / "docs" / "reference" / "sheets.md"
CLINIC, SCHOOL, UNION = (str(UUID(int=n)) for n in range(1, 4))
ID = str(UUID(int=9))
INTO = Coalition(UUID(int=7), "league")
HEADER = "id,organisation,role,degree,what,language,from,recorded_by,confirmed_by\n"


class Reader:
    """What an import makes of a file, and what it refuses of it."""

    def __init__(self, rows: str, header: str = HEADER, **versions: int) -> None:
        self.refused: list[Refusal] = []
        self.remarks: list[Refusal] = []
        register = Register()
        for key, name in ((CLINIC, "Clinic"), (SCHOOL, "School"), (UNION, "Union")):
            register.add("members", key, name)
        self.telling = Telling(
            register, INTO, {f"contribution-{UUID(int=9)}": n for n in versions.values()},
            date(2026, 3, 1), "2026-03-12T00:00:00.000Z", self.refused.append,
        )  # fmt: skip
        raw = (header + rows).encode()
        read = parsed(raw, "contributions", "it", self.refused.append, self.remarks.append)
        self.lines: list[ImportLine] = [*self.telling.lines(read)]


def test_a_row_is_told_by_who_recorded_it_and_confirmed_with_it() -> None:
    asked = Reader(
        f"{ID},clinic,Audience lent,lead,'=Sent it.,de,2024-05-06,Clinic,School; Union; School\n"
    )
    (line,) = asked.lines
    assert (asked.refused, asked.remarks) == ([], [])
    assert (line.service, line.command, line.key, line.version) == (
        "credit", "RecordContribution", ID, 1,
    )  # fmt: skip
    assert (line.by, line.at, line.waits) == (CLINIC, "2024-05-06T00:00:00.000Z", True)
    assert line.body == {
        "of": CLINIC, "role": "audience_lent", "degree": "lead", "about": [],
        "what": {"lang": "de", "text": "=Sent it."},
    }  # fmt: skip
    assert [(each["command"], each["id"], each["by"]) for each in line.then] == [
        ("ConfirmContribution", ID, SCHOOL), ("ConfirmContribution", ID, UNION),
    ]  # fmt: skip


def test_a_row_with_the_least_is_recorded_by_the_secretariat() -> None:
    rows = "Clinic,drafting,Wrote it.\nSchool,drafting,Wrote it.\n"
    header = "organisation,role,what\n"
    opening, first, second = Reader(rows, header).lines
    assert (opening.service, opening.key) == ("members", INTO.secretariat)
    assert (first.by, first.at, first.then) == (INTO.secretariat, "2026-03-01T00:00:00.000Z", ())
    assert (first.body["degree"], first.body["what"]["lang"]) == ("equal", "en")
    assert first.key != second.key
    assert [line.key for line in Reader(rows, header).lines[1:]] == [first.key, second.key]


def test_who_recorded_it_does_not_confirm_it_once_more() -> None:
    (line,) = Reader(f"{ID},Clinic,drafting,,Wrote it.,,,School,School\n").lines
    assert (line.by, line.then) == (SCHOOL, ())


def test_what_the_coalition_has_is_left_as_it_is_though_its_words_are_gone() -> None:
    asked = Reader(f"{ID},Clinic,drafting,,,,,School,Union\n", known=1)
    assert (asked.lines, asked.telling.skipped, asked.refused) == ([], 1, [])


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (f"{ID},Clinic,drafting,,,,,,", "what", "empty_cell"),
        (f"{ID},Clinic,drafting,most,It.,,,,", "degree", "unknown_word"),
        (f"{ID},Zoo,drafting,,It.,,,,", "organisation", "unknown_organisation"),
        (f"{ID},Clinic,drafting,,It.,,,Zoo,", "recorded_by", "unknown_organisation"),
        (f"{ID},Clinic,drafting,,It.,,,School,Zoo", "confirmed_by", "unknown_organisation"),
        (f"{ID},Clinic,drafting,,It.,,,Clinic,Clinic", "confirmed_by", "own_confirmation"),
        (f"{ID},Clinic,drafting,,It.,,2026-03-13,,", "from", "in_the_future"),
    ],
)
def test_a_bad_row_is_refused_and_the_next_one_told(row: str, column: str, reason: str) -> None:
    asked = Reader(f"{row}\nM-1,School,media,,It.,,,Clinic,\n")
    assert [(each.line, each.column, each.reason) for each in asked.refused] == [
        (2, column, reason)
    ]
    (line,) = asked.lines
    assert line.key == INTO.derive("contribution/M-1")


def test_an_id_stands_there_once() -> None:
    asked = Reader(f"{ID},Clinic,drafting,,It.,,,School,\n" * 2)
    assert [(each.line, each.reason) for each in asked.refused] == [(3, "duplicate")]
    assert len(asked.lines) == 1


def test_what_it_is_about_is_not_read_and_that_is_said() -> None:
    header = "organisation,role,what,about,recorded_by\n"
    asked = Reader("Clinic,drafting,It.,credit/7,School\n", header)
    assert [each.reason for each in asked.remarks] == ["unknown_column"]
    assert asked.lines[0].body["about"] == []


def test_the_reference_names_every_column_that_an_export_has() -> None:
    section = GUIDE.read_text().partition("\n## contributions.csv\n")[2].partition("\n## ")[0]
    rows = [row for row in section.splitlines() if row.startswith("| `")]
    named = [row.split("|")[1].strip().strip("`") for row in rows]
    header: Any = sheet(()).decode().strip().split(",")
    assert named == header
    read = [column.name for column in APART["contributions"]]
    assert read == [name for name in named if name != "about"]
