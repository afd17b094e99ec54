"""A stored verdict in a chat model's words, over real HTTP: it words, and changes nothing."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from servers.evaluator.core.judging import Judging
from servers.evaluator.core.models import (
    EvaluateCandidateRequest,
    ExplainVerdictRequest,
    ExplainVerdictResult,
)
from servers.evaluator.judges.explainer import ModelExplainer
from servers.evaluator.store import PostgresEvaluations
from shared.llm.compatible import OpenAICompatible
from shared.storage import Database
from shared.wire.evaluation import Verdict
from tests.support.benches import judging_over
from tests.support.openai_server import FakeOpenAI, Reply, fake_openai
from tests.support.people import dossier
from tests.support.sweeps import HeldDrafters
from tests.support.units import BOB, FakeUnits

TILDA = dossier(
    "cand_a", text="Platform Engineer, Made-up Media\n- Ran forty Kubernetes clusters for a newsroom"
)
GROUNDED = "The profile tells of Kubernetes clusters that were run for a newsroom."
INVENTED = "She led Kubernetes at Globex for 12 years and is an excellent hire."


def said(text: str) -> str:
    return json.dumps({"sentences": [{"text": text, "quotes": [1]}]})


@pytest.fixture
async def server() -> AsyncIterator[FakeOpenAI]:
    async with fake_openai() as fake:
        yield fake


@pytest.fixture
async def judging(
    server: FakeOpenAI, unit_database: Callable[[str], Awaitable[Database]]
) -> AsyncIterator[Judging]:
    known: dict[str, Any] = {"dossiers": [TILDA.model_dump(mode="json", by_alias=True)], "missing": []}
    units = FakeUnits({"candidates.get_dossiers": known})
    store = PostgresEvaluations(await unit_database("evaluator"))
    async with OpenAICompatible(server.url) as model:
        with ThreadPoolExecutor(1) as executor:
            yield judging_over(units, store, HeldDrafters(), executor, explainer=ModelExplainer(model))


async def explained(judging: Judging) -> ExplainVerdictResult:
    asked = EvaluateCandidateRequest(qualifications=["Kubernetes"], candidate_id="cand_a")
    await judging.evaluate_candidate(BOB, asked)
    return await judging.explain_verdict(
        BOB, ExplainVerdictRequest(candidate_id="cand_a", qualification_id="q1")
    )


async def test_a_verdict_is_told_in_the_models_words_and_one_call_is_made_for_it(
    server: FakeOpenAI, judging: Judging
) -> None:
    server.say(said(GROUNDED))
    told = await explained(judging)
    assert f"This is met. {GROUNDED} Quoted from src_1" in told.explanation
    assert (told.worded_by, told.judgement.verdict) == ("small", Verdict.MEETS)
    [request] = server.requests
    assert request["structured_outputs"]["json"]["required"] == ["sentences"]


@pytest.mark.parametrize("reply", [said(INVENTED), Reply(said(GROUNDED)[:40], finish="length")])
async def test_what_the_model_invents_is_set_aside_and_that_is_said(
    server: FakeOpenAI, judging: Judging, reply: str | Reply
) -> None:
    server.say(reply)
    told = await explained(judging)
    assert "Globex" not in told.explanation
    assert told.explanation.endswith("gave no usable answer, so the rules engine answered.")
    assert (told.worded_by, told.judgement.verdict) == (None, Verdict.MEETS)
