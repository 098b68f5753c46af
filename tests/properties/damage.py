"""Bytes as they come out of a bad disk, a bad network or a bad neighbour."""

from hypothesis import strategies as st

from tests.contracts.golden import FOLDER

GOLDEN = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in FOLDER.rglob("*.json")}
VALUES = [
    b"null", b"true", b"0", b"-1", b"1e400", b"NaN", b"9" * 5_000, b'""', b'"\\u0000"', b"{}",
    b"[]",
    b'"0001-01-01T00:00:00+23:59"', b'"9999-12-31T23:59:59-23:59"', b'{"_sd":5}', b'{"_sd":[{}]}',
    b'{"_sd":"x"}', b'[{"_sd":["x"]}]',
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn, entries: st.SearchStrategy[bytes]) -> bytes:
    """Draw bytes that were flipped, cut, spliced, nested, repeated, or altered in one value."""
    entry = draw(entries)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(0, len(entry) - 1)))
        match draw(st.sampled_from(["flip", "cut", "splice", "nest", "huge", "value", "insert"])):
            case "flip":
                bit = 1 << draw(st.integers(0, 7))
                entry = (
                    entry[:at]
                    + bytes([byte ^ bit for byte in entry[at : at + 1]])
                    + entry[at + 1 :]
                )
            case "cut":
                entry = entry[:at] if draw(st.booleans()) else entry[at:]
            case "splice":
                other = draw(entries)
                entry = entry[:at] + other[draw(st.integers(0, len(other))) :]
            case "nest":
                deep = draw(st.sampled_from([2, 100, 400, 700, 900, 1_000, 1_020, 5_000, 20_000]))
                left, right = draw(st.sampled_from([(b"[", b"]"), (b'{"a":', b"}")]))
                entry = _valued(entry, at, left * deep + b"1" + right * deep)
            case "huge":
                entry = entry[:at] + entry[at : at + 40] * 1_600 + entry[at:]
            case "value":
                entry = _valued(entry, at, draw(st.sampled_from(VALUES)))
            case _:
                entry = entry[:at] + draw(st.binary(max_size=8)) + entry[at:]
    return entry


def _valued(entry: bytes, at: int, value: bytes) -> bytes:
    """Return the entry with another value in place of one after `at`, still well-formed."""
    start = entry.find(b'":', at)
    if start < 0:
        return entry
    start += 2
    ends = [end for sign in (b',"', b"}") if (end := entry.find(sign, start)) >= 0]
    return entry[:start] + value + entry[min(ends, default=len(entry)) :]


golden_bytes = st.sampled_from(sorted(GOLDEN)).map(GOLDEN.__getitem__)
