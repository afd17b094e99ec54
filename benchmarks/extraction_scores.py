"""Scores of span extraction: tokens found and missed, and the exact matching that everything is compared with."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from shared.taxonomy import PhraseMatcher, tokenise

Spans = list[tuple[int, int]]
_TOKEN = re.compile(r"\S+")


@dataclass
class Score:
    """Counts of tokens: found and right, found and wrong, missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, gold: set[int], found: set[int]) -> None:
        self.right += len(gold & found)
        self.wrong += len(found - gold)
        self.missed += len(gold - found)

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / max(1, self.right + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(1, 2 * self.right + self.wrong + self.missed)

    def row(self, text: str, finder: str) -> dict[str, str | float]:
        return {
            "spans": text,
            "finder": finder,
            "precision": round(self.precision, 3),
            "recall": round(self.recall, 3),
            "F1": round(self.f1, 3),
        }


def tokens_within(text: str, spans: Iterable[tuple[int, int]]) -> set[int]:
    """Return the numbers of the blank-separated words of ``text`` that ``spans`` touch."""
    ordered = sorted(spans)
    touched: set[int] = set()
    for number, match in enumerate(_TOKEN.finditer(text)):
        if any(a < match.end() and match.start() < b for a, b in ordered):
            touched.add(number)
    return touched


def gold_spans(text: str, phrases: list[str]) -> Spans:
    """Place gold phrases, listed in the order of the text, in the text."""
    spans: Spans = []
    cursor = 0
    for phrase in phrases:
        place = text.find(phrase, cursor)
        if place < 0:
            place = text.find(phrase)
        if place >= 0:
            spans.append((place, place + len(phrase)))
            cursor = place + 1
    return spans


class ExactMatching:
    """The peer: every ESCO label and O*NET technology, matched exactly; ESCO's skill type is the kind."""

    def __init__(self, folder: Path) -> None:
        phrases: list[tuple[str, str]] = []
        with (folder / "esco" / "skills_en.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                kind = "knowledge" if row["skillType"] == "knowledge" else "skills"
                phrases += [(name, kind) for name in (row["preferredLabel"], *row["altLabels"].splitlines())]
        with (folder / "onet" / "Technology Skills.txt").open(encoding="utf-8", newline="") as file:
            phrases += [(row["Example"], "knowledge") for row in csv.DictReader(file, delimiter="\t")]
        self._matcher = PhraseMatcher(phrases)

    def __call__(self, text: str) -> dict[str, Spans]:
        found: dict[str, Spans] = {"skills": [], "knowledge": []}
        tokens = tokenise(text)
        for first, after, kinds in self._matcher.longest(tokens):
            found[kinds[0]].append((tokens.starts[first], tokens.ends[after - 1]))
        return found
