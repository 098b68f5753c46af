import pytest

from accord.sources.people import Attendance, attendance


def listed(*lines: str) -> Attendance:
    return attendance(lines, 0, len(lines))


def names(*lines: str) -> list[str]:
    return [person.name or f"@{person.handle}" for person in listed(*lines).people]


@pytest.mark.parametrize(
    ("line", "name", "handle", "affiliation"),
    [
        ("* Ada Bo (@ada)", "Ada Bo", "ada", ""),
        ("- Ada Bo(@ada-b) ", "Ada Bo", "ada-b", ""),
        ("*AB: Ada Bo (@ada)", "Ada Bo", "ada", ""),
        ("1. Ada Bo <@ada>", "Ada Bo", "ada", ""),
        ("* Ada Bo @ada)", "Ada Bo", "ada", ""),
        ("* @ada", "", "ada", ""),
        ("* Ada Bo (", "Ada Bo", "", ""),
        ("* Ada Bo (ada_1)", "Ada Bo", "", ""),
        ("* Ada Bo (Ada Bo", "Ada Bo", "", ""),
        ("* Ada Bo (@ada) - voting", "Ada Bo", "ada", ""),
        ("* Ada Bo (joined at 2:19pm, left at 3pm)", "Ada Bo", "", ""),
        ("* Ada Bo (@ada) - Invisible attendee", "Ada Bo", "ada", ""),
        ("* Ada Bo (@ada) WHAT A DAY???!", "Ada Bo", "ada", ""),
        ("* Ada 'dot' Bo-Chen Jr.", "Ada 'dot' Bo-Chen Jr.", "", ""),
        ("* Ada Bo (@ada) - Ferry Co, Board", "Ada Bo", "ada", "Ferry Co"),
        ("* Ada Bo - Ferry Co, Board", "Ada Bo", "", "Ferry Co"),
        ("* Ada Bo (@ada, Ferry Co)", "Ada Bo", "ada", "Ferry Co"),
        ("* Ada Bo (@ada - Ferry.js)", "Ada Bo", "ada", "Ferry.js"),
        ("* Ada Bo (Ferry board)", "Ada Bo", "", "Ferry"),
        ("* Ada Bo (@ada) Ferry Foundation employee of long standing", "Ada Bo", "ada",
         "Ferry Foundation"),
        ("* [Ada Bo](https://example.org/ada)", "Ada Bo", "", ""),
    ],
)  # fmt: skip
def test_an_entry_is_a_person(line: str, name: str, handle: str, affiliation: str) -> None:
    (person,) = listed(line).people
    assert (person.name, person.handle, person.affiliation) == (name, handle, affiliation)


@pytest.mark.parametrize(
    "line", ["* Ferry Project Maintainers", "* Board of Directors", "* ", "**Guests**", "Guests:"]
)
def test_groups_are_no_people(line: str) -> None:
    found = listed("* Ada Bo (@ada)", line)
    assert [person.name for person in found.people] == ["Ada Bo"]
    assert found.unclear == ()


@pytest.mark.parametrize(
    "twice",
    [
        ("* Ada Bo (@ada)", "* Ada Bo (@ada)"),
        ("* Ada Bo (@ada)", "* Adele Bo (@ADA)"),
        ("* Ada Bo", "* Ada Bo (@ada)"),
        ("* Zoë Bo (@zoe)", "* Zoe Bo"),
        ("* Daniel Bo", "* Dan Bo (@dan)"),
    ],
)
def test_a_person_listed_twice_counts_once(twice: tuple[str, str]) -> None:
    (person,) = listed(*twice).people
    assert person.line == 1
    assert person.handle or "@" not in "".join(twice)


@pytest.mark.parametrize(
    "two",
    [
        ("* Ada Bo (@ada)", "* Ada Bo (@bo)"),
        ("* Ada Bo", "* Ada Chen"),
        ("* Al Bo", "* Alan Bo"),
        ("* Ada", "* Ada Bo"),
        ("* @ada", "* Ada Bo"),
    ],
)
def test_two_people_are_two(two: tuple[str, str]) -> None:
    assert len(listed(*two).people) == 2


def test_what_a_second_entry_knows_is_kept() -> None:
    (person,) = listed("* Ada Bo", "* Ada Bo (@ada, Ferry Co)").people
    assert (person.handle, person.affiliation) == ("ada", "Ferry Co")


def test_lines_without_bullets_need_initials_or_a_handle() -> None:
    found = listed("AB: Ada Bo", "Cem Dal (@cem)", "A fine day!", "  (@below) is a note", "🌳🌳")
    assert [person.name for person in found.people] == ["Ada Bo", "Cem Dal"]
    assert found.unclear == (2, 3)


def test_people_below_a_group_count_and_notes_below_a_person_do_not() -> None:
    assert names("* Lower School team", "  * Ada Bo", "* Cem Dal", "  * brought cake") == [
        "Ada Bo",
        "Cem Dal",
    ]


def test_who_sent_regrets_was_not_there() -> None:
    assert names("* Ada Bo", "### Regrets", "* Cem Dal", "### Guests", "* Eda Fi") == [
        "Ada Bo",
        "Eda Fi",
    ]


def test_an_agenda_item_ends_the_list() -> None:
    found = listed("* Ada Bo", "* The bus [#3](https://example.org/3)", "* Cem Dal")
    assert ([person.name for person in found.people], found.end) == (["Ada Bo"], 1)


def test_a_sentence_is_no_person() -> None:
    found = listed("* We met at the harbour and went on by boat", "* What now?", "* Room 7")
    assert (found.people, found.unclear) == ((), (0, 1, 2))
