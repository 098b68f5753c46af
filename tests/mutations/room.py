"""Mistakes in what happens in the room: who speaks, what rests, what is recorded, who is asked."""

from tests.mutations import Mutation

AGENDA = "services/meetings/domain/agenda.py"
CALENDAR = "services/meetings/views/calendar.py"
CALENDARS = "services/meetings/api/calendars.py"
FACTS = "services/meetings/views/facts.py"
FLOOR = "services/meetings/domain/floor.py"
INVITATION = "services/meetings/domain/invitation.py"
MEETING = "services/meetings/domain/meeting.py"
MINUTES = "services/meetings/views/minutes.py"
PARKING = "services/meetings/domain/parking.py"
PREPARED = "services/meetings/views/preparations.py"
PREWORK = "services/meetings/domain/prework.py"
RECORDING = "services/meetings/domain/recording.py"
FOLDS = "services/meetings/views/folds.py"
SHOWN = "services/meetings/views/floors.py"
TIMERS = "services/meetings/timers.py"
OF_CALENDAR = "tests/meetings/test_calendar.py"
CALENDARS_READ = "tests/meetings/test_calendars_over_http.py"
OF_FLOOR = "tests/meetings/test_floor.py"
OF_INVITATION = "tests/meetings/test_invitation.py"
OF_PREWORK = "tests/meetings/test_prework.py"
OF_MINUTES = "tests/meetings/test_minutes_shown.py"
OF_PARKING = "tests/meetings/test_parking.py"
OF_RECORDING = "tests/meetings/test_recording.py"
OVER_HTTP = "tests/meetings/test_floor_over_http.py"
BEFORE = "tests/meetings/test_preparations_over_http.py"

MUTATIONS = (
    Mutation(
        "C8 one speaks at a time on an item",
        FLOOR,
        "if floor.taken(command.item):",
        "if floor.taken(command.item) and command.org in meeting.present and not context.by:",
        OF_FLOOR,
    ),
    Mutation(
        "C8 on each item by itself",
        FLOOR,
        "return next((each for each in going_on if each.item == item), None)",
        "return next((each for each in going_on), None)",
        OF_FLOOR,
    ),
    Mutation(
        "C8 who had the floor may ask for it again",
        FLOOR,
        "asked=floor.asked - {(item, org)},",
        "asked=floor.asked,",
        f"{OF_FLOOR}::test_who_spoke_may_ask_again",
    ),
    Mutation(
        "seconds are of the injected clock and never negative",
        FLOOR,
        "seconds = max(0, int((context.at - speech.at).total_seconds()))",
        "seconds = int((context.at - speech.at).total_seconds())",
        OF_FLOOR,
    ),
    Mutation(
        "only who is in the room speaks",
        FLOOR,
        "if org not in meeting.present and not context.imported:",
        "if org not in meeting.present and context.imported:",
        OF_FLOOR,
    ),
    Mutation(
        "speeches end with the meeting",
        MEETING,
        "    return [*floors.silenced(meeting.floor, meeting.body, context), closed]",
        "    return [closed]",
        f"{OF_FLOOR}::test_it_is_over_when_the_meeting_is",
    ),
    Mutation(
        "I8 what is said is for the body",
        FLOOR,
        'return event.seen_by(f"body:{body}")',
        'return event.seen_by(within="members")',
        OF_FLOOR,
    ),
    Mutation(
        "a parked item is not discussed",
        FLOOR,
        "    if item in meeting.parked:",
        "    if item in meeting.parked and item not in meeting.items:",
        OF_FLOOR,
    ),
    Mutation(
        "F76 what is parked does not come back too soon",
        PARKING,
        "if context.system and context.at.date() < until:",
        "if context.system and context.at.date() > until:",
        OF_PARKING,
    ),
    Mutation(
        "F76 what is back is on the agenda without being asked for",
        AGENDA,
        "listed = _support_first([*command.items, *back], items, context)",
        "listed = _support_first(command.items, items, context)",
        OF_PARKING,
    ),
    Mutation(
        "F76 it comes back by itself after the meeting",
        MEETING,
        "    if found and not context.system:",
        "    if found:",
        OF_PARKING,
    ),
    Mutation(
        "F76 one agenda takes it up",
        FOLDS,
        "if each.back and each.taken in {None, here} and",
        "if each.back and",
        f"{OVER_HTTP}::test_f76_once_the_meeting_is_over_the_next_agenda_takes_it_up",
    ),
    Mutation(
        "F76 the timer is set for its day",
        TIMERS,
        'yield f"{seen.key}/{seen.data[\'item\']}", None if seen.authority == "imported" else day',
        'yield seen.key, None if seen.authority == "imported" else day',
        "tests/meetings/test_timers.py",
    ),
    Mutation(
        "F105 the newest member's support comes first",
        AGENDA,
        '(items[item].kind, items[item].by) == ("support", newest)',
        'items[item].kind == "support"',
        OF_PARKING,
    ),
    Mutation(
        "C3 a refusal stands",
        RECORDING,
        "    if before is False:",
        "    if before is None and not command:",
        OF_RECORDING,
    ),
    Mutation(
        "C3 each answers for themself",
        RECORDING,
        "if not context.imported and command.attendance not in context.fact(OwnAttendances).ids:",
        "if context.imported and command.attendance not in context.fact(OwnAttendances).ids:",
        OF_RECORDING,
    ),
    Mutation(
        "C3 one refusal forbids it, though its giver left",
        RECORDING,
        "    if False in answers.values():",
        "    if any(answers.get(each) is False for each in here):",
        OF_RECORDING,
    ),
    Mutation(
        "F57 who came and kept silent is named",
        SHOWN,
        "            if org not in heard\n",
        "            if org not in heard and not left\n",
        f"{OVER_HTTP}::test_f57_who_is_there_and_was_not_heard_is_named",
    ),
    Mutation(
        "F49 a line has 75 octets, not signs",
        CALENDAR,
        "octets = len(sign.encode())",
        "octets = len(sign)",
        OF_CALENDAR,
    ),
    Mutation(
        "F49 the space of a folded line counts",
        CALENDAR,
        'piece, size = "", 1  # the space',
        'piece, size = "", 0',
        OF_CALENDAR,
    ),
    Mutation(
        "F49 a calendar's sequence rises with each move",
        CALENDAR,
        'cancelled\'))) changed"\n        " join journal',
        'cancelled\')) and c.state is not null) changed"\n        " join journal',
        f"{CALENDARS_READ}::test_f49_a_calendar_follows_moves_and_cancellations",
    ),
    Mutation(
        "F49 a rhythm goes on from the last meeting that was called",
        CALENDAR,
        "order by m.starts_at desc, m.meeting limit 1",
        "and false limit 1",
        f"{CALENDARS_READ}::test_f49_a_calendar_has_the_rhythm_of_a_series_from_its_last_meeting_on",
    ),
    Mutation(
        "F49 a meeting that was called is not shown twice",
        CALENDAR,
        'yield f"EXDATE:{since}"',
        'yield f"DTSTART:{since}"',
        OF_CALENDAR,
    ),
    Mutation(
        "I8 an address is read while its person is accredited",
        CALENDARS,
        "        if not held:\n            return None",
        "        if not held and not bodies:\n            return None",
        f"{CALENDARS_READ}::test_who_is_accredited_by_nobody_reads_nothing",
    ),
    Mutation(
        "C4 what was removed is told",
        MINUTES,
        'lines += [LineRow(change="removed", text=line) for line in old[a:b]]',
        'lines += [LineRow(change="removed", text=line) for line in old[a:b][:1]]',
        OF_MINUTES,
    ),
    Mutation(
        "minutes that were exported are read back as they are",
        MINUTES,
        '"## Minutes", "", AS_RECORDED, "",',
        '"## Minutes", "", AS_RECORDED.upper(), "",',
        OF_MINUTES,
    ),
    Mutation(
        "F49 nobody is forgotten",
        INVITATION,
        "if forgotten := seated.orgs - told:",
        "if forgotten := (seated.orgs & asked) - told:",
        OF_INVITATION,
    ),
    Mutation(
        "F49 nobody is both invited and exempt",
        INVITATION,
        "if twice := excused.keys() & (asked | invitations.invited):",
        "if twice := excused.keys() & asked & invitations.invited:",
        OF_INVITATION,
    ),
    Mutation(
        "F49 only who was invited answers",
        INVITATION,
        "    if by not in invitations.invited:",
        "    if by in invitations.exempt:",
        OF_INVITATION,
    ),
    Mutation(
        "F49 who joined later is named",
        PREPARED,
        "forgotten = {*seated} - invited.keys() - exempt.keys()",
        "forgotten = {*seated} & exempt.keys() - invited.keys()",
        f"{BEFORE}::test_f49_who_sits_in_the_body_is_invited_or_exempt_or_named",
    ),
    Mutation(
        "F55 who was not asked completes nothing",
        PREWORK,
        "    if by not in asked.orgs:",
        "    if by not in asked.orgs and not by:",
        OF_PREWORK,
    ),
    Mutation(
        "F55 what is not done in time is overdue",
        PREPARED,
        "work.overdue = bool(work.open) and work.due < today",
        "work.overdue = bool(work.open) and work.due > today",
        f"{BEFORE}::test_f55_what_is_prepared_and_what_is_still_open_is_shown",
    ),
    Mutation(
        "C6 a proposal on the agenda is the meeting's",
        FACTS,
        "        facilitating |= there.facilitating if there else frozenset()",
        "        facilitating |= frozenset() if there else frozenset()",
        f"{BEFORE}::test_f78_who_facilitates_where_a_proposal_is_tabled_takes_no_stance",
    ),
)
