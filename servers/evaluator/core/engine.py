"""The rules engine: one dossier against requirements, one qualification at a time."""

import hashlib
import json
from datetime import date
from typing import Any

from servers.evaluator.core.aggregate import recommend, summarise
from servers.evaluator.core.findings import Finding, no_evidence
from servers.evaluator.core.matchers import MATCHERS
from servers.evaluator.core.quotes import make_quotes, verified
from servers.evaluator.core.reader import completed
from servers.evaluator.core.record import Record
from servers.evaluator.core.role import Role
from shared.taxonomy import Taxonomy
from shared.wire.evaluation import Evaluation, Judgement
from shared.wire.profile import Dossier
from shared.wire.requirements import Qualification, QualificationKind, Requirements

ENGINE = "rules-2"
CONDITIONS = frozenset(
    {
        QualificationKind.LOCATION,
        QualificationKind.LANGUAGE,
        QualificationKind.SENIORITY,
        QualificationKind.ELIGIBILITY,
        QualificationKind.OTHER,
    }
)
"""What must hold besides being able to do the work, and free statements, which rules can hardly test."""


class RulesEngine:
    """Judges by rules alone. Pure: the same arguments always give the same evaluation.

    Args:
        taxonomy: what it knows of skills and occupations.
        as_of: the day on which a position that goes on is counted to; only its month matters.
    """

    def __init__(self, taxonomy: Taxonomy, as_of: date) -> None:
        self._taxonomy = taxonomy
        self._as_of = as_of.replace(day=1)

    def input_hash(self, requirements: Requirements, dossier: Dossier) -> str:
        """Return the SHA-256 (hex) of everything that the verdicts depend on."""
        read: dict[str, Any] = {
            "engine": ENGINE,
            "as_of": self._as_of.isoformat(),
            "taxonomy": self._taxonomy.extent,
            "role": Role.of(requirements).__repr__(),
            "qualifications": [one.model_dump(mode="json") for one in requirements.qualifications],
            "profile": dossier.profile.model_dump(mode="json"),
            "sources": [[source.id, source.text] for source in dossier.sources],
            "flags": dossier.flags,
        }
        text = json.dumps(read, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def judge(self, requirements: Requirements, dossier: Dossier) -> Evaluation:
        """Judge one candidate against every qualification, alone, on no curve."""
        statements = [one.statement for one in requirements.qualifications]
        record = Record(dossier, self._taxonomy, self._as_of, statements)
        role = Role.of(requirements)
        judgements = [self._one(one, record, role) for one in requirements.qualifications]
        return Evaluation(
            candidate_id=dossier.candidate_id,
            recommendation=recommend(
                judgements,
                _of_kinds(requirements, CONDITIONS),
                _of_kinds(requirements, frozenset({QualificationKind.ELIGIBILITY})),
            ),
            summary=summarise(judgements),
            judgements=judgements,
            engine=ENGINE,
            input_hash=self.input_hash(requirements, dossier),
            flags=record.flags,
        )

    def _one(self, qualification: Qualification, record: Record, role: Role) -> Judgement:
        full = completed(qualification, self._taxonomy)
        finding = _empty() if record.is_empty else MATCHERS[full.kind](full, record, role)
        finding, quotes = verified(finding, make_quotes(finding.hits, record.texts), record.texts)
        return Judgement(
            qualification_id=qualification.id,
            statement=qualification.statement,
            importance=qualification.importance,
            verdict=finding.verdict,
            quotes=quotes,
            reason=finding.reason,
            confidence=round(finding.confidence, 2),
        )


def _of_kinds(requirements: Requirements, kinds: frozenset[QualificationKind]) -> frozenset[str]:
    """Return the ids of the qualifications of these kinds."""
    return frozenset(one.id for one in requirements.qualifications if one.kind in kinds)


def _empty() -> Finding:
    return no_evidence("the profile holds no text to judge by", 0.9)
