"""What profiles show of what is asked for, and who comes first by how their like came out."""

from servers.recruiter_search.core.results import Hit, Match
from servers.sourcing.core.finding import Finding
from servers.sourcing.core.models import Brought, FindCandidatesRequest, PlannedQuery, SearchArguments
from servers.sourcing.core.needs import read_needs
from servers.sourcing.core.ports import FoundPeople, FoundPerson, Matched
from servers.sourcing.core.showing import Asked, Outcomes
from shared.taxonomy import Taxonomy
from shared.wire.requirements import Qualification, QualificationKind
from tests.support.sourcing import REF, FakeShelf, FakeSources, Watcher, role, shortlist, skill
from tests.support.units import ADA

WORKED = Qualification(id="years", statement="four years", kind=QualificationKind.EXPERIENCE, years=4)
ROLE = role(skill("q1", "python"), skill("q2", "apache-spark"), WORKED)
ASKED = Asked(read_needs(ROLE, Taxonomy.compact()), Taxonomy.compact())
BOTH, SPARK = frozenset({"Python", "Apache Spark"}), frozenset({"Apache Spark"})


def _judged(shows: frozenset[str] | None, *verdicts: bool | None) -> list[Brought]:
    given = None if shows is None else sorted(shows)
    return [
        Brought(candidate_id="c", query_id="core", round=1, rank=0, score=1.0, shows=given, good=good)
        for good in verdicts
    ]


def _outcomes(*brought: list[Brought]) -> Outcomes:
    return Outcomes(ASKED.count, [one for some in brought for one in some])


def test_a_hit_shows_what_is_asked_for_by_its_name_by_what_proves_it_and_by_years() -> None:
    person = FoundPerson(candidate_id="c1", years=4.0, top_skills=["Django", "Sourdough", "PySpark"])
    assert ASKED.shown_by(person) == ["Python", "Apache Spark", "4 years of work"]
    assert ASKED.shown_by(FoundPerson(candidate_id="c2", years=3.9, top_skills=["Sourdough"])) == []
    assert ASKED.shown_by(FoundPerson(candidate_id="c3")) == []


def test_a_hit_shows_work_in_an_occupation_of_the_role_and_not_in_one_beside_it() -> None:
    own, other = Matched(clause="prefer.occupations"), Matched(clause="filters.occupations")
    assert ASKED.shown_by(FoundPerson(candidate_id="c1", matched=[own])) == ["work as Data engineer"]
    assert ASKED.shown_by(FoundPerson(candidate_id="c2", matched=[other])) == []


def test_the_skills_of_a_hit_are_read_as_the_search_unit_writes_them() -> None:
    liked = Match(clause="prefer.skills", says="python", passages=["Python", "SQL"])
    place = Match(clause="filters.locations", says="Berlin", passages=["Berlin"])
    hit = Hit(candidate_id="c1", headline="x", years=5, top_skills=["SQL"], score=1, matched=[liked, place])
    page = FoundPeople.model_validate({"hits": [hit.model_dump(mode="json")], "total": 1})
    assert (page.hits[0].skills, page.hits[0].years) == (["SQL", "Python"], 5)


def test_before_any_verdict_more_is_expected_of_who_shows_more() -> None:
    outcomes = _outcomes()
    assert outcomes.expected(BOTH) > outcomes.expected(SPARK) > outcomes.expected(frozenset()) > 0


def test_verdicts_count_most_for_who_shows_the_same_less_for_who_shows_as_much_and_for_nobody_else() -> None:
    outcomes, fresh = _outcomes(_judged(SPARK, *[True] * 6)), _outcomes()
    python = frozenset({"Python"})
    assert outcomes.expected(SPARK) > outcomes.expected(python) > fresh.expected(python)
    assert outcomes.expected(BOTH) == fresh.expected(BOTH)


def test_who_leaves_out_what_is_asked_for_comes_first_where_their_like_match_better() -> None:
    outcomes = _outcomes(_judged(frozenset(), *[True] * 8), _judged(BOTH, *[False] * 8))
    assert outcomes.expected(frozenset()) > outcomes.expected(BOTH)


def test_who_was_not_judged_or_brought_by_an_earlier_release_counts_for_nothing() -> None:
    outcomes = _outcomes(_judged(None, *[True] * 9), _judged(BOTH, *[None] * 9))
    assert outcomes.expected(BOTH) == _outcomes().expected(BOTH)
    assert outcomes.told() == ""


def test_who_comes_first_is_told_with_the_verdicts_it_stands_on() -> None:
    some = _judged(SPARK, *[False] * 9, True)
    assert _outcomes(some, _judged(BOTH, True, True, True, True)).told() == ""
    assert _outcomes(some, _judged(BOTH, True, True, True, True, False)).told() == (
        "Those come first whose profiles show Apache Spark and Python: 4 of 5 judged match "
        "well, of the others 1 of 10."
    )


class _Telling(FakeSources):
    """Every other person shows Spark; all queries find everybody in the same order."""

    def __init__(self) -> None:
        super().__init__(ROLE, lambda _: [f"c{i:03d}" for i in range(200)])

    async def people(self, query: PlannedQuery, exclude: list[str], limit: int) -> FoundPeople:
        page = await super().people(query, exclude, limit)
        for hit in page.hits:
            hit.top_skills = [["Python"], ["Apache Spark"]][int(hit.candidate_id[1:]) % 2]
        return page


async def test_the_next_round_brings_first_who_shows_what_those_who_matched_well_show() -> None:
    finding = Finding(FakeShelf(), _Telling(), Taxonomy.compact())
    good, spark, last = list[str](), list[str](), None
    for _ in range(4):
        feedback = shortlist(len(good), good) if last else None
        state = last.state if last else None
        request = FindCandidatesRequest(requirements=REF, feedback=feedback, state=state, batch=20)
        last = await finding.find(ADA, request, Watcher())
        spark = [one for one in last.found.candidate_ids if int(one[1:]) % 2]
        good += spark
    assert last is not None
    assert last.found.candidate_ids[:9] == spark[:9]
    assert "Those come first whose profiles show Apache Spark: " in last.summary


class _Apart(FakeSources):
    """Searches by occupation find people who show nothing, all others find people who show both skills."""

    def __init__(self) -> None:
        super().__init__(ROLE, self._of)

    def _of(self, arguments: SearchArguments) -> list[str]:
        shows = "occupations" not in arguments.filters
        return [f"{'both' if shows else 'none'}{i:02d}" for i in range(50)]

    async def people(self, query: PlannedQuery, exclude: list[str], limit: int) -> FoundPeople:
        page = await super().people(query, exclude, limit)
        for hit in page.hits:
            hit.top_skills = ["Python", "Apache Spark"] if hit.candidate_id.startswith("both") else []
        return page


async def test_who_shows_what_is_asked_for_comes_first_whichever_search_finds_them() -> None:
    request = FindCandidatesRequest(requirements=REF, batch=20)
    first = await Finding(FakeShelf(), _Apart(), Taxonomy.compact()).find(ADA, request, Watcher())
    assert sum(one.startswith("both") for one in first.found.candidate_ids) > 15
