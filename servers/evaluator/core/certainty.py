"""How sure a finding by rules is: as sure as findings of its sort were often right where that was counted.

``python -m benchmarks.evaluation.certainty`` counts them and prints this table: on invented people of trades that
nothing is measured on, whose skills are worded to mislead rules, and on those real cases that may be looked at. Sorts
that come up in both count as much in each.
"""

from dataclasses import replace
from typing import NamedTuple

from servers.evaluator.core.findings import Finding
from shared.wire.evaluation import Verdict
from shared.wire.requirements import QualificationKind


class Sort(NamedTuple):
    """Findings that are counted together."""

    kind: QualificationKind
    verdict: Verdict
    loose: bool


def sort_of(kind: QualificationKind, finding: Finding) -> Sort:
    """Return a finding's sort."""
    return Sort(kind, finding.verdict, finding.loose)


_K, _V = QualificationKind, Verdict
# (share that is right, least strength among those that were counted), of sorts that were found five times or more
RIGHT: dict[Sort, tuple[float, float]] = {
    Sort(_K.CERTIFICATE, _V.MEETS, False): (0.99, 0.75),
    Sort(_K.CERTIFICATE, _V.MEETS, True): (0.99, 0.75),
    Sort(_K.CERTIFICATE, _V.PARTIAL, False): (0.99, 0.65),
    Sort(_K.CERTIFICATE, _V.NOT_MET, False): (0.99, 0.70),
    Sort(_K.CERTIFICATE, _V.NO_EVIDENCE, False): (0.99, 0.50),
    Sort(_K.CERTIFICATE, _V.NO_EVIDENCE, True): (0.99, 0.50),
    Sort(_K.EDUCATION, _V.MEETS, False): (0.99, 0.90),
    Sort(_K.EDUCATION, _V.PARTIAL, False): (0.99, 0.50),
    Sort(_K.EDUCATION, _V.NOT_MET, False): (0.99, 0.70),
    Sort(_K.EDUCATION, _V.NO_EVIDENCE, False): (0.99, 0.60),
    Sort(_K.EXPERIENCE, _V.MEETS, False): (0.99, 0.85),
    Sort(_K.EXPERIENCE, _V.PARTIAL, False): (0.91, 0.55),
    Sort(_K.EXPERIENCE, _V.NOT_MET, False): (0.99, 0.80),
    Sort(_K.LANGUAGE, _V.MEETS, False): (0.99, 0.60),
    Sort(_K.LANGUAGE, _V.PARTIAL, False): (0.98, 0.70),
    Sort(_K.LANGUAGE, _V.NOT_MET, False): (0.99, 0.75),
    Sort(_K.LANGUAGE, _V.NO_EVIDENCE, False): (0.99, 0.65),
    Sort(_K.LOCATION, _V.MEETS, False): (0.99, 0.75),
    Sort(_K.LOCATION, _V.NOT_MET, False): (0.99, 0.85),
    Sort(_K.LOCATION, _V.NO_EVIDENCE, False): (0.97, 0.60),
    Sort(_K.OTHER, _V.NO_EVIDENCE, False): (0.93, 0.80),
    Sort(_K.SENIORITY, _V.MEETS, False): (0.99, 0.90),
    Sort(_K.SENIORITY, _V.NOT_MET, False): (0.99, 0.65),
    Sort(_K.SKILL, _V.MEETS, False): (0.49, 0.60),
    Sort(_K.SKILL, _V.MEETS, True): (0.49, 0.60),
    Sort(_K.SKILL, _V.PARTIAL, False): (0.56, 0.42),
    Sort(_K.SKILL, _V.PARTIAL, True): (0.26, 0.45),
    Sort(_K.SKILL, _V.NOT_MET, False): (0.94, 0.80),
    Sort(_K.SKILL, _V.NO_EVIDENCE, False): (0.70, 0.60),
    Sort(_K.SKILL, _V.NO_EVIDENCE, True): (0.43, 0.50),
}


def as_often_right(kind: QualificationKind, finding: Finding) -> Finding:
    """Return a finding as sure as its sort is right, in proportion less where it is weaker than all that were counted.

    Sorts that were not counted stay as sure as their matcher says.
    """
    counted = RIGHT.get(sort_of(kind, finding))
    if counted is None:
        return finding
    share, least = counted
    return replace(finding, confidence=share * min(1.0, finding.confidence / least))
