"""vkeys: how a public key is written where people put it, with its name and its type.

<name>+<key id, 8 hex digits>+<base64 of type and key>
"""

from shared.tlog.cosignature import CosignerKey, MlDsaCosignerKey
from shared.tlog.encoding import Unreadable, base64_bytes, shown
from shared.tlog.note import Key, LogKey

TYPES: dict[int, type[Key]] = {each.kind: each for each in (LogKey, CosignerKey, MlDsaCosignerKey)}


def vkey(text: str) -> Key:
    """Read a vkey.

    Raises:
        Unreadable: it is none, its key id is not that of its key, or its type is not read here.
    """
    parts = text.split("+", 2)
    if len(parts) != 3:  # noqa: PLR2004 - its three parts
        raise Unreadable(f"A vkey is a name, a key id and a key, with + between: {shown(text)}")
    name, stated, encoded = parts
    raw = base64_bytes(encoded)
    if not raw or raw[0] not in TYPES:
        read = ", ".join(f"0x{each:02x}" for each in TYPES)
        raise Unreadable(f"The key of {shown(name)} is of a type not read here; {read} are.")
    key = TYPES[raw[0]](name, raw[1:])
    if key.id.hex() != stated:
        raise Unreadable(f"The key id of {shown(name)} is {key.id.hex()}, not {shown(stated)}.")
    return key
