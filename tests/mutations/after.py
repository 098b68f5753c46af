"""Mistakes in what follows a decision."""

from tests.mutations import Mutation

PROPOSAL = "services/meetings/domain/proposal.py"
COMMUNICATION = "services/meetings/domain/communication.py"
SIGNING = "services/meetings/domain/signing.py"
SHOWN = "services/transparency/domain/signing.py"
OF_COMMUNICATION = "tests/meetings/test_communication.py"
IMPLEMENTATION = "services/meetings/domain/implementation.py"
OF_IMPLEMENTATION = "tests/meetings/test_implementation.py"
OF_SIGNING = "tests/meetings/test_signing.py"
PAGE = "services/web/templates/decision.html"
OF_PAGE = "tests/web/test_pages.py::test_minority_statements_and_sign_ons_stand_beside_the_decision"
RELAYED = "services/transparency/domain/relayed.py"
NOTICES = "services/transparency/domain/notices.py"
OF_R15 = "tests/transparency/domain/test_communications.py"
OF_SHOWN = "tests/transparency/domain/test_signing.py"

MUTATIONS = (
    Mutation(
        "F35 only members are told",
        COMMUNICATION,
        "if not joined >= set(orgs):",
        "if not joined & set(orgs):",
        OF_COMMUNICATION,
    ),
    Mutation(
        "F50 a channel remembers whom it reached",
        COMMUNICATION,
        "told = known.told.get(channel, frozenset()) | set(orgs)",
        "told = frozenset(orgs)",
        OF_COMMUNICATION,
    ),
    Mutation(
        "D25 who stood aside signs nothing",
        SIGNING,
        "    if by in signing.aside:\n",
        "    if signing.aside.get(by, False):\n",
        OF_SIGNING,
    ),
    Mutation(
        "D25 standing aside takes a sign-on back",
        SIGNING,
        "sorted(self.signed - set(self.aside))",
        "sorted(self.signed)",
        OF_SIGNING,
    ),
    Mutation(
        "I8 quiet is quiet",
        SIGNING,
        'return stood if command.public else stood.seen_by(within="members")',
        "return stood",
        OF_SIGNING,
    ),
    Mutation(
        "D25 the decision names who stood aside",
        PROPOSAL,
        "        stood_aside=proposal.signing.named,\n",
        "",
        OF_SIGNING,
    ),
    Mutation(
        "D25 a new text asks again",
        PROPOSAL,
        'return replace(proposal, stage="reopened", signing=Signing())',
        'return replace(proposal, stage="reopened")',
        OF_SIGNING,
    ),
    Mutation(
        "F36 no list shows who stood aside",
        SHOWN,
        "return signed - aside - {*outcome.stood_aside}",
        "return signed",
        OF_SHOWN,
    ),
    Mutation(
        "F84 a statement belongs to its decision",
        SHOWN,
        'if moment.type == kind and moment.data.get("decision") == decision',
        "if moment.type == kind",
        OF_SHOWN,
    ),
    Mutation(
        "D20 an issue with another decision is no reason to reopen this one",
        "services/meetings/domain/proposal.py",
        "context.fact(Cause).issue_with == command.decision",
        "context.fact(Cause).issue_with is not None",
        OF_IMPLEMENTATION,
    ),
    Mutation(
        "F15 only what is adopted supersedes",
        "services/meetings/views/facts.py",
        "known.decision.id if adopted else None",
        "known.decision.id",
        "tests/meetings/test_decisions_over_http.py",
    ),
    Mutation(
        "F15 nothing is opened again that was superseded",
        "services/meetings/domain/proposal.py",
        'replace(after, stage="superseded") if newest else after',
        "after",
        OF_IMPLEMENTATION,
    ),
    Mutation(
        "F15 the chain runs on where a decision came in another's place",
        "services/transparency/domain/chain.py",
        "tied[on[link.successor]].add(link.proposal)",
        "pass",
        "tests/transparency/domain/test_chain.py",
    ),
    Mutation(
        "F15 the chain is in order",
        "services/transparency/domain/chain.py",
        "key=lambda each: each.position",
        "key=lambda each: -each.position",
        "tests/transparency/domain/test_chain.py",
    ),
    Mutation(
        "what is rejected is not reviewed",
        IMPLEMENTATION,
        'terms.review_after_days is None or decided.outcome != "adopted" or context.imported',
        "terms.review_after_days is None or context.imported",
        OF_IMPLEMENTATION,
    ),
    Mutation(
        "R15 time runs from the first telling",
        RELAYED,
        "return self.told[0] if self.told else None",
        "return self.told[-1] if self.told else None",
        OF_R15,
    ),
    Mutation(
        "R15 an acknowledgement is of one decision",
        RELAYED,
        "if each.decision == made.decision",
        "if each.decision",
        OF_R15,
    ),
    Mutation(
        "R15 a channel reaches those it told",
        RELAYED,
        "told = (each.orgs for each in self.told if channel in {None, each.channel})",
        "told = (each.orgs for each in self.told)",
        OF_R15,
    ),
    Mutation(
        "R15 whoever is there in person makes it no remote meeting",
        NOTICES,
        "return False not in self.modes if self.modes else None",
        "return True in self.modes if self.modes else None",
        OF_R15,
    ),
    Mutation(
        "R15 fourteen days are quiet",
        NOTICES,
        "return self.days(now) >= QUIET_DAYS",
        "return self.days(now) > QUIET_DAYS",
        OF_R15,
    ),
    Mutation(
        "F84 the page shows the statements",
        PAGE,
        "{{ quote(statement.text) }}",
        "",
        OF_PAGE,
    ),
)
