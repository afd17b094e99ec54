"""How often findings by rules are right, by sort: ``python -m benchmarks.evaluation.certainty [--data FOLDER]``.

Prints what ``servers/evaluator/core/certainty.py`` holds, counted on the people on whom thresholds are chosen and on
the real cases that may be looked at; who stands in both counts as much in each. Then says how far confidence is from
the truth where nothing was counted: on the other people, and on the real cases at which nobody looked.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from benchmarks.evaluation.building import SEED, build
from benchmarks.evaluation.cases import NOW
from benchmarks.evaluation.engines import Rules
from benchmarks.evaluation.quality import Suite, answers_of
from benchmarks.evaluation.real import DATA, true_labels
from benchmarks.evaluation.real import answers_of as answers_of_real
from benchmarks.evaluation.real_cases import RealData, asked, is_looked_at, read_cases, read_labels
from benchmarks.evaluation.scoring import Answer, accuracy, calibration_error
from benchmarks.report import Cell, table
from servers.evaluator.core.certainty import Sort, sort_of
from servers.evaluator.core.findings import Finding
from servers.evaluator.core.matchers import MATCHERS
from servers.evaluator.core.reader import completed
from servers.evaluator.core.record import Record
from servers.evaluator.core.role import Role
from shared.taxonomy import Taxonomy
from shared.wire.evaluation import Verdict
from shared.wire.profile import Dossier
from shared.wire.requirements import Qualification, QualificationKind

Counted = dict[Sort, list[tuple[bool, float]]]
"""By sort: whether each finding is right, and its strength."""
DRAWS = 8
"""How often people of the trades on whom nothing is measured are drawn: some sorts of findings are rare."""
FEWEST = 5
"""Sorts that are found less often tell nothing."""
OF_WORDS = (QualificationKind.SKILL, QualificationKind.OTHER)


def count(asked_of: Iterable[tuple[Dossier, Sequence[tuple[Qualification, Verdict]]]]) -> Counted:
    """Count what rules find of each person."""
    taxonomy, found = Taxonomy.compact(), Counted()
    for dossier, questions in asked_of:
        statements = [one.statement for one, _ in questions]
        record = Record(dossier, taxonomy, date(*NOW, 1), statements)
        for qualification, true in questions:
            full = completed(qualification, taxonomy)
            finding: Finding = MATCHERS[full.kind](full, record, Role())
            row = finding.verdict is true, finding.confidence
            found.setdefault(sort_of(full.kind, finding), []).append(row)
    return found


def share(counts: Sequence[Sequence[tuple[bool, float]]]) -> float:
    """Return how often they are right, by the rule of succession: ten of ten are no certainty.

    Where they are counted in several worlds, each counts as much.
    """
    seen = sum(map(len, counts))
    right = sum(sum(right for right, _ in one) / len(one) for one in counts) / len(counts)
    return (right * seen + 1) / (seen + 2)


def counted(*worlds: Counted) -> list[dict[str, Cell]]:
    """Return the table, a row for each sort that is found often enough anywhere.

    A sort that would come out less sure than its loose kind is counted together with it.
    """
    found = {sort: _in_each([world.get(sort, []) for world in worlds]) for sort in set().union(*worlds)}
    for firm in [sort for sort in found if not sort.loose]:
        loose = firm._replace(loose=True)
        if found[firm] and found.get(loose) and share(found[firm]) < share(found[loose]):
            found[firm] = found[loose] = _in_each(
                [world.get(firm, []) + world.get(loose, []) for world in worlds]
            )
    return [
        {
            "kind": sort.kind.value,
            "verdict": sort.verdict.value,
            "loose": str(sort.loose),
            "right": ", ".join(f"{sum(right for right, _ in one)} of {len(one)}" for one in found[sort]),
            "share": min(round(share(found[sort]), 2), 0.99),
            "least strength": round(min(strength for one in found[sort] for _, strength in one), 2),
        }
        for sort in sorted(found)
        if found[sort] and not _is_an_artefact(sort, found[sort])
    ]


def _is_an_artefact(sort: Sort, counts: Sequence[Sequence[tuple[bool, float]]]) -> bool:
    """Tell whether a finding of facts is mostly wrong in one world alone: that tells how its people were made."""
    return sort.kind not in OF_WORDS and len(counts) == 1 and share(counts) < 0.5


def _in_each(counts: Sequence[list[tuple[bool, float]]]) -> list[list[tuple[bool, float]]]:
    return [one for one in counts if len(one) >= FEWEST]


def _figures(name: str, answers: Sequence[Answer]) -> dict[str, Cell]:
    mean = sum(one.confidence for one in answers) / len(answers)
    return {
        "of": name,
        "cases": len(answers),
        "right": round(accuracy(answers), 3),
        "confidence": round(mean, 3),
        "ECE": round(calibration_error(answers), 3),
    }


def _people() -> Counted:
    draws = (Suite.of(build(seed=SEED + number)).known for number in range(DRAWS))
    return count(
        (page.dossier, [(case.qualification, case.expected) for case in person.cases])
        for known in draws
        for person, page in known
    )


def _looked_at(data: RealData) -> Counted:
    cases = {one.id: one for one in read_cases()}
    looked_at = [(cases[one.case], one.label) for one in true_labels(read_labels()) if is_looked_at(one.case)]
    return count(
        (data.dossier(case.resume), [(asked(data.statement(case)), label)]) for case, label in looked_at
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    options = parser.parse_args()
    if not options.data.exists():
        print(f"skipped: {options.data} is not there; give the folder with --data")
        return 0
    suite, data, rules = Suite.of(build()), RealData(options.data), Rules()
    table(
        counted(_people(), _looked_at(data)),
        title="How often findings by rules are right, where it is counted",
    )
    people = answers_of(rules, suite)
    unseen = [one for one in true_labels(read_labels()) if not is_looked_at(one.case)]
    real = answers_of_real(rules, data, unseen)
    of_words = [one for one in people if one.case.qualification.kind in OF_WORDS]
    facts = [one for one in people if one.case.qualification.kind not in OF_WORDS]
    rows = [
        _figures("invented people: facts", facts),
        _figures("invented people: words", of_words),
        _figures("invented people: all", people),
        _figures("real cases that nobody looked at", real),
    ]
    table(rows, title="How sure rules are, where nothing was counted")
    return 0


if __name__ == "__main__":
    sys.exit(main())
