"""An organisation's taxonomy follows what the jobs unit keeps for it."""

from typing import Any

from shared.edge.taxonomies import Taxonomies
from shared.kernel.errors import Unavailable
from shared.kernel.principal import current_principal
from shared.taxonomy import Taxonomy

SPLICING = {
    "id": "esco:splicing",
    "label": "splice hawsers",
    "aliases": ["hawser splicing"],
    "kind": "competence",
    "broader": [],
    "implies": [],
    "related": [],
}


class Jobs:
    """A jobs unit that keeps words for one organisation, and counts who asks."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.asked: list[str] = []
        self.down = False

    async def call_tool(
        self, unit: str, tool: str, arguments: dict[str, Any], returns: type[Any], *, timeout: float = 30
    ) -> Any:
        caller = current_principal()
        self.asked.append(caller.subject)
        if self.down:
            raise Unavailable("jobs does not answer")
        mine = self.entries if caller.tenant == "harbour" else []
        page = mine[arguments["after"] :][:1]
        return returns(skills=page, next=arguments["after"] + len(page))

    async def send(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError


async def test_an_organisation_without_words_reads_by_the_packaged_taxonomy_itself() -> None:
    taxonomies = Taxonomies(Jobs(), "intake")
    assert await taxonomies.of("harbour") is Taxonomy.compact()


async def test_words_are_followed_page_by_page_for_their_organisation_only() -> None:
    jobs = Jobs()
    taxonomies = Taxonomies(jobs, "intake")
    before = await taxonomies.of("harbour")
    jobs.entries += [SPLICING, {**SPLICING, "id": "esco:other", "label": "other craft", "aliases": []}]

    widened = await taxonomies.of("harbour")

    assert widened.extent != before.extent
    assert [one.skill for one in widened.find_skills("hawser splicing")] == ["esco:splicing"]
    assert await taxonomies.of("harbour") is widened
    assert await taxonomies.of("otherco") is Taxonomy.compact()
    assert set(jobs.asked) == {"service:intake"}


async def test_what_was_known_stays_while_the_jobs_unit_is_down_and_it_is_not_asked_each_time() -> None:
    jobs = Jobs()
    taxonomies = Taxonomies(jobs, "intake")
    jobs.entries.append(SPLICING)
    widened = await taxonomies.of("harbour")
    jobs.down = True

    assert await taxonomies.of("harbour") is widened
    asked = len(jobs.asked)
    assert await taxonomies.of("harbour") is widened
    assert len(jobs.asked) == asked


async def test_within_its_age_it_is_asked_again_only_when_told_so() -> None:
    jobs = Jobs()
    taxonomies = Taxonomies(jobs, "recruiter_search", max_age=3600)
    await taxonomies.of("harbour")
    jobs.entries.append(SPLICING)

    assert (await taxonomies.words("harbour")).seq == 0
    taxonomies.expire("harbour")
    assert (await taxonomies.words("harbour")).seq == 1
