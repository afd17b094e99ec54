"""Why a candidate is a match or not: the stored verdicts, reasons and quotes, found by place or by name; and why
somebody was looked for."""

from collections.abc import Mapping

from pydantic import BaseModel

from shared.edge.units import UnitCalls
from shared.wire.evaluation import Judgement, Verdict
from supervisor.core.models import Fact
from supervisor.core.sought import asks_how_sought, searches_meant
from supervisor.core.whom import about, asks, named_in, places_in
from supervisor.views.shortlist import FACT, MARKS, RECOMMENDATIONS, ListedCandidate, ShortlistView

SEARCH = "sourcing.state"
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


class RanSearch(BaseModel):
    """One search of a role's sourcing."""

    id: str
    label: str
    why: str
    note: str = ""
    brought_in_all: int
    judged: int
    judged_good: int


class Sought(BaseModel):
    """Sourcing's story."""

    text: str
    queries: list[RanSearch]


class Explainer:
    """Answers questions about candidates of a shortlist, and how they were sought, as the current principal.

    Args:
        units: how the evaluator and sourcing are reached.
        shortlists: how the shortlist is read.
    """

    def __init__(self, units: UnitCalls, shortlists: ShortlistView) -> None:
        self._units = units
        self._shortlists = shortlists

    async def about_candidates(self, text: str, facts: dict[str, Fact]) -> str | None:
        """Return the answer to a question about candidates or how they were sought, or None where a message asks none.

        Raises HiremeshError children.
        """
        if not asks(text):
            return None
        told = await self._about_listed(text, facts) if FACT in facts else None
        if told is None and SEARCH in facts and asks_how_sought(text):
            return await self._how_sought(text, facts[SEARCH])
        return told

    async def _how_sought(self, text: str, search: Fact) -> str:
        """Return why the searches ran that a question speaks of and what they brought; the whole story of all."""
        asked = {"search_id": search.value["search_id"]}
        story = await self._units.send("sourcing", "explain_search", asked, Sought)
        meant = searches_meant(text, {one.id: one.label for one in story.queries})
        if not meant or len(meant) > MOST_AT_ONCE:
            return story.text
        return "\n".join(_search_line(one) for one in story.queries if one.id in meant)

    async def _about_listed(self, text: str, facts: dict[str, Fact]) -> str | None:
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


def _search_line(search: RanSearch) -> str:
    people = "1 person" if search.brought_in_all == 1 else f"{search.brought_in_all:,} people"
    judged = f"; of {search.judged:,} judged {search.judged_good:,} match well" if search.judged else ""
    note = f" {search.note[:1].upper()}{search.note[1:]}." if search.note else ""
    return f"**{search.label}**: {search.why}. It brought {people}{judged}.{note}"


def _line(judgement: Judgement) -> str:
    importance = "" if judgement.importance == "must_have" else " (nice to have)"
    quotes = " ".join(f"“{quote.text.strip()}”" for quote in judgement.quotes[:QUOTES])
    return (
        f"{MARKS[judgement.verdict]} {judgement.statement}{importance}: {judgement.reason}. {quotes}".rstrip()
    )


def _who(candidate: ListedCandidate) -> str:
    return f"{candidate.rank}. {candidate.name or candidate.candidate_id}"
