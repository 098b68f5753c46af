from pathlib import Path

from tests.acceptance import capabilities, proven


def test_every_row_is_read_once() -> None:
    rows = capabilities()
    assert [row.id for row in rows] == [f"F{n}" for n in range(1, len(rows) + 1)]
    assert len(rows) == 123


def test_only_the_names_of_tests_prove(tmp_path: Path) -> None:
    file = tmp_path / "test_it.py"
    file.write_text(
        "def test_f4_f5_both(): ...\n"
        "async def test_f6_later(): ...\n"
        "def helper_f7_of_a_test(): ...\n"
        "def test_of_f8(): ...  # F9\n"
    )
    assert proven([file]) == {"F4", "F5", "F6"}
