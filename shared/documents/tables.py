"""Reading tables that people hand in as CSV, whatever separates the columns."""

import csv
import io

from shared.documents.model import Limits
from shared.documents.read import read_document
from shared.kernel.errors import InvalidInput


def read_table(name: str, data: bytes, limits: Limits | None = None) -> list[dict[str, str]]:
    """Return the rows of a table as header → cell, without empty cells and rows.

    The separator is a comma, semicolon, tab or bar. Raises InvalidInput for what is no text, and for a
    table that is damaged or has no header or rows.
    """
    # Decoding and the refusal of rubbish are the same as for any text.
    content = read_document(name, data, limits).text
    csv.field_size_limit(1_000_000)
    try:
        separator = csv.Sniffer().sniff(content[:8192], delimiters=",;\t|").delimiter
    except csv.Error:
        separator = ","
    try:
        # A sniffed dialect forgets doubled quotes; the standard says they are always meant.
        reader = csv.DictReader(io.StringIO(content, newline=""), delimiter=separator, doublequote=True)
        headers = [header for header in reader.fieldnames or [] if header and header.strip()]
        rows = [
            {header: cell for header in headers if (cell := (row.get(header) or "").strip())}
            for row in reader
        ]
    except csv.Error as error:
        raise InvalidInput(
            f"{name}: the table is damaged ({error}).", field="document", fix="Export it again as CSV."
        ) from error
    rows = [row for row in rows if row]
    if not headers or not rows:
        raise InvalidInput(
            f"{name}: the table has no rows.",
            field="document",
            fix="Send a CSV with a header and one row a person.",
        )
    return rows
