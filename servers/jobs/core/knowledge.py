"""What is known beside postings: frequently asked questions, and words that widen the taxonomy."""

from servers.jobs.core.models import (
    Faq,
    FaqAnswer,
    OccupationWords,
    SkillWords,
    TaxonomyImport,
    TaxonomyPage,
)
from servers.jobs.core.ports import JobStore
from shared.kernel.clock import Clock
from shared.kernel.errors import InvalidInput, NotFound
from shared.kernel.ids import new_id
from shared.kernel.principal import Principal, signed

# Below this share of the question's words an answer would be a guess.
CLOSE_ENOUGH = 0.5
TOLD_CHARACTERS = 10_000
"""An event does not say more than so much of words: of so many, nearly everybody's text has one."""


class Knowledge:
    """The verbs on FAQs and taxonomy words."""

    def __init__(self, store: JobStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def add_faq(self, caller: Principal, question: str, answer: str, posting_id: str | None) -> Faq:
        """Keep an answer; the same question again, for the same posting, replaces it."""
        async with self._store.begin(caller.tenant) as records:
            if posting_id is not None and await records.posting(posting_id) is None:
                raise NotFound("there is no such posting.", field="posting_id")
            faq = Faq(
                faq_id=new_id("faq"),
                question=question.strip(),
                answer=answer.strip(),
                posting_id=posting_id,
                updated_at=self._clock.now(),
            )
            return await records.save_faq(faq)

    async def answer(self, caller: Principal, question: str, posting_id: str | None, limit: int) -> FaqAnswer:
        """Return the nearest known answers, a posting's own before the general ones."""
        if not any(character.isalnum() for character in question):
            raise InvalidInput("the question is empty.", field="question", fix="Ask in a few words.")
        async with self._store.begin(caller.tenant) as records:
            matches = await records.faqs_like(question, posting_id, limit)
        best = matches[0] if matches else None
        found = best.faq.answer if best and best.score >= CLOSE_ENOUGH else None
        return FaqAnswer(answer=found, matches=matches)

    async def widen(
        self, caller: Principal, skills: list[SkillWords], occupations: list[OccupationWords]
    ) -> TaxonomyImport:
        """Keep words that the packaged taxonomy lacks; what is there and equal changes nothing."""
        if not skills and not occupations:
            raise InvalidInput("there is nothing to import.", field="skills", fix="Send some entries.")
        async with self._store.begin(caller.tenant) as records:
            stored, last, spellings = await records.save_words(skills, occupations)
            if stored:
                few = sum(map(len, spellings)) <= TOLD_CHARACTERS
                words = {"words": sorted(spellings)} if few else {}
                await records.tell("taxonomy_widened", {"seq": last, **words, **signed(caller)})
        return TaxonomyImport(stored=stored, unchanged=len(skills) + len(occupations) - stored)

    async def words(self, caller: Principal, after: int, limit: int) -> TaxonomyPage:
        """Return entries changed after a number."""
        async with self._store.begin(caller.tenant) as records:
            skills, occupations, last = await records.words(after, limit)
        return TaxonomyPage(skills=skills, occupations=occupations, next=max(last, after))
