"""Mistakes in credit. One for each invariant of `domain.md` 8 that the slice holds, and more."""

from tests.mutations import Mutation

CONTRIBUTION = "services/credit/domain/contribution.py"
CREDIT = "services/credit/domain/credit.py"
WIN = "services/credit/domain/win.py"
ROLL = "services/credit/domain/roll.py"
OF_CONTRIBUTION = "tests/credit/test_contribution.py"
OF_CREDIT = "tests/credit/test_credit.py"
OF_WIN = "tests/credit/test_win.py"
API = "services/credit/api/contributions.py"
QUERIES = "services/credit/views/queries.py"
FACTS = "services/credit/views/facts.py"
INBOX = "services/credit/inbox"
OF_API = "tests/credit/test_api.py"
OF_INBOX = "tests/credit/test_inbox.py"
OF_IMPORTS = "tests/credit/test_imports.py"

LESSON = "services/credit/domain/lesson.py"
LESSONS_FOUND = "services/credit/views/lessons.py"
OF_LESSON = "tests/credit/test_lesson.py"

MUTATIONS = (
    Mutation(
        "K1 what it records of itself is a claim",
        CONTRIBUTION,
        "vouchers=frozenset({by}) - {of}",
        "vouchers=frozenset({by})",
        OF_CONTRIBUTION,
    ),
    Mutation(
        "K1 nobody confirms its own",
        CONTRIBUTION,
        "if by == contribution.of:",
        "if by in contribution.vouchers and by == contribution.of:",
        OF_CONTRIBUTION,
    ),
    Mutation(
        "K1 nobody credits itself", ROLL, "if to == by:", "if to == by and external:", OF_CREDIT
    ),
    Mutation(
        "K1 nobody corrects its own credit",
        CREDIT,
        "if by == given.to:",
        "if by == given.to and by == given.by:",
        OF_CREDIT,
    ),
    Mutation(
        "K1 a claim is no evidence",
        CREDIT,
        "and not contribution.confirmed",
        "and not contribution.of",
        OF_CREDIT,
    ),
    Mutation(
        "K2 only the organisation itself declines",
        CONTRIBUTION,
        "if by != contribution.of:",
        "if by not in contribution.vouchers | {contribution.of}:",
        OF_CONTRIBUTION,
    ),
    Mutation(
        "K2 what was declined is not confirmed",
        CONTRIBUTION,
        "return bool(self.vouchers) and not self.declined",
        "return bool(self.vouchers)",
        OF_CONTRIBUTION,
    ),
    Mutation(
        "K2 only the recipient waives",
        CREDIT,
        "if speaker(context) != given.to:",
        "if speaker(context) not in {given.to, given.by}:",
        OF_CREDIT,
    ),
    Mutation(
        "K2 a waived credit stays waived when corrected",
        CREDIT,
        "after = replace(before, role=role, degree=degree)",
        "after = replace(before, role=role, degree=degree, answer=None)",
        OF_CREDIT,
    ),
    Mutation(
        "K3 the list names who took part without credit",
        WIN,
        "participants.orgs - thanked",
        "participants.orgs & thanked",
        OF_WIN,
    ),
    Mutation(
        "K3 the list is told again when it changed",
        WIN,
        "if win.announced.get(command.audience) == forgotten:",
        "if command.audience in win.announced:",
        OF_WIN,
    ),
    Mutation(
        "K4 thanking one takes nothing from another",
        CREDIT,
        "return {**credits_, event.credit: after}\n    assert",
        "return {**{k: c for k, c in credits_.items() if c.role != after.role}, "
        "event.credit: after}\n    assert",
        f"{OF_CREDIT}::test_k4_crediting_anybody_changes_nobody_elses_record",
    ),
    Mutation(
        "K5 one lead for each role",
        CREDIT,
        "if key != credit and leads and",
        "if key == credit and leads and",
        OF_CREDIT,
    ),
    Mutation(
        "K5 also after a correction",
        CREDIT,
        "    _one_lead(credits_, command.credit, given.to, command.role, command.degree)\n",
        "",
        OF_CREDIT,
    ),
    Mutation(
        "K5 several may be equal",
        CREDIT,
        "if degree is not Degree.LEAD:",
        "if degree is Degree.SUPPORTING:",
        OF_CREDIT,
    ),
    Mutation(
        "I2 somebody answers for a credit",
        ROLL,
        "if context.by is None:",
        "if context.by is None and context.actor is None:",
        OF_CREDIT,
    ),
    Mutation(
        "I4 the same credit again changes nothing",
        CREDIT,
        "cites = tuple(sorted(set(command.contributions)))",
        "cites = command.contributions",
        OF_CREDIT,
    ),
    Mutation(
        "I4 the same latecomer again changes nothing",
        WIN,
        "welcomed=win.welcomed | {(to, target)}",
        "welcomed=win.welcomed",
        OF_WIN,
    ),
    Mutation(
        "M18 words about one person are personal",
        ROLL,
        "about=next(about, None)",
        "about=None",
        OF_CONTRIBUTION,
    ),
    Mutation(
        "K2 who declined is not listed",
        QUERIES,
        "d where not d.confirmed",
        "d where d.confirmed is null",
        f"{OF_API}::test_k2_who_declines_is_counted_and_not_named",
    ),
    Mutation(
        "K2 a count says nothing of one organisation",
        API,
        "if organisation is None:",
        "if organisation is not None:",
        f"{OF_API}::test_k2_who_declines_is_counted_and_not_named",
    ),
    Mutation(
        "K2 who waived is not named",
        QUERIES,
        '            if answers.get(one["credit"], True)',
        '            if answers.get(one["credit"], True) is not None',
        f"{OF_API}::test_k2_who_waives_is_counted_and_not_named",
    ),
    Mutation(
        "K3 a claim does not make a participant",
        FACTS,
        "if one and one.confirmed and refs",
        "if one and refs",
        f"{OF_API}::test_k3_the_announcement_names_who_took_part_without_credit",
    ),
    Mutation(
        "K3 a completed step makes a participant",
        f"{INBOX}/meetings.py",
        "update heard.step set done = true",
        "update heard.step set done = false",
        f"{OF_API}::test_k3_the_announcement_names_who_took_part_without_credit",
    ),
    Mutation(
        "K6 rows sort by time",
        QUERIES,
        '" order by c.position desc limit $5"',
        '" order by (select count(*) from contributions n where n.of_org = c.of_org) desc,"'
        '\n        " c.position desc limit $5"',
        f"{OF_API}::test_k6_rows_sort_by_time_whoever_did_more",
    ),
    Mutation(
        "K6 nothing is counted up",
        QUERIES,
        "class SuggestionRow(BaseModel):\n",
        "class SuggestionRow(BaseModel):\n    rank: int = 1\n",
        "tests/credit/test_no_ranking.py",
    ),
    Mutation(
        "I8 a row is seen by its class only",
        QUERIES,
        'where c.coalition_id = $1 and c.audience && $2"\n        " and ($3::uuid is null',
        'where c.coalition_id = $1 and $2::text[] is not null"\n        " and ($3::uuid is null',
        f"{OF_IMPORTS}::test_i8_a_row_is_seen_by_its_class_only",
    ),
    Mutation(
        "M18 who was erased is forgotten",
        f"{INBOX}/members.py",
        "set person = null where",
        "set person = person where",
        f"{OF_INBOX}::test_m18_who_was_erased_is_forgotten",
    ),
    Mutation(
        "F103 only its author shares a lesson",
        LESSON,
        "    if by != known.by:\n",
        "    if by == known.by:\n",
        OF_LESSON,
    ),
    Mutation(
        "F103 what is public is shared with all",
        LESSON,
        'self.shared & {outside, "public"}',
        "self.shared & {outside}",
        OF_LESSON,
    ),
    Mutation(
        "F103 outside sees what was shared with everybody alone",
        LESSONS_FOUND,
        " where s.told = 'public' and",
        " where s.told <> '' and",
        "tests/acceptance/test_network.py",
    ),
    Mutation(
        "what one person learned is personal",
        LESSON,
        "            why=roll.seal(command.why, by),",
        "            why=roll.seal(command.why),",
        OF_LESSON,
    ),
)
