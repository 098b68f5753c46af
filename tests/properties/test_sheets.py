"""What was exported brings about the same coalition, wherever it is imported, and only once."""

from accord.sheets.columns import SHEETS
from accord.sources.lines import Coalition
from services.members.views import sheets
from tests.properties.profiles import searching
from tests.properties.rosters import rosters
from tests.properties.tabled import Reader, Table

ONE_BY_ONE = (
    "constituencies", "people", "members", "issues", "bodies", "accreditations", "seats",
    "positions",
)  # fmt: skip


def empty(slug: str) -> Reader:
    return Reader(Table(Coalition.to_be_formed(slug).id), slug)


def brought(files: dict[str, bytes], slug: str) -> Reader:
    """Import sheets into a coalition that is not there yet."""
    reader = empty(slug)
    reader.table.bring(reader.plan(files).lines)
    assert [str(each) for each in reader.refused] == []
    assert reader.table.refused == []
    assert reader.table.skipped == 0
    return reader


@searching(150, rosters())
def test_a_round_trip_gives_the_same_bytes(files: dict[str, bytes]) -> None:
    exported = brought(files, "league").table.sheets()
    again = brought(exported, "elsewhere")
    assert again.remarks == []
    assert again.table.sheets() == exported


@searching(100, rosters())
def test_the_same_again_sends_nothing(files: dict[str, bytes]) -> None:
    league = brought(files, "league")
    for same in (files, league.table.sheets()):
        once_more = Reader(league.table, "league")
        assert once_more.plan(same).lines == []
        assert once_more.refused == []
    assert once_more.remarks == []


@searching(80, rosters(over=False))
def test_one_by_one_gives_what_all_at_once_gives(files: dict[str, bytes]) -> None:
    exported = brought(files, "league").table.sheets()
    apart = empty("elsewhere")
    for kind in ONE_BY_ONE:
        apart.table.bring(apart.plan({kind: exported[kind]}).lines)
    assert [str(each) for each in apart.refused] == []
    assert apart.table.refused == []
    found = apart.table.sheets()
    for kind in ("constituencies", "people", "issues", "accreditations", "seats", "positions"):
        assert found[kind] == exported[kind]
    assert {*exported["members"].splitlines()} <= {*found["members"].splitlines()}


@searching(60, rosters())
def test_what_broke_off_goes_on_where_it_was(files: dict[str, bytes]) -> None:
    whole = brought(files, "league")
    lines = empty("league").plan(files).lines
    for broken in (1, len(lines) // 2, len(lines) - 1):
        apart = empty("league")
        apart.table.bring(apart.plan(files).lines[:broken])
        rest = Reader(apart.table, "league")
        apart.table.bring(rest.plan(files).lines)
        assert rest.refused == []
        assert apart.table.refused == []
        assert apart.table.sheets() == whole.table.sheets()


def test_both_ends_name_the_same_columns() -> None:
    own = {kind: tuple(column.name for column in columns) for kind, columns in SHEETS.items()}
    assert own == {kind: tuple(columns) for kind, columns in sheets.COLUMNS.items()}
