"""People like a given one: what likeness is looked for, and how it is told."""

from servers.recruiter_search.core.criteria import OneOf, Weighted, Words
from servers.recruiter_search.core.document import ProfileDocument
from servers.recruiter_search.core.results import Hit, SimilarProfile
from shared.taxonomy import Taxonomy

SHOWN = 6


def likeness(model: ProfileDocument) -> tuple[Weighted, ...]:
    """Rare shared skills count most, then the same occupations, titles and level."""
    skills = [Weighted(OneOf("shown_skills", (s,)), 1.0) for s in list(model.shown_skills)[:40]]
    jobs = [Weighted(OneOf("occupations", (o,)), 3.0, flat=True) for o in model.keywords["occupations"]]
    level = model.keywords["seniority"]
    levels = [Weighted(OneOf("seniority", tuple(level)), 1.5, flat=True)] if level else []
    titles = dict.fromkeys(p.title for p in model.view.positions if p.title)
    return (*skills, *jobs, *levels, *(Weighted(Words("title", title), 1.0) for title in titles))


def compared(taxonomy: Taxonomy, model: ProfileDocument, other: ProfileDocument, hit: Hit) -> SimilarProfile:
    """Return a similar person, ``other`` as ``hit`` shows them, with what the two share."""
    shared = [s for s in model.shown_skills if s in other.shown_skills]
    skills = [taxonomy.skill(s).label for s in shared[:SHOWN]]
    jobs = [o for o in model.keywords["occupations"] if o in other.keywords["occupations"]]
    occupations = [taxonomy.occupation(o).label for o in jobs]
    why = _why(model, hit, skills, len(shared), occupations)
    return SimilarProfile(hit=hit, shared_skills=skills, shared_occupations=occupations, why=why)


def _why(model: ProfileDocument, hit: Hit, skills: list[str], shared: int, occupations: list[str]) -> str:
    parts: list[str] = []
    if occupations:
        parts.append(f"both have worked as {', '.join(occupations)}")
    if skills:
        more = f" and {shared - len(skills)} more" if shared > len(skills) else ""
        parts.append(f"{shared} shared skills: {', '.join(skills)}{more}")
    if model.view.seniority and model.view.seniority == hit.seniority:
        parts.append(f"both at {model.view.seniority} level")
    if model.view.years is not None and hit.years is not None:
        parts.append(f"{hit.years:g} years of work against {model.view.years:g}")
    return "; ".join(parts) or "little in common; the nearest there is"
