"""The searches a role calls for, strictest first; each says what it gave up and why it is worth it."""

from collections.abc import Iterator, Sequence

from servers.sourcing.core.leads import Market, market_leads, movers, past_projects
from servers.sourcing.core.models import PlannedQuery, SearchArguments
from servers.sourcing.core.needs import Needs, SkillNeed
from servers.sourcing.core.terms import Terms, said, tidy
from shared.taxonomy import Taxonomy
from shared.taxonomy.places import Place, place

MOST_DROPPED = 4
RELATED_PER_SKILL = 4
ADJACENT = 4
LEAST_OVERLAP = 0.2
UNKNOWN_COUNTRY = "ZZ"
"""What the search calls the country of people whose profile names no place."""


class Portfolio:
    """Composes queries from needs.

    Args:
        market: what insights tell of the role's market; without it fewer queries are planned.
        project_id: whose past is no past project.
        runners_up: who got far in past projects and was not hired.
    """

    def __init__(
        self,
        needs: Needs,
        taxonomy: Taxonomy,
        market: Market | None = None,
        project_id: str = "",
        runners_up: Sequence[str] = (),
    ) -> None:
        self._needs = needs
        self._taxonomy = taxonomy
        self._market = market or Market()
        self._project_id = project_id
        self._runners_up = runners_up
        self._terms = Terms(needs, taxonomy)

    def queries(self) -> list[PlannedQuery]:
        """Return all queries, the strictest first; the same needs and market give the same list."""
        planned: dict[str, PlannedQuery] = {}
        for query in self._composed():
            twin = any(query.arguments == other.arguments for other in planned.values())
            if not twin:
                planned.setdefault(query.id, query)
        return list(planned.values())

    def insisting(self, needed: Sequence[SkillNeed]) -> PlannedQuery:
        """A query that insists on what few could show so far and only prefers the rest."""
        labels = ", ".join(need.label for need in needed)
        ids = [need.qualification_id for need in needed]
        others = [n.qualification_id for n in self._needs.skills if n.qualification_id not in ids]
        filters = self._terms.where() | {"skill_groups": [list(need.skills) for need in needed]}
        if self._needs.years:
            filters["min_years"] = self._needs.years
        return self._terms.query(
            f"insist:{'+'.join(dict.fromkeys(ids))}",
            f"People who surely show {labels}",
            f"few of those evaluated so far could show {labels}",
            filters,
            list(dict.fromkeys(others)),
        )

    def similar(self, candidate_id: str, *, taken_further: bool = False) -> PlannedQuery:
        """People with a career like somebody's who matched well, or whom people took further; the filters bound how
        far it looks."""
        terms = self._terms
        whom = "somebody who was taken further" if taken_further else "a good match"
        did = "was taken further" if taken_further else "matched well"
        return terms.query(
            f"similar:{candidate_id}",
            f"People{terms.there} with a career like that of {whom}",
            f"who resembles somebody that {did} may match, whatever words the role uses",
            terms.where(),
            terms.skill_ids,
        ).model_copy(update={"similar_to": candidate_id})

    def _composed(self) -> Iterator[PlannedQuery]:
        needs = self._needs
        if not needs.occupations and not needs.skills:
            yield self._by_words()
            return
        yield self._core()
        yield self._same_skills()
        yield self._any_level()
        yield from past_projects(self._terms, self._project_id, self._runners_up)
        yield from self._without_one()
        yield self._related()
        yield from movers(self._terms)
        yield from market_leads(self._terms, self._market)
        yield from self._adjacent()
        yield from self._wider_places()
        yield self._occupation_only()
        yield from self._last_nets()

    def _core(self) -> PlannedQuery:
        skills = ", ".join(need.label for need in self._needs.skills)
        terms = self._terms
        label = f"{terms.jobs}{terms.there}{f' with {skills}' if skills else ''}"
        filters = terms.strict() | {"occupations": list(self._needs.occupations)}
        return terms.query("core", label, "everything the role insists on", filters)

    def _same_skills(self) -> PlannedQuery:
        terms = self._terms
        label = f"The same skills{terms.there} under any job title"
        return terms.query("same_skills", label, "titles differ between employers", terms.strict())

    def _any_level(self) -> PlannedQuery:
        terms = self._terms
        filters = terms.any_level() | {"occupations": list(self._needs.occupations)}
        label = f"{terms.jobs}{terms.there}, whatever level or degree the profile states"
        return terms.query("any_level", label, "profiles often leave level and degree out", filters)

    def _without_one(self) -> Iterator[PlannedQuery]:
        """Drop one must-have skill at a time: profiles seldom list everything that people can do."""
        needs, terms = self._needs, self._terms
        if len(needs.skills) < 2:
            return
        for dropped in needs.skills[-1 : -MOST_DROPPED - 1 : -1]:
            kept = [list(need.skills) for need in needs.skills if need is not dropped]
            filters = terms.any_level() | {"occupations": list(needs.occupations), "skill_groups": kept}
            yield terms.query(
                f"without:{dropped.qualification_id}:{dropped.skills[0]}",
                f"{terms.jobs}{terms.there}, {dropped.label} not insisted on",
                f"{dropped.label} may be known without being written down",
                filters,
                [dropped.qualification_id],
            )

    def _related(self) -> PlannedQuery:
        terms = self._terms
        groups = [self._near(need.skills) for need in self._needs.skills]
        filters = terms.where() | {"occupations": list(self._needs.occupations), "skill_groups": groups}
        if self._needs.years:
            filters["min_years"] = self._needs.years
        label = f"{terms.jobs}{terms.there} with the skills asked for or near ones"
        return terms.query(
            "related_skills", label, "near skills are learnt quickly", filters, terms.skill_ids
        )

    def _near(self, skills: Sequence[str]) -> list[str]:
        found = [s for skill in skills for s, _ in self._taxonomy.related(skill)[:RELATED_PER_SKILL]]
        return list(dict.fromkeys([*skills, *found]))

    def _adjacent(self) -> Iterator[PlannedQuery]:
        terms = self._terms
        for occupation in adjacent_occupations(self._needs.occupations, self._taxonomy):
            label = self._taxonomy.occupation(occupation).label
            filters = terms.any_level() | {"occupations": [occupation], "skill_groups": terms.main_skills()}
            yield terms.query(
                f"adjacent:{occupation}",
                f"{label}{terms.there} with the main skills",
                f"{label} is a neighbouring occupation that people move from",
                filters,
                terms.skill_ids,
            )

    def _wider_places(self) -> Iterator[PlannedQuery]:
        """Look further only where the way of working leaves room for it, and say so."""
        needs, home = self._needs, self._terms.home
        if not needs.flexible or home is None or home.kind == "country":
            return
        wider = [w for w in (_region(home), place(home.country_code)) if w is not None]
        for outer in wider:
            filters = self._terms.strict() | {
                "occupations": list(needs.occupations),
                "locations": [outer.id],
            }
            yield self._terms.query(
                f"place:{outer.id}",
                f"{self._terms.jobs} anywhere in {outer.label}, not only {said(needs.location or '')}",
                "hybrid work leaves room for it; they would have to agree to the place",
                filters,
            )

    def _occupation_only(self) -> PlannedQuery:
        terms = self._terms
        filters = terms.where() | {"occupations": list(self._needs.occupations)}
        label = f"{terms.jobs}{terms.there}, ranked by the skills asked for"
        relaxed = [*terms.skill_ids, *self._needs.years_ids]
        if not self._needs.occupations:
            filters |= {"skills": [s for need in self._needs.skills for s in need.skills]}
            label = f"Anybody{terms.there} with one of the skills asked for"
        return terms.query("broad", label, "the last net: sparse profiles show little", filters, relaxed)

    def _last_nets(self) -> Iterator[PlannedQuery]:
        """Profiles are sparse: many name no language, few name the title asked for, some name no place.

        What a profile leaves out is for the evaluator to say, not a reason never to be seen.
        """
        needs, terms = self._needs, self._terms
        relaxed = [*terms.skill_ids, *needs.years_ids]
        where = {name: value for name, value in terms.where().items() if name != "languages"}
        nets = [{"occupations": list(needs.occupations)}] if needs.occupations else []
        nets += [{"skills": terms.skills}] if terms.skills else []
        for net in nets:
            what = terms.jobs if "occupations" in net else "One of the skills asked for"
            yield terms.query(
                f"net:{next(iter(net))}",
                f"{what}{terms.there}, whatever title and languages the profile names",
                "profiles seldom say everything",
                where | net,
                relaxed,
            )
        for net in nets if where else []:
            what = terms.jobs if "occupations" in net else "One of the skills asked for"
            yield terms.query(
                f"unsaid:{next(iter(net))}",
                f"{what}, in profiles that name no place",
                "who does not say where they live may well live there",
                {"countries": [UNKNOWN_COUNTRY]} | net,
                relaxed,
            )

    def _by_words(self) -> PlannedQuery:
        needs, terms = self._needs, self._terms
        arguments = SearchArguments(
            text=needs.title, filters=tidy(terms.where()), prefer=tidy(terms.prefer())
        )
        return PlannedQuery(
            id="words",
            label=f'The words "{needs.title}"{terms.there}',
            why="the role names no occupation or skill that is known by id",
            arguments=arguments,
        )


def adjacent_occupations(occupations: Sequence[str], taxonomy: Taxonomy) -> list[str]:
    """Return up to four occupations that share the most typical skills, most alike first."""
    wanted = {skill for o in occupations for skill in taxonomy.occupation(o).skills}
    scored: list[tuple[float, str]] = []
    for other in taxonomy.occupations:
        if other.id in occupations or not other.skills or not wanted:
            continue
        shared = len(wanted & set(other.skills)) / len(wanted | set(other.skills))
        if shared >= LEAST_OVERLAP:
            scored.append((-shared, other.id))
    return [occupation for _, occupation in sorted(scored)[:ADJACENT]]


def _region(home: Place) -> Place | None:
    return place(home.id.rpartition("/")[0]) if home.id.count("/") > 1 else None
