"""One event of each type that every service may write, as each of them writes it."""

from shared.event import Event
from shared.redaction import FieldRedacted
from tests.contracts.samples_credit import CONTRIBUTION
from tests.contracts.samples_meetings import PROPOSAL
from tests.contracts.samples_members import CHARTER

DIGEST = "Zk3Vb1n0h0Rr5yTqgXcO2mJ8w7uE4sLdA6pKfYiHxQs"

SAMPLES: tuple[tuple[str, str, Event], ...] = tuple(
    (
        service,
        stream,
        FieldRedacted(
            event=f"{service}/6", field=field, digest=DIGEST, reason="names_a_person"
        ).seen_by(within="members"),
    )
    for service, stream, field in (
        ("members", CHARTER, "text"),
        ("meetings", PROPOSAL, "grounds"),
        ("credit", CONTRIBUTION, "what"),
    )
)
