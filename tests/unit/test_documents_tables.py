"""Reading tables."""

import pytest

from shared.documents import read_table
from shared.kernel.errors import InvalidInput


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_the_separator_is_told_by_the_content(separator: str) -> None:
    lines = [["name", "email"], ["Nova Sample", "nova@example.org"], ["Kit Example", "kit@example.org"]]
    data = "\n".join(separator.join(line) for line in lines).encode()
    assert read_table("people.csv", data)[1] == {"name": "Kit Example", "email": "kit@example.org"}


@pytest.mark.parametrize("name", ["people.csv", "people.tsv"])
def test_empty_cells_and_rows_are_left_out(name: str) -> None:
    rows = read_table(name, b"name\temail\nNova Sample\t\n\t\n")
    assert rows == [{"name": "Nova Sample"}]


def test_quoted_cells_keep_separators_quotes_and_line_ends() -> None:
    [row] = read_table("people.csv", b'name,note\n"Sample, Nova","says ""hello""\nand more"\n')
    assert row == {"name": "Sample, Nova", "note": 'says "hello"\nand more'}


def test_a_table_without_rows_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match=r"people\.csv: the table has no rows"):
        read_table("people.csv", b"name,email\n")


def test_a_picture_named_csv_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"people\.csv: it is a picture"):
        read_table("people.csv", b"\x89PNG\r\n\x1a\n")
