"""Mistakes in transparency: in what reports count, and for whom."""

from tests.mutations import Mutation

COMMON_GROUND = "services/transparency/domain/common_ground.py"
GAPS = "services/transparency/domain/representation_gaps.py"
HEARING = "services/transparency/domain/hearing.py"
ISSUES = "services/transparency/domain/issues.py"
NUMBERS = "services/transparency/domain/numbers.py"
PAIRS = "services/transparency/domain/unlikely_pairs.py"
SEATS = "services/transparency/domain/seats.py"
TABLE = "services/transparency/domain/table.py"
THREATS = "services/transparency/domain/threats.py"
WINDOW = "services/transparency/domain/window.py"
CHARTS = "services/transparency/charts/overlap.py"
OF_COMMON_GROUND = "tests/transparency/domain/test_common_ground.py"
OF_GAPS = "tests/transparency/domain/test_representation_gaps.py"
OF_HEARING = "tests/transparency/domain/test_hearing.py"
OF_NUMBERS = "tests/transparency/domain/test_numbers.py"
OF_PAIRS = "tests/transparency/domain/test_unlikely_pairs.py"
OF_HELD = "tests/transparency/test_held.py"
OF_TABLE = "tests/transparency/domain/test_table.py"
OF_WINDOW = "tests/transparency/domain/test_window.py"
OF_CHARTS = "tests/transparency/test_overlaps.py"

MUTATIONS = (
    Mutation(
        "F2 an issue that nobody is for is in no region",
        COMMON_GROUND,
        "        if orgs:\n            found.setdefault(",
        "        if True:\n            found.setdefault(",
        OF_COMMON_GROUND,
    ),
    Mutation(
        "F2 the widest region stands first",
        COMMON_GROUND,
        "return -len(orgs), called",
        "return len(orgs), called",
        OF_COMMON_GROUND,
    ),
    Mutation(
        "F2 only who is active is looked at",
        COMMON_GROUND,
        "wanted = self.table.active.intersection(among) if among else self.table.active",
        "wanted = set(among) or {org for one in self.issues.values() for org in one.stands}",
        OF_COMMON_GROUND,
    ),
    Mutation(
        "R4 silence is never half a yes",
        COMMON_GROUND,
        "return [group for group in self.groups.values() if group.said]",
        "return [*self.groups.values()]",
        OF_COMMON_GROUND,
    ),
    Mutation(
        "R4 unknown while a group is unheard",
        COMMON_GROUND,
        "return bool(self.groups) and not self.unheard",
        "return bool(self.groups) and bool(self.heard)",
        OF_COMMON_GROUND,
    ),
    Mutation(
        "R4 no position is something said",
        ISSUES,
        '"no_position": 0',
        '"no_position": -1',
        OF_COMMON_GROUND,
    ),
    Mutation(
        "R4 parked once every party has agreed",
        ISSUES,
        "event.at if agreed >= between.parties else None",
        "event.at",
        OF_COMMON_GROUND,
    ),
    Mutation(
        "R4 what comes after the window is not looked at",
        ISSUES,
        "if event.at < moment:",
        "if event.at <= moment:",
        OF_COMMON_GROUND,
    ),
    Mutation(
        "R4 a retired threat threatens nobody",
        THREATS,
        "found.pop(event.threat, None)",
        "found.get(event.threat, None)",
        OF_COMMON_GROUND,
    ),
    Mutation(
        "R4 half goes to the even digit",
        NUMBERS,
        "low += above < 0 or (above == 0 and low % 2)",
        "low += above <= 0",
        OF_NUMBERS,
    ),
    Mutation(
        "F9 never in touch stands first",
        PAIRS,
        "return -self.shared, self.days is not None,",
        "return -self.shared, self.days is None,",
        OF_PAIRS,
    ),
    Mutation(
        "F9 a match ties once every party has recorded it",
        PAIRS,
        "if parties and parties <= {event.by for event in recorded}:",
        "if parties:",
        OF_PAIRS,
    ),
    Mutation(
        "F9 a tie is of the window",
        PAIRS,
        "                if event.on in seen:\n",
        "                if event.on:\n",
        OF_PAIRS,
    ),
    Mutation(
        "F9 opposed in spite of a tie",
        PAIRS,
        "            if opposed or b not in others:\n",
        "            if b not in others:\n",
        OF_PAIRS,
    ),
    Mutation(
        "F9 a pair is passed over only behind enough others",
        PAIRS,
        "        return more + self._strangers[shared]\n",
        "        return more + self._sharing[shared]\n",
        OF_PAIRS,
    ),
    Mutation(
        "F9 pairs that are not listed are counted",
        PAIRS,
        "return Unlikely(total, found)",
        "return Unlikely(len(found), found)",
        OF_PAIRS,
    ),
    Mutation(
        "R4 a ground is made anew of rows that were changed",
        "shared/model.sql",
        "after update or delete or truncate on",
        "after truncate on",
        OF_HELD,
    ),
    Mutation(
        "R4 a ground is made anew once somebody is in touch",
        "services/transparency/views/common_ground.py",
        '"issue", "threat", "tie")',
        '"issue", "threat")',
        OF_HELD,
    ),
    Mutation(
        "F121 nothing is held of rows that were emptied",
        "services/transparency/views/held.py",
        "                    self._forget(key)\n",
        "",
        OF_HELD,
    ),
    Mutation(
        "F9 little trust is below 2",
        PAIRS,
        "pulse.trust < 3 * LITTLE",
        "pulse.trust <= 3 * LITTLE",
        OF_PAIRS,
    ),
    Mutation(
        "F10 an observer represents nobody",
        TABLE,
        "frozenset(org for org, member in folded.items() if member.active)",
        "frozenset(folded)",
        OF_TABLE,
    ),
    Mutation(
        "F10 what was said counts before what it joined for",
        TABLE,
        "if org in active and (org, constituency) not in spoken:",
        "if org in active:",
        OF_TABLE,
    ),
    Mutation(
        "F10 who is represented by nobody is to be invited",
        GAPS,
        "if each.constituency not in self.table.groups",
        "if each.seats_wanted > 1",
        OF_GAPS,
    ),
    Mutation(
        "F11 none of them heard",
        HEARING,
        "    if any(voice.heard for voice in least):\n        return False",
        "    if any(voice.present for voice in least):\n        return False",
        OF_HEARING,
    ),
    Mutation(
        "F11 consulted before the decision",
        HEARING,
        "one.cited.position < each.cited.position",
        "one.cited.position",
        OF_HEARING,
    ),
    Mutation(
        "F11 what is not known raises no flag",
        HEARING,
        "if not least or any(voice.heard is None for voice in least):",
        "if not least:",
        OF_HEARING,
    ),
    Mutation(
        "I8 no figure rests on a part of what was said",
        GAPS,
        '"gap": shown(gap(each.seats_wanted, len(orgs)), hidden=unseen),',
        '"gap": shown(gap(each.seats_wanted, len(orgs)), hidden=False),',
        OF_GAPS,
    ),
    Mutation(
        "R5 a gap is never negative",
        GAPS,
        "return max(0, required - present)",
        "return required - present",
        OF_GAPS,
    ),
    Mutation(
        "R5 the least well served stand first",
        GAPS,
        "return not each.least_well_served, each.at",
        "return each.least_well_served, each.at",
        OF_GAPS,
    ),
    Mutation(
        "R5 a vacated seat is nobody's",
        SEATS,
        "body.held[event.seat] = event.org",
        "body.held[event.seat] = event.org or body.held.get(event.seat)",
        OF_GAPS,
    ),
    Mutation(
        "R4 six meetings make a window longer, never shorter",
        WINDOW,
        "min([last - (DAYS - 1) * ONE_DAY, *began])",
        "min(began or [last - (DAYS - 1) * ONE_DAY])",
        OF_WINDOW,
    ),
    Mutation(
        "R4 every number stands in its own region",
        CHARTS,
        "frozenset({0, 1}): (320, 130),",
        "frozenset({0, 1}): (320, 225),",
        OF_CHARTS,
    ),
    Mutation(
        "R4 bars begin at nought",
        CHARTS,
        "BARS * count // most if most else 0",
        "BARS * count // most - 9 if most else 0",
        OF_CHARTS,
    ),
)
