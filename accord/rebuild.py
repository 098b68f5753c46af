"""`accord rebuild` and `accord doctor`: read models from the journals, while everything runs.

The services do it themselves, on the operator's word: where they run, their keys and databases are
at hand, here they need not be.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from accord import audit_repair
from accord.client import connect
from accord.exchange import Data, TokenFile, Url
from accord.failed import Failed

HOURS_KEPT = 24


class Keeper(StrEnum):
    """A service that keeps a read model."""

    members = "members"
    meetings = "meetings"
    credit = "credit"
    transparency = "transparency"


class Examined(StrEnum):
    """A service that keeps something which can be compared with the journals."""

    members = "members"
    meetings = "meetings"
    credit = "credit"
    transparency = "transparency"
    audit = "audit"


Which = Annotated[
    Keeper | None, typer.Argument(help="Whose read model.", show_default="of every service")
]
Processes = Annotated[
    int, typer.Option(min=1, max=32, help="How many share the work; more than cores gain nothing.")
]
Json = Annotated[bool, typer.Option("--json", help="Say everything as lines of JSON.")]


def rebuild(
    service: Which = None,
    processes: Processes = 1,
    accept: Annotated[
        str | None,
        typer.Option(
            "--accept-differences", metavar="REASON", help="Switch although it differs; say why."
        ),
    ] = None,
    *,
    back: Annotated[bool, typer.Option("--back", help="Read what was read before again.")] = False,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Drop all that is built or kept, but not read.")
    ] = False,
    url: Url = None,
    token_file: TokenFile = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Fold read models anew beside the live ones, compare, and switch; nobody has to wait.

    What was read before is kept, and kept up, for 24 hours. When it is stopped, the same command
    goes on where it was.
    """
    if back and drop_old:
        raise typer.BadParameter("Say --back or --drop-old, not both.")
    with connect(url, token_file, data) as services:
        for name in _named(service):
            told = _Told(name, as_json=as_json)
            if back:
                told.switched_back(services.operate(name, "back"))
            elif drop_old:
                told.dropped(services.operate(name, "drop"))
            else:
                how = {"processes": processes, "accept": accept}
                told.follow(services.work(name, "rebuild", how))


def doctor(
    service: Annotated[
        Examined | None,
        typer.Argument(help="Whose read model, or the logs.", show_default="all of them"),
    ] = None,
    *,
    url: Url = None,
    token_file: TokenFile = None,
    data: Data = None,
    as_json: Json = False,
) -> None:
    """Fold the journals once more and compare: a read model must be what its events give.

    Each log is made again from its entries, compared with its journals and with its signer; what
    differs freezes it, and what was lost is named with the command that repairs it.
    """
    found = []
    with connect(url, token_file, data) as services:
        for name in [service.value] if service else [each.value for each in Examined]:
            try:
                if name == Examined.audit:
                    audit_repair.check(services, as_json=as_json)
                    continue
                _Told(name, as_json=as_json, all_of_it=True).follow(services.work(name, "check"))
            except Failed as failed:
                found.append(str(failed))
    if found:
        raise Failed("\n".join(found))


def _named(service: Keeper | None) -> list[str]:
    return [service.value] if service else [each.value for each in Keeper]


class _Told:
    """What a service says of its work: results on stdout, how far it is on stderr.

    Args:
        all_of_it: Also what is equal.
    """

    def __init__(self, name: str, *, as_json: bool, all_of_it: bool = False) -> None:
        self._name = name
        self._as_json = as_json
        self._all = all_of_it
        self._terminal = Console(stderr=True, highlight=False, soft_wrap=True)

    def follow(self, lines: Iterator[Mapping[str, Any]]) -> None:
        """Show what is said, until it is done.

        Raises:
            Failed: it was not done.
        """
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]} events/s"),
            TimeRemainingColumn(),
        )
        terminal, last = self._terminal, ""
        with Progress(
            *columns, console=terminal, transient=True, disable=not terminal.is_terminal
        ) as progress:
            bar = progress.add_task(self._name, total=None, rate=0)
            try:
                for said in lines:
                    last = said["what"]
                    if self._as_json:
                        typer.echo(orjson.dumps({"service": self._name, **said}))
                    if last == "filling":
                        done, total = said["done"], said["total"]
                        progress.update(bar, completed=done, total=total, rate=said["rate"])
                    elif last in {"stopped", "ended"}:
                        raise Failed(f"{self._name}: {said.get('why') or _CUT_OFF}")
                    elif not self._as_json:
                        self._show(said)
            except KeyboardInterrupt:
                raise Failed("Stopped. The same command goes on where it was.") from None
        if last not in {"switched", "equal"}:
            raise Failed(f"{self._name}: {_CUT_OFF}")

    def _show(self, said: Mapping[str, Any]) -> None:
        match said["what"]:
            case "compared" if said["first"] is None and self._all:
                typer.echo(
                    f"{self._name}: equal: {said['table']} of {said['coalition']},"
                    f" {said['rows']} rows"
                )
            case "compared" if said["first"] is not None:
                table = f"{said['table']} of " if said["table"] else ""
                typer.echo(f"{self._name}: different: {table}{said['coalition']}: {said['first']}")
            case "filled":
                self._terminal.print(f"{self._name}: {said['done']} events read; comparing.")
            case "switched":
                typer.echo(
                    f"{self._name}: {said['schema']} is read now; switched in"
                    f" {said['milliseconds']} ms. {said['before']} is kept for {HOURS_KEPT} hours."
                )
            case "equal":
                typer.echo(f"{self._name}: {said['schema']} is what its events give.")

    def switched_back(self, said: Mapping[str, Any]) -> None:
        if self._as_json:
            typer.echo(orjson.dumps({"service": self._name, "what": "switched", **said}))
        else:
            typer.echo(
                f"{self._name}: {said['schema']} is read again; switched in"
                f" {said['milliseconds']} ms."
            )

    def dropped(self, said: Mapping[str, Any]) -> None:
        if self._as_json:
            typer.echo(orjson.dumps({"service": self._name, "what": "dropped", **said}))
        else:
            typer.echo(f"{self._name}: dropped {', '.join(said['dropped']) or 'nothing'}.")


_CUT_OFF = "The work broke off. The same command goes on where it was."
