"""Figures of an engine's answers against what is true."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.evaluation.cases import Case, Page
from shared.wire.evaluation import Judgement, Verdict

BINS = 10
ORDER = (Verdict.NO_EVIDENCE, Verdict.NOT_MET, Verdict.PARTIAL, Verdict.MEETS)


@dataclass(frozen=True)
class Answer:
    """One case, what was answered, and whether its quotes hold."""

    case: Case
    verdict: Verdict
    confidence: float
    verbatim: bool
    overlaps: bool
    traits: frozenset[str] = frozenset()

    @property
    def right(self) -> bool:
        return self.verdict is self.case.expected

    @property
    def quotes_wanted(self) -> bool:
        """Whether the answer is one that must be proven, and its proof is known."""
        return self.right and bool(self.case.proofs)


def answered(case: Case, given: Judgement, page: Page, traits: frozenset[str] = frozenset()) -> Answer:
    """Return the answer to a case, its quotes checked against the text and the places that prove it."""
    sources = {source.id: source.text for source in page.dossier.sources}
    verbatim = all(sources.get(one.source, "")[one.start : one.end] == one.text != "" for one in given.quotes)
    proven = given.verdict is Verdict.NO_EVIDENCE or bool(given.quotes)
    spans = [page.places[key] for key in case.proofs if key in page.places]
    overlaps = any(one.start < end and start < one.end for one in given.quotes for start, end in spans)
    return Answer(case, given.verdict, given.confidence, verbatim and proven, overlaps, traits)


def f1(answers: Sequence[Answer], verdict: Verdict) -> float | None:
    """Return the F1 of one verdict, or None where it is neither true nor answered anywhere."""
    right = sum(one.verdict is verdict and one.right for one in answers)
    named = sum((one.verdict is verdict) + (one.case.expected is verdict) for one in answers)
    return 2 * right / named if named else None


def macro_f1(answers: Sequence[Answer]) -> float:
    """Return the mean F1 of the verdicts that are true somewhere among the answers."""
    true = {one.case.expected for one in answers}
    values = [f1(answers, verdict) or 0.0 for verdict in true]
    return sum(values) / len(values) if values else 0.0


def accuracy(answers: Sequence[Answer]) -> float:
    return sum(one.right for one in answers) / len(answers) if answers else 0.0


def _true(answers: Sequence[Answer], verdict: Verdict) -> list[Answer]:
    return [one for one in answers if one.case.expected is verdict]


def calibration_error(answers: Sequence[Answer]) -> float:
    """Return how far confidence is from the share of right answers, in ten bins weighed by their size."""
    bins: list[list[Answer]] = [[] for _ in range(BINS)]
    for one in answers:
        bins[min(BINS - 1, int(one.confidence * BINS))].append(one)
    apart = sum(abs(sum(one.confidence - one.right for one in each)) for each in bins)
    return apart / len(answers) if answers else 0.0


def overview(name: str, answers: Sequence[Answer]) -> dict[str, str | int | float | None]:
    """Return one engine's figures over all its answers, each from 0 to 1.

    ``accuracy where`` a verdict is true is the share of those cases in which it is given, ``grounded`` the share
    whose quotes stand verbatim in the text (and are there where something is claimed), ``on the spot`` the share
    of right and provable answers that quote the place that proves them, ``abstained`` the share of
    ``no_evidence``, ``missed`` of it where there was evidence, ``overrated`` the share of ``meets`` that are not
    true.
    """
    meets = [one for one in answers if one.verdict is Verdict.MEETS]
    provable = [one for one in answers if one.quotes_wanted]
    spoken = [one for one in answers if one.case.expected is not Verdict.NO_EVIDENCE]
    return {
        "engine": name,
        "cases": len(answers),
        "accuracy": _share(accuracy(answers)),
        "macro F1": _share(macro_f1(answers)),
        **{f"F1 {verdict}": _share(f1(answers, verdict) or 0.0) for verdict in ORDER},
        **{f"accuracy where {verdict}": _share(accuracy(_true(answers, verdict))) for verdict in ORDER},
        "ECE": _share(calibration_error(answers)),
        "grounded": _share(_mean([one.verbatim for one in answers])),
        "on the spot": _share(_mean([one.overlaps for one in provable])),
        "abstained": _share(_mean([one.verdict is Verdict.NO_EVIDENCE for one in answers])),
        "missed": _share(_mean([one.verdict is Verdict.NO_EVIDENCE for one in spoken])),
        "overrated": _share(_mean([not one.right for one in meets])),
    }


def _mean(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0


def _share(value: float) -> float:
    return round(value, 3)


def confusions(answers: Sequence[Answer], most: int = 12) -> list[dict[str, str | int]]:
    """Return the most frequent ways of being wrong, with an example of each."""
    found: dict[tuple[str, str, str], list[Answer]] = {}
    for one in answers:
        if not one.right:
            key = (one.case.scenario, str(one.case.expected), str(one.verdict))
            found.setdefault(key, []).append(one)
    ranked = sorted(found.items(), key=lambda pair: (-len(pair[1]), pair[0]))[:most]
    return [
        {
            "scenario": scenario,
            "true": true,
            "answered": said,
            "cases": len(each),
            "such as": each[0].case.qualification.statement,
        }
        for (scenario, true, said), each in ranked
    ]
