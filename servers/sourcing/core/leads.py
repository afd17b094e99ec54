"""Searches that come from what is known beside the role: its market, past projects, dates of careers."""

from collections.abc import Iterator, Sequence

from pydantic import BaseModel, Field

from servers.sourcing.core.models import PlannedQuery
from servers.sourcing.core.terms import Filters, Terms
from shared.wire.standing import EngagementKind

MAY_MOVE = (24, 72)
"""Months in the present role after which another is often welcome."""
GOT_FAR: tuple[EngagementKind, ...] = ("meeting", "offer")
LISTED = 8
"""How many employers or schools one search names."""


class MarketQuestion(BaseModel):
    """Which market is asked about: an occupation in a country, and skills."""

    occupation: str | None = None
    country: str | None = None
    skills: list[str] = Field(default_factory=list)


class Market(BaseModel):
    """What talent insights tell of a role's market; names as people write them, skills by id.

    Attributes:
        employers: where most people do such work.
        origins: whom people leave to begin such work.
        laid_off: employers that many people left at once lately.
        schools: where people who do such work studied.
        skills: by skill, what people who have it often have too.
        unanswered: what could not be asked and why, in words.
    """

    employers: list[str] = Field(default_factory=list)
    origins: list[str] = Field(default_factory=list)
    laid_off: list[str] = Field(default_factory=list)
    schools: list[str] = Field(default_factory=list)
    skills: dict[str, list[str]] = Field(default_factory=dict)
    unanswered: list[str] = Field(default_factory=list)


def market_leads(terms: Terms, market: Market) -> Iterator[PlannedQuery]:
    """Searches at employers and schools that feed such work, and by skills that go with those asked for."""
    employers, schools = market.employers[:LISTED], market.schools[:LISTED]
    origins = [name for name in market.origins if name not in employers][:LISTED]
    if employers:
        yield _somewhere(
            terms,
            "feeder:employers",
            f"People{terms.there} of employers where many do such work",
            f"most people who do such work are at {_few(employers)}; titles inside differ",
            {"companies": employers},
        )
    if origins:
        yield _somewhere(
            terms,
            "feeder:origins",
            f"People{terms.there} of employers that others left to begin such work",
            f"people who began such work lately came from {_few(origins)}",
            {"companies": origins},
        )
    if market.laid_off:
        names = market.laid_off[:LISTED]
        yield _somewhere(
            terms,
            "mover:laid_off",
            f"People{terms.there} of employers that let many go lately",
            f"many people left {_few(names)} at once in the last months",
            {"companies": names},
        )
    if schools:
        yield _somewhere(
            terms,
            "feeder:schools",
            f"People{terms.there} of schools that lead to such work",
            f"many who do such work studied at {_few(schools)}; it widens the search and counts for nothing else",
            {"schools": schools},
        )
    if any(market.skills.values()):
        yield _with_companions(terms, market)


def movers(terms: Terms) -> Iterator[PlannedQuery]:
    """People who may be ready to move: by how long they have held their role, and by what they say."""
    least, most = MAY_MOVE
    work = terms.where() | {"occupations": list(terms.needs.occupations), "skill_groups": terms.main_skills()}
    yield terms.query(
        "mover:dates",
        f"{terms.jobs}{terms.there} who have held their role for two to six years",
        "by the dates of their career they may be ready for another; nothing else was looked at",
        work | {"min_months_in_role": least, "max_months_in_role": most},
        terms.skill_ids,
    )
    yield terms.query(
        "mover:open",
        f"{terms.jobs}{terms.there} whose profile says they are open to work",
        "they say themselves that they look for another role",
        work | {"open_to_work": True},
        terms.skill_ids,
    )


def past_projects(terms: Terms, project_id: str, runners_up: Sequence[str]) -> Iterator[PlannedQuery]:
    """People who got far in another project and were not hired: by its pipeline, and by what was noted of them."""
    skills = {"skills": terms.skills} if terms.skills else {"occupations": list(terms.needs.occupations)}
    if runners_up:
        yield terms.query(
            "past_projects:runners_up",
            f"Runners-up of past projects{terms.there}",
            "they came to an interview or an offer in another project and were not hired, so they are known and were "
            "worth it",
            terms.where() | {"candidate_ids": list(runners_up)} | skills,
            terms.skill_ids,
        )
    yield terms.query(
        "past_projects",
        f"People{terms.there} who got as far as a meeting or an offer before",
        "they got far in another project, so they are known and were worth it",
        terms.where() | {"engagement": list(GOT_FAR)} | skills,
        terms.skill_ids,
        exclude={"engagement": ["hired"], "engaged_in_projects": [project_id] if project_id else []},
    )


def _with_companions(terms: Terms, market: Market) -> PlannedQuery:
    groups = [
        list(dict.fromkeys([*need.skills, *(s for own in need.skills for s in market.skills.get(own, []))]))
        for need in terms.needs.skills
    ]
    return terms.query(
        "companion_skills",
        f"{terms.jobs}{terms.there} with what usually goes with the skills asked for",
        "people in this pool who have the skills asked for mostly have these too, and may write only these",
        terms.where() | {"occupations": list(terms.needs.occupations), "skill_groups": groups},
        terms.skill_ids,
    )


def _somewhere(terms: Terms, id: str, label: str, why: str, narrowed: Filters) -> PlannedQuery:
    """Whatever their title, with one of the skills asked for."""
    work = {"skills": terms.skills} if terms.skills else {"occupations": list(terms.needs.occupations)}
    relaxed = [*terms.skill_ids, *terms.needs.years_ids]
    return terms.query(id, label, why, terms.where() | narrowed | work, relaxed)


def _few(names: list[str]) -> str:
    return ", ".join(names[:3]) + (" and others" if len(names) > 3 else "")
