"""Mistakes in what goes out: reports that are issued, and answers to flags."""

from tests.mutations import Mutation

REPORT = "services/meetings/domain/report.py"
FLAG = "services/meetings/domain/flag.py"
OF_REPORT = "tests/meetings/test_report.py"

STATEMENT = "services/meetings/domain/statement.py"
OF_STATEMENT = "tests/meetings/test_statement.py"
OPPONENTS = "services/transparency/domain/statements.py"

MUTATIONS = (
    Mutation(
        "C10 who is named need not have approved",
        STATEMENT,
        "if not approved or not approved.issuperset(names):",
        "if not approved:",
        OF_STATEMENT,
    ),
    Mutation(
        "D25 who stood aside is named",
        STATEMENT,
        "if aside := set(names) & set(behind.signing.aside):",
        "if aside := set[OrgId]():",
        OF_STATEMENT,
    ),
    Mutation(
        "a statement goes to whom the message was not disclosed",
        STATEMENT,
        'if behind.shown_to.isdisjoint({command.audience, "public"}):',
        "if not behind.shown_to:",
        OF_STATEMENT,
    ),
    Mutation(
        "F84 the minority stays behind",
        STATEMENT,
        "        minority=behind.minority,\n    )\n    public",
        "        minority=(),\n    )\n    public",
        OF_STATEMENT,
    ),
    Mutation(
        "F12 who changed sides is an opponent",
        OPPONENTS,
        "if other.keys() - {org}:",
        "if other:",
        "tests/transparency/domain/test_statements.py",
    ),
    Mutation(
        "T1 a report of members goes to the public",
        REPORT,
        "command.report not in FOR_ANYBODY",
        "command.report in FOR_ANYBODY",
        OF_REPORT,
    ),
    Mutation(
        "T1 a report includes what has not happened",
        REPORT,
        "if command.as_of.meetings > known.reached:",
        "if command.as_of.meetings > known.reached + 1:",
        OF_REPORT,
    ),
    Mutation(
        "anybody issues for everybody",
        REPORT,
        "own = command.report == OWN and command.organisation == by",
        "own = command.report == OWN",
        OF_REPORT,
    ),
    Mutation(
        "what the public gets is recorded for members only",
        REPORT,
        'public = command.audience == "public" and not context.imported',
        "public = False",
        OF_REPORT,
    ),
    Mutation(
        "T7 a flag is answered before its window is over",
        FLAG,
        "if command.window_end > context.at.date():",
        "if False:",
        "tests/meetings/test_flag.py",
    ),
)
