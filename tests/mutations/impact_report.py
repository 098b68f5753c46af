"""Mistakes in the report of what came of it (R9), and in its charts."""

from tests.mutations import Mutation

REPORT = "services/transparency/domain/impact.py"
ROWS = "services/transparency/views/impact.py"
API = "services/transparency/api.py"
SERIES = "services/transparency/charts/series.py"
OF_REPORT = "tests/transparency/domain/test_impact.py"
OF_ROWS = "tests/transparency/test_impact.py"
OF_CHARTS = "tests/transparency/test_charts.py"

MUTATIONS = (
    Mutation(
        "R9 K13 what is measured is not summed",
        REPORT,
        'if defined.plain["kind"] == "gauge":',
        'if defined.plain["kind"] == "gauge" and len(counting) == 1:',
        f"{OF_REPORT}::test_k13_what_is_measured_is_not_summed",
    ),
    Mutation(
        "R9 what was corrected does not count",
        REPORT,
        "return [one for one in self.series if one.cited.ref not in self.corrected]",
        "return self.series",
        OF_REPORT,
    ),
    Mutation(
        "R9 K14 a consent runs out",
        REPORT,
        "and (self.until is None or today <= self.until)",
        "and (self.until is None or today >= self.until)",
        OF_REPORT,
    ),
    Mutation(
        "R9 K14 a consent is for a purpose",
        REPORT,
        "return self.purpose == purpose and",
        "return self.purpose != '' and",
        OF_REPORT,
    ),
    Mutation(
        "R9 K14 the day of the report counts",
        REPORT,
        "consent.holds(STORY, self.today)",
        "consent.holds(STORY, self.now.date())",
        OF_REPORT,
    ),
    Mutation(
        "R9 K6 assessments stand by name",
        REPORT,
        "said = sorted(objective.said.values(), key=lambda one: _place(one.by, names))",
        'said = sorted(objective.said.values(), key=lambda one: one.plain["met"])',
        OF_REPORT,
    ),
    Mutation(
        "R9 an unanswered demand says so only after its day",
        REPORT,
        "if self.due < now.date() else",
        "if self.due <= now.date() else",
        OF_REPORT,
    ),
    Mutation(
        "R9 what is to come was not celebrated",
        REPORT,
        'if date.fromisoformat(one.plain["on"]) <= now.date()',
        'if one.plain["on"]',
        OF_REPORT,
    ),
    Mutation(
        "R9 K14 a withdrawn consent holds no longer",
        ROWS,
        "(l.type = 'ConsentWithdrawn' and l.consent = c.consent)",
        "(l.type = 'ConsentWithdrawn' and l.consent <> c.consent)",
        OF_ROWS,
    ),
    Mutation(
        "R9 K14 only the person takes a consent back",
        ROWS,
        "where l.coalition_id = $1 and l.person = c.person and",
        "where l.coalition_id = $1 and",
        OF_ROWS,
    ),
    Mutation(
        "R9 K14 no copy is kept of what may be taken back",
        API,
        '    if kind_of(report).keeps_no_copy(ask.form):\n        return {"Cache-Control"',
        '    if kind_of(report).at_once < 0:\n        return {"Cache-Control"',
        OF_ROWS,
    ),
    Mutation(
        "R9 a lesson is shown outside only where it was shared",
        ROWS,
        '        " and (i.audience && $4 or s.shared)"',
        "        \" and (i.audience && $4 or i.type = 'LessonRecorded')\"",
        OF_ROWS,
    ),
    Mutation(
        "a bar begins at nought",
        SERIES,
        "values = [0, *(point.value for point in points)]",
        "values = [point.value for point in points] or [0]",
        OF_CHARTS,
    ),
    Mutation(
        "R7 K4 thanks between others change nothing of one",
        "services/transparency/domain/credit_statement.py",
        "each.by == organisation and each.to != organisation",
        "each.to != organisation",
        "tests/transparency/domain/test_credit_statement.py",
    ),
)
