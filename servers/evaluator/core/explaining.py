"""Words for a verdict, made of the judgement and nothing else."""

from typing import NamedTuple

from servers.evaluator.core.grounding import Words
from shared.wire.evaluation import Judgement, Verdict

_OPENING = {
    Verdict.MEETS: "This is met",
    Verdict.PARTIAL: "This is partly met",
    Verdict.NOT_MET: "This is not met",
    Verdict.NO_EVIDENCE: "The profile gives no evidence either way",
}


class Explanation(NamedTuple):
    """What a recruiter reads; ``by`` is the chat model that worded it, or None where code did."""

    text: str
    by: str | None = None


def explain(judgement: Judgement) -> str:
    """Return why the verdict on one qualification came out as it did."""
    return _told(judgement, f": {judgement.reason}.")


def worded(judgement: Judgement, words: Words, by: str) -> Explanation:
    """Return the same with a model's words in place of the reason; verdict, quotes and figures are still ours."""
    said = " ".join(one.text for one in words.sentences)
    return Explanation(f"{_told(judgement, f'. {said}')} Worded by {by}.", by)


def _told(judgement: Judgement, why: str) -> str:
    parts = [f"“{judgement.statement}” — {_OPENING[judgement.verdict]}{why}"]
    for quote in judgement.quotes:
        parts.append(f"Quoted from {quote.source}, characters {quote.start} to {quote.end}: “{quote.text}”.")
    if judgement.verdict is Verdict.NO_EVIDENCE:
        parts.append("Missing evidence is not a shortcoming: ask the candidate.")
    by = f", by {judgement.engine}" if judgement.engine else ""
    parts.append(f"Confidence {judgement.confidence:.2f}{by}.")
    return " ".join(parts)
