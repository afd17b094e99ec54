"""The rules engine: one dossier against requirements, one qualification at a time."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from servers.evaluator.core.aggregate import recommend, summarise
from servers.evaluator.core.findings import Finding, no_evidence
from servers.evaluator.core.injection import copied_statements
from servers.evaluator.core.matchers import MATCHERS
from servers.evaluator.core.models import Judged
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


@dataclass(frozen=True)
class Known:
    """What stands already of one dossier as it is read now: its flags, and judgements by question."""

    flags: list[str] = field(default_factory=list[str])
    judgements: Mapping[str, Judgement] = field(default_factory=dict[str, Judgement])


class RulesEngine:
    """Judges by rules alone. Pure: the same arguments always give the same evaluation.

    A judgement depends on two things, each of which has a hash: the question (a qualification, with what it
    takes from the role, and the engine) and the reading (a dossier, without what it copied from the
    requirements). Where both are the same, a judgement that was made before stands.

    Args:
        taxonomy: what it knows of skills and occupations.
        as_of: the day on which a position that goes on is counted to; only its month matters.
    """

    def __init__(self, taxonomy: Taxonomy, as_of: date) -> None:
        self._taxonomy = taxonomy
        self._as_of = as_of.replace(day=1)
        self._asked: tuple[Requirements, list[str]] | None = None

    def questions(self, requirements: Requirements) -> list[str]:
        """Return the SHA-256 (hex) of what is asked by each qualification, in their order."""
        if self._asked is None or self._asked[0] is not requirements:
            role = Role.of(requirements)
            self._asked = requirements, [self._question(one, role) for one in requirements.qualifications]
        return self._asked[1]

    def _question(self, qualification: Qualification, role: Role) -> str:
        full = completed(qualification, self._taxonomy)
        return _sha256(
            {
                "engine": ENGINE,
                "as_of": self._as_of.isoformat(),
                "taxonomy": self._taxonomy.extent,
                "qualification": full.model_dump(mode="json", exclude={"id", "importance"}),
                "role": repr(_ROLE_FOR[full.kind](role)) if full.kind in _ROLE_FOR else None,
            }
        )

    def reading(self, requirements: Requirements, dossier: Dossier) -> str:
        """Return the SHA-256 (hex) of what is read of a dossier under these requirements."""
        statements = [one.statement for one in requirements.qualifications]
        texts = [source.text for source in dossier.sources if source.text.strip()]
        return _sha256(
            {
                "profile": dossier.profile.model_dump(mode="json"),
                "sources": [[source.id, source.text] for source in dossier.sources],
                "flags": dossier.flags,
                # A profile without texts is written out as one, in which anything might be repeated.
                "copied": [copied_statements(text, statements) for text in texts] or sorted(statements),
            }
        )

    def input_hash(self, requirements: Requirements, dossier: Dossier) -> str:
        """Return the SHA-256 (hex) of everything that the verdicts depend on."""
        asked = [
            [one.id, one.importance, question]
            for one, question in zip(requirements.qualifications, self.questions(requirements), strict=True)
        ]
        return _sha256({"reading": self.reading(requirements, dossier), "asked": asked})

    def judge(self, requirements: Requirements, dossier: Dossier, known: Known | None = None) -> Evaluation:
        """Judge one candidate against every qualification, alone, on no curve.

        ``known`` is what stands already of this reading; only what is not in it is judged.
        """
        questions = self.questions(requirements)
        judgements, flags = self._judgements(requirements, dossier, questions, known or Known())
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
            flags=flags,
        )

    def _judgements(
        self, requirements: Requirements, dossier: Dossier, questions: list[str], known: Known
    ) -> tuple[list[Judgement], list[str]]:
        asked = list(zip(requirements.qualifications, questions, strict=True))
        if asked and all(question in known.judgements for _, question in asked):
            return [_again(known.judgements[question], one) for one, question in asked], known.flags
        statements = [one.statement for one in requirements.qualifications]
        record = Record(dossier, self._taxonomy, self._as_of, statements)
        role = Role.of(requirements)
        judgements = [
            _again(known.judgements[question], one)
            if question in known.judgements
            else self._one(one, record, role)
            for one, question in asked
        ]
        return judgements, record.flags

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


def judged_by(
    engine: RulesEngine, requirements: Requirements, dossier: Dossier, stored: Sequence[Judged] = ()
) -> Judged:
    """Judge one candidate as it is kept; what ``stored`` says of the same reading stands."""
    reading, questions = engine.reading(requirements, dossier), engine.questions(requirements)
    same = [one for one in stored if one.reading == reading]
    standing = {
        question: judgement
        for one in same
        for question, judgement in zip(one.questions, one.evaluation.judgements, strict=True)
    }
    known = Known(same[0].evaluation.flags if same else [], standing)
    return Judged(
        evaluation=engine.judge(requirements, dossier, known),
        reading=reading,
        questions=questions,
        kept=sum(question in standing for question in questions),
    )


def judge_each(
    engine: RulesEngine, requirements: Requirements, dossiers: Sequence[Dossier], stored: Sequence[Judged]
) -> list[Judged]:
    """Judge several candidates; ``stored`` is what is kept of any of them."""
    past: dict[str, list[Judged]] = {}
    for one in stored:
        past.setdefault(one.evaluation.candidate_id, []).append(one)
    return [judged_by(engine, requirements, one, past.get(one.candidate_id, ())) for one in dossiers]


_ROLE_FOR: dict[QualificationKind, Callable[[Role], object]] = {
    QualificationKind.LOCATION: lambda role: (role.location, role.country_code, role.work_mode),
    QualificationKind.SENIORITY: lambda role: role.seniority,
}
"""What the matchers of some kinds read of the role."""


def _again(judgement: Judgement, qualification: Qualification) -> Judgement:
    """Return a judgement that stands as the answer to a qualification, which may weigh differently now."""
    return judgement.model_copy(
        update={"qualification_id": qualification.id, "importance": qualification.importance}
    )


def _sha256(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _of_kinds(requirements: Requirements, kinds: frozenset[QualificationKind]) -> frozenset[str]:
    """Return the ids of the qualifications of these kinds."""
    return frozenset(one.id for one in requirements.qualifications if one.kind in kinds)


def _empty() -> Finding:
    return no_evidence("the profile holds no text to judge by", 0.9)
