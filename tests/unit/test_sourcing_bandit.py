"""Where the next evaluation goes, and what is believed of a query."""

import pytest

from servers.sourcing.core.bandit import POLICIES, Bandit, Belief, beliefs, given_up, told
from servers.sourcing.core.models import Brought, PlannedQuery, RunningQuery, SearchArguments


def _query(id: str, *, lax: bool = False) -> RunningQuery:
    planned = PlannedQuery(id=id, label=id, why="because", arguments=SearchArguments())
    return RunningQuery(planned=planned, rank=0, added_round=1, lax=lax)


def _judged(good: bool | None, *found_by: str) -> Brought:
    return Brought(
        candidate_id="c", query_id=found_by[0], round=1, rank=0, score=1.0, found_by=list(found_by), good=good
    )


def _expected(brought: list[Brought], *ids: str) -> list[float]:
    known = beliefs([_query(id) for id in ids], brought)
    return [known[id].expected for id in ids]


def test_before_any_verdict_more_is_expected_of_what_insists_on_more() -> None:
    core, without, broad = _expected([], "core", "without:q1:python", "broad")
    assert core > without > broad > 0


def test_less_is_expected_of_what_does_not_insist_on_what_few_could_show() -> None:
    known = beliefs([_query("without:a"), _query("without:b", lax=True)], [])
    assert known["without:b"].expected < known["without:a"].expected


def test_a_verdict_counts_for_every_query_that_finds_the_person_most_for_the_one_that_handed_them_on() -> (
    None
):
    fresh = _expected([], "broad", "net:x", "unsaid:x")
    own, shared, other = _expected([_judged(True, "broad", "net:x")] * 5, "broad", "net:x", "unsaid:x")
    assert own - fresh[0] > shared - fresh[1] > 0
    assert other == fresh[2]


def test_who_was_not_judged_yet_counts_for_nothing() -> None:
    assert _expected([_judged(None, "core")] * 9, "core") == _expected([], "core")


def test_later_verdicts_count_more_than_earlier_ones() -> None:
    met, failed = [_judged(True, "core")] * 20, [_judged(False, "core")] * 20
    assert _expected([*failed, *met], "core") > _expected([*met, *failed], "core")


def test_people_whom_an_earlier_release_brought_count_for_the_query_that_brought_them() -> None:
    old = Brought(candidate_id="c", query_id="core", round=1, rank=0, score=1.0, good=True)
    assert beliefs([_query("core")], [old])["core"].matched == 1


def _next(bandit: Bandit, *query_ids: str) -> str:
    """Return which query the next person comes from, where each finds people of its own who are all alike."""
    return max(bandit.draw(query_ids), key=lambda one: bandit.promise([one], 0.5))


def _chosen(round: int, times: int = 60, seed: int = 7) -> list[str]:
    known = {"good": Belief(30, 10, 40, 30), "bad": Belief(1, 40, 40, 0)}
    bandit = Bandit(POLICIES["balanced"], known, seed, round)
    return [_next(bandit, "good", "bad") for _ in range(times)]


def test_evaluations_go_where_they_yield() -> None:
    assert _chosen(1).count("good") > 50


def test_the_same_seed_and_round_choose_alike_and_other_rounds_otherwise() -> None:
    even = {"a": Belief(1, 1, 9), "b": Belief(1, 1, 9)}
    first, again, other = (
        [_next(bandit, "a", "b") for _ in range(40)]
        for bandit in (Bandit(POLICIES["balanced"], even, 7, round) for round in (1, 1, 2))
    )
    assert first == again != other


def test_people_promise_what_the_best_query_that_finds_them_does_and_more_the_better_their_like_came_out() -> (
    None
):
    bandit = Bandit(POLICIES["balanced"], {"good": Belief(300, 10), "bad": Belief(10, 300)}, 7, 1)
    bandit.draw(["good", "bad"])
    assert bandit.promise(["good"], 0.6) > bandit.promise(["good"], 0.5) > bandit.promise(["bad"], 0.5)
    assert bandit.promise(["bad", "good"], 0.5) == bandit.promise(["good"], 0.5)


def test_what_was_tried_too_little_gets_its_turn_however_little_is_expected_of_it() -> None:
    known = {"good": Belief(300, 10, 310, 300), "untried": Belief(0.01, 100)}
    bandit = Bandit(POLICIES["balanced"], known, 7, 1)
    assert [_next(bandit, "good", "untried") for _ in range(16)].count("untried") == 2


def test_once_tried_enough_a_query_gets_no_turn_for_free() -> None:
    known = {"good": Belief(300, 10, 310, 300), "tried": Belief(0.01, 100, 3)}
    bandit = Bandit(POLICIES["balanced"], known, 7, 1)
    bandit.handed_on(["tried"])
    bandit.handed_on(["tried"])
    assert [_next(bandit, "good", "tried") for _ in range(80)].count("tried") == 0


@pytest.mark.parametrize(("judged", "expected"), [(4, False), (200, True)])
def test_a_query_is_given_up_once_enough_of_its_people_failed(judged: int, expected: bool) -> None:
    belief = Belief(0.4, 0.6 + judged * 10, judged)
    assert given_up(_query("broad"), belief, POLICIES["balanced"]) is expected


def test_the_more_a_recruiter_wants_certainty_the_sooner_a_query_is_given_up() -> None:
    belief = Belief(1.6, 20.0, 20, 1)
    given = [given_up(_query("broad"), belief, POLICIES[aim]) for aim in ("precise", "balanced", "broad")]
    assert given == [True, False, False]


def test_what_is_believed_is_told_with_how_many_it_stands_on() -> None:
    assert told(Belief(8.0, 12.0, 20, 8)) == "8 of 20 judged match well, 40% expected of the next"
    assert told(Belief(1.0, 3.0)) == "nobody of it judged yet, 25% expected of searches of its kind"
