"""Mistakes in what partners are given to read events by, and in the lists of what is tested."""

from tests.mutations import Mutation

EVENTS = "tests/contracts/test_events.py"

MUTATIONS = (
    Mutation(
        id="every type says what it means",
        file="services/members/domain/threat.py",
        before='    """Another organisation says that it is threatened, too."""\n\n',
        after="",
        test=f"{EVENTS}::test_every_type_has_golden_file_page_schema_and_meaning",
    ),
    Mutation(
        id="partners are told of every field",
        file="services/members/domain/threat.py",
        before="    name: Sealed[Text]\n    issues: tuple",
        after="    name: Sealed[Text]\n    since: int | None = None\n    issues: tuple",
        test=f"{EVENTS}::test_page_and_schemas_are_what_the_classes_say",
    ),
    Mutation(
        id="a schema keeps what is sealed out of the clear",
        file="tests/contracts/schemas.py",
        before="            properties[name] = False\n",
        after="            properties[name] = disclosures[name]\n",
        test=f"{EVENTS}::test_page_and_schemas_are_what_the_classes_say",
    ),
    Mutation(
        id="a command leads to what partners are told",
        file="services/meetings/domain/next_step.py",
        before="        return [NextStepAssigned(owner=command.owner, owners=owners, due=due)]",
        after="        return [NextStepReassigned(owner=command.owner, owners=owners, due=due)]",
        test="tests/contracts/test_commands.py",
    ),
    Mutation(
        id="M2 a property: what is accepted is current",
        file="services/members/domain/membership.py",
        before="if current == 0 or command.version != current:",
        after="if current == 0 or command.version > current:",
        test="tests/members/test_statements.py"
        "::test_m2_what_is_accepted_is_current_and_a_new_version_asks_again",
    ),
    Mutation(
        id="M3 a property: who adjourns was adjourning",
        file="services/members/domain/coalition.py",
        before='if coalition.stage != "adjourning":',
        after="if coalition.stage is None and False:",
        test="tests/members/test_charter.py"
        "::test_m3_who_adjourns_was_adjourning_and_evaluated_and_gave_each_stage_a_reason",
    ),
    Mutation(
        id="M4 a property: a scope holds the table",
        file="services/members/domain/coalition.py",
        before="joined > command.max_members",
        after="joined > command.max_members + 1",
        test="tests/members/test_charter.py::test_m4_a_scope_never_leaves_out_who_is_at_the_table",
    ),
    Mutation(
        id="M9 a property: no body is without a scope",
        file="services/members/domain/body.py",
        before="    if scope == ():\n",
        after='    if scope == ("all",):\n',
        test="tests/members/test_body.py::test_m9_whatever_is_asked_no_body_is_without_a_scope",
    ),
    Mutation(
        id="I2 a property: somebody answers for a decision",
        file="services/meetings/domain/proposal.py",
        before="    if not accountable:\n",
        after="    if len(accountable) > 100:\n",
        test="tests/meetings/test_proposal.py::test_i2_somebody_answers_for_whatever_is_decided",
    ),
)
