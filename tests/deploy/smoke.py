"""The suite in real containers: built, started, used, and removed again.

`python -m tests.deploy.smoke` needs a Docker engine with Compose; COMPOSE says how to call it
(`docker compose`). It has a project, ports and volumes of its own.
"""

import csv
import io
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests.deploy.compose import CHECKOUT, FILE, ONE_SHOTS, SERVICES

COMPOSE = shlex.split(os.environ.get("COMPOSE", "docker compose"))
LEAGUE = CHECKOUT / "tests" / "accord" / "samples" / "league"
PORTS = {service: 18080 + at for at, service in enumerate(("web", *SERVICES[:-1]))}
OWN = {"COMPOSE_PROJECT_NAME": "accord-smoke"} | {
    f"{service.upper()}_PORT": str(port) for service, port in PORTS.items()
}
REGISTER = (
    f"http://127.0.0.1:{PORTS['transparency']}"
    "/api/v1/coalitions/league/reports/decision-register.csv"
)
READ_WITHIN = 30.0
PERSON = "ada@example.org"


def compose(*arguments: str) -> str:
    """Run Compose, and return what it prints.

    Raises:
        SystemExit: it failed; its words have been shown.
    """
    command = [*COMPOSE, "--file", str(FILE), *arguments]
    done = subprocess.run(  # noqa: S603 - the command is ours
        command, env=os.environ | OWN, stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{shlex.join(command)} ended with {done.returncode}:\n{done.stdout}")
    return done.stdout


def tool(*arguments: str, folder: Path | None = None) -> str:
    """Run the command in a container, with a folder to read at /history."""
    mounted = ["--volume", f"{folder}:/history:ro"] if folder else []
    return compose("run", "--rm", "--no-TTY", *mounted, "tools", "accord", *arguments)


@contextmanager
def running() -> Iterator[None]:
    try:
        compose("up", "--detach", "--build", "--wait", "--wait-timeout", "300")
        yield
    finally:
        compose("--profile", "tools", "down", "--volumes", "--remove-orphans")


@contextmanager
def readable(folder: Path) -> Iterator[Path]:
    """Copy a folder to where the containers' user may read it, whoever we are."""
    with tempfile.TemporaryDirectory() as scratch:
        Path(scratch).chmod(0o755)
        copied = Path(shutil.copytree(folder, Path(scratch) / folder.name))
        copied.chmod(0o755)
        for file in copied.iterdir():
            file.chmod(0o644)
        yield copied


def all_are_healthy() -> None:
    lines = compose("ps", "--all", "--format", "json").splitlines()
    states = {about["Service"]: about for about in map(json.loads, lines)}
    for name in SERVICES:
        assert states[name]["Health"] == "healthy", states[name]
    for name, about in states.items():
        if name in ONE_SHOTS:
            assert about["ExitCode"] == 0, about
        else:
            assert about["State"] == "running", about
            assert about["Health"] in {"", "healthy"}, about


def a_container_holds_one_service() -> None:
    found = (
        "import pkgutil, services; print([m.name for m in pkgutil.iter_modules(services.__path__)])"
    )
    for name in SERVICES:
        said = compose("exec", "--no-TTY", name, "python", "-c", found)
        assert said.strip() == f"['{name}']", said


def the_link_signs_in(client: httpx2.Client) -> None:
    home = f"http://127.0.0.1:{PORTS['web']}/"
    stranger = client.get(home, follow_redirects=True).raise_for_status()
    assert "Sign in" in stranger.text, stranger.text
    link = tool("token", "--as", PERSON, "--link").strip()
    assert link.startswith(f"{home}sign-in?token="), link
    welcome = client.get(link, follow_redirects=True).raise_for_status()
    assert PERSON in welcome.text, welcome.text


def an_import_adds_a_history_once() -> None:
    command = ("import", "roll-calls", "/history", "--coalition", "league", "--json")
    with readable(LEAGUE) as folder:
        first: dict[str, Any] = json.loads(tool(*command, folder=folder))
        again: dict[str, Any] = json.loads(tool(*command, folder=folder))
    assert first["recorded"] > 0
    assert (first["refused"], again["refused"], again["recorded"]) == (0, 0, 0), (first, again)


def register(client: httpx2.Client, token: str) -> list[dict[str, str]]:
    answer = client.get(REGISTER, headers={"Authorization": f"Bearer {token}"})
    if answer.status_code in {404, 503}:  # not heard of yet
        return []
    return list(csv.DictReader(io.StringIO(answer.raise_for_status().text)))


def the_register_counts_as_the_file_does(client: httpx2.Client) -> None:
    with (LEAGUE / "votes.csv").open(newline="") as file:
        votes = [(row["rcid"], row["vote"]) for row in csv.DictReader(file)]
    token = tool("token", "--operator").strip()
    decided, rows = {rcid for rcid, _ in votes}, list[dict[str, str]]()
    given_up = time.monotonic() + READ_WITHIN
    while len(rows) < len(decided) and time.monotonic() < given_up:
        time.sleep(0.2)
        rows = register(client, token)
    assert {row["source_id"] for row in rows} == decided, rows
    for row in rows:
        for column, vote in {"agree": "yes", "disagree": "no", "abstain": "abstain"}.items():
            assert int(row[column]) == votes.count((row["source_id"], vote)), row


def the_read_model_is_rebuilt() -> None:
    said = [json.loads(line) for line in tool("rebuild", "transparency", "--json").splitlines()]
    assert said[-1]["what"] == "switched", said
    assert all(each["first"] is None for each in said if each["what"] == "compared"), said


def main() -> None:
    with running(), httpx2.Client(timeout=30, trust_env=False) as client:
        all_are_healthy()
        a_container_holds_one_service()
        the_link_signs_in(client)
        an_import_adds_a_history_once()
        the_register_counts_as_the_file_does(client)
        the_read_model_is_rebuilt()
        the_register_counts_as_the_file_does(client)
    print("The suite in containers works.")  # noqa: T201 - the result


if __name__ == "__main__":
    main()
