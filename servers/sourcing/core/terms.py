"""The pieces that queries for one role are put together from."""

from collections.abc import Sequence
from typing import Any

from servers.sourcing.core.models import PlannedQuery, SearchArguments
from servers.sourcing.core.needs import Needs
from shared.taxonomy import Taxonomy
from shared.taxonomy.places import Place, place, resolve_place, with_label

Filters = dict[str, Any]


class Terms:
    """Filters and words of a role. All filters are recruiter_search's."""

    def __init__(self, needs: Needs, taxonomy: Taxonomy) -> None:
        self.needs = needs
        self.taxonomy = taxonomy
        self.home: Place | None = (
            (place(needs.location) or resolve_place(needs.location)) if needs.location else None
        )

    @property
    def skill_ids(self) -> list[str]:
        """Ids of the qualifications that skills show."""
        return [need.qualification_id for need in self.needs.skills]

    @property
    def skills(self) -> list[str]:
        """Every skill that shows a must-have, or the liked ones where no must-have names any."""
        return [skill for need in self.needs.skills for skill in need.skills] or list(self.needs.liked_skills)

    @property
    def jobs(self) -> str:
        """The occupations in words."""
        labels = [self.taxonomy.occupation(o).label for o in self.needs.occupations]
        return " or ".join(labels) or self.needs.title

    @property
    def there(self) -> str:
        """Where people are looked for, as the end of a phrase; empty for everywhere."""
        needs = self.needs
        if needs.remote:
            return f" in {country(needs.country)}" if needs.country else ""
        where = said(needs.location) if needs.location else country(needs.country)
        return f" in {where}" if where else ""

    def where(self) -> Filters:
        """Return what holds of everybody who could take the work: place and languages."""
        needs = self.needs
        filters: Filters = {}
        if needs.location and not needs.remote:
            filters["locations"] = [needs.location]
        elif needs.country:
            filters["countries"] = [needs.country]
        if needs.languages:
            filters["languages"] = [{"code": code, "at_least": level} for code, level in needs.languages]
        return filters

    def strict(self) -> Filters:
        """Return everything the role insists on but the occupation."""
        needs = self.needs
        filters = self.where() | {"skill_groups": [list(need.skills) for need in needs.skills]}
        if needs.years:
            filters["min_years"] = needs.years
        if needs.seniority:
            filters["seniority"] = list(needs.seniority)
        if needs.degree:
            filters["degree"] = needs.degree
        if needs.certificates:
            filters["certificates"] = list(needs.certificates)
        return filters

    def any_level(self) -> Filters:
        """Return the strict filters without what profiles often leave out: level and degree."""
        return {name: value for name, value in self.strict().items() if name not in ("seniority", "degree")}

    def main_skills(self) -> list[list[str]]:
        """Return the first half of the demanded skills, one at least where there are any."""
        groups = [list(need.skills) for need in self.needs.skills]
        return groups[: max(1, len(groups) // 2)]

    def prefer(self) -> Filters:
        """Return what ranks somebody higher in every query."""
        needs = self.needs
        skills = [skill for need in needs.skills for skill in need.skills]
        return {
            "skills": list(dict.fromkeys([*skills, *needs.liked_skills])),
            "occupations": list(needs.occupations),
            "titles": [needs.title],
            "industries": list(needs.liked_industries),
        }

    def query(
        self,
        id: str,
        label: str,
        why: str,
        filters: Filters,
        relaxed: Sequence[str] = (),
        exclude: Filters | None = None,
    ) -> PlannedQuery:
        """Return a query; empty filters are left out."""
        arguments = SearchArguments(
            filters=tidy(filters), prefer=tidy(self.prefer()), exclude=tidy(exclude or {})
        )
        return PlannedQuery(id=id, label=label, why=why, arguments=arguments, relaxed=list(relaxed))


def said(location: str) -> str:
    """Return the place in words, also where a qualification names it by its id."""
    found = place(location)
    return with_label(found) if found and found.id != found.label else location


def country(code: str | None) -> str:
    """Return a country's name."""
    found = place(code) if code else None
    return found.label if found else (code or "")


def tidy(arguments: Filters) -> Filters:
    """Return the arguments that say something."""
    return {name: value for name, value in arguments.items() if value not in (None, [], "")}
