"""Mistakes at the front line that a test must notice."""

from tests.mutations import Mutation

MANDATE = "services/meetings/domain/mandate.py"
OF_MANDATE = "tests/meetings/test_mandate.py"

FRONT_LINE = "services/meetings/domain/frontline.py"
OF_FRONT_LINE = "tests/meetings/test_frontline.py"
FACTS = "services/meetings/views/facts.py"
OVER_HTTP = "tests/meetings/test_frontline_over_http.py"

SHOWN = "services/transparency/domain/mandate.py"
OF_SHOWN = "tests/transparency/domain/test_mandate.py"

MUTATIONS = (
    Mutation(
        "R14 a line counts on its last day still",
        SHOWN,
        "counts = until is not None and self.today <= until",
        "counts = until is not None and self.today < until",
        OF_SHOWN,
    ),
    Mutation(
        "R14 a compromise holds once all agreed",
        SHOWN,
        "self.agreed.issuperset(self.first.parties)",
        "bool(self.agreed)",
        OF_SHOWN,
    ),
    Mutation(
        "R14 who consented to other values has not consented",
        SHOWN,
        "{org for org in self.consents if org in self.crosses}",
        "set(self.consents)",
        OF_SHOWN,
    ),
    Mutation(
        "R14 a consent is to the values that were checked",
        SHOWN,
        "if event.values != self.values:",
        "if False:",
        OF_SHOWN,
    ),
    Mutation(
        "R14 what nobody may see is cited by how many",
        SHOWN,
        "return cite([line.cited]) if line.seen else cite_unseen([line.cited])",
        "return cite([line.cited])",
        OF_SHOWN,
    ),
    Mutation(
        "R2 nobody voted at the front line",
        "services/transparency/views/register.py",
        "        where.terms.append(VOTED)",
        "        pass",
        "tests/transparency/test_mandate.py",
    ),
    Mutation(
        "R1 what was settled at the front line is found by its words",
        "services/transparency/views/register.py",
        "({_TITLE} or {_REASON} or {_SETTLED})",
        "({_TITLE} or {_REASON})",
        "tests/transparency/test_mandate.py",
    ),
    Mutation(
        "R14 members know of every line that it is there",
        "services/transparency/views/mandates.py",
        "'members' = any($3) and l.type = 'BottomLineDeclared'",
        "false",
        "tests/transparency/test_mandate.py",
    ),
    Mutation(
        "D21 who is crossed by other values has not consented",
        FRONT_LINE,
        "consents = line.consents if line and line.values == event.terms else frozenset()",
        "consents = line.consents if line else frozenset()",
        OF_FRONT_LINE,
    ),
    Mutation(
        "D21 one consent does not stand for all",
        FRONT_LINE,
        "not line.consents.issuperset(found.crosses)",
        "bool(found.crosses) and not line.consents",
        OF_FRONT_LINE,
    ),
    Mutation(
        "D21 the verdict is that of the instant of the decision",
        FRONT_LINE,
        "    found = _found(line.values, context)\n    if not line.found",
        "    found = line.found\n    if not line.found",
        OF_FRONT_LINE,
    ),
    Mutation(
        "D21 nobody is crossed who could not have consented",
        MANDATE,
        "return set(self.crosses) >= set(now.crosses)",
        "return bool(self.crosses) >= bool(now.crosses)",
        OF_FRONT_LINE,
    ),
    Mutation(
        "D21 checks are limited",
        FRONT_LINE,
        "context.fact(Checks).made >= CHECKS",
        "context.fact(Checks).made > CHECKS",
        OF_FRONT_LINE,
    ),
    Mutation(
        "D21 the checks of an organisation are its own",
        FACTS,
        "since = read.context.at - frontline.WITHIN",
        "since = read.context.at",
        OVER_HTTP,
    ),
    Mutation(
        "D22 the report falls due as the rule says",
        FACTS,
        "if one.method is FRONT_LINE]",
        "if one.method is not FRONT_LINE]",
        OVER_HTTP,
    ),
    Mutation(
        "D22 whoever decides reports back",
        "services/meetings/domain/next_step.py",
        "    if step is not None or owed.decision is None:",
        "    if step is not None or owed.decision is not None:",
        "tests/meetings/test_next_step.py",
    ),
    Mutation(
        "D21 a value is accepted when any of an organisation's sets has it",
        MANDATE,
        "if not any(value in one for one in accepted)",
        "if not all(value in one for one in accepted)",
        OF_MANDATE,
    ),
    Mutation(
        "D21 a crossed organisation outweighs what is unknown",
        MANDATE,
        "        if self.crosses:",
        "        if self.crosses and not self.unknown:",
        OF_MANDATE,
    ),
    Mutation(
        "D21 a term without a line in force is unknown",
        MANDATE,
        "        if not of:",
        "        if of is None:",
        OF_MANDATE,
    ),
)
