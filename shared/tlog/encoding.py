"""How names, hashes and keys are written in notes: in one way only."""

import base64
import binascii
import re

_SHOWN = 60
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class Unreadable(ValueError):
    """Bytes that are not what they should be: the message says what, and where."""


def check_name(name: str) -> None:
    """Check the name of a key.

    Raises:
        Unreadable: it is empty, or has a space or `+` in it.
    """
    if not name or "+" in name or any(letter.isspace() for letter in name):
        raise Unreadable(f"A key name is not empty and has no space or + in it: {shown(name)}")
    check_controls(name)


def base64_bytes(text: str) -> bytes:
    """Return what stands there in base64, which only one text stands for.

    Raises:
        Unreadable: it is not base64, or not as an encoder writes it.
    """
    try:
        raw = base64.b64decode(text.encode("ascii"), validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise Unreadable(f"This is not base64: {shown(text)}") from error
    if base64.b64encode(raw).decode() != text:
        raise Unreadable(f"This is not canonical base64: {shown(text)}")
    return raw


def shown(text: str) -> str:
    """Return a foreign text so that it fits a sentence: quoted, and not longer than a line."""
    return repr(text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…")


def check_controls(text: str) -> None:
    """Refuse ASCII control characters but the newline.

    Raises:
        Unreadable: there is one; the message names its line.
    """
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise Unreadable(f"Line {line} has a control character (U+{ord(found[0]):04X}).")
