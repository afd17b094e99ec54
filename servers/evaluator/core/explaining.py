"""Words for a verdict, made of the judgement and nothing else."""

from shared.wire.evaluation import Judgement, Verdict

_OPENING = {
    Verdict.MEETS: "This is met",
    Verdict.PARTIAL: "This is partly met",
    Verdict.NOT_MET: "This is not met",
    Verdict.NO_EVIDENCE: "The profile gives no evidence either way",
}


def explain(judgement: Judgement) -> str:
    """Return why the verdict on one qualification came out as it did."""
    parts = [f"“{judgement.statement}” — {_OPENING[judgement.verdict]}: {judgement.reason}."]
    for quote in judgement.quotes:
        parts.append(f"Quoted from {quote.source}, characters {quote.start} to {quote.end}: “{quote.text}”.")
    if judgement.verdict is Verdict.NO_EVIDENCE:
        parts.append("Missing evidence is not a shortcoming: ask the candidate.")
    by = f", by {judgement.engine}" if judgement.engine else ""
    parts.append(f"Confidence {judgement.confidence:.2f}{by}.")
    return " ".join(parts)
