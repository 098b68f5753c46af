"""The command people type."""

import logging
import sys
from typing import Annotated

import structlog
import typer
from typer.core import TyperGroup

from accord import audit, exchange, witness
from accord.failed import Failed
from accord.rebuild import doctor, rebuild
from accord.sheets.commands import add_to, export
from accord.token import token
from accord.up import up
from accord.verify import verify
from shared.nkeys import NotASeed
from shared.settings import BadSettings

DEBUG = "Show where in the program an error arose."


class Commands(TyperGroup):
    """All commands end alike: what could not be done is one sentence and exit code 1."""

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]  # typer's own context is private
        try:
            return super().invoke(ctx)
        except (Failed, BadSettings, NotASeed) as error:
            if ctx.params.get("debug"):
                raise
            typer.echo(f"accord: {error}", err=True)
            raise typer.Exit(1) from error


app = typer.Typer(cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)


@app.callback()
def accord(*, debug: Annotated[bool, typer.Option("--debug", help=DEBUG)] = False) -> None:
    """Run coalitions of organisations, and let anybody check how they decided."""
    level = logging.DEBUG if debug else logging.ERROR
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


app.command()(up)
app.command()(token)
app.command()(export)
app.command()(rebuild)
app.command()(doctor)
app.command()(verify)
add_to(exchange.app)
app.add_typer(exchange.app, name="import")
app.add_typer(witness.app, name="witness")
app.add_typer(audit.app, name="audit")

if __name__ == "__main__":
    app()
