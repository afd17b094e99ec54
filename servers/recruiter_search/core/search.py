"""Answering queries: compile, run, dress the hits."""

from collections.abc import Sequence
from dataclasses import replace

from servers.recruiter_search.core.compile import Compiler
from servers.recruiter_search.core.criteria import NoneOf, OneOf, Weighted, Words
from servers.recruiter_search.core.cursors import DEEPEST, decode_cursor, encode_cursor
from servers.recruiter_search.core.document import UNKNOWN_COUNTRY, ProfileDocument
from servers.recruiter_search.core.highlight import Highlighter
from servers.recruiter_search.core.models import (
    Facet,
    FacetCounts,
    FacetName,
    FacetValue,
    Filters,
    Hit,
    IndexStatus,
    ProfileView,
    SearchPage,
    SearchQuery,
    SimilarPage,
    SimilarProfile,
)
from servers.recruiter_search.core.ports import Found, IndexQuery, ProfileIndex
from shared.following.follower import Follower
from shared.kernel.errors import HiremeshError, NotFound
from shared.taxonomy import Taxonomy
from shared.taxonomy.languages import language_label
from shared.taxonomy.named import industry
from shared.taxonomy.places import place, with_label

WAIT_SECONDS = 20.0
SHARED_SKILLS_SHOWN = 6


class TalentSearch:
    """What the tools do. Every call names the tenant; an index of another tenant is never opened."""

    def __init__(self, index: ProfileIndex, follower: Follower[ProfileDocument], taxonomy: Taxonomy) -> None:
        self._index = index
        self._follower = follower
        self._taxonomy = taxonomy
        self._compiler = Compiler(taxonomy)

    def knowing(self, taxonomy: Taxonomy) -> "TalentSearch":
        """Return a search that reads queries by another taxonomy."""
        return self if taxonomy is self._taxonomy else TalentSearch(self._index, self._follower, taxonomy)

    async def search(
        self,
        tenant: str,
        query: SearchQuery,
        *,
        limit: int = 25,
        cursor: str | None = None,
        facets: Sequence[FacetName] = (),
        at_least_seq: int | None = None,
    ) -> SearchPage:
        """Return one page of hits. Raises InvalidInput, and DeadlineExceeded for ``at_least_seq``."""
        await self._ready(tenant, at_least_seq)
        offset = decode_cursor(cursor, query, tenant)
        compiled = self._compiler.compile(query)
        seq = await self._index.seq(tenant)
        page = await self._index.search(tenant, compiled.query, limit=limit, offset=offset)
        highlighter = Highlighter(compiled.terms)
        reached = offset + len(page.hits)
        return SearchPage(
            hits=[_hit(found, highlighter.pick(found.view)) for found in page.hits],
            total=page.total,
            facets=await self._facets(tenant, compiled.query, facets, 10),
            next_cursor=encode_cursor(query, tenant, reached) if reached < min(page.total, DEEPEST) else None,
            indexed_seq=seq,
            unresolved=compiled.unresolved,
        )

    async def facet_counts(
        self, tenant: str, query: SearchQuery, names: Sequence[FacetName], size: int
    ) -> FacetCounts:
        """Return the most frequent values of ``names`` over all hits of ``query``."""
        await self._ready(tenant, None)
        compiled = self._compiler.compile(query)
        page = await self._index.search(tenant, compiled.query, limit=1)
        facets = await self._facets(tenant, compiled.query, names, size)
        return FacetCounts(total=page.total, facets=facets, unresolved=compiled.unresolved)

    async def profile(self, tenant: str, candidate_id: str) -> ProfileView:
        """Return one career. Raises NotFound."""
        return (await self._document(tenant, candidate_id)).view

    async def similar(self, tenant: str, candidate_id: str, filters: Filters, limit: int) -> SimilarPage:
        """Return people with a like career and say what they share. Raises NotFound, InvalidInput."""
        model = await self._document(tenant, candidate_id)
        compiled = self._compiler.compile(SearchQuery(filters=filters))
        must = (*compiled.query.must, NoneOf((OneOf("candidate_id", (candidate_id,)),)))
        query = replace(compiled.query, must=must, should=_likeness(model))
        page = await self._index.search(tenant, query, limit=limit)
        others = await self._index.get(tenant, [found.candidate_id for found in page.hits])
        return SimilarPage(
            candidate_id=candidate_id,
            similar=[self._compared(model, others[f.candidate_id], f) for f in page.hits],
        )

    async def status(self, tenant: str, at_least_seq: int | None) -> IndexStatus:
        """Say how far the index is, after waiting for ``at_least_seq`` where given."""
        await self._ready(tenant, at_least_seq)
        pending, note = None, ""
        try:
            pending = await self._follower.pending(tenant)
        except HiremeshError as error:
            note = f"the candidates unit did not say what is pending: {error.message}"
        return IndexStatus(
            indexed_seq=await self._index.seq(tenant),
            candidates=await self._index.count(tenant),
            caught_up=pending is False,
            pending=pending,
            note=note,
        )

    async def _ready(self, tenant: str, at_least_seq: int | None) -> None:
        self._follower.follow(tenant)
        if at_least_seq is not None:
            await self._follower.reach(tenant, at_least_seq, WAIT_SECONDS)

    async def _document(self, tenant: str, candidate_id: str) -> ProfileDocument:
        found = (await self._index.get(tenant, [candidate_id])).get(candidate_id)
        if found is None:
            raise NotFound("no candidate with this id is indexed", field="candidate_id")
        return found

    async def _facets(
        self, tenant: str, query: IndexQuery, names: Sequence[FacetName], size: int
    ) -> list[Facet]:
        if not names:
            return []
        counted = await self._index.facets(tenant, query, names, size)
        return [
            Facet(
                name=name,
                values=[FacetValue(value=v, label=self._label(name, v), count=n) for v, n in counted[name]],
            )
            for name in names
        ]

    def _label(self, name: FacetName, value: str) -> str:
        match name:
            case "skills" if self._taxonomy.has_skill(value):
                return self._taxonomy.skill(value).label
            case "occupations":
                return self._taxonomy.occupation(value).label
            case "countries" if value == UNKNOWN_COUNTRY:
                return "no place named"
            case "places" | "countries":
                found = place(value)
                return with_label(found) if found else value
            case "languages":
                code, _, level = value.partition(":")
                return f"{language_label(code) or code}{f' {level} or better' if level else ''}"
            case "industries":
                found = industry(value)
                return found.label if found else value
            case _:
                return value

    def _compared(self, model: ProfileDocument, other: ProfileDocument, found: Found) -> SimilarProfile:
        shared = [s for s in model.shown_skills if s in other.shown_skills]
        skills = [self._taxonomy.skill(s).label for s in shared[:SHARED_SKILLS_SHOWN]]
        jobs = [o for o in model.keywords["occupations"] if o in other.keywords["occupations"]]
        occupations = [self._taxonomy.occupation(o).label for o in jobs]
        return SimilarProfile(
            hit=_hit(found, []),
            shared_skills=skills,
            shared_occupations=occupations,
            why=_why(model, other, skills, len(shared), occupations),
        )


def _hit(found: Found, sentences: list[str]) -> Hit:
    view = found.view
    return Hit(
        candidate_id=found.candidate_id,
        headline=view.headline,
        place=view.place,
        country_code=view.country_code,
        years=view.years,
        seniority=view.seniority,
        top_skills=view.top_skills,
        score=found.score,
        highlights=sentences,
    )


def _likeness(model: ProfileDocument) -> tuple[Weighted, ...]:
    """Rare shared skills count most, then the same occupations, titles and level."""
    skills = [Weighted(OneOf("shown_skills", (s,)), 1.0) for s in list(model.shown_skills)[:40]]
    jobs = [Weighted(OneOf("occupations", (o,)), 3.0, flat=True) for o in model.keywords["occupations"]]
    level = model.keywords["seniority"]
    levels = [Weighted(OneOf("seniority", tuple(level)), 1.5, flat=True)] if level else []
    titles = dict.fromkeys(p.title for p in model.view.positions if p.title)
    return (*skills, *jobs, *levels, *(Weighted(Words("title", title), 1.0) for title in titles))


def _why(
    model: ProfileDocument, other: ProfileDocument, skills: list[str], shared: int, occupations: list[str]
) -> str:
    parts: list[str] = []
    if occupations:
        parts.append(f"both have worked as {', '.join(occupations)}")
    if skills:
        more = f" and {shared - len(skills)} more" if shared > len(skills) else ""
        parts.append(f"{shared} shared skills: {', '.join(skills)}{more}")
    if model.view.seniority and model.view.seniority == other.view.seniority:
        parts.append(f"both at {model.view.seniority} level")
    if model.years is not None and other.years is not None:
        parts.append(f"{other.years:g} years of work against {model.years:g}")
    return "; ".join(parts) or "little in common; the nearest there is"
