import gzip
import tracemalloc
from pathlib import Path

import pytest

from accord.sources import rows
from accord.sources.refusals import BadRow, Damaged, Refusal
from accord.sources.rows import LINE_BYTES, find

COLUMNS = ("name", "age")


def read(path: Path) -> tuple[list[tuple[int, list[str]]], list[Refusal]]:
    taken: list[tuple[int, list[str]]] = []
    refused: list[Refusal] = []
    rows.read(path, COLUMNS, lambda line, cells: taken.append((line, cells)), refused.append)
    return taken, refused


def written(folder: Path, raw: bytes, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(raw, mtime=0) if path.suffix == ".gz" else raw)
    return path


@pytest.mark.parametrize("name", ["people.csv", "people.csv.gz"])
def test_rows_come_with_their_lines_in_the_order_asked_for(tmp_path: Path, name: str) -> None:
    raw = b'\xef\xbb\xbfage,who,name\r\n7,x,Ada\n8,y,"Bo, ""Jr""\tB"\n'
    taken, refused = read(written(tmp_path, raw, name))
    assert taken == [(2, ["Ada", "7"]), (3, ['Bo, "Jr"\tB', "8"])]
    assert refused == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"Jos\xe9,7", "not_utf8"),
        (b"Ada", "columns"),
        (b"Ada,7,8", "columns"),
        (b'"Ada,7', "quotes"),
        (b'Ada,"7"x', "quotes"),
        (b"Ada\x00,7", "control_characters"),
        ("Ada\u202e,7".encode(), "control_characters"),
        (b"A" * LINE_BYTES + b",7", "line_too_long"),
    ],
)
def test_a_bad_row_is_refused_and_the_next_one_read(
    tmp_path: Path, row: bytes, reason: str
) -> None:
    path = written(tmp_path, b"name,age\n" + row + b"\nBo,8\n")
    taken, refused = read(path)
    assert taken == [(3, ["Bo", "8"])]
    assert [(each.file, each.line, each.reason) for each in refused] == [(str(path), 2, reason)]


def test_what_the_reader_of_a_row_refuses_has_its_place(tmp_path: Path) -> None:
    def take(_line: int, cells: list[str]) -> None:
        raise BadRow("too_young", f"{cells[0]} is too young.")

    refused: list[Refusal] = []
    path = written(tmp_path, b"name,age\nAda,7\n")
    rows.read(path, COLUMNS, take, refused.append)
    assert refused == [Refusal(str(path), 2, "too_young", "Ada is too young.")]


@pytest.mark.parametrize("name", ["people.csv", "people.csv.gz"])
def test_a_line_of_10_mb_is_refused_with_little_memory(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, b"name,age\n" + b"A" * 10_000_000 + b",7\nBo,8\n", name)
    tracemalloc.start()
    taken, refused = read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken == [(3, ["Bo", "8"])]
    assert [(each.line, each.reason) for each in refused] == [(2, "line_too_long")]
    assert peak < 1_000_000


def test_a_truncated_gz_is_damaged_where_it_breaks_off(tmp_path: Path) -> None:
    raw = b"name,age\n" + b"".join(b"p%d,%d\n" % (n, n * n) for n in range(5_000))
    path = tmp_path / "people.csv.gz"
    path.write_bytes(gzip.compress(raw, mtime=0)[:-4_000])
    with pytest.raises(Damaged) as caught:
        read(path)
    refusal = caught.value.refusal
    assert (refusal.file, refusal.reason) == (str(path), "truncated")
    assert 1_000 < refusal.line < 5_000


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"plain words", "unreadable"),
        (gzip.compress(b"name,age\nAda,7\n", mtime=0)[:-8] + b"12345678", "unreadable"),
    ],
)
def test_a_gz_that_is_none_is_damaged(tmp_path: Path, raw: bytes, reason: str) -> None:
    path = tmp_path / "people.csv.gz"
    path.write_bytes(raw)
    with pytest.raises(Damaged) as caught:
        read(path)
    assert caught.value.refusal.reason == reason


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"", "missing_column"),
        (b"name,years", "missing_column"),
        (b"name,age,age", "missing_column"),
        ("name,age".encode("utf-16"), "not_utf8"),
    ],
)
def test_a_header_names_each_column_once(tmp_path: Path, header: bytes, reason: str) -> None:
    with pytest.raises(Damaged) as caught:
        read(written(tmp_path, header))
    assert (caught.value.refusal.line, caught.value.refusal.reason) == (1, reason)


def test_a_file_is_there_once(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        find(tmp_path, "votes")
    packed = written(tmp_path, b"", "votes.csv.gz")
    assert find(tmp_path, "votes") == packed
    written(tmp_path, b"", "votes.csv")
    with pytest.raises(FileExistsError):
        find(tmp_path, "votes")
