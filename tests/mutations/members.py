"""Mistakes in members. One for each invariant of `domain.md` 6 that the slice holds, and more."""

from tests.mutations import Mutation

ACCREDITATION = "services/members/domain/accreditation.py"
BODY = "services/members/domain/body.py"
COALITION = "services/members/domain/coalition.py"
FOUNDING = "services/members/domain/founding.py"
ISSUE = "services/members/domain/issue.py"
MEMBERSHIP = "services/members/domain/membership.py"
PERSON = "services/members/domain/person.py"
ROSTER = "services/members/domain/roster.py"
STANDING = "services/members/domain/standing.py"
OF_ACCREDITATION = "tests/members/test_accreditation.py"
OF_BODY = "tests/members/test_body.py"
OF_COALITION = "tests/members/test_coalition.py"
OF_FOUNDING = "tests/members/test_founding.py"
OF_ISSUE = "tests/members/test_issue.py"
OF_MEMBERSHIP = "tests/members/test_membership.py"
OF_PERSON = "tests/members/test_person.py"
OF_ROSTER = "tests/members/test_roster.py"

MUTATIONS = (
    Mutation(
        "M1 formal mode asks for a decision",
        STANDING,
        'decision is None and context.fact(Charter).mode == "formal"',
        'decision is None and context.fact(Charter).mode == "informal"',
        OF_MEMBERSHIP,
    ),
    Mutation(
        "M1 the decision was made",
        STANDING,
        "if decision is not None and not context.fact(Cited).adopted:",
        "if decision is None and not context.fact(Cited).adopted:",
        OF_MEMBERSHIP,
    ),
    Mutation(
        "M1 suspending rests on it",
        MEMBERSHIP,
        "    rest_on_a_decision(command.decision, context)\n",
        "    cite(command.decision, context)\n",
        f"{OF_MEMBERSHIP}::test_m1_in_formal_mode_suspension_cites_a_decision",
    ),
    Mutation(
        "M1 a changed mandate rests on it",
        BODY,
        "        return []\n    rest_on_a_decision(command.decision, context)\n"
        "    return [BodyMandateChanged",
        "        return []\n    return [BodyMandateChanged",
        f"{OF_BODY}::test_m1_in_formal_mode_a_changed_mandate_cites_a_decision",
    ),
    Mutation(
        "M1 dissolving rests on it",
        BODY,
        "    rest_on_a_decision(command.decision, context)\n    return [BodyDissolved",
        "    return [BodyDissolved",
        f"{OF_BODY}::test_m1_in_formal_mode_dissolving_cites_a_decision",
    ),
    Mutation(
        "M2 M5 joining accepts the ground rules as they are",
        MEMBERSHIP,
        "command.ground_rules != context.fact(Charter).ground_rules",
        "command.ground_rules > context.fact(Charter).ground_rules",
        f"{OF_MEMBERSHIP}::test_m5_joining_carries_the_current_ground_rules",
    ),
    Mutation(
        "M5 one open membership",
        MEMBERSHIP,
        "    if isinstance(membership, Joined):\n        if membership.admitted == terms:\n",
        "    if isinstance(membership, Joined) and not membership.suspended:\n"
        "        if membership.admitted == terms:\n",
        f"{OF_MEMBERSHIP}::test_m5_one_open_membership",
    ),
    Mutation(
        "M5 who joined does not apply",
        MEMBERSHIP,
        "if isinstance(membership, Applied | Joined):",
        "if isinstance(membership, Applied):",
        f"{OF_MEMBERSHIP}::test_m5_who_applied_or_joined_cannot_apply_otherwise",
    ),
    Mutation(
        "M5 who left is no member",
        MEMBERSHIP,
        "        case MemberLeft():\n            return Gone()\n",
        "        case MemberLeft():\n            return membership\n",
        f"{OF_MEMBERSHIP}::test_m5_leaving_removes_no_history",
    ),
    Mutation(
        "M7 one vote per body",
        ACCREDITATION,
        "return one.voting and one.body == command.body and at_once",
        "return one.voting and one.body != command.body and at_once",
        f"{OF_ACCREDITATION}::test_m7_one_vote_per_organisation_and_body",
    ),
    Mutation(
        "M7 the last day counts",
        ACCREDITATION,
        "begun and (self.until is None or first <= self.until)",
        "begun and (self.until is None or first < self.until)",
        f"{OF_ACCREDITATION}::test_m7_the_vote_may_pass_on_later",
    ),
    Mutation(
        "M7 so does the first",
        ACCREDITATION,
        "begun = last is None or self.begins <= last",
        "begun = self.begins <= first",
        f"{OF_ACCREDITATION}::test_m7_nor_may_it_overlap_with_a_later_one",
    ),
    Mutation(
        "M7 an ended one frees the vote",
        ACCREDITATION,
        "at_once = not one.ended and one.covers(first, command.until)",
        "at_once = one.covers(first, command.until)",
        f"{OF_ACCREDITATION}::test_m7_an_ended_accreditation_frees_the_vote",
    ),
    Mutation(
        "M7 replacing takes no second vote",
        ACCREDITATION,
        "    others = held.delete(command.ended)\n",
        "    others = NOBODY\n",
        f"{OF_ACCREDITATION}::test_m7_replacing_takes_no_second_vote",
    ),
    Mutation(
        "M9 a scope is not empty",
        BODY,
        "    if scope == ():\n",
        '    if scope == ("all",):\n',
        f"{OF_BODY}::test_m9_a_scope_is_not_empty",
    ),
    Mutation(
        "I4 accrediting again",
        ACCREDITATION,
        "begins=command.from_ or before.begins,",
        "begins=command.from_ or date.min,",
        f"{OF_ACCREDITATION}::test_it_begins_today_unless_said_otherwise",
    ),
    Mutation(
        "I4 constituting again",
        BODY,
        "(body.kind, body.founding_scope) == (command.kind, scope)",
        "(body.kind, body.scope) == (command.kind, scope)",
        f"{OF_BODY}::test_i4_constituting_again_changes_nothing",
    ),
    Mutation(
        "I4 admitting again",
        MEMBERSHIP,
        "return Joined(_terms(event), event.commitment)",
        "return Joined(replace(_terms(event), voting_right=False), event.commitment)",
        f"{OF_MEMBERSHIP}::test_i4_admitting_again_changes_nothing",
    ),
    Mutation(
        "I4 raising again",
        ISSUE,
        "    if issue is not None:\n        return []\n",
        "",
        OF_ISSUE,
    ),
    Mutation(
        "I4 scoping again",
        ISSUE,
        "    if issue.scope == command.scope:\n        return []\n",
        "",
        OF_ISSUE,
    ),
    Mutation(
        "I7 what names a person goes with them",
        PERSON,
        "name=Sealed(command.name, about),",
        "name=Sealed(command.name),",
        OF_PERSON,
    ),
    Mutation(
        "I7 what is said of a one-person member goes with them",
        MEMBERSHIP,
        'if text is None or member.admitted.kind == "organization":',
        'if text is None or member.admitted.kind == "person":',
        f"{OF_MEMBERSHIP}::test_words_about_a_one_person_member_go_with_the_person",
    ),
    Mutation(
        "others are registered by representatives",
        PERSON,
        "context.actor not in (None, about)",
        "context.actor in (None, about)",
        OF_PERSON,
    ),
    Mutation(
        "slug_taken",
        COALITION,
        "not in (None, context.coalition)",
        "is None",
        f"{OF_COALITION}::test_slug_taken_by_another_coalition",
    ),
    Mutation(
        "only the organisation itself",
        STANDING,
        "if not context.imported and not context.fact(Standing).own:",
        "if context.imported and not context.fact(Standing).own:",
        OF_MEMBERSHIP,
    ),
    Mutation(
        "only the organisation itself or the chair",
        STANDING,
        "if not (standing.own or standing.presides):",
        "if not (standing.own and standing.presides):",
        OF_MEMBERSHIP,
    ),
    Mutation(
        "the chair accredits only the first",
        ACCREDITATION,
        "if any(one.speaks(context.at.date()) for one in held.values()):",
        "if all(one.speaks(context.at.date()) for one in held.values()) and not held:",
        f"{OF_ACCREDITATION}::test_afterwards_the_organisation_names_its_own",
    ),
    Mutation(
        "the chair makes the chair",
        BODY,
        "    elif not context.imported and not context.fact(Standing).presides:\n"
        '        raise Refused("not_the_chair"',
        "    elif not context.imported and not context.fact(Standing).own:\n"
        '        raise Refused("not_the_chair"',
        f"{OF_BODY}::test_the_chair_makes_chair_and_secretary",
    ),
    Mutation(
        "one plenary",
        BODY,
        'if command.kind == "plenary" and unique.plenary:',
        'if command.kind == "plenary" and unique.steering and not unique.plenary:',
        f"{OF_BODY}::test_there_is_one_plenary_and_one_steering_body",
    ),
    Mutation(
        "the plenary has no seats",
        BODY,
        'if working.kind == "plenary":\n        raise Refused("no_seats"',
        'if working.kind == "steering":\n        raise Refused("no_seats"',
        f"{OF_BODY}::test_the_plenary_has_no_seats",
    ),
    Mutation(
        "the founder presides",
        FOUNDING,
        'body.TakeRole(role="chair", accreditation=new.accreditation)',
        'body.TakeRole(role="treasurer", accreditation=new.accreditation)',
        OF_FOUNDING,
    ),
    Mutation(
        "a one-person member speaks for itself",
        FOUNDING,
        'authority="full", voting=True',
        'authority="full", voting=False',
        OF_FOUNDING,
    ),
    Mutation(
        "a suspended member presides over nothing",
        ROSTER,
        "return member is not None and not member.suspended",
        "return member is not None",
        OF_ROSTER,
    ),
    Mutation(
        "the steering body presides over the charter",
        ROSTER,
        'return self.only("steering") or self.only("plenary")',
        'return self.only("plenary") or self.only("steering")',
        OF_ROSTER,
    ),
)
