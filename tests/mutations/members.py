"""Mistakes in members. One for each invariant of `domain.md` 6 that the slice holds, and more."""

from tests.mutations import Change, Mutation

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
        "M8 no proxy of who votes for another",
        ACCREDITATION,
        "    if entrusting.entrusted:\n",
        "    if entrusting.entrusted and entrusting.absent:\n",
        f"{OF_ACCREDITATION}::test_m8_proxies_do_not_chain",
    ),
    Mutation(
        "M8 no proxy to who gave its own",
        ACCREDITATION,
        "    if entrusting.absent:\n",
        "    if entrusting.absent and not context.imported:\n",
        f"{OF_ACCREDITATION}::test_m8_proxies_do_not_chain",
    ),
    Mutation(
        "M8 chains are looked for at both ends",
        ROSTER,
        "absent=any(by == grant.to for by, _ in then)",
        "absent=any(by == giver for by, _ in then)",
        f"{OF_ROSTER}::test_m8_who_gave_its_vote_away_gets_no_proxy",
    ),
    Mutation(
        "M8 among the proxies of all organisations",
        ROSTER,
        "given = OrgId(UUID(key)), event.proxy\n            return replace("
        "roster, proxies=roster.proxies.set(given, proxy))",
        "given = event.to, event.proxy\n            return replace("
        "roster, proxies=roster.proxies.set(given, proxy))",
        OF_ROSTER,
    ),
    Mutation(
        "M8 one vote, one proxy",
        ACCREDITATION,
        "if any(one.covers(command.body, first, last) for one",
        "if any(one.covers(command.body, first, first) for one",
        f"{OF_ACCREDITATION}::test_m8_one_proxy_for_a_body_and_a_day",
    ),
    Mutation(
        "M8 a proxy's last day counts",
        ACCREDITATION,
        "at_once = self.begins <= last and first <= self.until",
        "at_once = self.begins <= last and first < self.until",
        f"{OF_ACCREDITATION}::test_m8_one_proxy_for_a_body_and_a_day",
    ),
    Mutation(
        "M8 a proxy lasts at least a day",
        ACCREDITATION,
        "    if last < first:\n",
        "    if last <= first:\n",
        f"{OF_ACCREDITATION}::test_m8_a_proxy_is_dated",
    ),
    Mutation(
        "M8 what was revoked is gone",
        ACCREDITATION,
        "return not self.revoked and self.body == body and at_once",
        "return self.body == body and at_once",
        f"{OF_ACCREDITATION}::test_a_proxy_is_taken_back",
    ),
    Mutation(
        "I4 granting again what was revoked",
        ACCREDITATION,
        "replace(_asked(command), revoked=before.revoked)",
        "_asked(command)",
        f"{OF_ACCREDITATION}::test_i4_granting_and_revoking_again_changes_nothing",
    ),
    Mutation(
        "M10 one lead",
        ISSUE,
        "    if issue.lead is not None and context.fact(StillHere).lead:\n",
        "    if issue.lead == context.by:\n",
        f"{OF_ISSUE}::test_m10_one_lead_at_a_time",
    ),
    Mutation(
        "M10 only the lead yields",
        ISSUE,
        "    if issue.lead != org:\n",
        "    if issue.lead is None:\n",
        f"{OF_ISSUE}::test_m10_only_the_lead_yields",
    ),
    Mutation(
        "M10 the successor leads",
        ISSUE,
        "return replace(issue, lead=successor, yielded",
        "return replace(issue, lead=None, yielded",
        f"{OF_ISSUE}::test_f67_who_steps_back_may_name_who_leads_next",
    ),
    Mutation(
        "M11 a later position is changed",
        ISSUE,
        "    if before is not None:\n        raise",
        "    if issue.positions and before is None:\n        raise",
        f"{OF_ISSUE}::test_m11_a_later_one_is_changed",
    ),
    Mutation(
        "M11 a first position is taken",
        ISSUE,
        "    if before is None:\n        raise",
        "    if not issue.positions:\n        raise",
        f"{OF_ISSUE}::test_m11_a_first_position_is_taken",
        also=(Change(ISSUE, "from_=before, to=", 'from_=before or "no_position", to='),),
    ),
    Mutation(
        "M12 only a party agrees",
        ISSUE,
        "        if org not in between.parties:\n",
        "        if org in between.agreed:\n",
        f"{OF_ISSUE}::test_m12_only_a_party_agrees_or_reopens",
    ),
    Mutation(
        "M12 who offers to disagree is a party",
        ISSUE,
        "    if org not in parties:\n",
        "    if not parties:\n",
        f"{OF_ISSUE}::test_m12_only_a_party_agrees_or_reopens",
    ),
    Mutation(
        "M12 only a party reopens",
        ISSUE,
        "    if not party and context.fact(StillHere).party:\n",
        "    if not party and not context.fact(StillHere).party:\n",
        f"{OF_ISSUE}::test_m12_only_a_party_agrees_or_reopens",
    ),
    Mutation(
        "M12 nobody agrees for another",
        ISSUE,
        "return replace(between, agreed=between.agreed | {event.by})",
        "return replace(between, agreed=between.parties)",
        f"{OF_ISSUE}::test_f3_organisations_agree_to_disagree",
    ),
    Mutation(
        "the terms stand",
        ISSUE,
        "        if parties or command.terms:\n",
        "        if parties:\n",
        f"{OF_ISSUE}::test_who_agrees_later_names_no_others",
    ),
    Mutation(
        "I4 the same position again",
        ISSUE,
        "    if before == command.position:\n        return []\n",
        "",
        f"{OF_ISSUE}::test_i4_the_same_position_again_changes_nothing",
    ),
    Mutation(
        "who left leads nothing",
        ISSUE,
        "if issue.lead is not None and context.fact(StillHere).lead:",
        "if issue.lead is not None:",
        f"{OF_ISSUE}::test_f32_another_leads_where_the_lead_has_left",
    ),
    Mutation(
        "who left parks nothing",
        ISSUE,
        "if not party and context.fact(StillHere).party:",
        "if not party:",
        f"{OF_ISSUE}::test_f3_without_its_parties_anybody_reopens_it",
    ),
    Mutation(
        "I4 yielding again",
        ISSUE,
        "issue.yielded == Yielded(org, command.successor) or",
        "",
        f"{OF_ISSUE}::test_i4_leading_and_yielding_again_changes_nothing",
    ),
    Mutation(
        "who leads again may step back again",
        ISSUE,
        "return replace(issue, lead=event.lead, yielded=None)",
        "return replace(issue, lead=event.lead)",
        f"{OF_ISSUE}::test_who_leads_again_may_step_back_again",
    ),
    Mutation(
        "a messenger for each audience",
        ISSUE,
        "chosen = issue.messengers.get(command.audience)",
        "chosen = next(iter(issue.messengers.values()), None)",
        f"{OF_ISSUE}::test_f60_one_messenger_for_each_audience",
    ),
    Mutation(
        "I7 what a one-person member says of an issue goes with the person",
        ISSUE,
        "return Sealed(text, None if text is None else context.fact(Standing).person)",
        "return Sealed(text)",
        f"{OF_ISSUE}::test_what_a_one_person_member_says_goes_with_the_person",
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
