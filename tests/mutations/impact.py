"""Mistakes in what came of it: metrics, evaluations, stories."""

from tests.mutations import Mutation

METRIC = "services/credit/domain/metric.py"
ANSWER = "services/credit/domain/answer.py"
STORY = "services/credit/domain/story.py"
FACTS = "services/credit/views/facts.py"
IMPACT = "services/credit/views/impact.py"
OF_METRIC = "tests/credit/test_metric.py"
OF_ANSWER = "tests/credit/test_answer.py"
OF_STORY = "tests/credit/test_story.py"

MUTATIONS = (
    Mutation("K13 gauges are not summed", METRIC, 'if kind == "gauge":', "if False:", OF_METRIC),
    Mutation(
        "a counter counts up",
        METRIC,
        'metric.kind == "counter" and command.value < 0',
        'metric.kind == "counter" and command.value < -9',
        OF_METRIC,
    ),
    Mutation(
        "only what counts is corrected",
        METRIC,
        "and not context.fact(Corrected).counts",
        "and context.fact(Corrected).counts",
        OF_METRIC,
    ),
    Mutation(
        "a corrected record counts no more",
        IMPACT,
        "if one.corrected_by is None]",
        "if one.corrects is None]",
        OF_METRIC,
    ),
    Mutation(
        "no day that is yet to come",
        ANSWER,
        "if command.on > context.at.date():",
        "if command.on < context.at.date():",
        OF_ANSWER,
    ),
    Mutation(
        "an objective that was set",
        ANSWER,
        "command.objective not in context.fact(References).objectives",
        "command.objective in context.fact(References).objectives",
        OF_ANSWER,
    ),
    Mutation(
        "K14 no story without consent", STORY, "if known.person is None:", "if False:", OF_STORY
    ),
    Mutation(
        "K14 a consent ends",
        FACTS,
        "(self.until is None or day <= self.until)",
        "(self.until is None or day <= self.until or True)",
        OF_STORY,
    ),
    Mutation(
        "K14 a consent is for something",
        FACTS,
        "return self.purpose == purpose and",
        "return",
        OF_STORY,
    ),
    Mutation(
        "F44 a question opened something",
        "services/credit/domain/contribution.py",
        "and not about and not context.imported",
        "and about and not context.imported",
        "tests/credit/test_contribution.py",
    ),
)
