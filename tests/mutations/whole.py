"""Mistakes by which something that was said at a meeting is lost, or left out of its minutes."""

from tests.mutations import Mutation

ATTENDANCE = "services/meetings/domain/attendance.py"
DECIDED = "services/meetings/views/decided.py"
EXPORTED = "accord/sources/exported.py"
FLOOR = "services/meetings/domain/floor.py"
MINUTES = "services/meetings/views/minutes.py"
OBJECTIONS = "services/transparency/domain/objections.py"
PROPOSAL = "services/meetings/domain/proposal.py"
PROPOSALS = "services/transparency/views/proposals.py"
TABLES = "services/meetings/views/tables.py"
DRAFT = "services/meetings/domain/minutes.py"
KEPT = (
    "tests/meetings/test_nothing_disappears.py"
    "::test_i1_whatever_was_said_stays_in_the_state_and_where_it_is_shown"
)
SHOWN = "tests/meetings/test_minutes_shown.py"

MUTATIONS = (
    Mutation(
        "I1 an objection outlives the text it was raised against",
        PROPOSAL,
        "text=event.text.digest, signing=Signing())",
        "text=event.text.digest, signing=Signing(), objections=Map())",
        KEPT,
    ),
    Mutation(
        "I1 a stance stays when another is taken",
        "services/meetings/domain/voting.py",
        "return altered(voting, stances=voting.stances.set(place, stance), advised=advised)",
        "return altered(voting, stances=Map({place: stance}), advised=advised)",
        KEPT,
    ),
    Mutation(
        "I1 who left was there",
        ATTENDANCE,
        "return people.set(event.attendance, replace(people[event.attendance], left=True))",
        "return people.delete(event.attendance)",
        KEPT,
    ),
    Mutation(
        "I1 a speech that is over was held",
        FLOOR,
        "return replace(floor, speeches=floor.speeches.set(id_, over))",
        "return replace(floor, speeches=floor.speeches.delete(id_) if over else floor.speeches)",
        KEPT,
    ),
    Mutation(
        "I1 a corrected version stands beside the one that it corrects",
        DRAFT,
        "        version=newest.version + 1,\n        corrects=command.corrects,",
        "        version=newest.version,\n        corrects=command.corrects,",
        KEPT,
    ),
    Mutation(
        "I1 a stance that was withdrawn is shown",
        PROPOSALS,
        '    "StanceWithdrawn": _told(withdrawn),\n',
        "",
        KEPT,
    ),
    Mutation(
        "I1 why a stance was withdrawn is shown",
        PROPOSALS,
        '            None,\n            jsonb(seen.data.get("because")),',
        "            None,\n            None,",
        KEPT,
    ),
    Mutation(
        "I1 every version of the minutes is kept",
        TABLES,
        '        "MinutesCorrected": _minutes,\n',
        '        "MinutesCorrected": lambda _: (),\n',
        KEPT,
    ),
    Mutation(
        "I1 why a meeting was cancelled is kept",
        TABLES,
        '_and_said(_meeting("cancelled"))',
        '_meeting("cancelled")',
        KEPT,
    ),
    Mutation(
        "I1 an objection that was retracted is told in the minutes",
        DECIDED,
        "            if id_ in became\n",
        '            if became.get(id_, "retracted") != "retracted"\n',
        KEPT,
    ),
    Mutation(
        "I1 a statement is told with the decision it is about",
        DECIDED,
        'elif entry.type == "MinorityStatementFiled" and data["decision"] in on:',
        'elif entry.type == "MinorityStatementFiled" and entry.ref in on:',
        KEPT,
    ),
    Mutation(
        "I1 everything that became of an objection is on its page",
        OBJECTIONS,
        "answers=(*objection.answers, answer))",
        "answers=(answer,))",
        KEPT,
    ),
    Mutation(
        "minutes say who dissented, and why",
        DECIDED,
        'case "StanceChanged" if "to" in data:',
        'case "StanceChanged" if "option" in data:',
        SHOWN,
    ),
    Mutation(
        "D10 what was revealed is told",
        DECIDED,
        'if data.get("objection"):\n                _raised',
        'if data.get("remove_by"):\n                _raised',
        SHOWN,
    ),
    Mutation(
        "C1 the minutes name the steps left without an owner",
        MINUTES,
        "if row.step in {*course.unowned}]",
        "if row.step in {*course.unowned} and row.owner]",
        SHOWN,
    ),
    Mutation(
        "F76 what rested when the meeting was over is in its minutes",
        MINUTES,
        'if entry.type != "DiscussionResumed" or entry.by is not None',
        'if entry.type != "DiscussionResumed" or entry.by is None',
        SHOWN,
    ),
    Mutation(
        "words that were redacted are shown as that",
        MINUTES,
        "f\"[redacted: {said['reason']}]\"",
        '""',
        SHOWN,
    ),
    Mutation(
        "minutes that were exported are read back without guessing",
        EXPORTED,
        "inside = line == _SECTION + section",
        "inside = line.startswith(_SECTION)",
        SHOWN,
    ),
)
