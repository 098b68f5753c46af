"""Mistakes in how meetings counts, and in what it keeps secret until or after a voting ends."""

from tests.mutations import Mutation

BOX = "services/meetings/views/box.py"
BOX_SQL = "services/meetings/box.sql"
HTTP = "shared/http.py"
SENSE_CHECK = "services/meetings/domain/sense_check.py"
OF_SECRETS = "tests/meetings/test_ballots_over_http.py"
OF_SENSE_CHECK = "tests/meetings/test_sense_check.py"
OF_TIMERS = "tests/meetings/test_timers.py"
RULE = "services/meetings/domain/rule.py"
TALLY = "services/meetings/domain/tally.py"
VOTING = "services/meetings/domain/voting.py"
INBOX_OF_ISSUES = "services/meetings/inbox/issues.py"
BALLOT = "services/meetings/domain/ballot.py"
PROPOSAL = "services/meetings/domain/proposal.py"
SERVICE = "shared/service.py"
RATIFICATION = "services/meetings/domain/ratification.py"
ELECTORATE = "services/meetings/domain/electorate.py"
OF_RATIFICATION = "tests/meetings/test_ratification.py"
OF_HISTORIES = "tests/meetings/test_voting_rules.py"
OF_BALLOT = "tests/meetings/test_ballot.py"
OF_BRUTE = "tests/meetings/test_brute.py"
OF_DECISIONS = "tests/meetings/test_decisions_over_http.py"
OF_PROPOSAL = "tests/meetings/test_proposal.py"
OF_RULE = "tests/meetings/test_rule.py"
OF_REFERENCE = "tests/meetings/test_tally_reference.py"

MUTATIONS = (
    Mutation(
        "D16 silence is no stance of who decides",
        TALLY,
        "        for n, option in poll.stances.items()\n    )",
        "        for n, option in {0: Option.AGREE, **poll.stances}.items()\n    )",
        OF_REFERENCE,
    ),
    Mutation(
        "D16 one decides only where the method says so",
        TALLY,
        "if poll.terms.method in BY_ONE:",
        "if poll.terms.method not in BY_ONE:",
        OF_REFERENCE,
    ),
    Mutation(
        "D16 lazy consensus ends with a disagreement",
        RULE,
        "(_none(Option.DISAGREE), _none(Option.OBJECT))",
        "(_none(Option.OBJECT),)",
        f"{OF_REFERENCE}::test_d16_the_service_counts_as_the_page_says",
    ),
    Mutation(
        "D17 lazy consensus waits for objections",
        RULE,
        "ADDRESSED = frozenset({Method.CONSENSUS, Method.LAZY_CONSENSUS})",
        "ADDRESSED = frozenset({Method.CONSENSUS})",
        OF_REFERENCE,
    ),
    Mutation(
        "D15 the methods without a quorum have none",
        RULE,
        'return Quorum() if rule["method"] in QUORATE else Quorum(at_least=(0, 1))',
        "return Quorum()",
        OF_RULE,
    ),
    Mutation(
        "a rule of votes has a threshold",
        RULE,
        "if not self.thresholds and self.method in THRESHOLDS:",
        "if not self.thresholds and self.method not in Method:",
        OF_RULE,
    ),
    Mutation(
        "advice is asked of others before the proposer's stance",
        VOTING,
        "if voting.places.get(voting.decider) == place and",
        "if voting.places.get(voting.decider) != place and",
        f"{OF_PROPOSAL}::test_the_proposer_decides_only_after_advice_with_a_reason",
    ),
    Mutation(
        "advice has a reason",
        VOTING,
        "if voting.terms.method is Method.ADVICE and reason.digest is not None:",
        "if voting.terms.method is Method.ADVICE:",
        f"{OF_PROPOSAL}::test_the_proposer_decides_only_after_advice_with_a_reason",
    ),
    Mutation(
        "D1 the lead is frozen",
        VOTING,
        "Method.LEAD_DECIDES: event.lead}",
        "Method.LEAD_DECIDES: event.by}",
        OF_PROPOSAL,
    ),
    Mutation(
        "whoever decides is entitled",
        VOTING,
        "if not any(decider in each.class_ for each in classes):",
        "if not classes:",
        OF_PROPOSAL,
    ),
    Mutation(
        "D18 every class of a constituency counts for its minimum",
        TALLY,
        "heard = sum(each.constituency in poll.electorate[n].constituencies for n in poll.heard)",
        "heard = sum(each.constituency in one.constituencies for one in poll.electorate)",
        OF_BRUTE,
    ),
    Mutation(
        "D18 stances ad referendum are left out of the count",
        VOTING,
        "for place, each in voting.stances.items() if each.counts}",
        "for place, each in voting.stances.items()}",
        OF_BRUTE,
    ),
    Mutation(
        "who yields the lead leads no more",
        INBOX_OF_ISSUES,
        "await _led_by(db, seen, yielded.successor)",
        "await _led_by(db, seen, yielded.successor or seen.by)",
        f"{OF_DECISIONS}::test_the_lead_that_was_heard_of_is_frozen_at_opening",
    ),
    Mutation(
        "D24 below the smallest group nothing is said",
        SENSE_CHECK,
        "sum(self.counts.values()) >= self.min_group",
        "sum(self.counts.values()) >= 1",
        OF_SENSE_CHECK,
    ),
    Mutation(
        "D24 an organisation answers once",
        SENSE_CHECK,
        "if context.fact(Answered).already:",
        "if context.fact(Answered).already is None:",
        OF_SENSE_CHECK,
    ),
    Mutation(
        "D24 who has answered is kept",
        BOX,
        "            (TICK, *box, context.fact(Answered).who),\n",
        "",
        f"{OF_SECRETS}::test_f79_a_sense_check_is_answered_taken_and_compared",
    ),
    Mutation(
        "D24 papers are put in anew with each answer",
        BOX_SQL,
        "order by gen_random_uuid() limit 255 for update),",
        "order by key limit 0 for update),",
        f"{OF_SECRETS}::test_d24_no_row_leads_from_an_organisation_to_its_answer",
    ),
    Mutation(
        "D24 papers lie in an order of chance",
        BOX_SQL,
        "    order by gen_random_uuid();",
        "    order by one.answer;",
        f"{OF_SECRETS}::test_d24_where_papers_lie_does_not_follow_the_order_of_answers",
    ),
    Mutation(
        "D24 nothing kept for repeats names who answered",
        HTTP,
        "        veiled = any(step.veiled for step in steps)",
        "        veiled = not any(step.veiled for step in steps) and False",
        f"{OF_SECRETS}::test_d24_no_row_leads_from_an_organisation_to_its_answer",
    ),
    Mutation(
        "what is veiled is known again whatever it says",
        HTTP,
        "key if veiled else self._print",
        "self._print",
        f"{OF_SECRETS}::test_an_answer_that_is_sent_again_counts_once",
    ),
    Mutation(
        "the answers are destroyed once counted",
        BOX,
        "if decided or context.system else []",
        "if context.system else []",
        f"{OF_SECRETS}::test_f79_a_sense_check_is_answered_taken_and_compared",
    ),
    Mutation(
        "of too few answers nothing is kept",
        BOX,
        "if decided or context.system else []",
        "if decided else []",
        f"{OF_TIMERS}::test_a_sense_check_ends_by_itself_and_of_too_few_nothing_is_kept",
    ),
    Mutation(
        "F79 the gap is shown after closing only",
        PROPOSAL,
        "return replace(opened, may_outweigh=may, counted=None)",
        "return replace(opened, may_outweigh=may, counted={o: 1 for o in Option})",
        f"{OF_SECRETS}::test_f79_a_sense_check_is_answered_taken_and_compared",
    ),
    Mutation(
        "D10 a ballot has no author",
        BALLOT,
        "    unsigned: ClassVar[bool] = True\n\n    voter",
        "    unsigned: ClassVar[bool] = False\n\n    voter",
        OF_BALLOT,
    ),
    Mutation(
        "D10 a class votes once",
        VOTING,
        "if place in voting.received:",
        "if voting.received is None:",
        OF_BALLOT,
    ),
    Mutation(
        "D10 a sealed stance is for nobody",
        VOTING,
        "return ballots.kept(taken) if ballots.sealed(voting.terms) else taken",
        "return taken",
        OF_BALLOT,
    ),
    Mutation(
        "D10 a sealed change is for nobody",
        VOTING,
        "return ballots.kept(changed) if ballots.sealed(voting.terms) else changed",
        "return changed",
        OF_BALLOT,
    ),
    Mutation(
        "D10 what is sealed is so in a public coalition too",
        BALLOT,
        'event.seen_by(OWN, within="dyad")',
        "event.seen_by(OWN)",
        OF_BALLOT,
    ),
    Mutation(
        "D10 no peer has the key",
        SERVICE,
        'audience == "affinity" or audience.startswith("own:")',
        'audience == "affinity"',
        f"{OF_SECRETS}::test_d10_what_is_kept_is_given_to_no_peer",
    ),
    Mutation(
        "D10 an object stance that is sealed raises nothing yet",
        PROPOSAL,
        "if command.option is not Option.OBJECT or ballots.sealed(voting.terms):",
        "if command.option is not Option.OBJECT:",
        OF_BALLOT,
    ),
    Mutation(
        "D10 a sealed objection stands once it is revealed",
        PROPOSAL,
        "    if event.objection is None:\n        return proposal\n",
        "    if event.objection is not None:\n        return proposal\n",
        OF_BALLOT,
    ),
    Mutation(
        "D10 two ballots are not counted",
        TALLY,
        "FEWEST = 3",
        "FEWEST = 2",
        OF_BALLOT,
    ),
    Mutation(
        "D10 an amended round says nothing",
        VOTING,
        'if voting.terms.ballot == "named":',
        'if voting.terms.ballot != "detached_anonymous":',
        OF_BALLOT,
    ),
    Mutation(
        "D10 turnout waits for a quorum",
        BALLOT,
        "enough = heard * denominator >= numerator * entitled and heard >= FEWEST",
        "enough = heard >= FEWEST",
        OF_BALLOT,
    ),
    Mutation(
        "D10 a weight tells a ballot",
        RULE,
        "    if rule.weights:\n        raise",
        "    if not rule:\n        raise",
        OF_BALLOT,
    ),
    Mutation(
        "a box that was tampered with is not counted",
        BALLOT,
        "if sum(counts.values()) != received:",
        "if sum(counts.values()) > received:",
        OF_BALLOT,
    ),
    Mutation(
        "D18 silence is not counted twice",
        BALLOT,
        "counts[Option.AGREE] - silent}",
        "counts[Option.AGREE]}",
        OF_BALLOT,
    ),
    Mutation(
        "D10 one's own stance is one's own",
        "services/meetings/views/queries.py",
        'own = by is not None and f"org:{by}" in seen_by',
        "own = by is not None",
        f"{OF_SECRETS}::test_d10_sealed_stances_are_revealed_with_their_reasons_when_voting_closes",
    ),
    Mutation(
        "D10 the ballots of an amended round are destroyed",
        "services/meetings/api/proposals.py",
        "caller, proposal.decider, proposal_id, command, needs_match=True, beside=emptied",
        "caller, proposal.decider, proposal_id, command, needs_match=True",
        f"{OF_SECRETS}::test_d10_an_amendment_destroys_the_ballots_of_its_round",
    ),
    Mutation(
        "D19 the last day is the last",
        RATIFICATION,
        "at.date() <= self.due",
        "at.date() <= self.due + timedelta(days=1)",
        OF_RATIFICATION,
    ),
    Mutation(
        "D19 a decision waits for those who may ratify",
        PROPOSAL,
        "    ratifications.decided_on(voting.stances, context.at)\n",
        "",
        OF_RATIFICATION,
    ),
    Mutation(
        "D19 who speaks ad referendum does not ratify",
        RATIFICATION,
        'if context.authority in {"ad_referendum", "observer"}:',
        'if context.authority in {"observer"}:',
        OF_RATIFICATION,
    ),
    Mutation(
        "D19 one organisation does not ratify for another",
        RATIFICATION,
        "if held is None or held.by != context.by:",
        "if held is None:",
        OF_RATIFICATION,
    ),
    Mutation(
        "D19 what was declined does not count",
        VOTING,
        "said = replace(held, counts=isinstance(event, DecisionRatified), due=None)",
        "said = replace(held, counts=True, due=None)",
        OF_RATIFICATION,
    ),
    Mutation(
        "D15 a voting lapses once ratifying is over",
        PROPOSAL,
        "return votings.lapsed(proposal.voting, context)\n",
        "return []\n",
        OF_RATIFICATION,
    ),
    Mutation(
        "D6 only who may decide now is added",
        ELECTORATE,
        "if not new <= {org for each in classes for org in each.class_}:",
        "if not new:",
        OF_RATIFICATION,
    ),
    Mutation(
        "D6 who is related shares the vote that there is",
        ELECTORATE,
        "    if related is None:\n",
        "    if related is not None or new:\n",
        OF_RATIFICATION,
    ),
    Mutation(
        "D6 nobody is taken out",
        ELECTORATE,
        "class_=tuple(sorted({*related.class_, *joining})),",
        "class_=tuple(sorted(joining)),",
        OF_RATIFICATION,
    ),
    Mutation(
        "D1 searched: the version that was frozen decides",
        VOTING,
        "        rule_version=event.rule_version,",
        "        rule_version=event.rule_version + 1,",
        f"{OF_HISTORIES}::test_d1_a_decision_is_of_the_rule_text_and_electorate_that_were_frozen",
    ),
    Mutation(
        "D3 searched: what is parked is not decided",
        VOTING,
        "    if remit.parked:\n",
        "    if remit.parked and context.imported:\n",
        f"{OF_HISTORIES}::test_d2_d3_nothing_is_opened_or_decided_outside_mandate_and_scope",
    ),
    Mutation(
        "D5 searched: notice is kept",
        VOTING,
        "if context.at < motion.noticed_at + timedelta(hours=terms.notice_hours):",
        "if context.at < motion.noticed_at:",
        f"{OF_HISTORIES}::test_d4_d5_opening_waits_for_those_affected_for_notice_and_lasts",
    ),
    Mutation(
        "D9 searched: dissent says why",
        VOTING,
        "if command.option in DISSENT and command.reason is None and not context.imported:",
        "if command.option is Option.OBJECT and command.reason is None and not context.imported:",
        f"{OF_HISTORIES}::test_d7_d9_a_stance_is_of_the_entitled_by_who_may_speak_and_says_why",
    ),
)
