"""The evaluator over A2A, with a real database and scripted neighbours."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from servers.evaluator.agent import build_agent
from servers.evaluator.core.judging import LONGEST_TEXT, Judging
from servers.evaluator.core.models import (
    EvaluateCandidateResult,
    EvaluateCandidatesResult,
    ExplainVerdictResult,
    GetEvaluationsResult,
    GetOutcomesResult,
)
from servers.evaluator.core.sweeping import Sweeping
from servers.evaluator.core.versions import ENGINE
from servers.evaluator.store import PostgresEvaluations
from servers.evaluator.sweeps.drafters import ProcessDrafters
from servers.evaluator.versions.engine_versions import EngineVersions
from shared.edge.a2a import A2AUnit
from shared.edge.progress import Progress
from shared.edge.units import Units
from shared.kernel.call import idempotent_call
from shared.kernel.errors import HiremeshError, InvalidInput, NotFound
from shared.storage import Database
from shared.wire.evaluation import Verdict
from shared.wire.profile import Basics, Profile, Work
from tests.support.benches import judging_over
from tests.support.people import dossier
from tests.support.sweeps import HeldDrafters, swept
from tests.support.units import BOB, FakeUnits, OpenGate, hosted, units_at

REF = {"project_id": "proj_1", "revision": 1}
ROLE = {
    "title": "Backend engineer",
    "qualifications": [
        {"id": "q1", "statement": "Kubernetes", "kind": "skill", "skills": ["kubernetes"]},
        {"id": "q2", "statement": "Terraform", "kind": "skill", "skills": ["terraform"]},
    ],
}
RESUME = """Tilda Example
Platform Engineer, Made-up Media
January 2019 - March 2024
- Ran forty Kubernetes clusters for the newsroom
"""


def _known(asked: dict[str, Any]) -> dict[str, Any]:
    """Stand in for candidates.get_dossiers: everybody but cand_gone is known."""
    people = [
        dossier(
            candidate_id,
            profile=Profile(
                basics=Basics(name="Tilda Example"),
                work=[Work(position="Platform Engineer", start_date="2019-01", end_date="2024-03")],
            ),
            text=f"{RESUME}\nReference {candidate_id}",
        )
        for candidate_id in asked["candidate_ids"]
        if candidate_id != "cand_gone"
    ]
    return {"dossiers": [one.model_dump(mode="json", by_alias=True) for one in people], "missing": []}


@pytest.fixture
def neighbours() -> FakeUnits:
    return FakeUnits({"projects.get_requirements": ROLE, "candidates.get_dossiers": _known})


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
async def database(unit_database: Callable[[str], Awaitable[Database]]) -> Database:
    return await unit_database("evaluator")


@pytest.fixture
def judging(database: Database, neighbours: FakeUnits, executor: ThreadPoolExecutor) -> Judging:
    return judging_over(neighbours, PostgresEvaluations(database), HeldDrafters(), executor)


@pytest.fixture(scope="module")
def drafters() -> Iterator[ProcessDrafters]:
    drafters = ProcessDrafters(1)
    yield drafters
    drafters.close()


@pytest.fixture
async def sweeping(
    database: Database, neighbours: FakeUnits, drafters: ProcessDrafters
) -> AsyncIterator[Sweeping]:
    async with swept(database, neighbours, drafters) as sweeping:
        yield sweeping


@pytest.fixture
def agent(judging: Judging, sweeping: Sweeping, database: Database) -> A2AUnit:
    return build_agent(judging, sweeping, EngineVersions(database))


@pytest.fixture
async def units(agent: A2AUnit) -> AsyncIterator[Units]:
    async with (
        hosted(agent, name="evaluator") as unit,
        units_at(evaluator=unit.url) as units,
    ):
        yield units


def found(*candidate_ids: str) -> dict[str, Any]:
    candidates = {"search_id": "s1", "project_id": "proj_1", "candidate_ids": list(candidate_ids)}
    return {"requirements": REF, "candidates": candidates}


async def evaluate(units: Units, *candidate_ids: str, **more: Any) -> EvaluateCandidatesResult:
    return await units.send(
        "evaluator", "evaluate_candidates", found(*candidate_ids), EvaluateCandidatesResult, **more
    )


async def test_each_candidate_comes_as_a_partial_result_and_all_as_a_reference(units: Units) -> None:
    told: list[Progress] = []

    async def listen(progress: Progress) -> None:
        told.append(progress)

    result = await evaluate(units, "cand_a", "cand_b", on_progress=listen)
    partials = [one.data["candidate_id"] for one in told if one.partial and one.data]
    assert partials == ["cand_a", "cand_b"]
    assert [(one.done, one.total) for one in told if one.done] == [(2, 2)]
    first = result.evaluated.results[0]
    assert (first.candidate_id, first.meets, first.no_evidence, first.missing) == ("cand_a", 1, 1, ["q2"])
    assert (result.evaluated.project_id, result.evaluated.revision) == ("proj_1", 1)


async def test_the_full_verdicts_with_their_quotes_are_read_by_reference(units: Units) -> None:
    run = (await evaluate(units, "cand_a", "cand_b")).evaluated
    read = await units.send(
        "evaluator",
        "get_evaluations",
        {"evaluation_id": run.evaluation_id, "limit": 1},
        GetEvaluationsResult,
    )
    assert read.more
    quote = read.evaluations[0].judgements[0].quotes[0]
    assert quote.text == "Ran forty Kubernetes clusters for the newsroom"
    assert RESUME[quote.start : quote.end] == quote.text


async def test_what_was_judged_on_the_same_input_is_not_judged_again(
    units: Units, neighbours: FakeUnits
) -> None:
    assert (await evaluate(units, "cand_a", "cand_b")).reused == 0
    again = await evaluate(units, "cand_a", "cand_c")
    assert again.reused == 1
    assert (again.kept, again.redone) == (2, 2)


async def test_a_changed_requirement_is_judged_anew_and_every_other_verdict_stands(
    units: Units, neighbours: FakeUnits
) -> None:
    before = (await evaluate(units, "cand_a", "cand_b")).evaluated
    kubernetes, terraform = ROLE["qualifications"]
    wished = kubernetes | {"id": "q7", "importance": "nice_to_have"}
    ansible = terraform | {"statement": "Ansible", "skills": ["ansible"]}
    neighbours.replies["projects.get_requirements"] = ROLE | {"qualifications": [wished, ansible]}

    result = await evaluate(units, "cand_a", "cand_b")

    assert (result.kept, result.redone, result.reused) == (2, 2, 0)
    assert result.remark == (
        "2 verdicts stand as before, since nothing behind them changed; 2 were made anew."
    )
    first, second = [
        await units.send("evaluator", "get_evaluations", {"evaluation_id": run}, GetEvaluationsResult)
        for run in (before.evaluation_id, result.evaluated.evaluation_id)
    ]
    old, new = first.evaluations[0].judgements[0], second.evaluations[0].judgements[0]
    assert (new.verdict, new.quotes, new.reason) == (old.verdict, old.quotes, old.reason)
    assert (new.qualification_id, new.importance) == ("q7", "nice_to_have")


async def test_a_changed_profile_is_judged_anew(units: Units, neighbours: FakeUnits) -> None:
    await evaluate(units, "cand_a")
    neighbours.replies["candidates.get_dossiers"] = {
        "dossiers": [dossier("cand_a", text="Ran Terraform at work.").model_dump(mode="json", by_alias=True)]
    }
    result = await evaluate(units, "cand_a")
    assert (result.kept, result.redone) == (0, 2)


async def test_a_budget_of_candidates_leaves_the_rest_and_says_so(units: Units) -> None:
    request = found("cand_a", "cand_b", "cand_c") | {"budget": {"candidates": 2}}
    result = await units.send("evaluator", "evaluate_candidates", request, EvaluateCandidatesResult)
    assert [one.candidate_id for one in result.evaluated.results] == ["cand_a", "cand_b"]
    assert result.left == 1
    assert result.remark == "1 candidate is left unjudged: the budget is 2 candidates."


async def test_a_deadline_that_has_passed_hands_over_what_there_is(units: Units) -> None:
    request = found("cand_a") | {"deadline": "2020-01-01T00:00:00Z"}
    result = await units.send("evaluator", "evaluate_candidates", request, EvaluateCandidatesResult)
    assert (result.evaluated.results, result.left) == ([], 1)
    assert result.remark == "1 candidate is left unjudged: the deadline has passed."


async def test_what_waits_for_its_hours_says_until_when(units: Units) -> None:
    opens = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(hours=2)
    window = f"{opens:%H:%M}-{opens + timedelta(hours=4):%H:%M} UTC"
    told: asyncio.Queue[Progress] = asyncio.Queue()
    call = units.send(
        "evaluator",
        "evaluate_candidates",
        found("cand_a") | {"window": window},
        EvaluateCandidatesResult,
        on_progress=told.put,
    )
    waiting = asyncio.create_task(call)
    progress = await told.get()
    waiting.cancel()
    assert progress.text == f"Waits until {opens:%H:%M} UTC"
    assert progress.data == {"state": "waiting", "until": opens.isoformat()}


async def test_more_people_than_a_message_names_are_read_and_answered_page_by_page(
    units: Units, neighbours: FakeUnits
) -> None:
    people = [f"cand_{n:03}" for n in range(130)]
    neighbours.replies["sourcing.get_found"] = lambda asked: {
        "candidate_ids": people[asked["offset"] :][:100],
        "more": asked["offset"] + 100 < len(people),
    }
    request = found(*people[:100])
    request["candidates"] |= {"round": 1, "total": len(people)}

    result = await units.send("evaluator", "evaluate_candidates", request, EvaluateCandidatesResult)

    assert (len(result.evaluated.results), result.evaluated.total) == (100, 130)
    asked = {"evaluation_id": result.evaluated.evaluation_id, "offset": 100}
    rest = await units.send("evaluator", "get_outcomes", asked, GetOutcomesResult)
    assert [one.candidate_id for one in rest.results] == people[100:]
    assert not rest.more


async def test_a_candidate_who_is_gone_is_named_and_the_others_are_judged(units: Units) -> None:
    result = await evaluate(units, "cand_a", "cand_gone")
    assert result.unknown == ["cand_gone"]
    assert [one.candidate_id for one in result.evaluated.results] == ["cand_a"]


async def test_what_was_said_of_somebody_who_is_gone_is_erased(units: Units, neighbours: FakeUnits) -> None:
    run = (await evaluate(units, "cand_a", "cand_b")).evaluated
    neighbours.replies["candidates.get_dossiers"] = {"dossiers": [], "missing": ["cand_a"]}
    await evaluate(units, "cand_a")
    kept = await units.send(
        "evaluator", "get_evaluations", {"evaluation_id": run.evaluation_id}, GetEvaluationsResult
    )
    assert [one.candidate_id for one in kept.evaluations] == ["cand_b"]


async def test_a_call_that_is_repeated_is_the_same_run(units: Units) -> None:
    with idempotent_call("run-1:step-4"):
        first = await evaluate(units, "cand_a", "cand_b")
        second = await evaluate(units, "cand_a", "cand_b")
    assert second == first


async def test_nobody_found_is_an_empty_evaluation(units: Units) -> None:
    assert (await evaluate(units)).evaluated.results == []


async def test_a_hundred_candidates_are_judged_in_pieces(units: Units, neighbours: FakeUnits) -> None:
    result = await evaluate(units, *(f"cand_{n}" for n in range(100)))
    asked = neighbours.inputs("candidates.get_dossiers")
    assert [len(one["candidate_ids"]) for one in asked] == [20] * 5
    assert len(result.evaluated.results) == 100


async def test_a_partner_sends_a_resume_and_plain_sentences_and_nothing_is_kept(units: Units) -> None:
    result = await units.send(
        "evaluator",
        "evaluate_candidate",
        {"qualifications": ["Experience with Kubernetes", "5 years of Kubernetes"], "resume": RESUME},
        EvaluateCandidateResult,
    )
    verdicts = [one.verdict for one in result.evaluation.judgements]
    assert verdicts == [Verdict.MEETS, Verdict.MEETS]
    assert result.evaluation_id is None


async def test_a_verdict_is_explained_by_what_it_rests_on(units: Units) -> None:
    await evaluate(units, "cand_a")
    told = await units.send(
        "evaluator",
        "explain_verdict",
        {"candidate_id": "cand_a", "qualification_id": "q1"},
        ExplainVerdictResult,
    )
    assert "Ran forty Kubernetes clusters" in told.explanation
    assert told.engine == ENGINE


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"qualifications": ["Java"], "resume": "  \n "}, "resume"),
        ({"qualifications": ["Java"], "resume": "x" * (LONGEST_TEXT + 1)}, "resume"),
        ({"qualifications": ["Java"]}, "resume"),
        ({"resume": "Java"}, "requirements"),
        ({"qualifications": ["  "], "resume": "Java"}, "qualifications"),
        ({"qualifications": ["Java"], "requirements_ref": REF, "resume": "Java"}, "requirements"),
    ],
)
async def test_unusable_requests_name_the_field(units: Units, request_: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await units.send("evaluator", "evaluate_candidate", request_, EvaluateCandidateResult)
    assert refused.value.field == field


async def test_candidates_of_another_project_are_refused(units: Units) -> None:
    request = found("cand_a")
    request["candidates"]["project_id"] = "proj_2"
    with pytest.raises(InvalidInput):
        await units.send("evaluator", "evaluate_candidates", request, EvaluateCandidatesResult)


async def test_another_tenants_evaluation_is_not_found(agent: A2AUnit, units: Units) -> None:
    run = (await evaluate(units, "cand_a")).evaluated
    async with (
        hosted(agent, name="evaluator", gate=OpenGate(BOB)) as unit,
        units_at(evaluator=unit.url) as stranger,
    ):
        with pytest.raises(NotFound):
            await stranger.send(
                "evaluator",
                "get_evaluations",
                {"evaluation_id": run.evaluation_id},
                GetEvaluationsResult,
            )


async def test_an_unreachable_neighbour_is_reported_as_it_is(units: Units, neighbours: FakeUnits) -> None:
    neighbours.replies.pop("projects.get_requirements")
    with pytest.raises(HiremeshError):
        await evaluate(units, "cand_a")
