"""Mistakes in what goes out: reports that are issued, and answers to flags."""

from tests.mutations import Mutation

REPORT = "services/meetings/domain/report.py"
FLAG = "services/meetings/domain/flag.py"
OF_REPORT = "tests/meetings/test_report.py"

MUTATIONS = (
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
