"""What a row of training data is, and which rows may be learnt from."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from shared.kernel.errors import InvalidInput

LABELS = ("no_evidence", "not_met", "partial", "meets")
"""The answers in the order of the model's outputs."""

SOURCES = ("generated", "licensed")
LICENCES = frozenset({"CC0-1.0", "CC-BY-4.0", "Apache-2.0", "MIT", "BSD-3-Clause"})


@dataclass(frozen=True, slots=True)
class Row:
    """One question with its answer.

    Attributes:
        qualification: what is asked, without its quantity.
        kind: of the qualification, as in ``shared.wire.requirements``.
        passage: one sentence or bullet of a masked profile.
        label: one of ``LABELS``.
        scenario: what the passage does, such as ``narrower`` or ``wished``; figures are given by it.
        occupation: whose work it is about; rows are split by it.
        source: ``generated`` here, or ``licensed`` from others; nothing else may be learnt from.
        licence: SPDX identifier under which the row may be used.
    """

    qualification: str
    kind: str
    passage: str
    label: str
    scenario: str
    occupation: str
    source: str = ""
    licence: str = ""


def accepted(rows: Iterable[Row]) -> Iterator[Row]:
    """Pass rows on that are marked as generated or licensed.

    Raises InvalidInput at the first one that is not, without its text: it may be about a customer's candidate.
    """
    for number, row in enumerate(rows, 1):
        if row.source not in SOURCES:
            raise InvalidInput(
                f"row {number} is not marked as generated or licensed: {row.source or 'no source'}.",
                field="source",
                fix="The judge never learns from customers' data; leave such rows out.",
            )
        if row.licence not in LICENCES:
            raise InvalidInput(
                f"row {number} names no licence that allows training: {row.licence or 'none'}.",
                field="licence",
                fix=f"Known ones are {', '.join(sorted(LICENCES))}.",
            )
        if row.label not in LABELS:
            raise InvalidInput(f"row {number} has an unknown label.", field="label")
        yield row


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write rows as JSON lines."""
    with path.open("w", encoding="utf-8") as file:
        for row in rows:
            file.write(json.dumps(asdict(row), ensure_ascii=False) + "\n")


def read_rows(path: Path) -> Iterator[Row]:
    """Read JSON lines; fields that are absent are empty, so that ``accepted`` refuses the row.

    Raises InvalidInput for a line that is not a row.
    """
    known = [field.name for field in fields(Row)]
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            try:
                found = json.loads(line)
            except ValueError as error:
                raise InvalidInput(f"line {number} of {path.name} is not JSON.", field="data") from error
            if not isinstance(found, dict):
                raise InvalidInput(f"line {number} of {path.name} is not a row.", field="data")
            yield Row(**{name: str(found.get(name, "")) for name in known})
