"""Sweeps that ask a judging model, versions that serve or look on, and the real vLLM behind the verdicts."""

from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from servers.evaluator.core.asking import Ask
from servers.evaluator.core.concluding import Probabilities
from servers.evaluator.core.drafting import Draft
from servers.evaluator.core.engine import RulesEngine
from servers.evaluator.core.evaluating import evaluate
from servers.evaluator.core.ports import Lane
from servers.evaluator.core.versions import ENGINE, JudgeVersion
from servers.evaluator.judges.cross_encoder import CrossEncoderJudge
from servers.evaluator.judges.opening import NoJudge
from servers.evaluator.store import PostgresEvaluations
from servers.evaluator.versions.engine_versions import EngineVersions
from shared.engines import EmbeddedVllm
from shared.llm.classifier import PairClassifier
from shared.llm.pairs import PairTokens
from shared.storage import Database
from shared.taxonomy import Taxonomy
from shared.wire.evaluation import Verdict
from tests.support.benches import ANY, Bench, Readers
from tests.support.judged import AS_OF, asked, resume
from tests.support.sweeps import Follower, HeldDrafters, evaluation_of, swept, talent
from tests.support.units import ADA, FakeUnits
from tests.support.vllm import NAME, computed

pytestmark = pytest.mark.timeout(600)  # vLLM starts slowly on a busy machine


@pytest.fixture
async def database(unit_database: Callable[[str], Awaitable[Database]]) -> Database:
    return await unit_database("evaluator")


@pytest.fixture
def versions(database: Database) -> EngineVersions:
    return EngineVersions(database)


async def swept_by(database: Database, people: Sequence[str], **judges: Readers) -> Any:
    async with swept(database, FakeUnits(talent()), HeldDrafters(free=9), bench=Bench(**judges)) as sweeping:
        sweep = await sweeping.open(ADA, evaluation_of(*people))
        result = await sweeping.follow(ADA.tenant, sweep, Follower())
    read = await PostgresEvaluations(database).of_run(ADA.tenant, sweep, [], 0, 10)
    return result, read


async def test_a_sweep_waits_for_a_model_and_where_it_stays_away_rules_judge_and_that_is_said(
    database: Database,
) -> None:
    shows = Probabilities(0.0, 0.0, 0.1, 0.9)
    later, told = await swept_by(database, ["cand_a"], judge=Readers("judge-late", shows, failures=2))
    never, alone = await swept_by(database, ["cand_b"], judge=Readers("judge-gone", shows, failures=99))
    assert [[one.engine for one in each.judgements] for each in told] == [["judge-late", ENGINE]]
    assert (told[0].engine, later.remark) == (f"judge-late+{ENGINE}", None)
    assert (alone[0].engine, never.state) == (f"{ENGINE} (judge-gone did not answer)", "done")
    assert never.remark == "The model did not answer: 1 candidate judged by rules."


async def test_a_version_in_shadow_is_not_heard_and_its_differences_are_kept(
    database: Database, versions: EngineVersions
) -> None:
    serving = Readers("judge-one", Probabilities(0.9, 0.0, 0.1, 0.0))
    shadow = Readers("judge-two", Probabilities(0.0, 0.0, 0.1, 0.9))
    _, read = await swept_by(database, ["cand_a", "cand_b"], judge=serving, shadow=shadow)
    counts, differences = await versions.differences(ADA.tenant, "judge-two")
    assert {each.verdict for one in read for each in one.judgements} == {Verdict.NO_EVIDENCE}
    assert [(one.serving, one.judgements, one.differing) for one in counts] == [(f"judge-one+{ENGINE}", 4, 2)]
    assert [(one.candidate_id, one.qualification_id, one.serving, one.shadow) for one in differences] == [
        (candidate, "q1", Verdict.NO_EVIDENCE, Verdict.MEETS) for candidate in ("cand_a", "cand_b")
    ]


RESUME = """Tilda Sample
EXPERIENCE
Platform Engineer, Made-up Media
March 2019 - Present
- Kept the newsroom's fleet of nodes alive through election night
- Calmed hauliers on the telephone when parcels went astray
"""
DEMANDS = asked("Calm with angry callers", "5 years of running servers", "Rust and GraphQL")


async def verdicts_by(judge: Any) -> str:
    async def drafts(engine: RulesEngine) -> list[Draft]:
        return [engine.draft(DEMANDS, resume(RESUME))]

    def engines(version: JudgeVersion | None) -> RulesEngine:
        return RulesEngine(Taxonomy.compact(), AS_OF, version)

    [one] = await evaluate(DEMANDS, engines, drafts, judge, "people")
    return one.evaluation.model_dump_json(exclude={"judgements": {"__all__": {"confidence"}}})


async def test_the_verdicts_over_vllm_are_those_of_the_weights(
    vllm: EmbeddedVllm, judge_weights: Path
) -> None:
    tokens = PairTokens(judge_weights / "tokenizer.json")
    version = JudgeVersion("judge-small", "00", 1.0, ANY)

    class Weights:
        """Computes the answers directly."""

        def __init__(self) -> None:
            self.version = version

        async def answers(self, asks: Sequence[Ask], lane: Lane = "people") -> list[list[Probabilities]]:
            pairs = [(ask.statement, one.text) for ask in asks for one in ask.passages]
            rows = iter(computed(judge_weights, tokens.of(pairs)))
            return [[Probabilities(*next(rows)) for _ in ask.passages] for ask in asks]

    async with PairClassifier(vllm.url, NAME, tokens, api_key=vllm.api_key) as classifier:
        served = await verdicts_by(CrossEncoderJudge(classifier, version))
    assert served == await verdicts_by(Weights())
    assert served != await verdicts_by(NoJudge())
