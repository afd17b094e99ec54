"""Composes a verdict from what a judging model answers to each passage. Code decides; the model only reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from servers.evaluator.core.asking import Ask, Counting, Passage
from servers.evaluator.core.matchers.experience import TOLERANCE, in_years
from servers.evaluator.core.quotes import MOST_QUOTES
from servers.evaluator.core.words import terms_of
from shared.wire.evaluation import Quote, Verdict

LABELS = (Verdict.NO_EVIDENCE, Verdict.NOT_MET, Verdict.PARTIAL, Verdict.MEETS)
"""In the order of the model's outputs."""
STRONGEST_FIRST = (Verdict.MEETS, Verdict.PARTIAL, Verdict.NOT_MET)


class Probabilities(NamedTuple):
    """How probable each answer is for one passage, calibrated; they add up to 1."""

    no_evidence: float
    not_met: float
    partial: float
    meets: float

    @property
    def answer(self) -> Verdict:
        return LABELS[max(range(len(LABELS)), key=self.__getitem__)]


@dataclass(frozen=True, slots=True)
class Conclusion:
    """A verdict with its proof; ``confidence`` is in [0, 1]."""

    verdict: Verdict
    reason: str
    confidence: float
    quotes: tuple[Quote, ...] = ()


def concluded(
    asks: Sequence[Ask],
    answers: Sequence[Sequence[Probabilities]],
    thresholds: Mapping[Verdict, float],
    met: Sequence[Quote] = (),
    *,
    any_of: bool = False,
) -> Conclusion | None:
    """Return the verdict on a qualification of one or several parts.

    Args:
        answers: for each ask, one for each passage.
        thresholds: an answer less probable than this counts for nothing.
        met: a quote for each further part that stands as met.
        any_of: one part is enough; otherwise all must be met.

    Returns:
        None where the model adds nothing to what is counted already.
    """
    heard = [_Heard(ask, given, thresholds) for ask, given in zip(asks, answers, strict=True)]
    if len(heard) == 1 and not met:
        counting = asks[0].counting
        return _counted(counting, heard[0]) if counting else heard[0].conclusion()
    parts = [one.conclusion() for one in heard]
    return _best_of(parts) if any_of else _together(parts, met)


def _best_of(parts: Sequence[Conclusion]) -> Conclusion:
    """Return the verdict on what may be shown by any part; all of them must be missing for it to be missing."""
    for verdict in (Verdict.MEETS, Verdict.PARTIAL, Verdict.NO_EVIDENCE):
        if alike := [one for one in parts if one.verdict is verdict]:
            return max(alike, key=lambda one: one.confidence)
    return parts[0]


def _together(parts: Sequence[Conclusion], met: Sequence[Quote]) -> Conclusion:
    """Return the verdict on all parts together."""
    shown = [one for one in parts if one.verdict in (Verdict.MEETS, Verdict.PARTIAL)]
    if not shown and not met:
        return next((one for one in parts if one.verdict is Verdict.NOT_MET), parts[0])
    quotes = (*(one.quotes[0] for one in shown), *met)[:MOST_QUOTES]
    confidence = min(one.confidence for one in parts)
    full = sum(one.verdict is Verdict.MEETS for one in parts) + len(met)
    every = len(parts) + len(met)
    if full == every:
        return Conclusion(Verdict.MEETS, "each part of it is shown", confidence, quotes)
    return Conclusion(Verdict.PARTIAL, f"{full} of its {every} parts are shown in full", confidence, quotes)


class _Heard:
    """The answers about one ask that are probable enough to count, by what they say."""

    def __init__(
        self, ask: Ask, answers: Sequence[Probabilities], thresholds: Mapping[Verdict, float]
    ) -> None:
        self._answers = answers
        self._statement = ask.statement
        self.telling: dict[Verdict, list[tuple[Passage, float]]] = {one: [] for one in STRONGEST_FIRST}
        for passage, given in zip(ask.passages, answers, strict=True):
            probability = max(given)
            if given.answer in self.telling and probability >= thresholds[given.answer]:
                self.telling[given.answer].append((passage, probability))

    def conclusion(self) -> Conclusion:
        """Return the strongest answer; who denies all of it in so many words is believed, unless proof is surer."""
        best = {verdict: max(found, key=_probability) for verdict, found in self.telling.items() if found}
        shown = best.get(Verdict.MEETS)
        denied = max(self._denials(), key=_probability, default=None)
        if denied and (shown is None or denied[1] > shown[1]):
            best = {Verdict.NOT_MET: denied}
        for verdict in STRONGEST_FIRST:
            if verdict in best:
                passage, probability = best[verdict]
                return Conclusion(verdict, _reason(verdict, passage), probability, passage.quotes)
        silence = min(given.no_evidence for given in self._answers)
        if any(given.answer is not Verdict.NO_EVIDENCE for given in self._answers):
            return Conclusion(
                Verdict.NO_EVIDENCE, "a passage may speak of it, but not clearly enough", silence
            )
        return Conclusion(Verdict.NO_EVIDENCE, "no passage of the profile speaks of it", silence)

    def _denials(self) -> list[tuple[Passage, float]]:
        """Return the answers that it is missing whose passages hold every word of what is asked."""
        said = self.telling[Verdict.NOT_MET]
        asked = {one.stem for one in terms_of(self._statement)} if said else set[str]()
        return [one for one in said if asked <= {term.stem for term in terms_of(one[0].text)}]


def _probability(telling: tuple[Passage, float]) -> float:
    return telling[1]


def _reason(verdict: Verdict, passage: Passage) -> str:
    where = "a position" if passage.position is not None else "the profile"
    if verdict is Verdict.MEETS:
        return f"what {where} tells shows it"
    if verdict is Verdict.PARTIAL:
        return f"what {where} tells is less, or close to it"
    return f"{where} says that it is missing"


def _counted(counting: Counting, heard: _Heard) -> Conclusion | None:
    """Add up the years of the positions in which the subject is shown."""
    best: dict[int, tuple[Passage, float]] = {}
    for passage, probability in heard.telling[Verdict.MEETS]:
        index = passage.position
        if index is not None and (index not in best or probability > best[index][1]):
            best[index] = passage, probability
    have = counting.years(best)
    if best and have:
        longest = sorted(best, key=lambda index: (-counting.years_of(index), index))
        quotes = tuple(best[index][0].quotes[0] for index in longest[:MOST_QUOTES])
        confidence = min(probability for _, probability in best.values())
        enough = have + TOLERANCE >= counting.asked
        reason = f"{in_years(have)} in positions that show it, {in_years(counting.asked)} asked"
        return Conclusion(Verdict.MEETS if enough else Verdict.PARTIAL, reason, confidence, quotes)
    if counting.shown:
        return None
    said = heard.conclusion()
    if said.verdict is not Verdict.MEETS:
        return said
    reason = f"shows it; for how long is not said, {in_years(counting.asked)} asked"
    return Conclusion(Verdict.PARTIAL, reason, said.confidence, said.quotes)
