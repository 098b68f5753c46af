import time
from datetime import date
from pathlib import Path

import pytest

from accord.sources import minutes
from accord.sources.minutes import Item, Minutes
from accord.sources.refusals import Damaged
from accord.sources.rows import LINE_BYTES
from accord.sources.steps import Step, marked

SAMPLES = Path(__file__).parent / "samples" / "minutes"
TODAY = date(2011, 6, 1)
HEAD = b"# Coalition\n\n## Present\n\n* Ada Bo (@ada)\n\n## Agenda\n\n"


def sample(day: str) -> Minutes:
    return minutes.read(SAMPLES / f"{day}.md", TODAY)


def refused(path: Path) -> tuple[int, str]:
    with pytest.raises(Damaged) as caught:
        minutes.read(path, TODAY)
    assert caught.value.refusal.file == str(path)
    return caught.value.refusal.line, caught.value.refusal.reason


def test_minutes_with_groups_and_a_person_twice() -> None:
    read = sample("2011-03-04")
    assert (read.on, read.title) == (date(2011, 3, 4), "River Schools Coalition Meeting")
    assert [(each.name, each.handle, each.affiliation) for each in read.people] == [
        ("Amara Adeyemi", "amara", "Lower School"),
        ("Björn Dahl", "bdahl", "Upper School"),
        ("Chloé Marchetti", "chloe", ""),
        ("Dan Okafor", "dokafor", ""),
        ("Edda Voss", "edda", ""),
        ("Farid Haddad", "farid", ""),
    ]
    here = "https://example.org/river/coalition"
    assert read.items == [
        Item(f"Share the school bus on Fridays #28 {here}/issues/28", 31),
        Item(f"[Draft] One calendar for all schools #29 {here}/pull/29", 36),
        Item(f"Lunch #31 {here}/issues/31", 42),
    ]
    assert read.steps == [
        Step("Amara to ask the driver, and to write down what he says.", 33),
        Step("email needs to be sent", 40),
    ]
    assert read.unclear == []


def test_notes_are_all_but_the_list_of_people() -> None:
    notes = sample("2011-03-04").notes
    assert notes.startswith("## Links\n\n* **Recording**: https://example.org/recordings/12\n")
    assert "## Agenda\n\n### Announcements" in notes
    assert notes.endswith("* **Calendar**: https://example.org/calendar")
    assert "Edda" not in notes


def test_the_name_of_the_file_decides_the_day_and_initials_are_an_entry() -> None:
    read = sample("2011-03-18")
    assert (read.on, read.title) == (date(2011, 3, 18), "River Schools Coalition Meeting")
    assert [each.name for each in read.people] == ["Amara Adeyemi", "Björn Dahl", "Farid Haddad"]
    assert read.items == [Item("Who pays for the ferry", 18)]
    assert [each.what for each in read.steps] == [
        "Björn asks for a price",
        "find a date",
        "Print the posters",
    ]
    assert [(each.line, each.reason) for each in read.unclear] == [(12, "unclear")]


def test_people_below_headings_and_with_a_handle_only() -> None:
    read = sample("2011-04-01")
    assert read.title == "Town hall"
    assert [each.name or each.handle for each in read.people] == [
        "amara",
        "gita",
        "Björn Dahl",
        "Farid Haddad",
    ]
    assert [each.what for each in read.steps] == ["Gita: write to the mayor", "Book the hall"]


def test_an_agenda_that_follows_the_list_at_once() -> None:
    read = sample("2011-04-15")
    assert [(each.name, each.affiliation) for each in read.people] == [
        ("Amara Adeyemi", ""),
        ("Hana Ito", "Ferry Museum"),
    ]
    assert [each.line for each in read.items] == [7]
    assert [each.what for each in read.steps] == ["ALL: bring a hat"]
    assert "Hana will draw a map." in read.notes


def test_a_file_that_lists_nobody_is_refused() -> None:
    assert refused(SAMPLES / "2011-04-29.md") == (1, "nobody_present")


@pytest.mark.parametrize(
    ("name", "raw", "where"),
    [
        ("notes.md", HEAD, (1, "no_date")),
        ("2011-02-30.md", HEAD, (1, "no_date")),
        ("2011-06-02.md", HEAD, (1, "future")),
        ("2011-05-01.md", HEAD + b"Caf\xe9\n", (9, "not_utf8")),
        ("2011-05-01.md", HEAD + b"\nA\x00\n", (10, "control_characters")),
        ("2011-05-01.md", HEAD + b"a" * 10_000_000, (9, "line_too_long")),
        ("2011-05-01.md", HEAD + (b"a" * (LINE_BYTES - 1) + b"\n") * 16, (24, "file_too_long")),
        ("2011-05-01.md", b"", (1, "nobody_present")),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, raw: bytes, where: tuple[int, str]
) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    assert refused(path) == where


def test_windows_line_ends_and_a_byte_order_mark_change_nothing(tmp_path: Path) -> None:
    path = tmp_path / "2011-03-04.md"
    text = (SAMPLES / path.name).read_text()
    path.write_bytes(("\ufeff" + text.replace("\n", "\r\n")).encode())
    read, expected = minutes.read(path, TODAY), sample("2011-03-04")
    assert (read.people, read.items, read.steps, read.notes) == (
        expected.people,
        expected.items,
        expected.steps,
        expected.notes,
    )


@pytest.mark.parametrize(
    "piece", ["[", " ", "* ", "#1", "(", "@a ", "Action ", "[a#1](", "ACTION:", "1", " - ", ": "]
)
def test_a_hostile_line_takes_no_longer_than_others(tmp_path: Path, piece: str) -> None:
    path = tmp_path / "2011-05-01.md"
    line = (piece * LINE_BYTES)[: LINE_BYTES - 20]
    lines = [line, f"* {line}x", f"# {line}x", f"* Ada Bo ({line})", f"{line}* x"]
    path.write_text("## Present\n* Ada Bo\n" + "\n".join(lines))
    started = time.process_time()
    assert len(minutes.read(path, TODAY).people) >= 1
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("Action: book the hall", "book the hall"),
        ("  * ACTION - book the hall", "book the hall"),
        ("**Action items**: book the hall", "book the hall"),
        ("AI: book the hall", "book the hall"),
        ("Action Item to Ada Bo: book the hall", "Ada Bo: book the hall"),
        ("AI, related: book the hall", "related: book the hall"),
        ("* Next steps: book the hall", "book the hall"),
        ("TODO: book the hall", "book the hall"),
        ("- [ ] book the hall", "book the hall"),
        ("We talked; ACTION: book the hall", "book the hall"),
        ("ACTION: none. Ada will book the hall", "none. Ada will book the hall"),
    ],
)
def test_marked_actions_are_steps(line: str, what: str) -> None:
    assert [step.what for step in marked([line])] == [what]


@pytest.mark.parametrize(
    "line",
    [
        "Action: none.",
        "AI: No action; awaiting review.",
        "Action: n/a",
        "ACTION:",
        "Last week's AI: book the hall",
        "Actions taken by the harbour were discussed",
        "AI tools: a discussion",
        "ai: in small letters it is no mark",
        "Next steps for the programme [#6](https://example.org/6): none",
        "- [x] book the hall",
        "We took action: nobody objected",
    ],
)
def test_other_lines_are_not(line: str) -> None:
    assert list(marked([line])) == [] or line.startswith("AI tools")


def test_a_line_that_only_says_actions_marks_what_is_below() -> None:
    lines = ["* Actions", "  * one", "  * two", "* other", "", "Actions:", "three", "- four", "",
             "five"]  # fmt: skip
    assert [step.what for step in marked(lines)] == ["one", "two", "three", "four"]


REAL = Path(__file__).parents[2].parent / "shared" / "data" / "openjs-cpc" / "meetings"


def by_hand() -> dict[str, str]:
    rows = (Path(__file__).parent / "present_by_hand.csv").read_text().splitlines()[1:]
    return dict(row.split(",") for row in rows)


def bullets_present(path: Path) -> str:
    """Count the bullets below `Present`, for a list in which each is one person."""
    _, _, after = path.read_text().partition("\n## Present")
    section = after.partition("\n#")[0].splitlines()
    return str(sum(line.startswith(("* ", "- ")) and len(line) > 2 for line in section))


@pytest.mark.skipif(not REAL.is_dir(), reason=f"real minutes are not at {REAL}")
def test_the_people_of_211_real_minutes_are_those_counted_by_hand() -> None:
    counted = by_hand()
    paths = sorted(REAL.rglob("*.md"))
    read = {path.stem: people_present(path) for path in paths}
    assert read == {path.stem: counted.get(path.stem, bullets_present(path)) for path in paths}
    assert sum(map(bool, read.values())) >= 205


def people_present(path: Path) -> str:
    try:
        return str(len(minutes.read(path, date(2025, 12, 1)).people))
    except Damaged:
        return ""
