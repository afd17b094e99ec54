"""What other units know of a role's people: who was rejected, whoever their record was merged into, who got far
elsewhere, and how a person wants them ranked."""

from servers.recruiter_search.core.ranking import Ranking
from servers.sourcing.core.models import MOST_PEOPLE, FindCandidatesRequest, SearchArguments
from shared.wire.ranking import ApprovedRanking, RankingWeights
from shared.wire.requirements import RequirementsRef
from tests.support.sourcing import Rounds, numbered, shortlist

BY_RECENCY = ApprovedRanking(
    project_id="proj_1",
    weights=RankingWeights(recency=2, skill_names=1.5),
    reason="old profiles never answered.",
    approved_by="person:ada",
)


def _anybody(arguments: SearchArguments) -> list[str]:
    return numbered(30)


async def test_who_was_rejected_is_not_shown_under_the_record_that_theirs_was_merged_into() -> None:
    rounds = Rounds(_anybody)
    rounds.sources.rejected, rounds.sources.withdrawn = {"c900"}, {"c002"}
    rounds.sources.merged = {"c900": "c001"}
    first = await rounds.next(batch=30)
    assert [one for one in numbered(30) if one not in first.found.candidate_ids] == ["c001", "c002"]
    assert "rejected in the project before" in first.summary


async def test_who_was_handed_on_is_not_shown_again_under_another_record() -> None:
    rounds = Rounds(_anybody)
    first = await rounds.next()
    rounds.sources.merged = {first.found.candidate_ids[0]: "c020"}
    second = await rounds.next(batch=30)
    assert sorted([*await rounds.shown(), "c020"]) == numbered(30)
    assert "rejected" not in second.summary


async def test_a_changed_role_does_not_bring_along_who_was_rejected_under_another_record() -> None:
    rounds = Rounds(_anybody)
    first = await rounds.next()
    rejected, remaining = first.found.candidate_ids[:2]
    rounds.sources.rejected, rounds.sources.merged = {rejected}, {rejected: remaining}
    revised = FindCandidatesRequest(
        requirements=RequirementsRef(project_id="proj_1", revision=2), state=first.state, batch=30
    )
    second = await rounds.finding.find(rounds.caller, revised, rounds.watcher)
    assert sorted([*second.found.candidate_ids, rejected, remaining]) == numbered(30)


async def test_who_was_rejected_and_taken_back_is_shown_to_a_changed_role_again() -> None:
    rounds = Rounds(_anybody)
    first = await rounds.next()
    rounds.sources.accepted = first.found.candidate_ids[:1]
    revised = FindCandidatesRequest(
        requirements=RequirementsRef(project_id="proj_1", revision=2), state=first.state, batch=1
    )
    second = await rounds.finding.find(rounds.caller, revised, rounds.watcher)
    assert second.found.candidate_ids[:10] == first.found.candidate_ids
    assert f"similar:{rounds.sources.accepted[0]}" in [query.id for query in second.queries]


async def test_people_like_those_who_were_taken_further_are_looked_for_first_and_beside_good_matches() -> (
    None
):
    rounds = Rounds(lambda a: numbered(300))
    first = (await rounds.next()).found.candidate_ids
    good, taken = first[:6], ["c298", first[9]]
    await rounds.next(shortlist(6, good))
    rounds.sources.accepted, rounds.sources.merged = taken, {"c298": "c299"}
    third = await rounds.next(shortlist(6, good))
    models = {query.id: query for query in third.queries if query.id.startswith("similar:")}
    assert models.keys() == {f"similar:{one}" for one in [*good, "c299", first[9]]}
    assert models["similar:c299"].label.endswith("like that of somebody who was taken further")
    assert sum(query.good for query in third.queries) == 7


async def test_nobody_who_was_rejected_after_all_stays_a_model() -> None:
    rounds = Rounds(lambda a: numbered(300))
    first = (await rounds.next()).found.candidate_ids
    rounds.sources.accepted = first[:2]
    await rounds.next(shortlist(0, []))
    rounds.sources.accepted, rounds.sources.rejected = first[:1], {first[1]}
    third = await rounds.next(shortlist(0, []))
    status = {query.id: query.status for query in third.queries}
    assert (status[f"similar:{first[0]}"], status[f"similar:{first[1]}"]) == ("open", "dry")


async def test_runners_up_of_past_projects_are_looked_among_by_the_records_they_have_now() -> None:
    rounds = Rounds(lambda a: a.filters.get("candidate_ids", []))
    rounds.sources.far_elsewhere, rounds.sources.merged = ["c1", "c2", "c3"], {"c2": "c1"}
    first = await rounds.next()
    assert first.found.candidate_ids == ["c1", "c3"]
    assert "Runners-up of past projects in Berlin" in first.summary


async def test_people_are_ranked_as_somebody_approved_for_the_project_and_that_is_said_once() -> None:
    rounds = Rounds(_anybody)
    first = await rounds.next(batch=5)
    rounds.sources.approved = BY_RECENCY
    second, third = await rounds.next(batch=5), await rounds.next(batch=4)
    rounds.sources.approved = ApprovedRanking(project_id="proj_1", approved_by="person:ben")
    last = await rounds.next(batch=3)

    said = "Ranked as ada approved for this project: skill names counts 1.5, recency counts 2 (old profiles never answered)."
    assert (first.changes, second.changes, third.changes) == ([], [said], [])
    assert last.changes == ["Ranked as ben approved for this project: as usual."]
    asked = list(dict.fromkeys(one.ranking for one in rounds.sources.asked))
    assert asked == [RankingWeights(), BY_RECENCY.weights]
    assert rounds.sources.asked[-1].ranking == RankingWeights()


async def test_a_search_asks_to_leave_out_no_more_people_than_it_may_name() -> None:
    rounds = Rounds(_anybody)
    rounds.sources.rejected = {f"r{n}" for n in range(MOST_PEOPLE - 10)}
    first = await rounds.next(batch=8)
    second = await rounds.next(batch=8)
    assert (len(first.found.candidate_ids), len(second.found.candidate_ids)) == (8, 2)
    assert second.exhausted


def test_what_may_be_approved_is_what_the_search_ranks_by() -> None:
    weights, usual = RankingWeights.model_fields, Ranking.model_fields
    assert list(weights) == list(usual)
    given = RankingWeights(**dict.fromkeys(weights, 100.0)).given
    assert Ranking.model_validate(given).model_dump() == given
