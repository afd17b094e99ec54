"""What a posting leaves open: inferred with grounds where possible, asked where not."""

import re

from servers.intake.core.merge import ranked
from servers.intake.core.reading import is_soft
from servers.intake.core.role import Role
from servers.intake.core.wording import with_article
from shared.taxonomy import Taxonomy, place, with_label
from shared.taxonomy.years import spoken_years
from shared.wire.requirements import Inference, Qualification, QualificationKind, Question

_VAGUE = re.compile(
    r"\b(?:relevant|related|speciali[sz]ed|similar|comparable|progressive)\s+(?:\w+\s+)?experience\b", re.I
)
_CONDITIONS = (QualificationKind.LOCATION, QualificationKind.ELIGIBILITY, QualificationKind.SENIORITY)
"""Kinds that say nothing of what somebody must be able to do."""
_FEW = 3
_TYPICAL = 4


def inferred_qualifications(
    role: Role, drafts: list[Qualification], taxonomy: Taxonomy
) -> tuple[list[Qualification], list[Inference]]:
    """Add what the title, the place and the occupation say without a sentence of their own."""
    added: list[Qualification] = []
    reasons: list[Inference] = []
    for found in (_occupation(role, drafts, taxonomy), _seniority(role, drafts)):
        if found:
            added.append(found[0])
            reasons.append(found[1])
    if (located := _location(role, drafts)) is not None:
        added.append(located)
    hard = [
        one
        for one in drafts
        if not is_soft(one, taxonomy) and one.kind not in (QualificationKind.OTHER, *_CONDITIONS)
    ]
    if len(hard) < _FEW and role.occupations:
        typical, reason = _typical_skills(role, drafts, taxonomy)
        added.extend(typical)
        reasons.extend(reason)
    return added, reasons


def specified(
    role: Role, drafts: list[Qualification], taxonomy: Taxonomy
) -> tuple[list[Qualification], list[Inference]]:
    """Read years of "relevant" or "specialized" experience as years in the role's own occupation."""
    changed: list[Qualification] = []
    reasons: list[Inference] = []
    for one in drafts:
        subject = one.skills or one.occupations or one.industries
        said = f"{one.statement} {one.quote.text if one.quote else ''}"
        if one.kind == QualificationKind.EXPERIENCE and one.years and not subject and _VAGUE.search(said):
            if not role.occupations and len(drafts) > _FEW:
                continue  # the other demands say what the experience is to be
            words = f"At least {spoken_years(one.years)} of relevant experience"
            if role.occupations:
                label = taxonomy.occupation(role.occupations[0]).label
                words = words.replace("relevant experience", f"experience as {with_article(label.lower())}")
                reason = f"“{said[:80].strip()}” does not say in what, and the title is “{role.title}”."
                reasons.append(Inference(field="qualifications", value=words, reason=reason))
            one = one.model_copy(update={"statement": words, "occupations": list(role.occupations)})
        changed.append(one)
    return changed, list({reason.value: reason for reason in reasons}.values())


def _occupation(
    role: Role, drafts: list[Qualification], taxonomy: Taxonomy
) -> tuple[Qualification, Inference] | None:
    if not role.occupations or any(_asks_for_a_trade(one) for one in drafts):
        return None
    label = taxonomy.occupation(role.occupations[0]).label.lower()
    statement = f"Has worked as {with_article(label)}"
    qualification = Qualification(
        id="",
        statement=statement,
        kind=QualificationKind.EXPERIENCE,
        occupations=list(role.occupations),
        inferred=True,
    )
    reason = f"The title is “{role.title}”, and nothing says how much experience in it is needed."
    return qualification, Inference(field="qualifications", value=statement, reason=reason)


def _asks_for_a_trade(one: Qualification) -> bool:
    """Tell whether a demand is met only by who does such work; years in an industry may be anybody's there."""
    industry_alone = one.industries and not one.occupations and not one.skills
    return one.kind == QualificationKind.EXPERIENCE and one.importance == "must_have" and not industry_alone


def _seniority(role: Role, drafts: list[Qualification]) -> tuple[Qualification, Inference] | None:
    has_years = any(one.years for one in drafts if one.importance == "must_have")
    if role.seniority is None or role.seniority in ("intern", "junior") or has_years:
        return None
    statement = f"Has worked at {role.seniority} level"
    qualification = Qualification(
        id="", statement=statement, kind=QualificationKind.SENIORITY, seniority=role.seniority, inferred=True
    )
    reason = f"The title “{role.title}” says {role.seniority}, and no years of experience are named."
    return qualification, Inference(field="qualifications", value=statement, reason=reason)


def _location(role: Role, drafts: list[Qualification]) -> Qualification | None:
    """Return where the work can be done from, which the posting says as a fact and not as a demand."""
    if role.place is None or any(one.kind == QualificationKind.LOCATION for one in drafts):
        return None
    remote = role.work_mode == "remote"
    wide = role.place if not remote or role.place.kind == "country" else place(role.place.country_code)
    if wide is None:
        return None
    statement = f"Can work {'remotely from' if remote else 'in or near'} {with_label(wide)}"
    return Qualification(id="", statement=statement, kind=QualificationKind.LOCATION, places=[wide.id])


def _typical_skills(
    role: Role, drafts: list[Qualification], taxonomy: Taxonomy
) -> tuple[list[Qualification], list[Inference]]:
    occupation = taxonomy.occupation(role.occupations[0])
    known = {skill for one in drafts for skill in one.skills}
    skills = [
        skill
        for skill in occupation.skills
        if taxonomy.has_skill(skill) and not any(taxonomy.satisfies(have, skill) for have in known)
    ][:_TYPICAL]
    qualifications = [
        Qualification(
            id="", statement=f"Knows {taxonomy.skill(skill).label}", kind=QualificationKind.SKILL,
            skills=[skill], match="all", importance="nice_to_have", inferred=True,
        )
        for skill in skills
    ]  # fmt: skip
    labels = ", ".join(taxonomy.skill(skill).label for skill in skills)
    named = occupation.label if occupation.label[:2].isupper() else occupation.label.lower()
    reason = f"The text names few skills; these are typical of {with_article(named)}."
    return qualifications, [Inference(field="qualifications", value=labels, reason=reason)] if skills else []


def softened(drafts: list[Qualification], taxonomy: Taxonomy) -> tuple[list[Qualification], list[Inference]]:
    """Make soft skills nice-to-have, and say so: a résumé that does not claim them proves nothing."""
    soft = [one for one in drafts if is_soft(one, taxonomy) and one.importance == "must_have"]
    if not soft:
        return drafts, []
    changed = [
        one.model_copy(update={"importance": "nice_to_have"}) if one in soft else one for one in drafts
    ]
    names = "; ".join(one.statement for one in ranked(soft, taxonomy)[:6])
    reason = "Soft skills are kept as nice-to-have: a résumé cannot prove them, an interview can."
    return changed, [Inference(field="importance", value=names, reason=reason)]


def questions(role: Role, drafts: list[Qualification], taxonomy: Taxonomy) -> list[Question]:
    """Return what a person must say because nothing in the text does."""
    asked: list[Question] = []
    if not role.title:
        asked.append(
            Question(
                id="title",
                field="title",
                text="What is the role called?",
                why="No job title was found in the text.",
            )
        )
    if role.location is None and role.work_mode != "remote":
        asked.append(
            Question(
                id="location", field="location", text="Where is the work done, or is it remote?",
                why="Neither a place nor remote work is mentioned, so candidates cannot be sought by place.",
            )
        )  # fmt: skip
    if role.location is not None and role.work_mode is None:
        asked.append(
            Question(
                id="work_mode", field="work_mode", text="Is the work on site, hybrid or remote?",
                why=f"The text names {role.location} but not how much of the work is done there.",
            )
        )  # fmt: skip
    said = [one for one in drafts if not one.inferred]
    if not any(one.years or one.seniority for one in drafts) and role.seniority is None:
        asked.append(
            Question(
                id="seniority", field="seniority", text="How much experience should the person have?",
                why="Neither years of experience nor a level is named.",
            )
        )  # fmt: skip
    demands = [one for one in said if one.importance == "must_have" and one.kind not in _CONDITIONS]
    hard = [one for one in demands if not is_soft(one, taxonomy)]
    if len(hard) < 2:
        asked.append(
            Question(
                id="must_have", field="must_have", text="Which skills or qualifications are indispensable?",
                why="The text states hardly any requirement that could be tested.",
            )
        )  # fmt: skip
    return asked
