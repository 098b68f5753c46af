"""Mistakes in sheets: what an export writes, what an import makes of it, and how it is sent."""

from tests.mutations import Mutation

CELLS, READING = "accord/sheets/cells.py", "accord/sheets/reading.py"
NAMING, PLAN = "accord/sheets/naming.py", "accord/sheets/plan.py"
THINGS, MANDATES = "accord/sheets/things.py", "accord/sheets/mandates.py"
POSITIONS, COMMANDS = "accord/sheets/positions.py", "accord/sheets/commands.py"
SHEETS, ROWS = "services/members/views/sheets.py", "services/members/views/sheet_rows.py"
OF_SHEETS, OF_CELLS = "tests/accord/test_sheets.py", "tests/shared/test_cells.py"
OF_COMMANDS, OF_SERVICE = "tests/accord/test_sheets_commands.py", "tests/members/test_sheets.py"
ROUND_TRIP = "tests/properties/test_sheets.py::test_a_round_trip_gives_the_same_bytes"
ONCE = "tests/properties/test_sheets.py::test_the_same_again_sends_nothing"
GOES_ON = "tests/properties/test_sheets.py::test_what_broke_off_goes_on_where_it_was"

MUTATIONS = (
    Mutation(
        "a formula is guarded",
        "shared/cells.py",
        """return f"'{cell}" if cell.startswith(FORMULA) else cell""",
        """return f"'{cell}" if cell.startswith(FORMULA[:4]) else cell""",
        OF_CELLS,
    ),
    Mutation(
        "only a guard is taken away",
        "shared/cells.py",
        """if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell""",
        """if cell.startswith("'") else cell""",
        OF_CELLS,
    ),
    Mutation(
        "a bad row lets nothing be sent",
        COMMANDS,
        "        if run.refused.count:\n",
        "        if run.refused.count > len(made.lines):\n",
        f"{OF_COMMANDS}::test_a_bad_row_lets_nothing_be_sent",
    ),
    Mutation(
        "sheets are of one moment",
        COMMANDS,
        "if len({sheet.position for sheet in sheets.values()}) == 1:",
        "if sheets:",
        f"{OF_COMMANDS}::test_an_export_is_of_one_moment",
    ),
    Mutation(
        "what follows from a name is no person's id",
        NAMING,
        """        if kind == "members" and row["kind"] == "person":
            return self._new_id()
""",
        "",
        f"{OF_SHEETS}::test_ids_of_people_do_not_follow_from_their_names",
    ),
    Mutation(
        "people are known again by their address",
        NAMING,
        "if address is not None and (known := self._addresses.get(address)) is not None:",
        "if address is None and (known := self._addresses.get(row['name'])) is not None:",
        f"{OF_SHEETS}::test_people_are_known_again_by_their_address_or_their_only_name",
    ),
    Mutation(
        "versions count from where streams stand",
        PLAN,
        "    stand = Counter(versions)\n",
        "    stand = Counter({name: 0 for name in versions})\n",
        GOES_ON,
    ),
    Mutation(
        "who founds is of the plenary's first day",
        PLAN,
        "            change.acts[0].at not in began,\n",
        "",
        f"{OF_SHEETS}::test_the_member_of_the_first_day_founds_the_coalition",
    ),
    Mutation(
        "what rests on another comes after it",
        PLAN,
        "times[change.mark] = max([at, *map(when, rests_on)])",
        "times[change.mark] = max([at])",
        f"{OF_SHEETS}::test_who_left_was_accredited_before",
    ),
    Mutation(
        "a stay that the coalition has is taken once",
        THINGS,
        "            self.own = self.own[self.own.index(found) + 1 :]\n",
        "            self.own = self.own[:]\n",
        GOES_ON,
    ),
    Mutation(
        "an end that is there is not told again",
        THINGS,
        """if row["until"] and (own is None or own["until"] is None):
            until""",
        """if row["until"]:
            until""",
        ONCE,
    ),
    Mutation(
        "who is replaced is not ended as well",
        MANDATES,
        """    if row["ended"] and not replaced:
        yield _ends""",
        """    if row["ended"]:
        yield _ends""",
        ROUND_TRIP,
    ),
    Mutation(
        "one has the vote in a body",
        MANDATES,
        """at_once and other["id"] != row["replaces"]""",
        """at_once and other["id"] == row["replaces"]""",
        f"{OF_SHEETS}::test_one_vote_in_a_body_at_a_time",
    ),
    Mutation(
        "a second position is a change",
        POSITIONS,
        "        before.append(row)\n",
        "",
        f"{OF_SHEETS}::test_positions_are_told_in_the_order_of_their_days",
    ),
    Mutation(
        "history is not added before what is there",
        POSITIONS,
        """last is not None and at < (last["from"] or making.on)""",
        """last is not None and at > making.now""",
        f"{OF_SHEETS}::test_positions_are_told_in_the_order_of_their_days",
    ),
    Mutation(
        "a mark at the beginning is no part of a name",
        READING,
        """return raw.decode().removeprefix("\\ufeff")""",
        "return raw.decode()",
        f"{OF_SHEETS}::test_spreadsheets_save_the_same_in_many_ways",
    ),
    Mutation(
        "addresses are for who presides",
        SHEETS,
        "withheld = () if personal else PERSONAL.get(kind, ())",
        'withheld = PERSONAL.get(kind, ()) if kind == "members" and not personal else ()',
        f"{OF_SERVICE}::test_addresses_are_for_who_presides_and_for_the_operator",
    ),
    Mutation(
        "two that are called alike are named by their ids",
        SHEETS,
        "if _tells(name) and times[compared(name)] == 1}",
        "if _tells(name)}",
        ROUND_TRIP,
    ),
    Mutation(
        "who was replaced is over",
        ROWS,
        """        table.accreditations[before] |= {"ended": entry.at, "reason": REPLACED}
""",
        """        table.accreditations[before] |= {"reason": REPLACED}
""",
        ROUND_TRIP,
    ),
    Mutation(
        "a line is written as a whole",
        "shared/importing.py",
        "            steps += made\n",
        "            steps = made\n",
        f"{OF_SERVICE}::test_a_line_brings_all_of_its_commands_or_none",
    ),
    Mutation(
        "a command that is brought along has a time of its own",
        "shared/importing.py",
        "context = contexts[id(command)]",
        "context = next(iter(contexts.values()))",
        f"{OF_SERVICE}::test_a_line_brings_all_of_its_commands_or_none",
    ),
)
