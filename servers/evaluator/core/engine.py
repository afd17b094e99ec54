"""The engine: one dossier against requirements, one qualification at a time.

It drafts by rules, says what a model is to be asked, and concludes from the answers. Without a model there is
nothing to ask, and the draft stands.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from servers.evaluator.core.aggregate import recommend, summarise
from servers.evaluator.core.concluding import Probabilities, concluded
from servers.evaluator.core.drafting import Draft, Drafted, Drafting
from servers.evaluator.core.injection import copied_statements
from servers.evaluator.core.models import Judged
from servers.evaluator.core.reader import completed
from servers.evaluator.core.record import Record
from servers.evaluator.core.role import Role
from servers.evaluator.core.versions import ENGINE, JudgeVersion, engine_name
from shared.taxonomy import Taxonomy
from shared.wire.evaluation import Evaluation, Judgement, Verdict
from shared.wire.profile import Dossier
from shared.wire.requirements import Qualification, QualificationKind, Requirements

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
    """Judges by rules, and by what a model answers where there is one. Pure: equal arguments, equal evaluation.

    A judgement depends on two things, each of which has a hash: the question (a qualification, with what it
    takes from the role, and the engine) and the reading (a dossier, without what it copied from the
    requirements). Where both are the same, a judgement that was made before stands.

    Args:
        taxonomy: what it knows of skills and occupations.
        as_of: the day on which a position that goes on is counted to; only its month matters.
        judge: whose answers are concluded from; None for rules alone.
    """

    def __init__(self, taxonomy: Taxonomy, as_of: date, judge: JudgeVersion | None = None) -> None:
        self.judge_version = judge
        self.name = engine_name(judge)
        self._taxonomy = taxonomy
        self._as_of = as_of.replace(day=1)
        self._asked: tuple[Requirements, list[str]] | None = None
        self._by = [ENGINE, judge.identity] if judge else ENGINE

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
                "engine": self._by,
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
        return self._input_hash(requirements, self.reading(requirements, dossier))

    def _input_hash(self, requirements: Requirements, reading: str) -> str:
        asked = [
            [one.id, one.importance, question]
            for one, question in zip(requirements.qualifications, self.questions(requirements), strict=True)
        ]
        return _sha256({"reading": reading, "asked": asked})

    def draft(self, requirements: Requirements, dossier: Dossier, stored: Sequence[Judged] = ()) -> Draft:
        """Judge by rules one candidate, alone, on no curve, and say what is to be asked besides.

        What ``stored`` says of the same reading and question stands.
        """
        reading, questions = self.reading(requirements, dossier), self.questions(requirements)
        same = [one for one in stored if one.reading == reading]
        standing = {
            question: judgement
            for one in same
            for question, judgement in zip(one.questions, one.evaluation.judgements, strict=True)
        }
        asked = list(zip(requirements.qualifications, questions, strict=True))
        kept = {n: _again(standing[key], one) for n, (one, key) in enumerate(asked) if key in standing}
        if asked and len(kept) == len(asked):
            drafted = [Drafted(one) for one in kept.values()]
            return Draft(dossier.candidate_id, reading, same[0].evaluation.flags, drafted, len(kept))
        statements = [one.statement for one in requirements.qualifications]
        record = Record(dossier, self._taxonomy, self._as_of, statements)
        drafting = Drafting(record, Role.of(requirements), self.judge_version)
        drafted = [
            Drafted(kept[n]) if n in kept else drafting.drafted(one)
            for n, one in enumerate(requirements.qualifications)
        ]
        return Draft(dossier.candidate_id, reading, record.flags, drafted, len(kept))

    def conclude(
        self, requirements: Requirements, draft: Draft, answers: Sequence[Sequence[Probabilities]] = ()
    ) -> Judged:
        """Compose the verdicts; ``answers`` are those to the draft's asks, one for each passage."""
        left = iter(answers)
        judgements = [
            self._concluded(one, [next(left) for _ in one.asks]) if one.asks else one.judgement
            for one in draft.drafted
        ]
        questions = self.questions(requirements)
        evaluation = Evaluation(
            candidate_id=draft.candidate_id,
            recommendation=recommend(
                judgements,
                _of_kinds(requirements, CONDITIONS),
                _of_kinds(requirements, frozenset({QualificationKind.ELIGIBILITY})),
            ),
            summary=summarise(judgements),
            judgements=judgements,
            engine=self.name,
            input_hash=self._input_hash(requirements, draft.reading),
            flags=draft.flags,
        )
        return Judged(evaluation=evaluation, reading=draft.reading, questions=questions, kept=draft.kept)

    def _concluded(self, drafted: Drafted, answers: Sequence[Sequence[Probabilities]]) -> Judgement:
        assert self.judge_version is not None
        found = concluded(
            drafted.asks, answers, self.judge_version.thresholds, drafted.met, any_of=drafted.any_of
        )
        if found is None or (found.verdict is Verdict.MEETS and drafted.at_most is not Verdict.MEETS):
            return drafted.judgement
        is_only_named = found.verdict is Verdict.NO_EVIDENCE and drafted.judgement.quotes
        return drafted.judgement.model_copy(
            update={
                "verdict": found.verdict,
                "quotes": list(found.quotes),
                "reason": "it is named, but nothing shows that it was done"
                if is_only_named
                else found.reason,
                "confidence": round(self.judge_version.confidence_in(found.verdict, found.confidence), 2),
                "engine": self.judge_version.name,
                "prompt_hash": self.judge_version.prompt,
            }
        )

    def judge(self, requirements: Requirements, dossier: Dossier) -> Evaluation:
        """Judge one candidate by rules alone."""
        return judged_by(self, requirements, dossier).evaluation


def judged_by(
    engine: RulesEngine, requirements: Requirements, dossier: Dossier, stored: Sequence[Judged] = ()
) -> Judged:
    """Judge one candidate by rules alone, as it is kept; what ``stored`` says of the same reading stands."""
    return engine.conclude(requirements, engine.draft(requirements, dossier, stored))


def draft_each(
    engine: RulesEngine, requirements: Requirements, dossiers: Sequence[Dossier], stored: Sequence[Judged]
) -> list[Draft]:
    """Draft several candidates; ``stored`` is what is kept of any of them."""
    past: dict[str, list[Judged]] = {}
    for one in stored:
        past.setdefault(one.evaluation.candidate_id, []).append(one)
    return [engine.draft(requirements, one, past.get(one.candidate_id, ())) for one in dossiers]


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
