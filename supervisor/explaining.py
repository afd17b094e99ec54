"""Why a candidate is a match or not: the stored verdicts, reasons and quotes, found by place or by name."""

from collections.abc import Mapping

from pydantic import BaseModel

from shared.edge.units import UnitCalls
from shared.wire.evaluation import Judgement, Verdict
from supervisor.core.models import Fact
from supervisor.core.whom import about, asks, named_in, places_in
from supervisor.views.shortlist import FACT, MARKS, RECOMMENDATIONS, ListedCandidate, ShortlistView

MOST_AT_ONCE = 3
QUOTES = 2
_GROUPS: tuple[tuple[str, frozenset[Verdict]], ...] = (
    ("What speaks for it", frozenset({Verdict.MEETS})),
    ("Only in part", frozenset({Verdict.PARTIAL})),
    ("What speaks against it", frozenset({Verdict.NOT_MET})),
    ("Not shown in the profile, so worth asking", frozenset({Verdict.NO_EVIDENCE})),
)


class Explained(BaseModel):
    """The evaluator's answer."""

    explanation: str


class Explainer:
    """Answers questions about candidates of a shortlist, as the current principal.

    Args:
        units: how the evaluator is reached.
        shortlists: how the shortlist is read.
    """

    def __init__(self, units: UnitCalls, shortlists: ShortlistView) -> None:
        self._units = units
        self._shortlists = shortlists

    async def about_candidates(self, text: str, facts: dict[str, Fact]) -> str | None:
        """Return the answer to a question about candidates, or None where the message asks none.

        Raises HiremeshError children.
        """
        if FACT not in facts or not asks(text):
            return None
        card = await self._shortlists.card(facts)
        shown = {one.rank: one for one in card.candidates}
        places = places_in(text, last=len(shown))
        if not places:
            places = named_in(text, {rank: one.name or "" for rank, one in shown.items()})
        if not places:
            return None
        if len(places) > MOST_AT_ONCE:
            return "Of whom? " + "; ".join(_who(shown[place]) for place in places if place in shown)
        further = [place for place in places if place not in shown]
        found = shown | {
            one.rank: one for one in (await self._shortlists.at(facts, further) if further else [])
        }
        return "\n\n".join([await self._one(text, found, place) for place in places])

    async def _one(self, text: str, found: Mapping[int, ListedCandidate], place: int) -> str:
        candidate = found.get(place)
        if candidate is None:
            return f"There is no candidate {place}: nobody was judged beyond that."
        asked = about(text, {one.qualification_id: one.statement for one in candidate.judgements})
        if not asked or len(asked) == len(candidate.judgements):
            return candidate_text(candidate)
        told = [await self._verdict(candidate, qualification) for qualification in asked]
        return "\n".join([f"**{_who(candidate)}**", *(f"- {line}" for line in told)])

    async def _verdict(self, candidate: ListedCandidate, qualification: str) -> str:
        request = {
            "candidate_id": candidate.candidate_id,
            "qualification_id": qualification,
            "evaluation_id": candidate.evaluation_id,
        }
        return (await self._units.send("evaluator", "explain_verdict", request, Explained)).explanation


def candidate_text(candidate: ListedCandidate) -> str:
    """Return why a candidate is recommended or not: every verdict with its reason and best quotes."""
    parts = [
        f"**{_who(candidate)}**: {RECOMMENDATIONS[candidate.recommendation]}. {candidate.summary}".strip()
    ]
    for heading, verdicts in _GROUPS:
        chosen = [one for one in candidate.judgements if one.verdict in verdicts]
        if chosen:
            parts.append(f"{heading}:\n" + "\n".join(f"- {_line(one)}" for one in chosen))
    if candidate.flags:
        parts.append("Look at: " + ", ".join(candidate.flags).replace("_", " ") + ".")
    parts.append(f"Judged by {candidate.engine}; missing evidence never counts against anybody.")
    return "\n\n".join(parts)


def _line(judgement: Judgement) -> str:
    importance = "" if judgement.importance == "must_have" else " (nice to have)"
    quotes = " ".join(f"“{quote.text.strip()}”" for quote in judgement.quotes[:QUOTES])
    return (
        f"{MARKS[judgement.verdict]} {judgement.statement}{importance}: {judgement.reason}. {quotes}".rstrip()
    )


def _who(candidate: ListedCandidate) -> str:
    return f"{candidate.rank}. {candidate.name or candidate.candidate_id}"
