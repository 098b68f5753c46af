"""`accord doctor audit` and `accord audit repair`: what a log lost, and how it goes on.

The doctor only names it. A repair is a command of its own that says what it repairs: no log is put
back, begun anew or given another key by the way.
"""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer

from accord.client import Services, connect
from accord.exchange import Data, TokenFile, Url
from accord.failed import Failed
from shared.tlog.about import About
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.encoding import Unreadable, shown
from shared.tlog.key import vkey
from shared.tlog.note import Note, NotSigned
from shared.tlog.tiles import BadBundle, Tile, bundles, entries
from shared.tlog.tree import Peaks, leaf_hash

ROOM = "internal/log"


class Case(StrEnum):
    """What can be repaired, as the doctor names it."""

    database_behind = "database-behind"
    database_lost = "database-lost"
    signer_lost = "signer-lost"
    journal_behind = "journal-behind"
    frozen = "frozen"
    both_lost = "both-lost"
    lost_for_good = "lost-for-good"


_HOW = {
    "both-lost": "accord audit repair {coalition} --case both-lost --from COPY --vkey VKEY",
    "journal-changed": "Nothing repairs this: find out who changed it, and restore the journal.",
}


def add_to(app: typer.Typer) -> None:
    """Add the commands to those of the log."""
    app.command()(repair)
    app.command("new-key")(new_key)
    app.command("end-old-key")(end_old_key)


def repair(
    coalition: Annotated[str, typer.Argument(metavar="COALITION", help="Its slug or its id.")],
    case: Annotated[
        Case, typer.Option("--case", help="What `accord doctor audit` found; it confirms that.")
    ],
    copy: Annotated[
        Path | None,
        typer.Option(
            "--from",
            metavar="DIR",
            exists=True,
            file_okay=False,
            help="A copy of the log, where database and signer are lost.",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option("--vkey", help="The log's key, from somebody else than the copy."),
    ] = None,
    url: Url = None,
    token_file: TokenFile = None,
    data: Data = None,
) -> None:
    """Let a log go on after a loss; `accord doctor audit` says which one it was.

    The log stays frozen until all is there again. What breaks off is done again by the same
    command.
    """
    if (case is Case.both_lost) != (copy is not None):
        raise typer.BadParameter("--case both-lost needs --from DIR, and no other case takes it.")
    with connect(url, token_file, data) as services:
        which = _which(services, coalition)
        match case:
            case Case.both_lost:
                assert copy is not None
                said = services.send_copy("audit", f"{ROOM}/restore", which, _of(copy, key))
            case Case.lost_for_good:
                said = services.say("audit", f"{ROOM}/anew", {"coalition": str(which)})
            case _:
                how = {"coalition": str(which), "case": case.value}
                said = services.say("audit", f"{ROOM}/repair", how)
    typer.echo(f"Done: {said['done']}.")


Whose = Annotated[str, typer.Argument(metavar="COALITION", help="Its slug or its id.")]


def new_key(
    coalition: Whose, url: Url = None, token_file: TokenFile = None, data: Data = None
) -> None:
    """Make a new key for a log; the old one goes on signing beside it, until it is ended.

    Not for a key that somebody may have stolen: whoever has it would sign the new one too.
    """
    with connect(url, token_file, data) as services:
        which = {"coalition": str(_which(services, coalition))}
        said = services.say("audit", f"{ROOM}/keys/rotate", which)
    typer.echo(
        f"{said['about']}"
        "Both keys sign now. Once every witness has added the new vkey: accord audit end-old-key"
    )


def end_old_key(
    coalition: Whose, url: Url = None, token_file: TokenFile = None, data: Data = None
) -> None:
    """End the old key of a log at its present size; only the new one signs from then on."""
    with connect(url, token_file, data) as services:
        which = {"coalition": str(_which(services, coalition))}
        said = services.say("audit", f"{ROOM}/keys/retire", which)
    typer.echo(
        f"{said['about']}"
        "Policies keep the old vkey, with `# until SIZE` right above its line; SIZE is named here."
    )


def check(services: Services, *, as_json: bool) -> None:
    """Say of each log whether it is what it was, and of each that is not what to do.

    Raises:
        Failed: one is not.
    """
    wrong, whole = 0, False
    for said in services.work("audit", "check", room=ROOM):
        if as_json:
            typer.echo(orjson.dumps({"service": "audit", **said}))
        elif said["what"] == "log":
            _tell(said)
        if said["what"] == "examined":
            wrong, whole = said["wrong"], True
            if not wrong and not as_json:
                typer.echo(f"audit: {said['logs']} logs are what their journals and signer say.")
    if not whole:
        raise Failed("audit: The work broke off. Run the same command again.")
    if wrong:
        raise Failed(f"audit: {wrong} logs are not what they were.")


def _tell(said: Mapping[str, Any]) -> None:
    where = f"audit: {said['origin'] or said['coalition']}"
    for each in said["differs"]:
        typer.echo(f"{where}: different: {each['service']} {each['position']}: {each['why']}")
    for each in said["found"]:
        how = _HOW.get(each["case"], "").format(**said) or (
            f"accord audit repair {said['coalition']} --case {each['case']}"
        )
        typer.echo(f"{where}: {each['case']}: {each['why']}\n  {how}")
    if "unknown" in said:
        typer.echo(f"{where}: cannot be examined now: {said['unknown']}")
    if not said["differs"] and not said["found"] and "unknown" not in said:
        typer.echo(f"{where}: equal: {said['size']} entries")


def _which(services: Services, named: str) -> UUID:
    """Return a coalition by its id or slug.

    Raises:
        Failed: there is none.
    """
    try:
        return UUID(named)
    except ValueError:
        found = services.coalition(named)
    if found is None:
        raise Failed(f"There is no coalition {shown(named)} here. Say its id, which the log has.")
    return found.id


def _of(folder: Path, key: str | None) -> Iterator[bytes]:
    """Yield a copy as it is sent, once it is sure that it is whole.

    Raises:
        Failed: it is not, or not signed by the log.
    """
    raw = _file(folder / "checkpoint")
    about = folder / "about"
    said = _file(about).decode() if about.exists() else None
    try:
        note = Note.parse(raw)
        checkpoint = Checkpoint.parse(note.text)
        keys = [vkey(key)] if key else []
        if said is not None:
            keys += [each.key for each in About.parse(Note.parse(said.encode()).text).terms]
        if not keys:
            raise Failed(f"{folder} does not say which key the log has: say --vkey.")
        if not any(each.name == checkpoint.origin for each in keys):
            raise Failed(
                f"{folder} is a copy of {shown(checkpoint.origin)}, not of that key's log."
            )
        note.verified(keys, 1 << 62)
    except (NotSigned, Unreadable, ValueError) as error:
        raise Failed(f"{folder}: {error}") from error
    peaks = Peaks()
    for bundle in bundles(checkpoint.size):
        peaks.extend([leaf_hash(each) for each in _entries(folder, bundle)])
    if peaks.root() != checkpoint.root:
        raise Failed(f"{folder}: the entries do not lead to the root of its checkpoint.")
    head = {"checkpoint": raw.decode(), "about": said, "vkey": key or str(keys[-1])}
    return _sent(folder, head, checkpoint.size)


def _sent(folder: Path, head: Mapping[str, Any], size: int) -> Iterator[bytes]:
    yield orjson.dumps(head) + b"\n"
    for bundle in bundles(size):
        yield _bundle(folder, bundle)


def _entries(folder: Path, bundle: Tile) -> list[bytes]:
    try:
        return entries(_bundle(folder, bundle))
    except BadBundle as error:
        raise Failed(f"{folder / bundle.path}: {error}") from error


def _bundle(folder: Path, bundle: Tile) -> bytes:
    """Return the bytes of a bundle; one that is partial may lie there whole."""
    for each in (bundle, Tile(None, bundle.n)):
        if (folder / each.path).exists():
            found = entries(_file(folder / each.path))[: bundle.width]
            return b"".join(len(one).to_bytes(2, "big") + one for one in found)
    raise Failed(f"{folder / bundle.path} is missing.")


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror}.") from error
