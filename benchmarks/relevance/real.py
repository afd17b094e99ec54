"""Real résumés and postings, kept as references and grades: none of their text is in this repository.

A query is a few places of a posting; who is graded for it was among the first by words, by meaning or by the
unit's own search, or drawn at random. LABELLING.md says how they were read, and by whom.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.evaluation.real_cases import RealData

HERE = Path(__file__).parent
QUERIES, GRADES = HERE / "real_queries.jsonl", HERE / "real_grades.jsonl"
DATA = Path("../shared/data")


@dataclass(frozen=True)
class RealQuery:
    """A posting by its file and id, and the characters ``[start, end)`` of it that are asked for."""

    id: str
    file: str
    posting: str
    spans: tuple[tuple[int, int], ...]

    def text(self, data: RealData) -> str:
        """Return the words of the query."""
        posting = data.postings[self.file, self.posting]
        return ", ".join(" ".join(posting[start:end].split()) for start, end in self.spans)


@dataclass(frozen=True)
class Graded:
    """A résumé's grade for a query, 0 to 3, in one or two readings, and which rankings drew it."""

    query: str
    resume: str
    drawn: tuple[str, ...]
    first: int
    second: int | None = None


def read_queries() -> list[RealQuery]:
    """Return the queries in order."""
    rows = (json.loads(line) for line in QUERIES.read_text("utf-8").splitlines())
    return [
        RealQuery(row["id"], row["file"], row["posting"], tuple(map(tuple, row["spans"]))) for row in rows
    ]


def read_grades() -> list[Graded]:
    """Return all grades."""
    rows = (json.loads(line) for line in GRADES.read_text("utf-8").splitlines())
    return [Graded(**(row | {"drawn": tuple(row["drawn"])})) for row in rows]


def write_grades(grades: Iterable[Graded]) -> None:
    """Keep grades, a JSON line each."""
    text = "".join(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in grades)
    GRADES.write_text(text, encoding="utf-8")


def by_query(grades: Sequence[Graded]) -> dict[str, dict[str, int]]:
    """Return what the first reading said, by query and résumé."""
    found: dict[str, dict[str, int]] = {}
    for one in grades:
        found.setdefault(one.query, {})[one.resume] = one.first
    return found


def read_twice(grades: Sequence[Graded]) -> list[tuple[int, int]]:
    """Return both grades of those that were read twice."""
    return [(one.first, one.second) for one in grades if one.second is not None]
