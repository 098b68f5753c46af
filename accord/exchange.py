"""`accord import`: history from elsewhere, through the same commands and rules as live work.

All of a source is read and checked before anything is sent. Sending may be stopped at any time:
the same import goes on where it was, and once more adds nothing.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from accord.client import connect
from accord.importing import Import
from accord.sources import credits as thanks
from accord.sources import meetings, minutes, proposals, roll_calls
from accord.sources.refusals import Damaged, Refusal

app = typer.Typer(no_args_is_help=True, help="Bring in history. Again adds nothing.")

_SLUG = re.compile(r"[a-z0-9-]{1,63}")


def _slug(value: str) -> str:
    if not _SLUG.fullmatch(value):
        raise typer.BadParameter("use small letters, digits and hyphens, 63 at most")
    return value


Into = Annotated[
    str,
    typer.Option(
        "--coalition", metavar="SLUG", callback=_slug, help="Where to; formed if it is not there."
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        "--url", help="Where the services answer.", show_default="this machine's port 8080"
    ),
]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file",
        exists=True,
        dir_okay=False,
        help="A file with a bearer token; without it, the operator's of the data folder.",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option(
        "--data", metavar="DIR", help="The folder of `accord up`.", show_default=".accord"
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Stop at the first refused row.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and check only; send nothing.")]
RefusedFile = Annotated[
    Path | None,
    typer.Option(
        "--refused", metavar="FILE", dir_okay=False, help="Refused rows, as CSV; only if any."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Say what happened as JSON.")]


@app.command("roll-calls")
def import_roll_calls(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help="With three files.")
    ],
    *,
    coalition: Into,
    url: Url = None,
    token_file: TokenFile = None,
    data: Data = None,
    strict: Strict = False,
    dry_run: DryRun = False,
    refused: RefusedFile = None,
    as_json: Json = False,
) -> None:
    """Import roll calls: roll_calls.csv, votes.csv and issues.csv, or each as .csv.gz."""
    with Import("roll-calls", coalition, refused, strict=strict, as_json=as_json) as run:
        try:
            assembly = roll_calls.read(folder, _today(), run.refused.add)
        except (FileNotFoundError, FileExistsError) as wrong:
            raise typer.BadParameter(str(wrong), param_hint="DIR") from wrong
        run.read(
            roll_calls=len(assembly.roll_calls),
            votes=sum(len(roll_call.votes) for roll_call in assembly.roll_calls),
            members=len(assembly.states),
        )
        if dry_run:
            return
        with connect(url, token_file, data) as services:
            into = run.find(services)
            decided = services.decided(into.id)
            run.deliver(
                services,
                into,
                proposals.commands(assembly, into, decided),
                proposals.size(assembly, decided),
            )


@app.command("minutes")
def import_minutes(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", exists=True, help="Files, or folders of them."),
    ],
    *,
    coalition: Into,
    url: Url = None,
    token_file: TokenFile = None,
    data: Data = None,
    strict: Strict = False,
    dry_run: DryRun = False,
    refused: RefusedFile = None,
    as_json: Json = False,
) -> None:
    """Import minutes in Markdown, each file named for its day: 2024-05-14.md."""
    with Import("minutes", coalition, refused, strict=strict, as_json=as_json) as run:
        taken: dict[str, minutes.Minutes] = {}
        for path in _markdown(paths):
            try:
                read = minutes.read(path, _today())
            except Damaged as damaged:
                run.refused.add(damaged.refusal)
                continue
            if known := taken.get(read.name):
                detail = f"A meeting of this name is in {known.file}. Give the file another name."
                run.refused.add(Refusal(read.file, 1, "duplicate", detail))
                continue
            taken[read.name] = read
            run.remark(meetings.remarks(read))
        files = list(taken.values())
        run.read(
            meetings=len(files),
            people=sum(len(each.people) for each in files),
            items=sum(len(each.items) for each in files),
            steps=sum(len(each.steps) for each in files),
        )
        if not dry_run:
            with connect(url, token_file, data) as services:
                into = run.find(services)
                run.deliver(services, into, meetings.commands(files, into), meetings.size(files))


@app.command("credits")
def import_credits(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", exists=True, dir_okay=False, help="Often .all-contributorsrc."
        ),
    ],
    *,
    coalition: Into,
    on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="The day the file speaks for; else when it was last changed."
        ),
    ] = None,
    url: Url = None,
    token_file: TokenFile = None,
    data: Data = None,
    strict: Strict = False,
    dry_run: DryRun = False,
    refused: RefusedFile = None,
    as_json: Json = False,
) -> None:
    """Import an all-contributors file: who is thanked, and for what kinds of work."""
    with Import("credits", coalition, refused, strict=strict, as_json=as_json) as run:
        people = thanks.read(file, run.refused.add)
        work = sum(len(each.kinds) for each in people)
        run.read(people=len(people), contributions=work)
        day = (on or datetime.fromtimestamp(file.stat().st_mtime, UTC)).date()
        if day > _today():
            raise typer.BadParameter(f"{day} is yet to come", param_hint="--on")
        if not dry_run:
            with connect(url, token_file, data) as services:
                into = run.find(services)
                lines = thanks.commands(str(file), people, into, day)
                run.deliver(services, into, lines, 1 + len(people) + work)


def _today() -> date:
    return datetime.now(UTC).date()


def _markdown(paths: Iterable[Path]) -> list[Path]:
    found: list[Path] = []
    for path in paths:
        found += sorted(path.rglob("*.md")) if path.is_dir() else [path]
    if not found:
        raise typer.BadParameter("there is no Markdown file (.md)", param_hint="PATH")
    return found
