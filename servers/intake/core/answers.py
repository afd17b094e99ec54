"""Answers to questions, worked into the role and its qualifications."""

import re

from servers.intake.core.role import Role, clean_title
from servers.intake.core.statements import Statement
from shared.taxonomy import Taxonomy, certificate, resolve_place, seniority_of
from shared.taxonomy.work_modes import work_mode_answered
from shared.taxonomy.years import years_asked

_NO = re.compile(r"^\s*(?:no|nope|not? (?:needed|necessary|required)|none|skip|n)\b", re.I)
_DECLINED = re.compile(
    r"^\s*(?:no|none|nothing|skip|don['’]?t know|unknown|any(?:thing)?|n/?a)\s*[.!]?\s*$", re.I
)


def apply_answers(role: Role, answers: dict[str, str], taxonomy: Taxonomy) -> list[str]:
    """Fill the role from answers; return the demands they contain as sentences."""
    demands: list[str] = []
    for key, value in answers.items():
        text = value.strip()
        field = key.partition(":")[0]
        if not text or _DECLINED.match(text):
            continue
        if field == "title":
            role.title = clean_title(text)
            found = taxonomy.resolve_occupation(role.title)
            role.occupations = (found.id,) if found else ()
            role.seniority = seniority_of(role.title) or role.seniority
        elif field in ("location", "work_mode"):
            _where(role, text, field)
        elif field == "seniority":
            role.seniority = seniority_of(text) or role.seniority
            if years_asked(text):
                demands.append(text)
            elif found_years := re.search(r"\d{1,2}\+?(?:\s*-\s*\d{1,2})?(?=\s*(?:\+|years?|yrs?|$))", text):
                demands.append(f"{found_years.group()} years of experience")
        elif field == "employment_type":
            role.employment_type = text.lower()
        elif field == "past":
            demands.extend(_taken_over(key.partition(":")[2], text, taxonomy))
        else:
            demands.extend(_demands(field, text))
    return demands


def _where(role: Role, text: str, field: str) -> None:
    mode = work_mode_answered(text)
    if mode is not None:
        role.work_mode = mode
    named = resolve_place(text)
    if named:
        role.place, role.location = named, named.label
    elif field == "location" and mode is None:
        role.location = text


def _taken_over(key: str, text: str, taxonomy: Taxonomy) -> list[str]:
    if _NO.match(text):
        return []
    named = certificate(key)
    label = taxonomy.skill(key).label if taxonomy.has_skill(key) else (named.label if named else key)
    return [f"Knowledge of {label}" if taxonomy.has_skill(key) else label]


def _demands(field: str, text: str) -> list[str]:
    parts = [part.strip(" -*•") for part in re.split(r"[\n;]|(?<=[a-z])\.\s+", text) if part.strip(" -*•")]
    return [f"{part} (nice to have)" if field == "nice_to_have" else part for part in parts]


def answer_statements(demands: list[str], text: str) -> tuple[str, list[Statement]]:
    """Append demands to the text they complete, so that they can be quoted, and return them as statements."""
    found: list[Statement] = []
    for demand in demands:
        text = f"{text.rstrip()}\n{demand}" if text.strip() else demand
        found.append(Statement(len(text) - len(demand), len(text), demand, "required", bullet=True))
    return text, found
