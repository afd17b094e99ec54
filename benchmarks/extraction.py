"""How well skills, titles, degrees and the rest are found in real texts, beside exact ESCO + O*NET matching.

``python -m benchmarks.extraction [--data FOLDER]`` measures token precision, recall and F1 of
- SkillSpan's gold ``skills`` and ``knowledge`` spans (postings/skillspan_train.jsonl), and
- labelled résumés (resumes/resumes.jsonl).
"""

import argparse
import csv
import json
import re
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.report import json_line, table
from shared.taxonomy import PhraseMatcher, extract_skill_phrases, tokenise

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


def rules(text: str) -> dict[str, Spans]:
    """What Hiremesh finds: skills (doings and soft skills) and knowledge (things known)."""
    found: dict[str, Spans] = {"skills": [], "knowledge": []}
    for mention in extract_skill_phrases(text):
        found["skills" if mention.kind == "skill" else "knowledge"].append((mention.start, mention.end))
    return found


def measure_postings(
    rows: list[dict[str, Any]], finders: dict[str, Callable[[str], dict[str, Spans]]]
) -> dict[tuple[str, str], Score]:
    """Score each finder on gold skills and knowledge."""
    scores = {(kind, name): Score() for kind in ("skills", "knowledge") for name in finders}
    for row in rows:
        text = "\n".join(row["lines"])
        for name, finder in finders.items():
            found = finder(text)
            for kind in ("skills", "knowledge"):
                gold = tokens_within(text, gold_spans(text, row[kind]))
                scores[kind, name].add(gold, tokens_within(text, found[kind]))
    return scores


def main() -> int:
    """Measure, print the tables and one JSON line; return 0 also where the data is absent, saying so."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--half", choices=("0", "1"), help="only every other posting, for tuning")
    options = parser.parse_args()
    postings = options.data / "postings" / "skillspan_train.jsonl"
    if not postings.exists():
        print(f"skipped: {postings} is not there; give the folder with --data")
        return 0
    rows = [json.loads(line) for line in postings.read_text(encoding="utf-8").splitlines()]
    if options.half:
        rows = rows[int(options.half) :: 2]
    finders: dict[str, Callable[[str], dict[str, Spans]]] = {"rules": rules}
    if (options.data / "taxonomy").exists():
        finders["exact ESCO + O*NET"] = ExactMatching(options.data / "taxonomy")
    start = time.process_time()
    scores = measure_postings(rows, finders)
    table([score.row(kind, name) for (kind, name), score in scores.items()], title="SkillSpan, tokens")
    results: dict[str, object] = {
        f"skillspan.{kind}.{name}": round(score.f1, 3) for (kind, name), score in scores.items()
    }
    results["cpu_seconds"] = round(time.process_time() - start, 1)
    json_line({"benchmark": "extraction", **results})
    return 0


if __name__ == "__main__":
    sys.exit(main())
