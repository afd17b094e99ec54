"""Who judges: one class for each engine, all of one shape."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from benchmarks.evaluation.cases import NOW, Case, Page
from servers.evaluator.core.engine import RulesEngine, judged_by
from servers.evaluator.core.passages import split_passages
from shared.taxonomy import Taxonomy
from shared.wire.evaluation import Evaluation, Judgement, Quote, Verdict
from shared.wire.requirements import Qualification, Requirements


@dataclass(frozen=True)
class Asked:
    """A page with the cases about it, as an engine may look at them to choose its thresholds."""

    page: Page
    cases: Sequence[Case]


class Engine(Protocol):
    """Judges pages. A new engine is a class with these three, named in ``benchmarks.evaluation.__main__``."""

    name: str

    def tune(self, known: Sequence[Asked]) -> None:
        """Choose thresholds on cases of trades that nothing is measured on."""
        ...

    def judge(self, pages: Sequence[Page], asked: Sequence[Sequence[Qualification]]) -> list[Evaluation]:
        """Judge each page by what is asked of it, in this order."""
        ...


class Rules:
    """The product's rules, as the evaluator's own agent runs them."""

    name = "rules"

    def __init__(self, taxonomy: Taxonomy | None = None) -> None:
        self._engine = RulesEngine(taxonomy or Taxonomy.compact(), date(*NOW, 1))

    def tune(self, known: Sequence[Asked]) -> None:
        """Rules have no thresholds to choose."""

    def judge(self, pages: Sequence[Page], asked: Sequence[Sequence[Qualification]]) -> list[Evaluation]:
        return [
            judged_by(self._engine, requirements(questions), page.dossier).evaluation
            for page, questions in zip(pages, asked, strict=True)
        ]


def requirements(questions: Sequence[Qualification]) -> Requirements:
    """Return the questions as requirements of a role that says nothing else."""
    return Requirements(title="", qualifications=list(questions))


class Likeness(Protocol):
    """How alike a statement is to each of some passages, in 0..1."""

    def learn(self, texts: Iterable[str]) -> None:
        """Take in all texts that will be compared, before any is."""
        ...

    def __call__(self, statement: str, passages: Sequence[str]) -> Sequence[float]: ...


@dataclass(frozen=True)
class _Nearest:
    """The passage most like a statement."""

    score: float
    start: int
    end: int


@dataclass(frozen=True)
class _Thresholds:
    """From which likeness on a statement is met, or partly; and how often each answer was true."""

    meets: float
    partial: float
    sure: dict[Verdict, float]

    def verdict(self, score: float) -> Verdict:
        if score >= self.meets:
            return Verdict.MEETS
        return Verdict.PARTIAL if score >= self.partial else Verdict.NO_EVIDENCE


class ByLikeness:
    """Judges by the passage that is most like the statement: the least that any engine must beat.

    Two thresholds are chosen for the best mean F1 of the verdicts; its confidence is how often each answer was
    true where they were chosen. Likeness knows no contrary evidence: it never says ``not_met``.
    """

    def __init__(self, name: str, likeness: Likeness) -> None:
        self.name = name
        self._likeness = likeness
        self._thresholds = _Thresholds(0.6, 0.4, {})

    def _learn(self, pages: Iterable[Page], asked: Iterable[Qualification]) -> None:
        texts = [page.text[start:end] for page in pages for start, end in split_passages(page.text)]
        self._likeness.learn([*texts, *(one.statement for one in asked)])

    def tune(self, known: Sequence[Asked]) -> None:
        self._learn((one.page for one in known), (case.qualification for one in known for case in one.cases))
        scored = [
            (self._nearest(one.page, case.qualification.statement).score, case.expected)
            for one in known
            for case in one.cases
        ]
        steps = [step / 40 for step in range(1, 40)]
        tried = (_Thresholds(meets, partial, {}) for meets in steps for partial in steps if partial <= meets)
        best = max(tried, key=lambda one: _mean_f1(one, scored))
        said = [(best.verdict(score), truth) for score, truth in scored]
        sure = {
            verdict: sum(truth is verdict for answer, truth in said if answer is verdict)
            / max(1, sum(answer is verdict for answer, _ in said))
            for verdict in Verdict
        }
        self._thresholds = _Thresholds(best.meets, best.partial, sure)

    def judge(self, pages: Sequence[Page], asked: Sequence[Sequence[Qualification]]) -> list[Evaluation]:
        self._learn(pages, (each for questions in asked for each in questions))
        return [
            Evaluation(
                candidate_id=page.dossier.candidate_id,
                recommendation="needs_a_look",
                summary="",
                judgements=[self._one(page, each) for each in questions],
                engine=self.name,
                input_hash="",
            )
            for page, questions in zip(pages, asked, strict=True)
        ]

    def _one(self, page: Page, asked: Qualification) -> Judgement:
        near = self._nearest(page, asked.statement)
        verdict = self._thresholds.verdict(near.score)
        text = page.text[near.start : near.end]
        quote = Quote(source=page.dossier.sources[0].id, start=near.start, end=near.end, text=text)
        return Judgement(
            qualification_id=asked.id,
            statement=asked.statement,
            importance=asked.importance,
            verdict=verdict,
            quotes=[] if verdict is Verdict.NO_EVIDENCE else [quote],
            reason=f"likeness {near.score:.2f}",
            confidence=self._thresholds.sure.get(verdict, 0.5),
        )

    def _nearest(self, page: Page, statement: str) -> _Nearest:
        places = list(split_passages(page.text))
        scores = self._likeness(statement, [page.text[start:end] for start, end in places])
        best = max(range(len(places)), key=lambda index: scores[index])
        return _Nearest(float(scores[best]), *places[best])


def _mean_f1(thresholds: _Thresholds, scored: Sequence[tuple[float, Verdict]]) -> float:
    said = [(thresholds.verdict(score), truth) for score, truth in scored]
    total = 0.0
    for verdict in Verdict:
        right = sum(answer is verdict is truth for answer, truth in said)
        named = sum((answer is verdict) + (truth is verdict) for answer, truth in said)
        total += 2 * right / named if named else 0.0
    return total / len(Verdict)


class TfIdf:
    """Likeness by scikit-learn's TF-IDF of words and pairs of words, fitted on the one case and nothing else."""

    @cached_property
    def _vectorizer(self) -> type:
        from sklearn.feature_extraction.text import TfidfVectorizer

        return TfidfVectorizer

    def learn(self, texts: Iterable[str]) -> None:
        """It fits each case on its own."""

    def __call__(self, statement: str, passages: Sequence[str]) -> Sequence[float]:
        weights = self._vectorizer(ngram_range=(1, 2), sublinear_tf=True, stop_words="english")
        matrix = weights.fit_transform([statement, *passages])
        return (matrix[1:] @ matrix[0].T).toarray()[:, 0].tolist()
