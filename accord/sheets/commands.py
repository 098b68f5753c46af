"""`accord export` and `accord import` of our own CSV, between a folder and the services."""

import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from accord.client import Services, Sheet, connect
from accord.exchange import Data, DryRun, Into, Json, RefusedFile, Strict, TokenFile, Url
from accord.failed import Failed
from accord.importing import Import
from accord.sheets.columns import APART, EVERY, SHEETS
from accord.sheets.contributions import Telling
from accord.sheets.plan import Known, plan
from accord.sheets.reading import WITHHELD, Row, parsed, read
from accord.sheets.register import Register
from accord.sources.lines import Coalition
from accord.sources.refusals import Refusal
from shared.event import timestamp
from shared.uuid7 import uuid7

AGAIN = 5
"""How often sheets are asked for again while somebody writes between them."""

On = Annotated[
    datetime | None,
    typer.Option(
        formats=["%Y-%m-%d"], help="The day of rows without a date.", show_default="today"
    ),
]
ImportPaths = Annotated[
    list[Path],
    typer.Argument(
        metavar="PATH...",
        exists=True,
        help="Files named for what they hold, such as members.csv; or folders of them.",
    ),
]
ImportFile = Annotated[
    Path,
    typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A .csv or .csv.gz file."),
]
Only = Annotated[
    list[str] | None,
    typer.Option(metavar="SHEET", help=f"Only this one; again for more: {', '.join(EVERY)}."),
]


def add_to(app: typer.Typer) -> None:
    """Add the imports of sheets: one command a sheet, and one for several at once."""
    app.command("csv")(import_csv)
    for kind in SHEETS:
        app.command(kind, help=f"Import {kind} from a sheet, as `accord export` writes it.")(
            _command(kind)
        )
    app.command("contributions")(import_contributions)


def import_csv(
    paths: ImportPaths,
    *,
    coalition: Into,
    on: On = None,
    url: Url = None,
    token_file: TokenFile = None,
    data: Data = None,
    dry_run: DryRun = False,
    refused: RefusedFile = None,
    as_json: Json = False,
) -> None:
    """Import sheets that belong together: members, people, bodies and so on."""
    files = _named(paths)
    with Import("csv", coalition, refused, strict=False, as_json=as_json) as run:
        _bring(run, files, on, lambda: connect(url, token_file, data), dry_run=dry_run)


def import_contributions(
    file: ImportFile,
    *,
    coalition: Into,
    on: On = None,
    url: Url = None,
    token_file: TokenFile = None,
    data: Data = None,
    strict: Strict = False,
    dry_run: DryRun = False,
    refused: RefusedFile = None,
    as_json: Json = False,
) -> None:
    """Import contributions from a sheet, as `accord export --only contributions` writes it."""
    now = datetime.now(UTC)
    day = (on or now).date()
    if day > now.date():
        raise typer.BadParameter(f"{day} is yet to come", param_hint="--on")
    remarks: list[Refusal] = []
    with Import("contributions", coalition, refused, strict=strict, as_json=as_json) as run:
        rows = read(file, "contributions", run.refused.add, remarks.append)
        run.read(contributions=len(rows))
        run.remark(remarks)
        with connect(url, token_file, data) as services:
            register = _members(services, coalition)
            into = run.find(services)
            telling = Telling(
                register, into, services.stands("credit", into.id).versions, day, timestamp(now),
                run.refused.add,
            )  # fmt: skip
            lines = [*telling.lines(rows)]
            if not dry_run:
                heard = services.stands("members", into.id).position
                run.deliver(services, into, lines, len(lines), telling.skipped, heard)


def _members(services: Services, slug: str) -> Register:
    """Return what the members of a coalition are called."""
    sheet = services.sheet(slug, "members")
    if sheet is None:
        raise Failed(f"There is no coalition {slug} that you may see: import its members first.")
    register = Register()
    for row in parsed(sheet.content, "members", f"members of {slug}", _let_be, _let_be):
        register.add("members", row["id"], row["name"])
    return register


def _command(kind: str) -> Callable[..., None]:
    def import_sheet(
        file: ImportFile,
        *,
        coalition: Into,
        on: On = None,
        url: Url = None,
        token_file: TokenFile = None,
        data: Data = None,
        dry_run: DryRun = False,
        refused: RefusedFile = None,
        as_json: Json = False,
    ) -> None:
        with Import(kind, coalition, refused, strict=False, as_json=as_json) as run:
            services = lambda: connect(url, token_file, data)  # noqa: E731 - as the other command
            _bring(run, {kind: file}, on, services, dry_run=dry_run)

    return import_sheet


def _named(paths: Iterable[Path]) -> dict[str, Path]:
    """Return files by what they hold, which their names say."""
    found: dict[str, Path] = {}
    for path in _files(paths):
        kind = path.name.removesuffix(".gz").removesuffix(".csv")
        if kind not in SHEETS:
            known = ", ".join(f"{kind}.csv" for kind in SHEETS)
            raise typer.BadParameter(f"{path.name} is none of {known}", param_hint="PATH")
        if kind in found:
            detail = f"{path} and {found[kind]} are both {kind}: keep one of them"
            raise typer.BadParameter(detail, param_hint="PATH")
        found[kind] = path
    if not found:
        raise typer.BadParameter("there is no such file, as members.csv", param_hint="PATH")
    return found


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for kind in SHEETS:
            for name in (f"{kind}.csv", f"{kind}.csv.gz"):
                if (path / name).exists():
                    yield path / name


def _bring(
    run: Import,
    files: Mapping[str, Path],
    on: datetime | None,
    connected: Callable[[], Services],
    *,
    dry_run: bool,
) -> None:
    """Read and check everything, then send what is new; nothing where a row is bad."""
    remarks: list[Refusal] = []
    now = datetime.now(UTC)
    day = (on or now).date()
    if day > now.date():
        raise typer.BadParameter(f"{day} is yet to come", param_hint="--on")
    rows = {
        kind: read(path, kind, run.refused.write, remarks.append) for kind, path in files.items()
    }
    run.read(**{kind: len(found) for kind, found in rows.items()})
    with connected() as services:
        known = _known(services, run.slug)
        made = plan(
            rows, known, run.slug, on=day, now=timestamp(now), new_id=_new_id,
            refuse=run.refused.write, remark=remarks.append,
        )  # fmt: skip
        run.remark(remarks)
        if run.refused.count:
            run.say("Nothing was imported: mend the rows, and run the same again.")
        elif not dry_run:
            into = Coalition.to_be_formed(run.slug)
            if known.id is not None:
                into = Coalition(known.id, run.slug)
            run.deliver(services, into, made.lines, len(made.lines), made.skipped)


def _known(services: Services, slug: str) -> Known:
    """Return what a coalition is by now."""
    found = services.coalition(slug)
    if found is None:
        return Known()
    stands = services.stands("members", found.id)
    sheets: dict[str, list[Row]] = {}
    for kind in SHEETS:
        sheet = services.sheet(found.id, kind, at_least=stands.position)
        if sheet is None:
            raise Failed(f"The sheet of {kind} cannot be read: ask the coalition's chair.")
        sheets[kind] = parsed(sheet.content, kind, f"{kind} of {slug}", _let_be, _let_be)
    rules = services.ground_rules(found.id, stands.position)
    return Known(found.id, found.mode == "formal", rules, stands.versions, sheets)


def _let_be(_refusal: Refusal) -> None:
    """Pass over a row of the coalition's own that no longer says everything, as when erased."""


def _new_id() -> str:
    return str(uuid7(int(time.time() * 1000), secrets.token_bytes(10)))


def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", file_okay=False, help="Where to.")],
    *,
    coalition: Into,
    only: Only = None,
    bom: Annotated[
        bool, typer.Option("--bom", help="With a mark that lets Excel know that it is UTF-8.")
    ] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Write over older files.")] = False,
    url: Url = None,
    token_file: TokenFile = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Export members, people, bodies, accreditations, positions and what they rest on, as CSV.

    Contributions have a sheet of their own: --only contributions.
    """
    kinds = [*dict.fromkeys(only or SHEETS)]
    if unknown := [kind for kind in kinds if kind not in EVERY]:
        known = ", ".join(EVERY)
        raise typer.BadParameter(f"{unknown[0]} is none of {known}", param_hint="--only")
    paths = {kind: folder / f"{kind}.csv" for kind in kinds}
    if not replace and (there := [path for path in paths.values() if path.exists()]):
        raise Failed(f"{there[0]} is there already. Say --replace to write over it.")
    with connect(url, token_file, data) as services:
        sheets = {
            kind: _credited(services, coalition, kind, bom=bom) for kind in kinds if kind in APART
        }
        if ours := [kind for kind in kinds if kind in SHEETS]:
            sheets |= _of_one_moment(services, coalition, ours, bom=bom)
    folder.mkdir(parents=True, exist_ok=True)
    for kind, sheet in sheets.items():
        _write(paths[kind], sheet.content)
    rows = {
        kind: len(parsed(sheet.content, kind, kind, _let_be, _let_be))
        for kind, sheet in sheets.items()
    }
    for kind, sheet in sheets.items():
        header = sheet.content.partition(b"\r\n")[0].decode()
        for column in (name for name in header.split(",") if name.endswith(WITHHELD)):
            name = column.removesuffix(WITHHELD)
            words = f"{paths[kind]}: {name} is left out. It is for the chair and the operator."
            typer.echo(words, err=True)
    if as_json:
        said = {"export": coalition, "rows": rows, "folder": str(folder)}
        typer.echo(orjson.dumps(said))
        return
    for kind, count in rows.items():
        typer.echo(f"{paths[kind]}: {count:,} rows")


def _credited(services: Services, coalition: str, kind: str, *, bom: bool) -> Sheet:
    """Return a sheet of credit, which is of a moment of its own."""
    sheet = services.sheet(coalition, kind, service="credit", bom=bom)
    if sheet is None:
        raise Failed(f"There is no coalition {coalition} that you may see: check its name.")
    return sheet


def _of_one_moment(
    services: Services, coalition: str, kinds: Iterable[str], *, bom: bool
) -> dict[str, Sheet]:
    """Return sheets that show the same position, so that what one names is in another."""
    reached = 0
    for _ in range(AGAIN):
        sheets: dict[str, Sheet] = {}
        for kind in kinds:
            sheet = services.sheet(coalition, kind, at_least=reached, bom=bom)
            if sheet is None:
                raise Failed(f"There is no coalition {coalition} that you may see: check its name.")
            sheets[kind] = sheet
        if len({sheet.position for sheet in sheets.values()}) == 1:
            return sheets
        reached = max(sheet.position for sheet in sheets.values())
    raise Failed("Somebody is writing all the time. Try again in a moment.")


def _write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all, for its owner only: there are people in it."""
    new = path.with_name(f".{path.name}.new")
    with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:  # noqa: PTH123 - of a descriptor
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
