"""Rounds of sourcing: who is handed on, how feedback refines the searches, and when it ends."""

import pytest

from servers.sourcing.core.explaining import explain
from servers.sourcing.core.leads import Market
from servers.sourcing.core.models import (
    Aim,
    ExplainSearchRequest,
    FindCandidatesRequest,
    GetFoundRequest,
    SearchArguments,
)
from shared.kernel.errors import InvalidInput, NotFound
from shared.wire.requirements import RequirementsRef
from tests.support.sourcing import REF, ROLE, FakeShelf, Rounds, numbered, shortlist
from tests.support.units import ADA, BOB


def _strict(arguments: SearchArguments) -> bool:
    return len(arguments.filters.get("skill_groups", [])) == 2 and "occupations" in arguments.filters


async def test_strict_matches_come_first_and_a_batch_is_never_exceeded() -> None:
    rounds = Rounds(lambda a: numbered(30) if _strict(a) else numbered(30) + numbered(30, "x"))
    first = await rounds.next()
    assert first.found.candidate_ids == numbered(10)
    assert not first.exhausted


async def test_nobody_is_handed_on_twice() -> None:
    rounds = Rounds(lambda a: numbered(25))
    seen = [c for _ in range(3) for c in (await rounds.next()).found.candidate_ids]
    assert sorted(seen) == numbered(25)


async def test_a_round_fills_up_from_the_next_query() -> None:
    rounds = Rounds(lambda a: numbered(4) if _strict(a) else numbered(4) + numbered(20, "x"))
    first = await rounds.next()
    assert len(first.found.candidate_ids) == sum(q.brought for q in first.queries) == 10
    assert sum(q.brought > 0 for q in first.queries) > 1


async def test_a_pool_without_anybody_is_exhausted_with_the_reason() -> None:
    first = await Rounds(lambda a: []).next()
    assert first.found.candidate_ids == []
    assert first.exhausted
    assert "nobody new" in first.reason
    assert "nobody further" in first.summary


async def test_the_same_request_gets_the_same_answer_and_searches_nothing_again() -> None:
    rounds = Rounds(lambda a: numbered(30))
    first = await rounds.next()
    asked = len(rounds.sources.asked)
    rounds.last = None
    assert await rounds.next() == first
    assert len(rounds.sources.asked) == asked


async def test_two_runs_of_the_same_story_are_the_same() -> None:
    def matches(arguments: SearchArguments) -> list[str]:
        return numbered(15) if _strict(arguments) else numbered(40, "x")

    async def story() -> list[list[str]]:
        rounds = Rounds(matches)
        first = await rounds.next()
        second = await rounds.next(shortlist(1, first.found.candidate_ids[:1], ["q2"]))
        return [first.found.candidate_ids, second.found.candidate_ids, second.changes]

    assert await story() == await story()


async def test_a_weak_qualification_gets_a_query_that_insists_on_it() -> None:
    rounds = Rounds(lambda a: numbered(60) if _strict(a) else [])
    await rounds.next()
    second = await rounds.next(shortlist(2, ["c001", "c002"], weak=["q2"]))
    assert "insist:q2" in [q.id for q in second.queries]
    assert any(change.startswith("Added") and "Spark" in change for change in second.changes)
    assert any(a.filters.get("skill_groups") == [["apache-spark"]] for a in rounds.sources.asked)


async def test_less_is_expected_of_queries_that_ignore_a_weak_qualification() -> None:
    rounds = Rounds(lambda a: numbered(60) if _strict(a) else [])
    await rounds.next()
    second = await rounds.next(shortlist(2, ["c001", "c002"], weak=["q2"]))
    told = {q.id: q for q in second.queries}
    keeps, drops = told["without:q1:python"], told["without:q2:apache-spark"]
    assert (keeps.expected or 0) > (drops.expected or 0)
    assert "Less is expected of: " + drops.label in " ".join(second.changes)


async def test_a_search_without_any_good_match_ends_and_tells_what_each_query_yielded() -> None:
    rounds = Rounds(lambda a: numbered(900))
    answers = [await rounds.next(batch=30)]
    for _ in range(5):
        answers.append(await rounds.next(shortlist(0, []), batch=30))
    ended = next(answer for answer in answers if answer.exhausted)
    core = next(q for q in ended.queries if q.id == "core")
    assert core.status == "set_aside"
    assert f"0 of {core.judged} judged match well" in ended.reason
    assert "More would hardly help" in ended.summary
    assert any(change.startswith("Set aside: ") for change in ended.changes)


async def test_who_wants_a_broad_search_has_it_go_on_for_longer() -> None:
    async def judged(aim: Aim) -> int:
        rounds = Rounds(lambda a: numbered(900))
        await rounds.next(aim=aim)
        while not (await rounds.next(shortlist(0, []))).exhausted:
            pass
        return len(await rounds.shown())

    precise, balanced, broad = [await judged(aim) for aim in ("precise", "balanced", "broad")]
    assert precise < balanced < broad


async def test_a_search_set_aside_is_taken_up_again_once_less_is_asked_of_it() -> None:
    rounds = Rounds(lambda a: numbered(900))
    await rounds.next(aim="precise")
    while not (await rounds.next(shortlist(0, []))).exhausted:
        pass
    again = await rounds.next(shortlist(0, []), aim="broad")
    assert not again.exhausted
    assert any(change.startswith("Taken up again: ") for change in again.changes)


async def test_a_query_that_brings_good_people_goes_on() -> None:
    rounds = Rounds(lambda a: numbered(200))
    first = await rounds.next(batch=30)
    second = await rounds.next(shortlist(3, first.found.candidate_ids[:3]), batch=30)
    core = next(q for q in second.queries if q.id == "core")
    assert (core.status, core.judged, core.judged_good) == ("open", 30, 3)
    assert sum(q.good for q in second.queries) == 3


async def test_evaluations_move_to_the_query_that_yields() -> None:
    rounds = Rounds(lambda a: numbered(300, "s") if _strict(a) else numbered(300, "x"))
    last = await rounds.next(batch=20)
    for _ in range(4):
        good = [c for c in await rounds.shown() if c.startswith("x")]
        last = await rounds.next(shortlist(len(good), good), batch=20)
    assert sum(c.startswith("x") for c in last.found.candidate_ids) >= 17


async def test_people_like_the_best_matches_are_looked_for_and_no_more_than_six_are_models() -> None:
    rounds = Rounds(lambda a: numbered(300))
    first = await rounds.next()
    await rounds.next(shortlist(2, first.found.candidate_ids[:2]))
    third = await rounds.next(shortlist(9, first.found.candidate_ids[:9]))
    models = [q.id for q in third.queries if q.id.startswith("similar:")]
    assert sorted(models) == [f"similar:{c}" for c in first.found.candidate_ids[:6]]


async def test_who_was_rejected_since_is_no_model_any_more() -> None:
    rounds = Rounds(lambda a: numbered(300))
    first = await rounds.next()
    one, other = first.found.candidate_ids[:2]
    await rounds.next(shortlist(2, [one, other]))
    third = await rounds.next(shortlist(1, [other]))
    status = {q.id: q.status for q in third.queries}
    assert (status[f"similar:{one}"], status[f"similar:{other}"]) == ("dry", "open")


async def test_good_matches_beyond_what_a_fact_names_are_read_from_the_shortlist() -> None:
    rounds = Rounds(lambda a: numbered(300))
    first = await rounds.next()
    rounds.sources.shortlisted = shortlist(9, first.found.candidate_ids[:9]).entries
    second = await rounds.next(shortlist(9, first.found.candidate_ids[:2]))
    assert sum(q.good for q in second.queries) == 9


async def test_what_the_market_could_not_tell_is_said() -> None:
    rounds = Rounds(lambda a: numbered(30))
    rounds.sources.known = Market(unanswered=["market knowledge of schools (no answer)"])
    assert "Planned without market knowledge of schools (no answer)." in (await rounds.next()).summary


async def test_whom_people_rejected_or_nobody_may_contact_is_not_shown_again_for_changed_requirements() -> (
    None
):
    rounds = Rounds(lambda a: numbered(30))
    first = await rounds.next()
    rounds.sources.rejected, rounds.sources.gone = {"c003"}, {"c004"}
    revised = FindCandidatesRequest(
        requirements=RequirementsRef(project_id="proj_1", revision=2), state=first.state, batch=30
    )
    second = await rounds.finding.find(ADA, revised, rounds.watcher)
    assert second.found.total == 28
    assert not {"c003", "c004"} & set(second.found.candidate_ids)
    assert "2 found before stay out" in second.summary
    paged = await rounds.finding.found(ADA, GetFoundRequest(search_id=second.found.search_id, round=1))
    assert paged.candidate_ids == second.found.candidate_ids


async def test_a_search_that_is_run_anew_shows_nobody_rejected_again() -> None:
    rounds = Rounds(lambda a: numbered(30))
    first = await rounds.next(batch=30)
    rounds.sources.rejected = set(first.found.candidate_ids)
    rounds.last = None
    again = await rounds.next(batch=29)
    assert again.found.candidate_ids == []


async def test_whom_people_rejected_is_not_found_even_where_no_search_brought_them() -> None:
    rounds = Rounds(lambda a: numbered(30))
    rounds.sources.rejected = {"c000"}
    first = await rounds.next(batch=10)
    rounds.sources.rejected |= {"c011", "c012"}
    second = await rounds.next(batch=30)
    assert await rounds.shown() == [one for one in numbered(30) if one not in rounds.sources.rejected]
    assert "1 other person stays out: rejected in the project" in first.summary
    assert "3 other people stay out: rejected in the project" in second.summary


async def test_progress_names_each_query_while_it_runs() -> None:
    rounds = Rounds(lambda a: numbered(3))
    await rounds.next()
    assert rounds.watcher.told[0].startswith("0/")
    assert "Berlin" in rounds.watcher.told[0]


async def test_requirements_may_be_sent_along() -> None:
    rounds = Rounds(lambda a: numbered(5))
    request = FindCandidatesRequest(requirements=ROLE)
    found = await rounds.finding.find(ADA, request, rounds.watcher)
    assert found.found.candidate_ids == numbered(5)
    assert found.found.project_id.startswith("inline_")


async def test_a_new_revision_begins_a_new_search_that_brings_everybody_found_before_along() -> None:
    rounds = Rounds(lambda a: numbered(30))
    first = await rounds.next()
    revised = FindCandidatesRequest(
        requirements=RequirementsRef(project_id="proj_1", revision=2), state=first.state, batch=10
    )
    second = await rounds.finding.find(ADA, revised, rounds.watcher)
    assert second.state.search_id != first.state.search_id
    assert second.found.candidate_ids == numbered(20)
    assert "10 found before are to be judged by the changed requirements" in second.summary


async def test_a_large_round_is_read_from_the_index_page_by_page_and_handed_on_by_reference() -> None:
    rounds = Rounds(lambda a: numbered(250))
    request = FindCandidatesRequest(requirements=REF, batch=230)
    result = await rounds.finding.find(ADA, request, rounds.watcher)
    assert (len(result.found.candidate_ids), result.found.total, result.found.round) == (100, 230, 1)
    asked = GetFoundRequest(search_id=result.found.search_id, round=1, offset=100, limit=100)
    rest = await rounds.finding.found(ADA, asked)
    assert (rest.candidate_ids, rest.more) == (numbered(250)[100:200], True)


async def test_another_tenants_search_is_not_found() -> None:
    rounds = Rounds(lambda a: numbered(30))
    first = await rounds.next()
    request = FindCandidatesRequest(requirements=REF, state=first.state)
    with pytest.raises(NotFound):
        await rounds.finding.find(BOB, request, rounds.watcher)
    with pytest.raises(NotFound):
        await explain(rounds.shelf, BOB, ExplainSearchRequest(search_id=first.state.search_id))


async def test_a_state_of_another_project_is_refused() -> None:
    rounds = Rounds(lambda a: numbered(30))
    first = await rounds.next()
    request = FindCandidatesRequest(requirements=ROLE, state=first.state)
    with pytest.raises(InvalidInput, match="another project"):
        await rounds.finding.find(ADA, request, rounds.watcher)


async def test_an_explanation_tells_what_each_query_brought_and_why_it_changed() -> None:
    rounds = Rounds(lambda a: numbered(60) if _strict(a) else [])
    await rounds.next()
    await rounds.next(shortlist(2, ["c001"], weak=["q2"]), aim="broad")
    told = await explain(rounds.shelf, ADA, ExplainSearchRequest(project_id="proj_1"))
    assert [r.round for r in told.rounds] == [1, 2]
    assert told.aim == "broad"
    assert "Many people were asked for" in told.text
    assert "Added: " in told.text
    assert "Why: everything the role insists on" in told.text


async def test_an_explanation_needs_to_know_of_what() -> None:
    with pytest.raises(InvalidInput):
        await explain(FakeShelf(), ADA, ExplainSearchRequest())
