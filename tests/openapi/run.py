"""Schemathesis over every service of a running suite, as three identities."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from tests.end_to_end.coalition import Coalition, form, mail, text
from tests.suite import Suite

SERVICES = ("members", "meetings", "credit", "transparency", "audit")
HERE = Path(__file__).parent
OPTIONS = (
    "--mode=all", "--checks=all",
    "--generation-allow-x00=true", "--max-response-time=2", "--workers=1",
    "--continue-on-failure", "--no-color",
)  # fmt: skip


@dataclass(frozen=True)
class Identity:
    """Who asks: nobody, or a delegate of an organisation."""

    name: str
    delegate: str | None


IDENTITIES = (
    Identity("anonymous", None), Identity("member", "School"), Identity("chair", "Clinic"),
)  # fmt: skip


async def settle(suite: Suite) -> Coalition:
    """Make a coalition with something in it to read, and a stranger in another."""
    await form(suite, "fuzzed-elsewhere", chair="Stranger")
    coalition = await form(suite, "fuzzed")
    position = await coalition.admit("School")
    await coalition.settled(f"members/{position}")
    issue = await coalition.post(
        "members", "issues", {"name": text("Meals"), "summary": text("For all.")}, "Clinic"
    )
    await coalition.settled(f"members/{issue['position']}")
    return coalition


async def document(suite: Suite, coalition: Coalition) -> dict[str, Any]:
    """Return one description of all services, whose paths lead into this coalition."""
    whole: dict[str, Any] = {
        "openapi": "3.1.0", "info": {"title": "Accord", "version": "1"}, "paths": {},
        "components": {"schemas": {}, "responses": {}, "securitySchemes": {}},
    }  # fmt: skip
    for service in SERVICES:
        answer = await suite.client.get(f"{suite.url}/{service}/openapi.json")
        own = json.loads(
            answer.text.replace("#/components/schemas/", f"#/components/schemas/{service}.")
        )
        for path, methods in own["paths"].items():
            if path.endswith("/events/stream"):  # never ends
                continue
            for operation in methods.values():
                operation["operationId"] = f"{service}_{operation['operationId']}"
                operation["parameters"] = [
                    _narrowed(parameter, coalition)
                    for parameter in operation["parameters"]
                    if parameter["name"] != "at_least"  # waits for two seconds, as it should
                ]
            whole["paths"][f"/{service}{path}"] = methods
        parts = own["components"]
        for name, schema in parts["schemas"].items():
            whole["components"]["schemas"][f"{service}.{name}"] = schema
        whole["components"]["responses"] |= parts["responses"]
        whole["components"]["securitySchemes"] |= parts["securitySchemes"]
    return whole


def _narrowed(parameter: dict[str, Any], coalition: Coalition) -> dict[str, Any]:
    """Let generated values hit what is there; what is not there is quickly all alike."""
    known = {
        "coalition": [coalition.slug],
        "Accord-On-Behalf-Of": sorted(coalition.orgs.values()),
    }.get(parameter["name"])
    return parameter | {"schema": {"type": "string", "enum": known}} if known else parameter


def people(suite: Suite, delegate: str) -> dict[str, Any]:
    """Return who asks, and a stranger, with their tokens."""
    return {
        "auth": [
            {
                "name": name,
                "fixedHeaders": [
                    {"name": "Authorization", "value": f"Bearer {suite.token(mail(person))}"}
                ],
            }
            for name, person in (("caller", delegate), ("stranger", "Stranger"))
        ]
    }


async def run(
    suite: Suite, coalition: Coalition, identity: Identity, folder: Path, *options: str,
    said: BinaryIO | None = None,
) -> int:  # fmt: skip
    """Run Schemathesis as `identity`, and return its exit code.

    Args:
        folder: For its files.
        said: Where its words go; without, they are ours.
    """
    described = folder / "openapi.json"
    described.write_text(json.dumps(await document(suite, coalition)))
    known = folder / "people.json"
    command = [sys.executable, "-m", "schemathesis.cli"]
    if identity.delegate:
        known.write_text(json.dumps(people(suite, identity.delegate)))
        command += ["--config-file", str(HERE / "schemathesis.toml")]
    else:
        command += ["--config-file", str(HERE / "nobody.toml")]
    process = await asyncio.create_subprocess_exec(
        *command, "run", str(described), "--url", suite.url, *OPTIONS, *options,
        env=os.environ
        | {"SCHEMATHESIS_HOOKS": "tests.openapi.hooks", "ACCORD_PEOPLE": str(known)},
        stdout=said, stderr=said,
    )  # fmt: skip
    return await process.wait()
