"""What the market says of a role as it was drafted or approved."""

from servers.talent_insights.core.figures import Desk
from servers.talent_insights.core.models import RoleMarket
from servers.talent_insights.core.naming import occupation_of
from servers.talent_insights.core.pay_questions import PayQuestions
from servers.talent_insights.core.segments import SKILL_BITS, YEARS, Segment
from servers.talent_insights.core.supply import SupplyQuestions
from shared.taxonomy import Taxonomy
from shared.taxonomy.places import place, resolve_place
from shared.wire.requirements import Qualification, QualificationKind, Requirements

PLACES = 5
PAYS = 3


async def role_market(desk: Desk, tenant: str, requirements: Requirements) -> RoleMarket:
    """Return the people there are for a role, what each demand costs, where they are and what others pay."""
    segment, left_out = segment_of(requirements, desk.taxonomy)
    supply = SupplyQuestions(desk)
    anywhere = segment.model_copy(update={"place": None})
    counted = await supply.supply(tenant, segment, None, 1)
    return RoleMarket(
        asked_as=segment.model_dump(exclude_none=True),
        not_counted=left_out,
        pool=await supply.what_if(tenant, segment),
        open_postings=counted.open_postings,
        people_per_posting=counted.people_per_posting,
        best_places=(await supply.best_places(tenant, anywhere, "place", PLACES)).places,
        pay=(
            await PayQuestions(desk).pay(tenant, Segment(occupation=segment.occupation), "country", PAYS)
        ).groups,
    )


def segment_of(requirements: Requirements, taxonomy: Taxonomy) -> tuple[Segment, list[str]]:
    """Return a role as conditions that can be counted, and the demands that cannot; never narrower than it says."""
    skills, left_out, years = list[str](), list[str](), list[int]()
    for demand in requirements.qualifications:
        if demand.importance != "must_have":
            continue
        asked = _skills(demand, taxonomy)
        band = max((band for band in YEARS if band <= (demand.years or 0)), default=None)
        if asked and len({*skills, *asked}) <= len(SKILL_BITS):
            skills += [skill for skill in asked if skill not in skills]
        elif (
            demand.kind == QualificationKind.EXPERIENCE
            and not demand.skills
            and not demand.occupations
            and band
        ):
            years.append(band)
        else:
            left_out.append(demand.statement)
    return (
        Segment.model_validate(
            {
                "occupation": _occupation(requirements, taxonomy),
                "place": _place(requirements),
                # Titles seldom state the middle; whether people work remotely now says nothing of whether they would.
                "seniority": None if requirements.seniority == "mid" else requirements.seniority,
                "skills": skills,
                "min_years": max(years, default=None),
            }
        ),
        left_out,
    )


def _skills(demand: Qualification, taxonomy: Taxonomy) -> list[str]:
    """Return the skills a demand asks for; one of several is no condition that can be counted."""
    if demand.kind not in (QualificationKind.SKILL, QualificationKind.EXPERIENCE):
        return []
    if len(demand.skills) > 1 and demand.match == "any":
        return []
    return [skill for skill in demand.skills if taxonomy.has_skill(skill)]


def _occupation(requirements: Requirements, taxonomy: Taxonomy) -> str | None:
    for name in (*requirements.occupations, requirements.title):
        if entry := occupation_of(name, taxonomy):
            return entry.id
    return None


def _place(requirements: Requirements) -> str | None:
    """Return where; for remote work the country is enough."""
    if requirements.work_mode == "remote" and requirements.country_code:
        return requirements.country_code if place(requirements.country_code) else None
    found = (
        resolve_place(requirements.location)
        if requirements.location
        else place(requirements.country_code or "")
    )
    return found.id if found else None
