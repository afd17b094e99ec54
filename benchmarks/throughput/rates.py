"""Candidates judged per second, the product's way and the obvious way, on the same servers in the same run."""

import asyncio
import os
from collections.abc import Iterator, Sequence

from benchmarks.evaluation.judged import Served
from benchmarks.evaluation.lineup import tell
from benchmarks.report import Cell
from benchmarks.throughput.counters import Counters
from benchmarks.throughput.judging import Evaluator, InTurn, QuestionFirst, Rate, rate
from benchmarks.throughput.load import Role, pieces
from servers.evaluator.core.ports import Drafters
from servers.evaluator.judges.chat_judge import CONCURRENT, ChatJudge, chat_version
from servers.evaluator.judges.cross_encoder import CrossEncoderJudge
from servers.evaluator.judges.opening import NoJudge
from shared.engines import EmbeddedVllm
from shared.llm.classifier import PairClassifier
from shared.llm.compatible import OpenAICompatible
from shared.llm.pairs import PairTokens
from supervisor.launch.models import Model

SLOTS = (os.cpu_count() or 1) + 1
"""Pieces of sweeps that one evaluator judges at once."""
CHAT_PIECE = 4
"""Its questions fill what a chat model is asked at once; a whole piece of a sweep takes such a model minutes."""
NO_REUSE = ("--no-enable-prefix-caching",)


def row(name: str, measured: Rate, **more: Cell) -> dict[str, Cell]:
    """Return one line of the table, and say it."""
    tell(f"{name}: {measured.per_second:.2f} candidates a second")
    return {
        "judged by": name,
        "per_s": round(measured.per_second, 3),
        "candidates": measured.candidates,
        "left_to_rules": measured.alone,
        **more,
    }


async def by_rules(roles: Sequence[Role], drafters: Drafters, seconds: float, piece: int) -> dict[str, Cell]:
    """Return how many rules judge, in processes beside this one."""
    evaluator = Evaluator(NoJudge(), drafters)
    await _warm(evaluator, roles)
    measured = await rate(evaluator.sweep, pieces(roles, piece), seconds, SLOTS)
    return row("rules alone", measured)


async def by_cross_encoder(
    served: Served, roles: Sequence[Role], drafters: Drafters, seconds: float, piece: int
) -> list[dict[str, Cell]]:
    """Return how many the judge and rules judge: the product's way, and one passage of one question at a time."""
    tokens = PairTokens(served.folder / "tokenizer.json")
    async with PairClassifier(served.url, served.version.name, tokens, api_key=served.api_key) as asked:
        judge = CrossEncoderJudge(asked, served.version)
        ours, in_turn = Evaluator(judge, drafters), Evaluator(InTurn(judge, by_passage=True), drafters)
        await _warm(ours, roles)
        many = await rate(ours.sweep, pieces(roles, piece), seconds, SLOTS)
        one = await rate(in_turn.sweep, pieces(roles[::-1], 1), seconds, 1)
    return [
        row("rules and cross-encoder: 64 passages a request, several requests at once", many),
        row("naively: one passage a request, one after the other", one),
    ]


async def by_chat(
    server: EmbeddedVllm, model: Model, roles: Sequence[Role], drafters: Drafters, seconds: float
) -> list[dict[str, Cell]]:
    """Return how many a chat model judges, the product's way and in turn, where vLLM keeps prefixes."""
    async with _open(OpenAICompatible, server, model) as asked:
        judge = ChatJudge(asked, chat_version(model.served_as))
        load = pieces(roles, CHAT_PIECE)
        await Evaluator(judge, drafters).sweep(next(load))
        ours = await _counted(
            "rules and chat model: profile first, many at once", server, judge, drafters, load, seconds
        )
        in_turn = await _counted(
            "one call after the other: profile first", server, InTurn(judge), drafters, _few(roles), seconds
        )
    return [ours, in_turn]


async def by_chat_in_turn(
    server: EmbeddedVllm, model: Model, roles: Sequence[Role], drafters: Drafters, seconds: float
) -> dict[str, Cell]:
    """Return how many a chat model judges that is asked one question after the other, with nothing kept."""
    async with _open(QuestionFirst, server, model) as asked:
        judge = InTurn(ChatJudge(asked, chat_version(model.served_as)))
        load = _few(roles)
        await Evaluator(judge, drafters).sweep(next(load))
        name = "naively: one call after the other, qualification first, no prefix kept"
        return await _counted(name, server, judge, drafters, load, seconds)


async def _counted(
    name: str,
    server: EmbeddedVllm,
    judge: ChatJudge | InTurn,
    drafters: Drafters,
    load: Iterator[Role],
    seconds: float,
) -> dict[str, Cell]:
    before = await Counters.at(server.url)
    measured = await rate(Evaluator(judge, drafters).sweep, load, seconds, 1)
    counted = (await Counters.at(server.url)).since(before)
    return row(name, measured, prefix_reused=round(counted.reused, 3))


def _open(kind: type[OpenAICompatible], server: EmbeddedVllm, model: Model) -> OpenAICompatible:
    url = f"{server.url}/v1"
    return kind(url, model=model.served_as, api_key=server.api_key, concurrent=CONCURRENT)


def _few(roles: Sequence[Role]) -> Iterator[Role]:
    """Yield people one by one whom no other row is asked about."""
    return pieces(roles[len(roles) // 2 :], 1)


async def _warm(evaluator: Evaluator, roles: Sequence[Role]) -> None:
    """Start every drafting process, which reads the taxonomy first."""
    load = pieces(roles, 1)
    await asyncio.gather(*(evaluator.sweep(next(load)) for _ in range(SLOTS)))
