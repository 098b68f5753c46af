"""`accord audit`: a log as files, and how it goes on after a loss."""

from pathlib import Path
from typing import Annotated

import typer

from accord import audit_repair
from accord.failed import Failed
from accord.log_copy import CHECKPOINT, Absent, Address, export
from shared.tlog.call import NoAnswer
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.encoding import Unreadable
from shared.tlog.note import Note

app = typer.Typer(no_args_is_help=True, help="The log: take it out, and put it back.")
audit_repair.add_to(app)


@app.command("export")
def export_log(
    log: Annotated[str, typer.Argument(metavar="URL", help="The log's address.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new folder.")],
    token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="For entries that only members may see.")
    ] = None,
) -> None:
    """Copy a log as it is served, file by file; `accord verify DIR` says whether it holds."""
    if folder.exists():
        raise Failed(f"{folder} is there already: an export goes into a new folder.")
    source = Address(log, token_file.read_text().strip() if token_file else None)
    try:
        raw = source.get(CHECKPOINT)
        size = Checkpoint.parse(Note.parse(raw).text).size
        count = export(source, folder, size)
    except (Absent, NoAnswer, Unreadable) as error:
        raise Failed(f"The log was not taken whole. {error}") from error
    (folder / CHECKPOINT).write_bytes(raw)
    typer.echo(f"{size:,} entries in {count:,} files are in {folder}.")
