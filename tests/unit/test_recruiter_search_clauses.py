"""What each clause does to a result, why a hit was found, and what was probably meant otherwise."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from servers.recruiter_search.core.changes import derive_changes
from servers.recruiter_search.core.document import Deriver
from servers.recruiter_search.core.expression import hints, parse_expression
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.results import ClauseCounts, Hit
from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.store import TantivyIndex
from shared.following.follower import Follower
from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy
from tests.support.filter_pool import PROFILES, TODAY, changes
from tests.support.fixed_clock import FixedClock
from tests.support.talent import FakeFeed

TENANT = "acme"


class Desk:
    """A search over the pool, on a fixed day."""

    def __init__(self, search: TalentSearch) -> None:
        self.search = search

    async def counts(self, **query: object) -> ClauseCounts:
        return await self.search.clause_counts(TENANT, SearchQuery.model_validate(query))

    async def hit(self, **query: object) -> Hit:
        return (await self.search.search(TENANT, SearchQuery.model_validate(query))).hits[0]

    async def why(self, **query: object) -> dict[str, list[str]]:
        return {match.says: match.passages for match in (await self.hit(**query)).matched}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    index, feed, deriver = TantivyIndex(tmp_path), FakeFeed(), Deriver(Taxonomy.compact())
    feed.tell(TENANT, *changes())

    async def derive(_: str, lines, today):  # type: ignore[no-untyped-def]
        return derive_changes(deriver, lines, today)

    clock = FixedClock(TODAY)
    follower = Follower(index, feed, derive, clock)
    await follower.catch_up(TENANT)
    yield Desk(TalentSearch(index, follower, Taxonomy.compact(), clock))
    await follower.aclose()
    await index.aclose()


async def test_the_clause_that_empties_a_result_is_named_with_what_dropping_it_brings(desk: Desk) -> None:
    counted = await desk.counts(filters={"countries": ["DE"], "skills_all": ["python", "java"]})
    assert (counted.total, counted.everybody) == (0, len(PROFILES))
    told = {(c.clause, c.says): (c.alone, c.without) for c in counted.clauses}
    assert told == {
        ("filters.skills_all", "skills all: python"): (2, 0),
        ("filters.skills_all", "skills all: java"): (1, 1),
        ("filters.countries", "countries: DE"): (2, 1),
    }
    assert counted.told == "0 people; without skills all: java: 1."


async def test_a_clause_that_nobody_satisfies_is_named(desk: Desk) -> None:
    counted = await desk.counts(filters={"schools": ["nowhere"]}, expression="python")
    assert counted.told == "Nobody at all satisfies schools: nowhere."


async def test_each_part_of_an_expression_and_each_exclusion_is_a_clause(desk: Desk) -> None:
    counted = await desk.counts(
        expression='"data engineer" AND (python OR java) AND NOT nurse',
        exclude={"companies": ["kestrel"]},
        text="spark",
    )
    assert [(c.clause, c.says, c.alone) for c in counted.clauses] == [
        ("exclude.companies", "not companies: kestrel", 3),
        ("expression", '"data engineer"', 1),
        ("expression", "python OR java", 2),
        ("expression", "NOT nurse", 3),
        ("text", "spark", 1),
    ]


async def test_two_clauses_that_block_each_other_are_told(desk: Desk) -> None:
    counted = await desk.counts(
        filters={"countries": ["FR"], "schools": ["willow"], "titles": ["head of sales"]}
    )
    assert "drop two" in counted.told


async def test_nothing_asked_is_everybody(desk: Desk) -> None:
    assert "everybody" in (await desk.counts()).told


async def test_facets_sum_to_the_total(desk: Desk) -> None:
    counted = await desk.search.facet_counts(TENANT, SearchQuery(), ["countries", "years", "functions"], 20)
    sums = {facet.name: sum(value.count for value in facet.values) for facet in counted.facets}
    assert sums == {"countries": 4, "years": 3, "functions": 4}
    assert {v.label for v in counted.facets[2].values} == {"software", "data", "healthcare", "sales"}


async def test_a_hit_shows_the_texts_that_satisfy_each_clause(desk: Desk) -> None:
    why = await desk.why(
        filters={
            "titles": ["analyst"],
            "companies": ["cobalt"],
            "skills_all": ["spark"],
            "min_years": 5,
            "near": {"place": "Berlin", "km": 10},
            "positions": [{"titles": ["data engineer"], "current": True}],
            "min_months_in_role": 12,
        }
    )
    assert why == {
        "titles: analyst": ["Data Analyst"],
        "companies: cobalt": ["Cobalt Works"],
        "positions: titles data engineer, current yes": [
            "Senior Data Engineer, Cobalt Works, 2022-01 to now"
        ],
        "min years: 5": ["8.5 years of work"],
        "min months in role: 12": ["Senior Data Engineer, Cobalt Works, since 2022-01"],
        "skills all: spark": ["Apache Spark"],
        "near: place Berlin, km 10": ["Berlin, Germany"],
    }


async def test_a_hit_shows_what_of_an_expression_is_wanted(desk: Desk) -> None:
    why = await desk.why(expression="past_title:analyst AND (sql OR cobol) AND NOT nurse")
    assert why == {
        "past_title:analyst": ["Data Analyst"],
        "sql OR cobol": ["Wrote SQL reports"],
        "NOT nurse": [],
    }


async def test_what_is_liked_is_told_only_where_it_is_shown(desk: Desk) -> None:
    why = await desk.why(filters={"candidate_ids": ["ann"]}, prefer={"titles": ["analyst", "chef"]})
    assert why["titles: analyst or chef"] == ["Data Analyst"]
    bob = await desk.why(filters={"candidate_ids": ["bob"]}, prefer={"titles": ["analyst"]})
    assert "titles: analyst" not in bob


@pytest.mark.parametrize(("text", "at"), [("python and java", 7), ("(python or java)", 8), ("not java", 0)])
def test_an_operator_in_small_letters_is_a_word_and_a_hint_says_so(text: str, at: int) -> None:
    parse_expression(text)
    [hint] = hints(text)
    assert f"(character {at + 1})" in hint
    assert text[at:].split()[0].upper() in hint


def test_small_letters_within_quotes_are_no_mistake() -> None:
    assert hints('"salt and pepper"') == []


async def test_hints_come_with_the_result(desk: Desk) -> None:
    page = await desk.search.search(TENANT, SearchQuery(expression="python or java"))
    assert "OR" in page.hints[0]


@pytest.mark.parametrize(
    ("text", "at", "fix"),
    [
        ("python && java", 7, "AND"),
        ("python || java", 7, "OR"),
        ("python -java", 7, "NOT java"),
        ("python !java", 7, "NOT java"),
        ("+python", 0, "write python"),
        ("‘data engineer’", 0, '"data…"'),
        ("[python OR java]", 0, "round"),
        ("title : nurse", 6, "title:…"),
        ("titel:nurse", 0, "title:"),
        ("(python OR java", 0, "closing bracket"),
        ("python NOT", 7, "after it"),
    ],
)
def test_what_other_languages_write_is_refused_with_what_to_write_here(text: str, at: int, fix: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_expression(text)
    assert f"(character {at + 1})" in refused.value.message
    assert fix in (refused.value.fix or "")


async def test_an_expression_is_its_clauses_as_they_are_typed_joined_by_and(desk: Desk) -> None:
    typed = 'python AND NOT java position:(title:engineer OR title:nurse) (skill:sql OR "data warehouse")'

    terms = [one.term for one in (await desk.counts(expression=typed)).clauses]
    again = [one.term for one in (await desk.counts(expression=" AND ".join(terms))).clauses]

    assert len(terms) == 4
    assert again == terms
    assert [one.term for one in (await desk.counts(expression="python OR java")).clauses] == [
        "(python OR java)"
    ]
