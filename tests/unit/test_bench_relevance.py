"""The relevance benchmark: what is true of its people, and its figures."""

from pathlib import Path

import pytest

from benchmarks.relevance.fitting import fitted
from benchmarks.relevance.measuring import BM25_ANY, WORDS_AND_TAXONOMY, Asked, measured
from benchmarks.relevance.occupations import occupations
from benchmarks.relevance.people import Held, Person, people
from benchmarks.relevance.questions import Question, grade, questions
from benchmarks.relevance.real import read_grades, read_queries, read_twice
from benchmarks.relevance.scoring import lead, ndcg, recall, weighted_kappa
from benchmarks.relevance.searching import Pool, pool_of
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.ranking import Ranking
from tests.support.talent import person

ASKED = Question("q", "Welder with TIG and MIG", "Welder", ("TIG", "MIG"), "Welder", fitting=False)
SKILLS_ALONE = Question("q", "TIG and MIG", None, ("TIG", "MIG"), "Welder", fitting=False)


def someone(*held: tuple[str, set[str]]) -> Person:
    jobs = tuple(Held(work, 0, 12, frozenset(skills)) for work, skills in held)
    return Person("cand_made_1", "plain", jobs, person("cand_made_1"))


@pytest.mark.parametrize(
    ("question", "who", "expected"),
    [
        (ASKED, someone(("Welder", {"TIG"}), ("Welder", {"MIG"})), 3),
        (ASKED, someone(("Welder", {"TIG"})), 2),
        (ASKED, someone(("Electrician", set()), ("Welder", {"TIG", "MIG"})), 2),
        (ASKED, someone(("Welder", set())), 1),
        (ASKED, someone(("Electrician", {"TIG"})), 1),
        (ASKED, someone(("Electrician", {"PLC"})), 0),
        (SKILLS_ALONE, someone(("Electrician", {"TIG", "MIG"})), 3),
        (SKILLS_ALONE, someone(("Electrician", {"TIG"}), ("Welder", {"MIG"})), 2),
        (SKILLS_ALONE, someone(("Welder", set())), 0),
    ],
)
def test_who_does_the_work_now_with_all_skills_fits_best(
    question: Question, who: Person, expected: int
) -> None:
    assert grade(question, who) == expected


def test_no_deed_and_no_other_name_holds_all_words_of_the_skill_that_it_stands_for() -> None:
    telling = [
        (skill.name, said)
        for work in occupations().values()
        for skill in work.skills
        for said in (*skill.others, *skill.deeds)
        if set(skill.name.lower().split()) <= set(said.lower().replace(",", "").split())
    ]
    assert telling == []


def test_every_occupation_has_four_skills_each_with_deeds_and_a_line_that_only_sounds_like_it() -> None:
    for work in occupations().values():
        assert work.near in occupations()
        assert [(len(skill.deeds), bool(skill.trap)) for skill in work.skills] == [(2, True)] * 4


def test_the_same_people_and_questions_are_made_each_time_and_each_question_has_who_fits() -> None:
    crowd = people(400)
    assert crowd == people(400)
    assert all(max(grade(question, one) for one in crowd) >= 2 for question in questions())


def test_an_order_is_worth_its_gains_by_place_as_a_share_of_the_best() -> None:
    grades = {"a": 3, "b": 2, "c": 1}
    assert ndcg(["a", "b", "c"], grades) == 1
    assert ndcg(["x", "a"], grades, cut=2) == pytest.approx(4.4165 / 8.8928, abs=1e-4)
    assert recall(["c", "b", "x"], grades, least=2) == 0.5


def test_a_lead_is_a_share_of_the_other_and_no_lead_has_no_width() -> None:
    groups = ["one", "one", "two"]
    assert lead([0.5, 0.5, 0.5], [0.5, 0.5, 0.5], groups) == (0, 0, 0)
    ahead, low, high = lead([0.6, 0.9, 0.6], [0.5, 0.5, 0.5], groups)
    assert ahead == pytest.approx(0.4)
    assert (low, high) == pytest.approx((0.2, 0.5))


def test_readings_that_differ_by_more_agree_less() -> None:
    assert weighted_kappa([(0, 0), (3, 3), (1, 1)]) == 1
    assert weighted_kappa([(0, 1), (3, 3), (1, 1)]) > weighted_kappa([(0, 3), (3, 3), (1, 1)])


def test_two_hundred_real_pairs_are_graded_once_each_and_sixty_of_them_twice() -> None:
    grades, known = read_grades(), {one.id for one in read_queries()}
    pairs = {(one.query, one.resume) for one in grades}
    assert len(pairs) == len(grades) >= 200
    assert {query for query, _ in pairs} == known
    assert {one.first for one in grades} == {0, 1, 2, 3}
    assert len(read_twice(grades)) >= 60


class _TaxonomyMisleads(Pool):
    """Ranks who fits first once taxonomy weighs less than meaning."""

    def __init__(self) -> None:
        """It has nobody."""

    async def ranked(self, query: SearchQuery, *, bare: bool, limit: int) -> list[str]:
        weights = query.ranking or Ranking()
        return sorted(["cand_other", "cand_fits"], reverse=weights.taxonomy >= weights.meaning)


async def test_a_weight_is_changed_where_that_gains_and_the_others_stay() -> None:
    asked = [Asked("a question", {"cand_fits": 3}, "one")]
    ranking, reached = await fitted(_TaxonomyMisleads(), asked, Ranking())
    assert (ranking, reached) == (Ranking(taxonomy=0.5), 1)


async def test_words_of_which_no_taxonomy_knows_find_only_who_uses_them(tmp_path: Path) -> None:
    crowd = [
        person("cand_k8s", title="Uptime Engineer", skills=["K8s"]),
        person("cand_kubernetes", title="Uptime Engineer", skills=["Kubernetes"]),
    ]
    asked = [Asked("kubernetes", {"cand_k8s": 3, "cand_kubernetes": 3}, "one")]
    async with pool_of(tmp_path, crowd, None, ["kubernetes"]) as pool:
        words = await measured(BM25_ANY, pool, asked)
        known = await measured(WORDS_AND_TAXONOMY, pool, asked)
    assert words.ranked == [["cand_kubernetes"]]
    assert set(known.ranked[0]) == {"cand_k8s", "cand_kubernetes"}
