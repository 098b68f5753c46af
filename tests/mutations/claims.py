"""Mistakes in what is told of credit, in disputes about it, and in dividing money."""

from tests.mutations import Mutation

FACT = "services/credit/domain/fact.py"
CONFLICT = "services/credit/domain/conflict.py"
CLAIM = "services/credit/domain/claim.py"
ATTRIBUTION = "services/credit/domain/attribution.py"
DISPUTE = "services/credit/domain/dispute.py"
SHARES = "services/credit/domain/shares.py"
CREDIT = "services/credit/domain/credit.py"
GROUNDS = "services/credit/views/grounds.py"
SHOWN = "services/credit/views/claims.py"
REPORT = "services/transparency/domain/claims_and_disputes.py"
OF_REPORT = "tests/transparency/domain/test_claims_and_disputes.py"
FORMS = "services/transparency/domain/credit_forms.py"
OF_FORMS = "tests/transparency/test_credit_forms.py"
OF_CLAIM = "tests/credit/test_claim.py"
OF_ATTRIBUTION = "tests/credit/test_attribution.py"
OF_DISPUTE = "tests/credit/test_dispute.py"
OF_SHARES = "tests/credit/test_shares.py"
OVER_HTTP = "tests/credit/test_claims_over_http.py"

MUTATIONS = (
    Mutation(
        "F91 two leads of one role conflict",
        CONFLICT,
        "if self.org == other.org or self.role != other.role:",
        "if self.org != other.org or self.role != other.role:",
        OF_CLAIM,
    ),
    Mutation(
        "F91 what is said of nothing in particular is said of all",
        CONFLICT,
        "return not (self.about and other.about) or not",
        "return not",
        OF_CLAIM,
    ),
    Mutation(
        "F91 leads of two matters do not conflict",
        CONFLICT,
        "or not self.about.isdisjoint(other.about)",
        "or True",
        OF_CLAIM,
    ),
    Mutation(
        "F91 a vote is a part of the win that it led to",
        FACT,
        "if own & won.decisions)",
        "if own & {won.ref})",
        OF_CLAIM,
    ),
    Mutation(
        "F91 a claim that nobody confirmed speaks against nobody",
        CONFLICT,
        "if deed.confirmed and deed.degree is Degree.LEAD",
        "if deed.degree is Degree.LEAD",
        OVER_HTTP,
    ),
    Mutation(
        "F91 drafts count as well as claims",
        GROUNDS,
        "(attribution.decider, attribution.AttributionStatementDrafted),",
        "(attribution.decider, attribution.AttributionStatementReleased),",
        f"{OVER_HTTP}::test_f91_a_draft_conflicts_before_it_is_released",
    ),
    Mutation(
        "K2 who declined is not named by others",
        FACT,
        "if deed is not None and deed.declined and deed.of != by:",
        "if deed is not None and deed.declined and deed.of == by:",
        OF_CLAIM,
    ),
    Mutation(
        "K7 a fact says no more than what is confirmed",
        FACT,
        "_WEIGHT[degree] <= _WEIGHT[deed.degree]",
        "_WEIGHT[degree] >= _WEIGHT[deed.degree]",
        OF_CLAIM,
    ),
    Mutation(
        "K7 what nobody else confirmed supports nothing",
        FACT,
        "return deed is not None and deed.confirmed and _bears(deed, fact)",
        "return deed is not None and _bears(deed, fact)",
        OF_ATTRIBUTION,
    ),
    Mutation(
        "K7 a part in a decision rests on a contribution",
        FACT,
        "        if fact.role is None:\n            return self.knows(fact)",
        "        if fact.role is None or True:\n            return self.knows(fact)",
        OF_CLAIM,
    ),
    Mutation(
        "K7 unsupported facts are not released",
        ATTRIBUTION,
        "    if unsupported:\n",
        "    if len(unsupported) > 1:\n",
        OF_ATTRIBUTION,
    ),
    Mutation(
        "K8 a release that one named did not approve is unilateral",
        ATTRIBUTION,
        "return ground.named(version.facts, by) - version.approvals",
        "return ground.named(version.facts, by) & version.approvals",
        OF_ATTRIBUTION,
    ),
    Mutation(
        "K8 an approval is of one version",
        ATTRIBUTION,
        "    if number != attribution.newest:",
        "    if number > attribution.newest:",
        OF_ATTRIBUTION,
    ),
    Mutation(
        "K9 a fact that is disputed holds the statement",
        ATTRIBUTION,
        "if not version.noted.issuperset(disputed):",
        "if version.noted and not version.noted.issuperset(disputed):",
        OF_ATTRIBUTION,
    ),
    Mutation(
        "K9 a version says which of its facts are disputed",
        FACT,
        "disputed=fact.key in self.disputed,",
        "disputed=False,",
        OF_ATTRIBUTION,
    ),
    Mutation(
        "K9 what is resolved is disputed no more",
        GROUNDS,
        "if one is not None and one.result is None",
        "if one is not None",
        OVER_HTTP,
    ),
    Mutation(
        "K10 no side mediates",
        DISPUTE,
        "    if command.mediator in dispute.parties:",
        "    if command.mediator == dispute.by:",
        OF_DISPUTE,
    ),
    Mutation(
        "K10 no side says how it ended",
        DISPUTE,
        '    if by in dispute.parties:\n        raise Refused("not_neutral", "The mediator',
        '    if by == dispute.by:\n        raise Refused("not_neutral", "The mediator',
        OF_DISPUTE,
    ),
    Mutation(
        "K10 who gave a disputed credit is a party",
        GROUNDS,
        "sides = {by, given.by} | ({given.to} if given.to else set())",
        "sides = {given.to} if given.to else {by}",
        OVER_HTTP,
    ),
    Mutation(
        "K11 a dispute has a day",
        DISPUTE,
        "if command.due is None or (command.due < context.at.date() and not context.imported):",
        "if command.due is None:",
        OF_DISPUTE,
    ),
    Mutation(
        "K11 the end is as visible as the beginning",
        DISPUTE,
        '    return [resolved.seen_by(within="members")]',
        "    return [resolved]",
        OF_DISPUTE,
    ),
    Mutation(
        "only who raised a dispute takes it back",
        DISPUTE,
        "        if by != dispute.by:",
        "        if by not in dispute.parties | {dispute.mediator}:",
        OF_DISPUTE,
    ),
    Mutation(
        "F92 a correction cites a dispute about that credit",
        CREDIT,
        "    if not named:",
        "    if contested.credit is None and not named:",
        "tests/credit/test_credit.py",
    ),
    Mutation(
        "K12 the shares are the whole",
        SHARES,
        "!= WHOLE:",
        "> WHOLE:",
        OF_SHARES,
    ),
    Mutation(
        "K12 one share each",
        SHARES,
        "    if len(orgs) < len(planned):",
        "    if len(orgs) > len(planned):",
        OF_SHARES,
    ),
    Mutation(
        "I8 a conflict with what one may not see is not shown",
        SHOWN,
        "for each in one.conflicts if each.with_event in seen]",
        "for each in one.conflicts if each.with_event]",
        f"{OVER_HTTP}::test_i8_a_conflict_is_shown_to_who_may_see_the_event",
    ),
    Mutation(
        "I8 what one may not see is not disputed",
        GROUNDS,
        "if seen is None or seen.visibility not in _SEEN_BY_MEMBERS or seen.by is None:",
        "if seen is None or seen.by is None:",
        f"{OVER_HTTP}::test_i8_a_conflict_is_shown_to_who_may_see_the_event",
    ),
    Mutation(
        "I8 the report names no event that its reader may not see",
        "services/transparency/views/told.py",
        'if one["with"] in seen]',
        'if one["with"]]',
        "tests/transparency/test_claims_and_disputes.py::test_words_for_others_are_withheld",
    ),
    Mutation(
        "F81 a register is shown with redacted words in it",
        "services/credit/views/said.py",
        'if isinstance(value, dict) and "withheld" in value:',
        'if isinstance(value, dict) and "lang" in value:',
        "tests/acceptance/test_claims.py::test_f81_words_of_a_claim_are_redacted_and_found_nowhere",
    ),
    Mutation(
        "M18 words of a claim about one person are personal",
        CLAIM,
        "seal(command.text, by, *ground.named(command.facts, by)),",
        "seal(command.text, by),",
        OF_CLAIM,
    ),
    Mutation(
        "R8 what speaks against a claim is shown, though all of it is confirmed",
        REPORT,
        "        if self.conflicts:",
        "        if self.conflicts and self.matched != len(self.facts):",
        OF_REPORT,
    ),
    Mutation(
        "R8 who took part and was thanked is not missing",
        REPORT,
        "return frozenset(took_part - self.thanked)",
        "return frozenset(took_part)",
        OF_REPORT,
    ),
    Mutation(
        "R8 what is resolved is not open",
        REPORT,
        "open_ = [each for each in told.disputes.values() if each.resolution is None]",
        "open_ = [*told.disputes.values()]",
        OF_REPORT,
    ),
    Mutation(
        "R8 generosity of few is not shown",
        REPORT,
        "if 0 < len(orgs) < ENOUGH:",
        "if 0 < len(orgs) < 1:",
        OF_REPORT,
    ),
    Mutation(
        "R7 what nobody confirmed is told to nobody outside",
        FORMS,
        'return line.part == "contribution"',
        'return line.part in {"contribution", "claimed"}',
        OF_FORMS,
    ),
    Mutation(
        "R7 the press reads what all agreed to",
        FORMS,
        "if each.released and not each.unilateral]",
        "if each.released]",
        OF_FORMS,
    ),
    Mutation(
        "R7 a record that was corrected is not told",
        REPORT,
        "if each.cited.ref not in wrong)",
        "if each.cited.ref)",
        OF_FORMS,
    ),
    Mutation(
        "K7 a metric is one that was defined",
        GROUNDS,
        "        await read.fold(METRICS),\n",
        "",
        f"{OVER_HTTP}::test_k7_a_metric_that_is_defined_bears_itself_out",
    ),
    Mutation(
        "F84 the press reads what a minority says",
        FORMS,
        '"minority": out["minority_statements"],',
        '"minority": [],',
        OF_FORMS,
    ),
    Mutation(
        "R7 what others put out is not told of an organisation",
        FORMS,
        'and str(organisation) in {each["organisation"]["id"] for each in out["sign_ons"]}',
        'and out["sign_ons"]',
        OF_FORMS,
    ),
    Mutation(
        "R7 with whom is always said",
        FORMS,
        "if orgs else NOBODY",
        'if orgs else ""',
        OF_FORMS,
    ),
    Mutation(
        "R7 funders read what each organisation says of an objective",
        FORMS,
        'aimed = {objective for win in wins for objective in win["objectives"]}',
        "aimed: set[str] = set()",
        OF_FORMS,
    ),
    Mutation(
        "R7 the press reads who was chosen last",
        "services/transparency/views/issues.py",
        'if row["told"] == told',
        "if told",
        OF_FORMS,
    ),
    Mutation(
        "K14 the press quotes nobody who does not agree today",
        FORMS,
        "given is not None and given.agreed(story)",
        "given is not None",
        OF_FORMS,
    ),
    Mutation(
        "K14 no copy is kept of the form with quotes",
        "services/transparency/views/reports.py",
        'taken_back=("public",)',
        "taken_back=()",
        OF_FORMS,
    ),
    Mutation(
        "R7 funders read of disputes that are open",
        FORMS,
        "if dispute.resolution is None",
        "if dispute.raised is not None",
        OF_FORMS,
    ),
    Mutation(
        "F91 the page says what speaks against a claim",
        "services/web/pages/claims.py",
        "return [one.with_event for one in self.conflicts if one.fact == fact]",
        "return [one.with_event for one in self.conflicts if one.fact != fact]",
        "tests/web/test_pages.py::test_f91_a_claim_says_what_speaks_against_it_and_who_may_do_what",
    ),
    Mutation(
        "K10 no side is offered to say how it ended",
        "services/web/pages/claims.py",
        "not self.mediators or org in self.parties:",
        "not self.mediators:",
        "tests/web/test_pages.py::test_k10_no_side_is_offered_to_say_how_a_dispute_ended",
    ),
)
