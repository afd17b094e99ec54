"""What the throughput benchmark asks and how it counts: eight qualifications each, the same prompts, true figures."""

import json
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.throughput.counters import Counters
from benchmarks.throughput.judging import InTurn, question_first
from benchmarks.throughput.load import Question, Role, explaining, in_free_text, judging, pieces, roles
from benchmarks.throughput.served import first_layers
from benchmarks.throughput.speculation import Answered, rows, speaks_for
from servers.evaluator.core.asking import Ask, Passage
from servers.evaluator.core.concluding import Probabilities
from servers.evaluator.core.ports import Lane
from servers.evaluator.judges.chat_prompt import prompt
from tests.support.chat_vllm import Size, make_chat_weights

TOLD = """\
# TYPE vllm:generation_tokens_total counter
vllm:generation_tokens_total{engine="0",model_name="m"} 50.0
vllm:generation_tokens_total{engine="1",model_name="m"} 50.0
vllm:prefix_cache_queries_total{engine="0",model_name="m"} 200.0
vllm:prefix_cache_hits_total{engine="0",model_name="m"} 150.0
vllm:spec_decode_num_draft_tokens_total{engine="0",model_name="m"} 60.0
vllm:spec_decode_num_accepted_tokens_total{engine="0",model_name="m"} 20.0
"""
QUIET = Counters({})


@pytest.fixture(scope="module")
def role() -> Role:
    [one] = roles(3)
    return one


def test_everybody_is_asked_eight_things_and_the_same_seed_makes_the_same_load(role: Role) -> None:
    assert len(role.requirements.qualifications) == 8
    assert len({one.id for one in role.requirements.qualifications}) == 8
    assert roles(3) == [role]


def test_the_load_begins_anew_when_all_have_been_judged(role: Role) -> None:
    taken = list(islice(pieces([role], 2), 3))
    assert [len(one.people) for one in taken] == [2, 1, 2]
    assert taken[2].people == role.people[:2]


async def test_the_prompts_are_those_of_the_evaluator(role: Role) -> None:
    judged, explained = await judging(role), await explaining(role)
    assert all("<profile>" in one.messages[-1]["content"] for one in judged)
    assert {one.messages[0]["content"] for one in judged} == {prompt([], "")[0]["content"]}
    assert all('"verdict"' in one.messages[-1]["content"] for one in explained)
    assert all(one.schema for one in [*judged, *explained])
    assert [one.messages for one in in_free_text(explained)] == [one.messages for one in explained]
    assert not any(one.schema for one in in_free_text(explained))


def test_the_obvious_prompt_says_the_same_with_the_question_first() -> None:
    before, after = prompt(["Welded pipes"], "Welds"), question_first(prompt(["Welded pipes"], "Welds"))
    assert after[0] == before[0]
    assert after[1]["content"].startswith("<qualification>\n")
    assert sorted(after[1]["content"].split()) == sorted(before[1]["content"].split())


class _Echo:
    """Answers each passage by the number of asks and passages that came with it."""

    version = None

    def __init__(self) -> None:
        self.heard: list[list[int]] = []

    async def answers(self, asks: list[Ask], lane: Lane = "people") -> list[list[Probabilities]]:
        self.heard.append([len(one.passages) for one in asks])
        said = Probabilities(0.0, 0.0, 0.0, 1.0)
        return [[said] * len(one.passages) for one in asks]


@pytest.mark.parametrize(("by_passage", "requests"), [(False, [[2], [1]]), (True, [[1], [1], [1]])])
async def test_in_turn_each_request_holds_one_question(by_passage: bool, requests: list[list[int]]) -> None:
    passages = Passage("Welded", (), None), Passage("Sailed", (), None)
    echo = _Echo()
    found = await InTurn(echo, by_passage=by_passage).answers([Ask("a", passages), Ask("b", passages[:1])])
    assert [len(one) for one in found] == [2, 1]
    assert echo.heard == requests


def test_counters_are_summed_over_engines_and_counted_from_where_it_began() -> None:
    told = Counters.of(TOLD)
    assert told.written == 100
    assert told.reused == 0.75
    assert told.acceptance == pytest.approx(1 / 3)
    assert told.tokens_a_step == 1.25
    assert told.since(told).written == 0


def test_without_drafts_each_step_writes_one_token() -> None:
    counted = Counters({"vllm:generation_tokens": 10.0})
    assert counted.acceptance is None
    assert counted.tokens_a_step == 1.0


def _answered(seconds: float, *answers: tuple[int, ...]) -> dict[str, Answered]:
    return {"judging": Answered(answers, seconds, QUIET)}


def test_the_fastest_setting_that_changes_no_answer_is_spoken_for() -> None:
    measured = {
        "none": _answered(2.0, (1, 2), (3, 4)),
        "ngram": _answered(1.0, (1, 2), (3, 4)),
        "draft": _answered(0.5, (1, 2), (3, 5)),
    }
    assert speaks_for(measured) == "ngram"
    assert [one["same"] for one in rows(measured)] == ["2 of 2", "2 of 2", "1 of 2"]


def test_what_is_hardly_faster_is_not_worth_having() -> None:
    assert speaks_for({"none": _answered(1.0, (1,)), "ngram": _answered(0.98, (1,))}) == "none"


def test_the_first_layers_of_a_model_are_a_model_with_the_same_tokens(tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.mkdir()
    make_chat_weights(large, "Welded pipes of steel", Size(width=64, heads=1, layers=3))
    small = first_layers(large, tmp_path / "small", 1)
    alone = tmp_path / "alone"
    alone.mkdir()
    make_chat_weights(alone, "Welded pipes of steel", Size(width=64, heads=1, layers=1))
    assert (small / "tokenizer.json").read_bytes() == (large / "tokenizer.json").read_bytes()
    assert json.loads((small / "config.json").read_text())["num_hidden_layers"] == 1
    sizes = [(one / "model.safetensors").stat().st_size for one in (small, alone)]
    assert sizes[0] == sizes[1]
    assert _header(small).keys() == _header(alone).keys()


def _header(model: Path) -> dict[str, object]:
    data = (model / "model.safetensors").read_bytes()
    return json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])


def test_a_question_without_a_schema_is_answered_by_text() -> None:
    [one] = in_free_text([Question(tuple(prompt(["a"], "b")), {"type": "object"}, 512)])
    assert one.schema is None
