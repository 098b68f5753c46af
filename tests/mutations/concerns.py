"""Mistakes in concerns that a test must notice: most of them would tell whose one is."""

from tests.mutations import Change, Mutation

CONCERN = "services/meetings/domain/concern.py"
DISCLOSURE = "services/meetings/domain/disclosure.py"
RAISERS = "services/meetings/views/raisers.py"
SHOWN = "services/meetings/views/concerns.py"
FACTS = "services/meetings/views/facts.py"
API = "services/meetings/api/concerns.py"
JOURNAL = "shared/journal.py"
OF_CONCERN = "tests/meetings/test_concern.py"
OF_DISCLOSURE = "tests/meetings/test_disclosure.py"
OVER_HTTP = "tests/meetings/test_concerns_over_http.py"
LEADS = f"{OVER_HTTP}::test_f72_an_anonymous_concern_shows_its_age_and_leads_to_nobody"
FACILITATES = f"{OVER_HTTP}::test_f72_who_facilitates_the_meeting_knows_and_the_chair_does_not"

MUTATIONS = (
    Mutation(
        "F72 an anonymous concern says who raised it",
        CONCERN,
        "signed = None if command.anonymous else by",
        "signed = by",
        OF_CONCERN,
    ),
    Mutation(
        "F72 an anonymous concern is signed by its envelope",
        CONCERN,
        "        return self.anonymous",
        "        return False",
        LEADS,
    ),
    Mutation(
        "F72 the words of one person lead to that person",
        JOURNAL,
        "hidden.words and not unsigned",
        "hidden.words",
        f"{OVER_HTTP}::test_f72_what_a_one_person_member_says_anonymously_is_under_nobodys_key",
    ),
    Mutation(
        "F72 what is kept for repeats leads to who asked",
        API,
        "        veiled=True,\n",
        "",
        LEADS,
    ),
    Mutation(
        "F72 a name is kept after the concern was resolved",
        RAISERS,
        "[(FORGET, context.coalition, concerned)] if resolved else []",
        "[]",
        LEADS,
    ),
    Mutation(
        "F72 everybody may ask who raised it",
        API,
        'said[0].data.get("anonymous") is not False and not allowed',
        "False",
        LEADS,
    ),
    Mutation(
        "F72 the chair learns what was told to a meeting's facilitator",
        RAISERS,
        "facilitates if facilitators else presides",
        "facilitates or presides",
        FACILITATES,
    ),
    Mutation(
        "F72 in informal mode everybody presides over names",
        RAISERS,
        "facilitates if facilitators else presides",
        "facilitates if facilitators else chairs",
        f"{OVER_HTTP}::test_f72_nobody_presides_over_names_in_informal_mode_but_who_holds_the_role",
    ),
    Mutation(
        "F72 who facilitates the meeting does not resolve it",
        FACTS,
        "concern.Facilitator(may=any(each.accreditation in facilitators for each in own))",
        "concern.Facilitator(may=False)",
        FACILITATES,
    ),
    Mutation(
        "F72 an organisation may flood a body anonymously",
        RAISERS,
        "sum(org == read.context.by for org in await _kept(read, keys))",
        "0",
        f"{OVER_HTTP}::test_f72_an_organisation_floods_nobody_with_anonymous_concerns",
    ),
    Mutation(
        "F72 one more anonymous concern than may wait",
        CONCERN,
        "waiting >= AT_ONCE",
        "waiting > AT_ONCE",
        OF_CONCERN,
    ),
    Mutation(
        "F85 a concern is shown with every proposal",
        API,
        "about is None or row.is_about(about)",
        "True",
        f"{OVER_HTTP}::test_f85_a_concern_stands_with_the_proposal_it_is_about",
    ),
    Mutation(
        "C9 an agreement tells everybody what is between persons",
        CONCERN,
        'if kind == "interpersonal" or context.imported:',
        "if context.imported:",
        OF_CONCERN,
        also=(Change(CONCERN, 'if kind != "interpersonal":', "if kind:"),),
    ),
    Mutation(
        "C9 an import tells everybody what is between persons",
        CONCERN,
        'if kind != "interpersonal":\n        if context.visibility',
        "if True:\n        if context.visibility",
        OF_CONCERN,
    ),
    Mutation(
        "C9 what is between persons is disclosed",
        DISCLOSURE,
        'if "interpersonal" in kept:',
        'if "interpersonal" in kept and not known:',
        OF_DISCLOSURE,
    ),
    Mutation(
        "F86 nobody is asked before an anonymous concern is disclosed",
        DISCLOSURE,
        'if "anonymous" in kept:',
        'if "anonymous" in kept and not known:',
        OF_DISCLOSURE,
    ),
    Mutation(
        "I8 a refused disclosure says that there is something",
        FACTS,
        "found = {at: event for at, event in found.items() if _seen(event, own_audiences)}",
        "found = {at: event for at, event in found.items() if own_audiences}",
        f"{OVER_HTTP}::test_f86_c9_an_interpersonal_concern_is_not_disclosed_above_its_body",
    ),
    Mutation(
        "F115 an outcome is told more widely than its concern",
        CONCERN,
        "return [_told(resolved, concern.body, concern.kind, concern.within, context)]",
        'return [_told(resolved, concern.body, "policy", "members", context)]',
        OF_CONCERN,
    ),
)
