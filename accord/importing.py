"""One import from beginning to end: what it read, where it goes, and what came of it."""

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from accord.client import Services
from accord.delivery import Delivery
from accord.failed import Failed
from accord.refused import RefusedRows
from accord.sources.lines import Coalition, ImportLine
from accord.sources.refusals import Damaged, Refusal

SHOWN_REMARKS = 20


class Import:
    """Data on stdout, everything else on stderr; fails at the end if a row was refused."""

    def __init__(
        self, kind: str, slug: str, refused: Path | None, *, strict: bool, as_json: bool
    ) -> None:
        self.kind = kind
        self.slug = slug
        self.refused = RefusedRows(refused or Path(f"refused-{kind}.csv"), strict=strict)
        self._as_json = as_json
        self._terminal = Console(stderr=True, highlight=False, soft_wrap=True)
        self._read: dict[str, int] = {}
        self._sent: dict[str, int] = {}
        self._remarks = 0
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self._stack.enter_context(self.refused)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            if isinstance(error, Damaged):
                self.refused.write(error.refusal)
                self._report()
                raise Failed(f"{error} Nothing was imported: get a whole file.") from error
            if isinstance(error, KeyboardInterrupt):
                raise Failed("Stopped. The same command goes on where it was.") from error
            if error is None:
                self._report()
                if self.refused.count:
                    raise typer.Exit(1)

    def read(self, **counts: int) -> None:
        """Say what the source held."""
        self._read = counts

    def remark(self, remarks: Iterable[Refusal]) -> None:
        """Show what was taken in another way than it stands; not too many of them."""
        for remark in remarks:
            self._remarks += 1
            if self._remarks <= SHOWN_REMARKS:
                self._terminal.print(str(remark), markup=False)

    def say(self, words: str) -> None:
        """Say something to the person at the terminal."""
        self._terminal.print(words, markup=False)

    def find(self, services: Services) -> Coalition:
        """Return the coalition of this name, or the one to be formed."""
        found = services.coalition(self.slug)
        if found is None:
            return Coalition.to_be_formed(self.slug)
        return Coalition(found.id, self.slug, found.plenary)

    def deliver(
        self,
        services: Services,
        into: Coalition,
        lines: Iterable[ImportLine],
        about: int,
        known: int = 0,
        members: int = 0,
    ) -> None:
        """Send `lines`, about so many, and show how far they are.

        Args:
            known: How much was left out, because it is there already.
            members: The position of members that other services have to hear of first.
        """
        columns = TextColumn(self.kind), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
        terminal = self._terminal
        with Progress(
            *columns, console=terminal, transient=True, disable=not terminal.is_terminal
        ) as progress:
            bar = progress.add_task(self.kind, total=about)

            def heard(done: int) -> None:
                progress.update(bar, completed=done, total=max(about, done))

            delivery = Delivery(services, into.id, self.refused.add, heard, members=members)
            try:
                delivery.deliver(lines)
            finally:
                skipped = delivery.skipped + known
                self._sent = {"recorded": delivery.recorded, "skipped": skipped}

    def _report(self) -> None:
        refused = self.refused
        if refused.count:
            self._terminal.print(
                f"First refused: {refused.first}\nAll of them are in {refused.path}.", markup=False
            )
        if self._remarks > SHOWN_REMARKS:
            self._terminal.print(f"… and {self._remarks - SHOWN_REMARKS} more remarks.")
        if self._as_json:
            report: dict[str, Any] = {"import": self.kind, "coalition": self.slug}
            report |= {"read": self._read, **self._sent, "refused": refused.count}
            if refused.count:
                report["refused_file"] = str(refused.path)
            typer.echo(orjson.dumps(report))
            return
        read = ", ".join(f"{n:,} {name.replace('_', ' ')}" for name, n in self._read.items())
        sent = "".join(f"{n:,} {name}, " for name, n in self._sent.items()) or "Nothing sent, "
        typer.echo(f"Read {read or 'nothing'}.\n{sent}{refused.count:,} refused.")
