"""`accord verify`: check what a coalition shows, with what was signed, and without its host."""

import time
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from accord.log_copy import Address, Folder, Mirror, Site
from accord.statement import Statement, Verdict
from accord.verify_log import HOUR, Known, compare, verify_log
from accord.verify_proof import verify_proof
from accord.verify_report import verify_report
from shared.tlog.call import NoAnswer
from shared.tlog.checkpoint import Checkpoint
from shared.tlog.encoding import Unreadable
from shared.tlog.fork import Fork
from shared.tlog.note import NotSigned
from shared.tlog.policy import Policy

MISUSED = 2
"""The exit code where nothing was verified: it was asked wrongly, or nobody answers."""

PolicyFile = Annotated[
    Path | None,
    typer.Option("--policy", metavar="FILE", help="Whose signatures count (C2SP tlog-policy)."),
]
KnownFiles = Annotated[
    list[Path] | None,
    typer.Option("--known", metavar="FILE", help="A checkpoint from elsewhere, which has to hold."),
]


def verify(
    targets: Annotated[
        list[str], typer.Argument(metavar="FILE|URL|DIR", help="A proof, a report or a log.")
    ],
    policy: PolicyFile = None,
    leaf: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The entry that a proof is of.")
    ] = None,
    known: KnownFiles = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep a copy of the log, and go on from it.")
    ] = None,
    max_age: Annotated[
        int, typer.Option(metavar="HOURS", min=1, help="A log that no quorum saw since is stale.")
    ] = 48,
    token_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="For entries that only members may see.")
    ] = None,
    log: Annotated[
        str | None, typer.Option(metavar="URL|DIR", help="With --compare: the log, for its hashes.")
    ] = None,
    explain: Annotated[
        int | None, typer.Option(metavar="INDEX", help="Tell what an entry of a report holds.")
    ] = None,
    *,
    hashes_only: Annotated[
        bool, typer.Option("--hashes-only", help="Do not ask for the entries of a log.")
    ] = False,
    afresh: Annotated[
        bool, typer.Option("--afresh", help="With --out: ask for all of it again, and compare.")
    ] = False,
    compared: Annotated[
        bool, typer.Option("--compare", help="The files are checkpoints: are they of one history?")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Say it for programs.")] = False,
) -> None:
    """Verify a proof, a report or a whole log.

    Ends with 0: verified and witnessed, 1: invalid, 2: nothing was verified, 3: valid, but below
    the quorum or stale, 4: the log forked; then the evidence is in a file.
    """
    now = int(time.time())
    try:
        if len(targets) > 1 and not compared:
            raise typer.BadParameter("Verify one at a time; --compare takes several checkpoints.")
        target, fork = targets[0], None
        if target.endswith(".zip") and not compared:
            said = verify_report(
                Path(target), None if policy is None else _policy(policy),
                [each.read_bytes() for each in known or ()], now, explain,
            )  # fmt: skip
            fork = _evidence(said)
        elif target.endswith(".tlog-proof") and not compared:
            if leaf is None:
                raise typer.BadParameter("--leaf FILE is missing: which entry is it a proof of?")
            proof = Path(target).read_bytes()
            said = verify_proof(proof, leaf.read_bytes(), _policy(policy), now)
        else:
            trusted = _policy(policy)
            held = [_known(each, trusted, now) for each in known or ()]
            if compared:
                site = None if log is None else _site(log, token_file)
                held = [*(_known(Path(each), trusted, now) for each in targets), *held]
                if len(held) < (1 if site else 2):
                    raise typer.BadParameter("--compare takes two checkpoints, or one and --log.")
                said, fork = compare(held, site, trusted, now)
            else:
                said, fork = _log(
                    _site(target, token_file), trusted, now, held, out, max_age * HOUR,
                    hashes_only=hashes_only, afresh=afresh,
                )  # fmt: skip
    except (OSError, NoAnswer) as error:
        _stop(str(error))
    _end(said, fork, Path() if out is None else out, as_json=as_json)


def _log(
    site: Site, policy: Policy, now: int, known: list[Known], out: Path | None, max_age: int,
    *, hashes_only: bool, afresh: bool,
) -> tuple[Statement, Fork | None]:  # fmt: skip
    if out is None:
        return verify_log(site, policy, now, known=known, max_age=max_age, hashes_only=hashes_only)
    mirror = Mirror(out, site, afresh)
    if before := mirror.known():
        known = [*known, _read(f"the checkpoint in {out}", before, policy, now)]
    said = verify_log(
        mirror, policy, now, known=known, max_age=max_age, hashes_only=hashes_only,
        kept=mirror.keep,
    )  # fmt: skip
    if said[0].verdict in {Verdict.VERIFIED, Verdict.SHORT}:
        return said
    mirror.drop()
    if known and said[0].verdict is Verdict.INVALID:
        against = compare(known, site, policy, now)  # is it the log, or this copy, that changed?
        return against if against[0].verdict is Verdict.FORKED else said
    return said


def _evidence(said: Statement) -> Fork | None:
    """Return the fork that a report showed against a checkpoint that was known."""
    for each in said.facts.get("known", ()):
        if each.get("evidence"):
            return Fork.parse(each["evidence"].encode())
    return None


def _site(where: str, token_file: Path | None) -> Site:
    if where.startswith(("http://", "https://")):
        return Address(where, token_file.read_text().strip() if token_file else None)
    if not Path(where).is_dir():
        raise typer.BadParameter(
            f"{where} is no folder, no address, and does not end in .tlog-proof or .zip."
        )
    return Folder(Path(where))


def _policy(file: Path | None) -> Policy:
    if file is None:
        raise typer.BadParameter("--policy FILE is missing: whose signatures count?")
    try:
        return Policy.parse(file.read_bytes())
    except Unreadable as error:
        _stop(f"{file}: {error}")


def _known(file: Path, policy: Policy, now: int) -> Known:
    return _read(str(file), file.read_bytes(), policy, now)


def _read(name: str, raw: bytes, policy: Policy, now: int) -> Known:
    try:
        return Known.read(name, raw, policy, now)
    except (Unreadable, NotSigned) as error:
        _stop(f"{name}: {error}")


def _end(said: Statement, fork: Fork | None, folder: Path, *, as_json: bool) -> None:
    if fork is not None:
        size = Checkpoint.parse(fork.older.text).size
        file = folder / f"fork-{size}.json"
        folder.mkdir(parents=True, exist_ok=True)
        file.write_bytes(bytes(fork))
        said = said.with_evidence(file)
    typer.echo(said.json() if as_json else said.text())
    raise typer.Exit(int(said.verdict))


def _stop(why: str) -> NoReturn:
    typer.echo(f"accord: {why}", err=True)
    raise typer.Exit(MISUSED)
