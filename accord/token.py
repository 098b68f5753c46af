"""Sign in on this machine: tokens of the embedded issuer, for whoever may read the data folder."""

import re
import shutil
import sys
from pathlib import Path
from typing import Annotated

import typer

from accord.failed import Failed
from shared.identity import ACCESS_SECONDS, LONGEST_SECONDS, EmbeddedIssuer
from shared.settings import Settings

_UNITS = {"s": 1, "m": 60, "h": 3600}
FIRST = "founder@localhost"
OPERATOR = "operator"


def token(
    person: Annotated[str | None, typer.Option("--as", help="The person's e-mail address.")] = None,
    coalition: Annotated[
        str | None, typer.Option(help="Checked for its form; a token holds in every coalition.")
    ] = None,
    lasts: Annotated[str, typer.Option("--for", help="How long: 15m, 1h at most.")] = "15m",
    data: Annotated[Path | None, typer.Option(help="The data folder.")] = None,
    *,
    operator: Annotated[
        bool, typer.Option("--operator", help="Reads all, acts for nobody.")
    ] = False,
    link: Annotated[bool, typer.Option("--link", help="A link for one sign-in instead.")] = False,
) -> None:
    """Print a bearer token of the embedded issuer."""
    if (person is None) == (not operator):
        raise typer.BadParameter("Say --as EMAIL, or --operator.")
    if coalition is not None and not re.fullmatch(r"[a-z0-9-]{1,63}", coalition):
        raise typer.BadParameter("A coalition's slug has lower-case letters, digits and hyphens.")
    settings = Settings.load()
    folder = data or settings.data
    seconds = _seconds(lasts)
    if operator or person is None:
        if link:
            address = settings.public_url or _here(settings.http.port)
            typer.echo(sign_in_link(folder, address, OPERATOR))
        else:
            typer.echo(operator_token(folder, seconds))
        return
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", person):
        raise typer.BadParameter("--as takes an e-mail address.")
    issuer = _issuer(folder)
    if link:
        typer.echo(sign_in_link(folder, settings.public_url or _here(settings.http.port), person))
    else:
        typer.echo(issuer.mint(person.lower(), seconds=seconds))


def operator_token(data: Path, seconds: int = LONGEST_SECONDS) -> str:
    """Return the operator's token."""
    return _issuer(data).mint(OPERATOR, seconds=seconds, operator=True)


def demo_token(data: Path, person: str) -> str:
    """Return a token that may claim when something happened; only where the demo is on."""
    return _issuer(data).mint(person, seconds=LONGEST_SECONDS, demo=True)


def sign_in_link(data: Path, address: str, person: str) -> str:
    """Return an address that signs a person in once, within 15 minutes.

    Args:
        address: Where the pages are.
    """
    return f"{address.rstrip('/')}/sign-in?token={_issuer(data).once(person.lower())}"


def sign_in_line(data: Path, port: int, person: str = FIRST) -> str:
    """Return the sentence that says how to sign in."""
    link = sign_in_link(data, _here(port), person)
    path = data / "sign-in"
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(link + "\n", encoding="ascii")
    minutes = ACCESS_SECONDS // 60
    return (
        f"Sign in once, within {minutes} minutes: {link}\n"
        f"Later: {_command()} token --as EMAIL --link"
    )


def _command() -> str:
    """Return how `accord` is called here: by its name, or by the path of a checkout's own."""
    own = Path(sys.executable).with_name("accord")
    if not own.exists() or shutil.which("accord") not in {None, str(own)}:  # make puts it there
        return "accord"
    return str(own.relative_to(Path.cwd())) if own.is_relative_to(Path.cwd()) else str(own)


def _here(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _issuer(data: Path) -> EmbeddedIssuer:
    path = data / "secrets" / "issuer"
    try:
        return EmbeddedIssuer.read(path)
    except OSError as error:
        raise Failed(
            f"{path} cannot be read: {error.strerror}. Start `accord up` first, or say --data."
        ) from error


def _seconds(lasts: str) -> int:
    found = re.fullmatch(r"([1-9][0-9]{0,4})([smh])", lasts)
    if found is None:
        raise typer.BadParameter("--for takes a duration such as 15m or 1h.")
    return min(int(found[1]) * _UNITS[found[2]], LONGEST_SECONDS)
