"""The searches a role calls for, strictest first; each says what it gave up and why it is worth it."""

from collections.abc import Iterator, Sequence
from typing import Any

from servers.sourcing.core.models import PlannedQuery, SearchArguments
from servers.sourcing.core.needs import Needs, SkillNeed
from shared.taxonomy import Taxonomy
from shared.taxonomy.places import Place, place, resolve_place, with_label

MOST_DROPPED = 4
RELATED_PER_SKILL = 4
ADJACENT = 4
LEAST_OVERLAP = 0.2
UNKNOWN_COUNTRY = "ZZ"
"""What the search calls the country of people whose profile names no place."""


class Portfolio:
    """Composes queries from needs."""

    def __init__(self, needs: Needs, taxonomy: Taxonomy) -> None:
        self._needs = needs
        self._taxonomy = taxonomy
        self._home = (place(needs.location) or resolve_place(needs.location)) if needs.location else None

    def queries(self) -> list[PlannedQuery]:
        """Return all queries in the order to run them; the same needs give the same list."""
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
        filters = self._where() | {"skill_groups": [list(need.skills) for need in needed]}
        if self._needs.years:
            filters["min_years"] = self._needs.years
        return PlannedQuery(
            id=f"insist:{'+'.join(dict.fromkeys(ids))}",
            label=f"People who surely show {labels}",
            why=f"few of those evaluated so far could show {labels}",
            arguments=SearchArguments(filters=filters, prefer=self._prefer()),
            relaxed=list(dict.fromkeys(others)),
        )

    def _composed(self) -> Iterator[PlannedQuery]:
        needs = self._needs
        if not needs.occupations and not needs.skills:
            yield self._by_words()
            return
        yield self._core()
        yield self._same_skills()
        yield self._any_level()
        yield from self._without_one()
        yield self._related()
        yield from self._adjacent()
        yield from self._wider_places()
        yield self._occupation_only()
        yield from self._last_nets()

    # Pieces of arguments.

    def _where(self) -> dict[str, Any]:
        needs = self._needs
        filters: dict[str, Any] = {}
        if needs.remote:
            countries = [needs.country] if needs.country else []
            if countries:
                filters["countries"] = countries
        elif needs.location:
            filters["locations"] = [needs.location]
        elif needs.country:
            filters["countries"] = [needs.country]
        if needs.languages:
            filters["languages"] = [{"code": code, "at_least": level} for code, level in needs.languages]
        return filters

    def _strict(self) -> dict[str, Any]:
        needs = self._needs
        filters = self._where() | {"skill_groups": [list(need.skills) for need in needs.skills]}
        if needs.years:
            filters["min_years"] = needs.years
        if needs.seniority:
            filters["seniority"] = list(needs.seniority)
        if needs.degree:
            filters["degree"] = needs.degree
        if needs.certificates:
            filters["certificates"] = list(needs.certificates)
        return filters

    def _prefer(self) -> dict[str, Any]:
        needs = self._needs
        skills = [skill for need in needs.skills for skill in need.skills]
        return {
            "skills": list(dict.fromkeys([*skills, *needs.liked_skills])),
            "occupations": list(needs.occupations),
            "titles": [needs.title],
            "industries": list(needs.liked_industries),
        }

    def _query(
        self, id: str, label: str, why: str, filters: dict[str, Any], relaxed: Sequence[str] = ()
    ) -> PlannedQuery:
        arguments = SearchArguments(filters=_tidy(filters), prefer=_tidy(self._prefer()))
        return PlannedQuery(id=id, label=label, why=why, arguments=arguments, relaxed=list(relaxed))

    def _there(self) -> str:
        needs = self._needs
        if needs.remote:
            return f" in {_country(needs.country)}" if needs.country else ""
        where = _said(needs.location) if needs.location else _country(needs.country)
        return f" in {where}" if where else ""

    def _jobs(self) -> str:
        labels = [self._taxonomy.occupation(o).label for o in self._needs.occupations]
        return " or ".join(labels) or self._needs.title

    # The queries.

    def _core(self) -> PlannedQuery:
        skills = ", ".join(need.label for need in self._needs.skills)
        label = f"{self._jobs()}{self._there()}{f' with {skills}' if skills else ''}"
        filters = self._strict() | {"occupations": list(self._needs.occupations)}
        return self._query("core", label, "everything the role insists on", filters)

    def _same_skills(self) -> PlannedQuery:
        label = f"The same skills{self._there()} under any job title"
        return self._query("same_skills", label, "titles differ between employers", self._strict())

    def _any_level(self) -> PlannedQuery:
        filters = self._strict() | {"occupations": list(self._needs.occupations)}
        for stated in ("seniority", "degree"):
            filters.pop(stated, None)
        label = f"{self._jobs()}{self._there()}, whatever level or degree the profile states"
        return self._query("any_level", label, "profiles often leave level and degree out", filters)

    def _without_one(self) -> Iterator[PlannedQuery]:
        """Drop one must-have skill at a time: profiles seldom list everything that people can do."""
        needs = self._needs
        if len(needs.skills) < 2:
            return
        for dropped in needs.skills[-1 : -MOST_DROPPED - 1 : -1]:
            kept = [list(need.skills) for need in needs.skills if need is not dropped]
            filters = self._strict() | {"occupations": list(needs.occupations), "skill_groups": kept}
            for stated in ("seniority", "degree"):
                filters.pop(stated, None)
            yield self._query(
                f"without:{dropped.qualification_id}:{dropped.skills[0]}",
                f"{self._jobs()}{self._there()}, {dropped.label} not insisted on",
                f"{dropped.label} may be known without being written down",
                filters,
                [dropped.qualification_id],
            )

    def _related(self) -> PlannedQuery:
        groups = [self._near(need.skills) for need in self._needs.skills]
        filters = self._where() | {"occupations": list(self._needs.occupations), "skill_groups": groups}
        if self._needs.years:
            filters["min_years"] = self._needs.years
        relaxed = [need.qualification_id for need in self._needs.skills]
        label = f"{self._jobs()}{self._there()} with the skills asked for or near ones"
        return self._query("related_skills", label, "near skills are learnt quickly", filters, relaxed)

    def _near(self, skills: Sequence[str]) -> list[str]:
        found = [s for skill in skills for s, _ in self._taxonomy.related(skill)[:RELATED_PER_SKILL]]
        return list(dict.fromkeys([*skills, *found]))

    def _adjacent(self) -> Iterator[PlannedQuery]:
        for occupation in adjacent_occupations(self._needs.occupations, self._taxonomy):
            label = self._taxonomy.occupation(occupation).label
            filters = self._strict() | {"occupations": [occupation]}
            for stated in ("seniority", "degree"):
                filters.pop(stated, None)
            filters["skill_groups"] = filters["skill_groups"][: max(1, len(filters["skill_groups"]) // 2)]
            yield self._query(
                f"adjacent:{occupation}",
                f"{label}{self._there()} with the main skills",
                f"{label} is a neighbouring occupation that people move from",
                filters,
                [need.qualification_id for need in self._needs.skills],
            )

    def _wider_places(self) -> Iterator[PlannedQuery]:
        """Look further only where the way of working leaves room for it, and say so."""
        needs = self._needs
        if not needs.flexible or self._home is None or self._home.kind == "country":
            return
        wider = [w for w in (_region(self._home), place(self._home.country_code)) if w is not None]
        for outer in wider:
            filters = self._strict() | {
                "occupations": list(needs.occupations),
                "locations": [outer.id],
            }
            reason = "hybrid work leaves room for it" if needs.flexible else ""
            yield self._query(
                f"place:{outer.id}",
                f"{self._jobs()} anywhere in {outer.label}, not only {_said(needs.location or '')}",
                f"{reason or 'the way of working leaves room for it'}; they would have to agree to the place",
                filters,
            )

    def _occupation_only(self) -> PlannedQuery:
        filters = self._where() | {"occupations": list(self._needs.occupations)}
        label = f"{self._jobs()}{self._there()}, ranked by the skills asked for"
        relaxed = [need.qualification_id for need in self._needs.skills] + list(self._needs.years_ids)
        if not self._needs.occupations:
            filters |= {"skills_any": [s for need in self._needs.skills for s in need.skills]}
            label = f"Anybody{self._there()} with one of the skills asked for"
        return self._query("broad", label, "the last net: sparse profiles show little", filters, relaxed)

    def _last_nets(self) -> Iterator[PlannedQuery]:
        """Profiles are sparse: many name no language, few name the title asked for, some name no place.

        What a profile leaves out is for the evaluator to say, not a reason never to be seen.
        """
        needs = self._needs
        skills = [skill for need in needs.skills for skill in need.skills] or list(needs.liked_skills)
        relaxed = [need.qualification_id for need in needs.skills] + list(needs.years_ids)
        where = {name: value for name, value in self._where().items() if name != "languages"}
        nets = [{"occupations": list(needs.occupations)}] if needs.occupations else []
        nets += [{"skills_any": skills}] if skills else []
        for net in nets:
            what = self._jobs() if "occupations" in net else "One of the skills asked for"
            yield self._query(
                f"net:{next(iter(net))}",
                f"{what}{self._there()}, whatever title and languages the profile names",
                "profiles seldom say everything",
                where | net,
                relaxed,
            )
        for net in nets if where else []:
            what = self._jobs() if "occupations" in net else "One of the skills asked for"
            yield self._query(
                f"unsaid:{next(iter(net))}",
                f"{what}, in profiles that name no place",
                "who does not say where they live may well live there",
                {"countries": [UNKNOWN_COUNTRY]} | net,
                relaxed,
            )

    def _by_words(self) -> PlannedQuery:
        needs = self._needs
        arguments = SearchArguments(
            text=needs.title, filters=_tidy(self._where()), prefer=_tidy(self._prefer())
        )
        return PlannedQuery(
            id="words",
            label=f'The words "{needs.title}"{self._there()}',
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


def _said(location: str) -> str:
    """Return the place in words, also where a qualification names it by its id."""
    found = place(location)
    return with_label(found) if found and found.id != found.label else location


def _country(code: str | None) -> str:
    found = place(code) if code else None
    return found.label if found else (code or "")


def _tidy(arguments: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in arguments.items() if value not in (None, [], "")}
