"""Drafting requirements: a posting or a sentence in, a structured and lawful role out."""

import re

from servers.intake.core.answers import answer_statements, apply_answers
from servers.intake.core.changes import edited
from servers.intake.core.contradictions import contradictions
from servers.intake.core.demands import DemandReader, Demands
from servers.intake.core.gaps import inferred_qualifications, questions, softened, specified
from servers.intake.core.hearing import hear, left_out, told, unheard
from servers.intake.core.machine_text import without_orders
from servers.intake.core.merge import merged, numbered, ranked
from servers.intake.core.models import RULES, DraftRequest, DraftResult
from servers.intake.core.past import suggestions
from servers.intake.core.ports import PastRoles, Reader
from servers.intake.core.role import Role, clean_title, read_role
from servers.intake.core.sections import read_posting
from servers.intake.core.statements import Statement, statements
from servers.intake.core.worded_changes import understand
from shared.kernel.errors import HiremeshError, InvalidInput
from shared.lawful import Check, SafetyCheck
from shared.taxonomy import Taxonomy, seniority_of
from shared.wire.requirements import (
    Inference,
    Qualification,
    Question,
    RefusedQualification,
    Requirements,
)

ENGINE = RULES


class Intake:
    """Drafts requirements: a model finds and words demands where there is one, rules check or do it all.

    Args:
        taxonomy: what it knows of skills and occupations.
        past: finds similar past roles; None leaves them out.
        reader: reads with a language model; None leaves all to the rules.
    """

    def __init__(
        self, taxonomy: Taxonomy, past: PastRoles | None = None, reader: Reader | None = None
    ) -> None:
        self._taxonomy = taxonomy
        self._past = past
        self._reader = reader
        self._check = SafetyCheck()
        self._demands = DemandReader(taxonomy, self._check)

    def knowing(self, taxonomy: Taxonomy) -> "Intake":
        """Return an intake that reads by another taxonomy."""
        return self if taxonomy is self._taxonomy else Intake(taxonomy, self._past, self._reader)

    def check(self, text: str, context: str = "") -> Check:
        """Check one demand."""
        return self._check(text, context)

    async def draft(self, request: DraftRequest) -> DraftResult:
        """Draft requirements. Raises InvalidInput where the text asks nothing of anybody."""
        if not request.text.strip() and not any(value.strip() for value in request.answers.values()):
            raise InvalidInput(
                "there is no text", field="text", fix="Send a posting or a sentence about the role."
            )
        posting = read_posting(request.text)
        role = read_role(posting, self._taxonomy)
        said, orders = without_orders(statements(posting), posting.readable)
        heard = await hear(self._reader, posting, said, self._check)
        if heard.reading and not role.occupations:
            self._retitle(role, heard.reading.title)
        role.title = self._lawful_title(role.title)
        read = self._demands.read(said, posting.original, posting, heard.reading)
        understood = await understand(request.changes, read.drafts, self._taxonomy, self._reader)
        changes = understood.changes
        demands = apply_answers(role, request.answers | changes.answers, self._taxonomy)
        original, answered = answer_statements(demands, request.text)
        read = self._demands.read(answered, original, posting, into=read)
        if not read.drafts and not read.refused and not role.title:
            raise InvalidInput(
                "nothing in this text asks for anything of a person",
                field="text",
                fix="Name the role and at least one skill, qualification or duty.",
            )
        draft = await self._compose(request, role, [*said, *answered], read)
        requirements = edited(draft.requirements, changes.edits, self._taxonomy)
        requirements.questions.extend(understood.questions)
        failed = [unheard("changes", understood.note)] if understood.note else []
        further = [*failed, *left_out(orders, read.passed_over)]
        return told(draft.model_copy(update={"requirements": requirements}), heard, further)

    def _retitle(self, role: Role, title: str) -> None:
        """Take a title that stands in the posting where the rules found none that they know."""
        found = self._taxonomy.resolve_occupation(title) if title else None
        if found or (title and not role.title):
            role.title, role.occupations = clean_title(title), (found.id,) if found else ()
            role.seniority = role.seniority or seniority_of(title)

    def _lawful_title(self, title: str | None) -> str | None:
        """Return the title without words that a title must not carry, such as ``young male``."""
        for verdict in self._check.findings(title or ""):
            if title and not verdict.lawful:
                title = re.sub(rf"\b{re.escape(verdict.matched)}\b", " ", title, flags=re.I)
        return clean_title(title) or None if title else None

    async def _compose(
        self, request: DraftRequest, role: Role, said: list[Statement], read: Demands
    ) -> DraftResult:
        drafts, specifying = specified(role, read.drafts, self._taxonomy)
        stated, softening = softened(merged(drafts, self._taxonomy), self._taxonomy)
        added, inferences = inferred_qualifications(role, stated, self._taxonomy)
        past_questions, past_inferences = await self._suggested(role, [*stated, *added])
        qualifications = numbered(ranked([*stated, *added], self._taxonomy))
        asked = [*questions(role, [*stated, *added], self._taxonomy), *past_questions]
        requirements = Requirements(
            title=role.title or "Untitled role",
            summary=_summary(role, qualifications, self._taxonomy),
            seniority=role.seniority,
            occupations=list(role.occupations),
            location=role.location,
            country_code=role.place.country_code if role.place else None,
            work_mode=role.work_mode,
            employment_type=role.employment_type,
            industry=role.industry,
            qualifications=qualifications,
            questions=[one for one in asked if one.id not in request.answers],
            inferences=[*specifying, *inferences, *softening, *past_inferences],
            refused=_distinct(read.refused),
            contradictions=contradictions(role, said, read.drafts, self._taxonomy),
            engine=ENGINE,
        )
        return DraftResult(
            requirements=requirements, summary=_closing(requirements), notes=list(dict.fromkeys(read.notes))
        )

    async def _suggested(
        self, role: Role, qualifications: list[Qualification]
    ) -> tuple[list[Question], list[Inference]]:
        if self._past is None or not role.title:
            return [], []
        try:
            past = await self._past.similar(role.title)
        except HiremeshError as error:
            reason = f"Past projects could not be looked at ({error.code}), so nothing was learnt from them."
            return [], [Inference(field="past_projects", value="not looked at", reason=reason)]
        return suggestions(past, qualifications, self._taxonomy)


def _distinct(refused: list[RefusedQualification]) -> list[RefusedQualification]:
    return list({(one.text, one.attribute): one for one in refused}.values())


def _summary(role: Role, qualifications: list[Qualification], taxonomy: Taxonomy) -> str:
    where = {"remote": "remote", "hybrid": "hybrid", "on_site": "on site"}.get(role.work_mode or "", "")
    place_ = ", ".join(part for part in (role.location or "", where) if part)
    must = sum(1 for one in qualifications if one.importance == "must_have")
    nice = len(qualifications) - must
    skills = list(dict.fromkeys(s for q in qualifications if q.importance == "must_have" for s in q.skills))[
        :5
    ]
    named = ", ".join(taxonomy.skill(skill).label for skill in skills)
    parts = [role.title or "Untitled role", place_, f"{must} must-haves and {nice} nice-to-haves"]
    return ". ".join(part for part in (*parts, f"Above all: {named}" if named else "") if part) + "."


def _closing(requirements: Requirements) -> str:
    counts = [
        (len(requirements.questions), "question"),
        (len(requirements.refused), "refused demand"),
        (len(requirements.contradictions), "contradiction"),
    ]
    extra = [f"{count} {noun}{'s' if count > 1 else ''}" for count, noun in counts if count]
    return requirements.summary + (f" {', '.join(extra)}." if extra else "")
