"""List the commands that lack one of their three tests: `python -m tests.contracts.commands`.

A command does what it is for, refuses with its stable reason, and stays quiet when there is
nothing to do. The tests of a service's rules are run once more, but those that search: what
`given(…).when(…)` saw and a test asserted is what counts, so no name and no comment can claim it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from services.credit.__main__ import service as credit
from services.meetings.__main__ import service as meetings
from services.members.__main__ import service as members
from tests.contracts.leads import commands_of
from tests.given import ENDED

ROOT = Path(__file__).parents[2]
SERVICES = {service.name: service for service in (members, meetings, credit)}
WRITTEN_TO = "ACCORD_TESTS_ENDED"

NEVER = {
    ("AnswerEvaluation", "stays quiet"): "its words may be redacted, so none are compared",
    ("AnswerSenseCheck", "does it"): "an answer lies in the ballot box and leaves no event",
    ("ArticulateBenefit", "stays quiet"): "its words may be redacted, so none are compared",
    ("CastBallot", "stays quiet"): "nobody knows what the first one said: a second one is refused",
    ("CorrectMinutes", "stays quiet"): "each correction is a version of its own",
    ("DecideFrontLine", "stays quiet"): "its words may be redacted: a second one is refused",
    ("DeclineStep", "stays quiet"): "once declined it is nobody's to decline, and is refused",
    ("FileMinority", "stays quiet"): "its words may be redacted: a second one is refused",
    ("HoldListening", "stays quiet"): "two sessions of a day may have as many participants",
    ("LowerHeat", "stays quiet"): "it may cool down again and again, and why may be redacted",
    ("NamePointPerson", "stays quiet"): "who it was may be erased, so nobody is compared",
    ("NoteContextShift", "stays quiet"): "its words may be redacted, so none are compared",
    ("PublishDecisionStructure", "stays quiet"): "its words may be redacted: a new version",
    ("RaiseHeat", "stays quiet"): "it may rise again and again, and why may be redacted",
    ("RaiseIssue", "refuses it"): "whoever may speak may raise what they like",
    ("ReachOut", "stays quiet"): "its words may be redacted, so none are compared",
    ("RecordTension", "stays quiet"): "its words may be redacted, so none are compared",
    ("ReportImplementationIssue", "stays quiet"): "its words may be redacted, so none are compared",
    ("ResolveFormalObjection", "stays quiet"): "once resolved none waits, and it is refused",
    ("StateAlignment", "stays quiet"): "its words may be redacted, so none are compared",
    ("StateInterest", "stays quiet"): "its words may be redacted, so none are compared",
    ("StateNeed", "stays quiet"): "its words may be redacted, so none are compared",
    ("SubmitWellbeing", "stays quiet"): "the answer may be erased: a second one is refused",
    ("WithdrawStance", "stays quiet"): "once withdrawn there is no stance, and it is refused",
}
"""What a command never does by its nature, and why; the test says when one does after all."""

Ended = dict[str, set[str]]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what hypothesis searches: it says what always holds, not what one command does."""
    found = [item for item in items if hasattr(getattr(item, "obj", None), "hypothesis")]
    config.hook.pytest_deselected(items=found)
    items[:] = [item for item in items if item not in found]


def pytest_sessionfinish() -> None:
    """Write down how the commands ended."""
    seen = {command: sorted(ended) for command, ended in ENDED.items()}
    Path(os.environ[WRITTEN_TO]).write_text(json.dumps(seen))


def ended(service: str) -> Ended:
    """Run the tests of a service's rules, and return how each command ended.

    Raises:
        RuntimeError: a test failed; then nothing is known.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ended.json"
        asked = [
            *(
                sys.executable,
                "-m",
                "pytest",
                "-q",
                "-p",
                "tests.contracts.commands",
                "-p",
                "no:cacheprovider",
            ),
            *("-m", "not servers", f"tests/{service}"),
        ]
        told = {**os.environ, WRITTEN_TO: str(path)}
        run = subprocess.run(asked, cwd=ROOT, env=told, capture_output=True, text=True, check=False)  # noqa: S603 - our own tests
        if run.returncode:
            raise RuntimeError(run.stdout + run.stderr)
        seen: dict[str, list[str]] = json.loads(path.read_text())
    return {command: set(ends) for command, ends in seen.items()}


def lacking(service: str, seen: Ended) -> Iterator[tuple[str, str]]:
    """Yield the commands of a service, and what no test shows them do."""
    for decider in SERVICES[service].deciders:
        for command in (asked.__name__ for asked in commands_of(decider)):
            ends = seen.get(command, set())
            if not ends - {"refused", "nothing"}:
                yield command, "does it"
            if "refused" not in ends:
                yield command, "refuses it"
            if "nothing" not in ends:
                yield command, "stays quiet"


def main(services: Sequence[str]) -> None:
    """Print what is lacking; fail where anything is."""
    found = [
        f"{service}: {command} {what}: no test shows it"
        for service in services or SERVICES
        for command, what in lacking(service, ended(service))
        if (command, what) not in NEVER
    ]
    print("\n".join(found))  # noqa: T201 - what it is for
    sys.exit(bool(found))


if __name__ == "__main__":
    main(sys.argv[1:])
