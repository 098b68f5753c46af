"""Mistakes at the front line that a test must notice."""

from tests.mutations import Mutation

MANDATE = "services/meetings/domain/mandate.py"
OF_MANDATE = "tests/meetings/test_mandate.py"

MUTATIONS = (
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
