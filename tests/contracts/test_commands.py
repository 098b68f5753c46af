"""Each command has its three tests, and leads to what partners are told it leads to."""

import pytest

from tests.contracts.commands import NEVER, SERVICES, ended, lacking
from tests.contracts.leads import commands_of, leads_to


@pytest.mark.parametrize("service", SERVICES)
def test_each_command_does_it_refuses_it_and_stays_quiet(service: str) -> None:
    seen = ended(service)
    deciders = SERVICES[service].deciders
    own = {command.__name__ for decider in deciders for command in commands_of(decider)}
    assert set(lacking(service, seen)) == {never for never in NEVER if never[0] in own}

    said = {
        (command, event)
        for decider in deciders
        for event, commands in leads_to(decider).items()
        for command in commands
    }
    events = {event for _, event in said}
    shown = {(one, end) for one, ends in seen.items() if one in own for end in ends & events}
    assert shown == said
