from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid5

import orjson

from accord.sources import meetings, minutes
from accord.sources.lines import SLUGS, Coalition, ImportLine
from accord.sources.minutes import Minutes
from shared.event import TEXT_BYTES

SAMPLES = Path(__file__).parent / "samples" / "minutes"
COALITION = Coalition.to_be_formed("river")


def sample(day: str) -> Minutes:
    return minutes.read(SAMPLES / f"{day}.md", date(2011, 6, 1))


def told(*days: str) -> list[ImportLine]:
    return list(meetings.commands([sample(day) for day in days], COALITION))


def derived(name: str) -> str:
    return str(uuid5(uuid5(SLUGS, "river"), name))


def said(words: str) -> dict[str, str]:
    return {"lang": "en", "text": words}


def test_one_meeting_from_scheduling_to_closing() -> None:
    lines: list[Any] = [orjson.loads(line.encode(5)) for line in told("2011-04-15")]
    secretariat, meeting = derived("secretariat"), derived("meeting/2011-04-15")
    museum = derived("organization/ferry museum")
    people = [derived(f"person/2011-04-15/{place}") for place in (1, 2)]
    step = derived("step/2011-04-15/1")
    at = "2011-04-15T00:00:00.000Z"
    url = "https://example.org/river/coalition/issues/28"
    observer = {
        "name": said("Ferry Museum"),
        "kind": "organization",
        "sector": "not_stated",
        "constituencies": [],
        "commitment": "observer",
        "voting_right": False,
        "ground_rules": 0,
    }
    item = {
        "item": derived("item/2011-04-15/1"),
        "kind": "discussion",
        "title": said(f"Share the school bus on Fridays #28 {url}"),
        "minutes": 0,
    }

    def line(command: str, key: str, version: int, body: dict[str, Any]) -> dict[str, Any]:
        head = {"command": command, "id": key, "by": secretariat}
        return head | {"at": at, "version": version, "body": body}

    def came(place: int, **org: str) -> dict[str, Any]:
        attendance = {"attendance": derived(f"attendance/2011-04-15/{place}")}
        return attendance | org | {"person": people[place - 1], "mode": "remote"}

    minutes_text = said(sample("2011-04-15").notes)
    assert lines[0]["command"] == "FormCoalition"
    assert "visibility" not in lines[0]
    assert "visibility" not in lines[0]["body"]
    assert lines[1:] == [
        line("RegisterPerson", people[0], 1, {"name": said("Amara Adeyemi"), "locale": "en"}),
        line("AdmitMember", museum, 1, observer),
        line("RegisterPerson", people[1], 1, {"name": said("Hana Ito"), "locale": "en"}),
        line(
            "ScheduleMeeting",
            meeting,
            1,
            {
                "title": said("River Schools Coalition Meeting"),
                "body": derived("body/plenary"),
                "starts_at": at,
            },
        )
        | {"after": {"members": 5}},
        line("ProposeAgendaItem", meeting, 2, item),
        line("OpenMeeting", meeting, 3, {}),
        line("RecordAttendance", meeting, 4, came(1)),
        line("RecordAttendance", meeting, 5, came(2, org=museum)),
        line("ProposeStep", step, 1, {"what": said("ALL: bring a hat"), "meeting": meeting}),
        line("DraftMinutes", meeting, 6, {"decisions": [], "steps": [step], "text": minutes_text}),
        line(
            "CloseMeeting",
            meeting,
            7,
            {"override": {"steps": [step], "reason": said("imported")}},
        ),
    ]


def test_members_hear_of_everybody_before_the_first_meeting() -> None:
    services = [line.service for line in told("2011-04-15", "2011-03-04", "2011-04-01")]
    assert services == sorted(services, reverse=True)


def test_meetings_go_by_day_and_people_are_registered_for_each() -> None:
    lines = told("2011-04-15", "2011-03-04")
    scheduled = [line.at[:10] for line in lines if line.command == "ScheduleMeeting"]
    assert scheduled == ["2011-03-04", "2011-04-15"]
    amara = [line.key for line in lines if line.body.get("name") == said("Amara Adeyemi")]
    assert len(set(amara)) == 2


def test_no_id_of_a_person_follows_from_a_name() -> None:
    given = {line.key for line in told("2011-03-04") if line.command == "RegisterPerson"}
    guesses = ("Amara Adeyemi", "amara adeyemi", "amara", "@amara")
    assert given.isdisjoint(derived(f"person/{guess}") for guess in guesses)


def test_known_by_handle_only() -> None:
    names = [line.body["name"] for line in told("2011-04-01") if line.command == "RegisterPerson"]
    assert names[:2] == [said("@amara"), said("@gita")]


def test_nothing_open_needs_no_override(tmp_path: Path) -> None:
    path = tmp_path / "2011-05-01.md"
    path.write_text("## Present\n* Ada Bo\n")
    lines = list(meetings.commands([minutes.read(path, date(2011, 6, 1))], COALITION))
    course = [(line.command, line.version) for line in lines if line.service == "meetings"]
    assert course == [
        ("ScheduleMeeting", 1),
        ("OpenMeeting", 2),
        ("RecordAttendance", 3),
        ("CloseMeeting", 4),
    ]
    assert lines[-1].body == {}


def test_long_minutes_are_cut_and_it_is_said(tmp_path: Path) -> None:
    path = tmp_path / "2011-05-01.md"
    path.write_text("## Present\n* Ada Bo\n## Agenda\n" + "word\n" * 2_000)
    read = minutes.read(path, date(2011, 6, 1))
    lines = list(meetings.commands([read], COALITION))
    (drafted,) = [line.body["text"]["text"] for line in lines if line.command == "DraftMinutes"]
    assert drafted.endswith("wor …")
    assert len(drafted.encode()) <= TEXT_BYTES
    assert [each.reason for each in meetings.remarks(read)] == ["cut"]


def test_nothing_read_is_nothing_sent() -> None:
    assert told() == []


def test_the_size_is_about_that_of_the_lines() -> None:
    days = "2011-03-04", "2011-03-18"
    lines = [line for line in told(*days) if line.command not in {"AdmitMember", "FormCoalition"}]
    assert meetings.size([sample(day) for day in days]) == len(lines)
