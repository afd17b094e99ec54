"""How well skills, titles, degrees and the rest are found in real texts, beside exact ESCO + O*NET matching.

``python -m benchmarks.extraction [--data FOLDER]`` measures token precision, recall and F1 of
- SkillSpan's gold ``skills`` and ``knowledge`` spans (postings/skillspan_train.jsonl), and
- labelled résumés (resumes/resumes.jsonl).
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.extraction_resumes import measure_resumes
from benchmarks.extraction_scores import ExactMatching, Score, Spans, gold_spans, tokens_within
from benchmarks.report import json_line, table
from shared.taxonomy import extract_skill_phrases


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
    results: dict[str, object] = {"benchmark": "extraction", "postings": len(rows)}
    scores = measure_postings(rows, finders)
    table([score.row(kind, name) for (kind, name), score in scores.items()], title="SkillSpan, tokens")
    results |= {f"skillspan.{kind}.{name}": round(score.f1, 3) for (kind, name), score in scores.items()}
    resumes = options.data / "resumes" / "resumes.jsonl"
    if resumes.exists():
        people = [json.loads(line) for line in resumes.read_text(encoding="utf-8").splitlines()]
        people = people[int(options.half) :: 2] if options.half else people
        scores = measure_resumes(people, options.data / "taxonomy")
        table([score.row(kind, name) for (kind, name), score in scores.items()], title="Résumés, tokens")
        results["resumes"] = len(people)
        results |= {f"resumes.{kind}.{name}": round(score.f1, 3) for (kind, name), score in scores.items()}
    results["cpu_seconds"] = round(time.process_time() - start, 1)
    json_line(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
