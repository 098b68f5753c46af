"""Mistakes in transparency: what its reports must never show, and the formulas they print."""

from tests.mutations import Mutation

ANSWERS = "services/transparency/domain/answers.py"
HEALTH = "services/transparency/domain/relationship_health.py"
POLICIES = "services/transparency/domain/shared_policies.py"
PULSES = "services/transparency/domain/pulses.py"
REPAIR = "services/transparency/domain/repair.py"
REPORT = "services/transparency/domain/report.py"
RETENTION = "services/transparency/domain/retention.py"
STAGES = "services/transparency/domain/stage_timeline.py"
TIES = "services/transparency/domain/ties.py"
TIMELINE = "services/transparency/charts/timeline.py"
OF_ANSWERS = "tests/transparency/domain/test_answers.py"
OF_CHARTS = "tests/transparency/test_charts.py"
OF_HEALTH = "tests/transparency/domain/test_relationship_health.py"
OF_POLICIES = "tests/transparency/domain/test_shared_policies.py"
OF_RETENTION = "tests/transparency/domain/test_retention.py"
OF_STAGES = "tests/transparency/domain/test_stage_timeline.py"

BALANCE = "services/transparency/domain/balance.py"
ROOMS = "services/transparency/domain/rooms.py"
PARTICIPATION = "services/transparency/domain/participation.py"
OF_BALANCE = "tests/transparency/domain/test_balance.py"
OF_PARTICIPATION = "tests/transparency/domain/test_participation.py"

MUTATIONS = (
    Mutation(
        "F38 diversity is over the most there can be",
        "services/transparency/domain/size.py",
        "return apart / (1 - Fraction(1, len(counts)))",
        "return apart",
        "tests/transparency/domain/test_size.py",
    ),
    Mutation(
        "F38 observers are not counted in the size",
        "services/transparency/domain/retention.py",
        'return not self.suspended and self.commitment != "observer"',
        "return not self.suspended",
        "tests/transparency/domain/test_size.py",
    ),
    Mutation(
        "F28 what names an objective is no orphan",
        "services/transparency/views/orphans.py",
        " and p.objective is null and",
        " and",
        "tests/transparency/test_orphans.py",
    ),
    Mutation(
        "R10 four that answered show nothing",
        HEALTH,
        "return len(answers.contributors(given)) >= self.boundary.min_group",
        "return len(answers.contributors(given)) >= self.boundary.min_group - 1",
        OF_HEALTH,
    ),
    Mutation(
        "R10 organisations are counted, not their answers",
        ANSWERS,
        "if waiting and len(contributors(waiting)) >= max(each.least for each in waiting):",
        "if waiting and len(waiting) >= max(each.least for each in waiting):",
        OF_ANSWERS,
    ),
    Mutation(
        "R10 a late answer waits for company",
        ANSWERS,
        "            waiting = []\n    return found",
        "    return found",
        OF_ANSWERS,
    ),
    Mutation(
        "R10 the boundary in force decides",
        ANSWERS,
        ">= max(each.least for each in waiting)",
        ">= min(each.least for each in waiting)",
        OF_ANSWERS,
    ),
    Mutation(
        "R10 sealed events are cited without their places",
        REPORT,
        "**(cite_unseen(events) if unseen else cite(events))",
        "**cite(events)",
        OF_HEALTH,
    ),
    Mutation(
        "R10 a running quarter is not told",
        HEALTH,
        "return before(quarter_of(min(self.heard, self.window.ends + ONE_DAY)))",
        "return quarter_of(min(self.heard, self.window.ends + ONE_DAY))",
        OF_HEALTH,
    ),
    Mutation(
        "R10 trust is a mean over the highest rating",
        PULSES,
        "HIGHEST = 4",
        "HIGHEST = 5",
        OF_HEALTH,
    ),
    Mutation(
        "R10 a point apart is alike",
        PULSES,
        "abs(one - other) <= ONE_POINT",
        "abs(one - other) < ONE_POINT",
        OF_HEALTH,
    ),
    Mutation(
        "R10 a star is wholly centralised",
        TIES,
        "return Fraction(missing, (n - 1) * (n - 2))",
        "return Fraction(missing, n * (n - 1))",
        OF_HEALTH,
    ),
    Mutation(
        "R10 a match ties once every party agreed",
        TIES,
        "if self.begins is None and self.agreed == self.parties:",
        "if self.begins is None:",
        OF_HEALTH,
    ),
    Mutation(
        "R10 a pair is stale after ninety days",
        HEALTH,
        "if met < end - STALE:",
        "if met <= end - STALE:",
        OF_HEALTH,
    ),
    Mutation(
        "R10 who was injured contributes, not the breach",
        REPAIR,
        "by=frozenset({breach.injured}),",
        "by=frozenset({breach.reported.breach or breach.injured}),",
        OF_HEALTH,
    ),
    Mutation(
        "R10 a gain is that of a quarter without breach",
        REPAIR,
        "            if between:\n",
        "            if not between:\n",
        OF_HEALTH,
    ),
    Mutation(
        "R11 a stage lasts until the next one",
        STAGES,
        "return ((self.left or now) - self.entered).days",
        "return (now - self.entered).days",
        OF_STAGES,
    ),
    Mutation(
        "R11 an objection that stands was not addressed",
        STAGES,
        'addressed = sum(disposition != "stands" for disposition in told)',
        "addressed = len(told)",
        OF_STAGES,
    ),
    Mutation(
        "R16 who left is at risk until then",
        RETENTION,
        "at_risk = [spell for spell in lived if spell.days >= days]",
        "at_risk = [spell for spell in lived if spell.days > days or spell.left]",
        OF_RETENTION,
    ),
    Mutation(
        "R16 wellbeing is hidden below five answers",
        RETENTION,
        "if len(answers.contributors(given)) < known.boundary.min_group:",
        "if not given:",
        OF_RETENTION,
    ),
    Mutation(
        "R16 goals are hidden below five people",
        RETENTION,
        "if len({each.person for each in told}) < known.boundary.min_group:",
        "if len(told) < known.boundary.min_group:",
        OF_RETENTION,
    ),
    Mutation(
        "R16 an erased answer takes the mean with it",
        RETENTION,
        "    if len(scores) < len(given):\n",
        "    if not scores:\n",
        OF_RETENTION,
    ),
    Mutation(
        "R10 nobody is tied to themselves by an answer",
        TIES,
        "if question is not None and question.by != event.by:",
        "if question is not None and event.by:",
        OF_HEALTH,
    ),
    Mutation(
        "R17 what was retired for all counts in no total",
        POLICIES,
        "return self.version > 0 and self.retired is None",
        "return self.version > 0",
        OF_POLICIES,
    ),
    Mutation(
        "R17 who was asked and said nothing counts",
        POLICIES,
        "asked = [*cells]",
        'asked = [cell for cell in cells if cell.answer != "unanswered"]',
        OF_POLICIES,
    ),
    Mutation(
        "R17 a unit that changes hands answers anew",
        POLICIES,
        "if held is None or held.owner != owner:",
        "if held is None:",
        OF_POLICIES,
    ),
    Mutation(
        "what is unknown is drawn, and not as zero",
        TIMELINE,
        "if bar.value is None:",
        "if not bar.value:",
        OF_CHARTS,
    ),
    Mutation(
        "R3 Gini is corrected for few",
        BALANCE,
        " * Fraction(n, n - 1)",
        "",
        OF_BALANCE,
    ),
    Mutation(
        "R3 evenness is over all who were there",
        BALANCE,
        "/ Decimal(n).ln()",
        "/ Decimal(max(2, sum(map(bool, amounts)))).ln()",
        OF_BALANCE,
    ),
    Mutation(
        "R3 an organisation shares its voice among its constituencies",
        ROOMS,
        "Fraction(amount, len(own))",
        "Fraction(amount)",
        OF_PARTICIPATION,
    ),
    Mutation(
        "R3 who spoke before does not speak for the first time",
        ROOMS,
        "            if event.org not in spoken:",
        "            if event.org not in room.voices:",
        OF_PARTICIPATION,
    ),
    Mutation(
        "F59 only who may decide counts as executive",
        PARTICIPATION,
        "sum(accreditation in self.executive for accreditation in came)",
        "sum(accreditation is not None for accreditation in came)",
        OF_PARTICIPATION,
    ),
    Mutation(
        "R3 what rests on hidden speeches is withheld",
        PARTICIPATION,
        "unseen = self.hidden.spoke or self.hidden.came",
        "unseen = self.hidden.spoke and not self.hidden.came",
        OF_PARTICIPATION,
    ),
    Mutation(
        "R3 who came and kept silent was not heard",
        ROOMS,
        "        for org in room.present:\n            found[org].turns += 0\n",
        "",
        OF_PARTICIPATION,
    ),
)
