"""The shortlist with its evidence: who, how each qualification came out, and the words that prove it."""

from collections import defaultdict

from pydantic import BaseModel, Field

from shared.edge.units import UnitCalls
from shared.wire.evaluation import Evaluation, Judgement, Recommendation, Verdict
from shared.wire.facts import ShortlistCurrent
from shared.wire.profile import Dossier
from supervisor.core.models import Fact
from supervisor.stage import Stage

FACT = "shortlist.current"

RECOMMENDATIONS: dict[Recommendation, str] = {
    "strong_match": "strong match",
    "good_match": "good match",
    "possible_match": "possible match",
    "needs_a_look": "needs a look: the profile says too little",
    "not_a_match": "not a match",
}
MARKS = {Verdict.MEETS: "✓", Verdict.PARTIAL: "◐", Verdict.NOT_MET: "✗", Verdict.NO_EVIDENCE: "?"}


class ListedCandidate(BaseModel):
    """One candidate as a recruiter sees them; named only here, after judging."""

    rank: int
    candidate_id: str
    evaluation_id: str
    name: str | None
    headline: str | None
    place: str | None
    recommendation: Recommendation
    summary: str
    engine: str
    flags: list[str] = Field(default_factory=list)
    judgements: list[Judgement]


class ShortlistCard(BaseModel):
    """The whole shortlist."""

    project_id: str
    revision: int
    wanted: int
    found: int
    evaluated: int
    exhausted: bool
    engine: str
    further: int = Field(description="good matches beyond those shown; they stay on record")
    candidates: list[ListedCandidate]


class Evaluations(BaseModel):
    """The evaluator's answer."""

    evaluations: list[Evaluation]


class Dossiers(BaseModel):
    """The candidates unit's answer."""

    dossiers: list[Dossier]


class Listed(BaseModel):
    """A place on the list, as the projects unit keeps it."""

    candidate_id: str
    rank: int
    evaluation_id: str
    recommendation: Recommendation


class StoredShortlist(BaseModel):
    """The list as the projects unit keeps it."""

    wanted: int
    found: int
    exhausted: bool
    entries: list[Listed]


class ShortlistView:
    """Shows the complete shortlist as a card and as text."""

    def __init__(self, units: UnitCalls) -> None:
        self._units = units

    async def text(self, facts: dict[str, Fact]) -> str:
        """Return the shortlist as Markdown."""
        return shortlist_text(await self.card(facts))

    async def show(self, facts: dict[str, Fact], stage: Stage) -> None:
        """Show the card, then the same as a message."""
        card = await self.card(facts)
        await stage.card(
            "shortlist", card.model_dump(mode="json"), shortlist_text(card), f"{stage.turn}:shortlist"
        )

    async def card(self, facts: dict[str, Fact]) -> ShortlistCard:
        """Return the list as a recruiter sees it. Raises HiremeshError children."""
        current = ShortlistCurrent.model_validate(facts[FACT].value)
        stored = await self._stored(current, listed_only=True)
        shown = stored.entries[: stored.wanted]
        candidates = await self._named(shown)
        return ShortlistCard(
            project_id=current.project_id,
            revision=current.revision,
            wanted=stored.wanted,
            found=stored.found,
            evaluated=len(current.entries),
            exhausted=stored.exhausted,
            engine=next((one.engine for one in candidates), "none"),
            further=max(0, stored.found - len(shown)),
            candidates=candidates,
        )

    async def at(self, facts: dict[str, Fact], places: list[int]) -> list[ListedCandidate]:
        """Return who stands at these places, among the first 100 evaluated, listed or not."""
        current = ShortlistCurrent.model_validate(facts[FACT].value)
        stored = await self._stored(current, listed_only=False)
        by_rank = {entry.rank: entry for entry in stored.entries}
        return await self._named([by_rank[place] for place in places if place in by_rank])

    async def _stored(self, current: ShortlistCurrent, *, listed_only: bool) -> StoredShortlist:
        arguments = {
            "project_id": current.project_id,
            "revision": current.revision,
            "listed_only": listed_only,
            "limit": 100,
        }
        return await self._units.call_tool("projects", "get_shortlist", arguments, StoredShortlist)

    async def _named(self, entries: list[Listed]) -> list[ListedCandidate]:
        evaluations = await self._evaluations(entries)
        dossiers = await self._dossiers([entry.candidate_id for entry in entries])
        return [
            _listed(entry, evaluations[entry.candidate_id], dossiers.get(entry.candidate_id))
            for entry in entries
            if entry.candidate_id in evaluations
        ]

    async def _evaluations(self, entries: list[Listed]) -> dict[str, Evaluation]:
        by_evaluation: dict[str, list[str]] = defaultdict(list)
        for entry in entries:
            by_evaluation[entry.evaluation_id].append(entry.candidate_id)
        found: dict[str, Evaluation] = {}
        for evaluation, candidates in by_evaluation.items():
            request = {"evaluation_id": evaluation, "candidate_ids": candidates, "limit": 100}
            answer = await self._units.send("evaluator", "get_evaluations", request, Evaluations)
            found |= {one.candidate_id: one for one in answer.evaluations}
        return found

    async def _dossiers(self, candidates: list[str]) -> dict[str, Dossier]:
        if not candidates:
            return {}
        arguments = {"candidate_ids": candidates}
        found = await self._units.call_tool("candidates", "get_dossiers", arguments, Dossiers)
        return {dossier.candidate_id: dossier for dossier in found.dossiers}


def _listed(entry: Listed, evaluation: Evaluation, dossier: Dossier | None) -> ListedCandidate:
    basics = dossier.profile.basics if dossier else None
    place = basics.location if basics else None
    return ListedCandidate(
        rank=entry.rank,
        candidate_id=entry.candidate_id,
        evaluation_id=entry.evaluation_id,
        name=basics.name if basics else None,
        headline=basics.label if basics else None,
        place=", ".join(part for part in (place.city, place.country_code) if part) if place else None,
        recommendation=evaluation.recommendation,
        summary=evaluation.summary,
        engine=evaluation.engine,
        flags=evaluation.flags,
        judgements=evaluation.judgements,
    )


def shortlist_text(card: ShortlistCard) -> str:
    """Return the shortlist as Markdown: for each candidate the verdicts, each with its best quote."""
    head = f"**Shortlist.** {headline(card)} Judged by {card.engine}."
    return "\n\n".join([head, *(_candidate_text(one) for one in card.candidates)])


def headline(card: ShortlistCard) -> str:
    """Return in a sentence or two how full the list is."""
    if card.found >= card.wanted:
        more = f" {card.further} more good matches are on record." if card.further else ""
        return f"The best {len(card.candidates)} of {card.found} good matches.{more}"
    dry = " The pool holds no more." if card.exhausted else ""
    return f"{card.found} good matches for {card.wanted} places.{dry}"


def _candidate_text(candidate: ListedCandidate) -> str:
    who = " · ".join(part for part in (candidate.name, candidate.headline, candidate.place) if part)
    lines = [
        f"{candidate.rank}. **{who or candidate.candidate_id}**: {RECOMMENDATIONS[candidate.recommendation]}"
    ]
    lines += [f"   {_judgement_text(one)}" for one in candidate.judgements]
    return "\n".join(lines)


def _judgement_text(judgement: Judgement) -> str:
    quote = f" “{judgement.quotes[0].text.strip()}”" if judgement.quotes else ""
    return f"- {MARKS[judgement.verdict]} {judgement.statement}: {judgement.reason}{quote}"
