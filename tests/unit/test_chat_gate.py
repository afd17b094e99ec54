"""A chat model at the gate: a part of the cases, asked for so long, by the same tests as any other version."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from servers.evaluator.core.asking import Ask
from servers.evaluator.core.concluding import LABELS, Probabilities
from servers.evaluator.core.operating import Served
from servers.evaluator.core.ports import Lane
from servers.evaluator.core.versions import JudgeVersion
from servers.evaluator.judge_model.data.rows import Row
from servers.evaluator.judges.chat_judge import chat_version
from servers.evaluator.model_gate.asking import UNANSWERED, Kept, ask_all
from servers.evaluator.model_gate.chat_version import SERVED, ChatVersion
from servers.evaluator.model_gate.gating import gated, shown
from servers.evaluator.model_gate.held_out import Version
from servers.evaluator.model_gate.part import FEWEST, PART, part_of
from shared.kernel.errors import DeadlineExceeded, InvalidInput, ModelOutputInvalid, Unavailable
from tests.support.versions import answering_chat, cases, made_version, sure_of


def quiet(line: str) -> None: ...


@dataclass
class ScriptedJudge:
    """Answers by the passage; after so many answers it fails, or keeps all waiting."""

    fails: Exception | None = None
    answers_at_most: int = 10_000
    mute: str = "nothing"
    asked: list[str] = field(default_factory=list[str])
    version: JudgeVersion | None = None

    async def answers(self, asks: Sequence[Ask], lane: Lane = "people") -> list[list[Probabilities]]:
        [passage] = asks[0].passages
        await asyncio.sleep(0)
        if len(self.asked) >= self.answers_at_most:
            await self._stop()
        if self.mute in passage.text:
            raise ModelOutputInvalid("cut off.")
        self.asked.append(passage.text)
        return [[sure_of(LABELS[3].value)]]

    async def _stop(self) -> None:
        if self.fails:
            raise self.fails
        await asyncio.Event().wait()


# Which cases.


def test_of_each_scenario_a_part_holds_its_share_and_always_the_same_cases() -> None:
    rows = [*cases("stated", each=800), *cases("wished", each=190), *cases("rare", each=10)]
    part = part_of(rows, 100)
    assert Counter(one.scenario for one in part) == {"stated": 80, "wished": 19, "rare": FEWEST}
    assert part == part_of(rows, 100)
    assert part_of(rows, 2_000) == rows


# Asking.


async def test_asking_ends_after_its_minutes_and_goes_on_where_it_was(tmp_path: Path) -> None:
    rows = cases(each=20)
    slow, rest = ScriptedJudge(answers_at_most=30), ScriptedJudge()
    with pytest.raises(DeadlineExceeded, match="cases are left") as stopped:
        await ask_all(slow, rows, Kept(tmp_path / "kept"), 0.005, quiet)
    assert "--minutes" in str(stopped.value)
    kept = Kept(tmp_path / "kept")
    await ask_all(rest, rows, kept, 5, quiet)
    assert sorted(slow.asked + rest.asked) == sorted(row.passage for row in rows)
    assert [one.scenario for one in kept.of(rows)] == [row.scenario for row in rows]


async def test_a_server_that_goes_away_ends_it_and_what_was_answered_is_kept(tmp_path: Path) -> None:
    rows, path = cases(each=20), tmp_path / "kept"
    breaks = ScriptedJudge(fails=Unavailable("it does not answer."), answers_at_most=30)
    with pytest.raises(Unavailable):
        await ask_all(breaks, rows, Kept(path), 5, quiet)
    path.write_text(path.read_text() + '{"qualification": "weld')  # killed while it wrote
    assert len(Kept(path).without(rows)) == len(rows) - 30


async def test_half_an_answer_is_none_and_how_far_it_is_is_said(tmp_path: Path) -> None:
    rows, said = cases("stated", each=3), list[str]()
    kept = Kept(tmp_path / "kept")
    await ask_all(ScriptedJudge(mute="stated 1"), rows, kept, 5, said.append)
    assert [one.probabilities == UNANSWERED for one in kept.of(rows)] == [False, True, False]
    assert said == ["3 of 3 cases are to be asked, for 5 minutes at most"]


# The gate.


def outcomes(report: dict[str, Any]) -> dict[str, str]:
    return {one["scenario"]: one["outcome"] for one in report["compared"]}


@pytest.fixture
def serving(tmp_path: Path) -> Version:
    return Version.at(made_version(tmp_path, "judge-old", cases(each=400)))


def test_it_is_compared_by_a_part_of_the_cases_of_what_serves_and_the_report_says_so(
    tmp_path: Path, serving: Version
) -> None:
    good = gated(answering_chat(tmp_path), serving)
    assert good["passed"], good["reasons"]
    assert good["cases"] == {"asked": PART, "of": 1_600, "untested": []}
    assert "1,000 of 1,600 held-out cases" in shown(good)
    [stated] = [one for one in good["compared"] if one["scenario"] == "stated"]
    assert (stated["cases"], stated["noise"][0] < -0.005) == (250, True)

    bad = gated(answering_chat(tmp_path, {"wished": "meets"}), serving)
    assert not bad["passed"]
    assert {name for name, outcome in outcomes(bad).items() if outcome == "worse"} >= {"wished", "all"}


def test_what_so_few_cases_cannot_show_is_said(tmp_path: Path, serving: Version) -> None:
    report = gated(answering_chat(tmp_path), serving, cases=16)
    assert len(report["cases"]["untested"]) == 4
    assert "4 scenarios have too few of them to be called worse by themselves" in shown(report)


def test_a_chat_model_that_serves_is_a_baseline_too(tmp_path: Path, serving: Version) -> None:
    report = gated(serving, answering_chat(tmp_path, {"wished": "meets"}))
    assert (report["passed"], outcomes(report)["wished"]) == (True, "better")


def test_too_many_answers_that_are_none_fail_it(tmp_path: Path, serving: Version) -> None:
    report = gated(answering_chat(tmp_path, {"stated": ""}), serving)
    assert "cases without an answer: 0.25, wanted at most 1%" in report["reasons"]


def test_where_nothing_serves_it_is_asked_what_a_build_is_measured_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Row] = cases(each=100)
    monkeypatch.setattr("servers.evaluator.model_gate.gating.made_cases", lambda: made)
    report = gated(answering_chat(tmp_path), None)
    assert (report["passed"], report["cases"]["asked"]) == (True, 400)


def test_a_version_whose_prompt_was_reworded_since_is_not_measured(tmp_path: Path) -> None:
    folder = tmp_path / "chat-invented-0123456789ab"
    folder.mkdir()
    served = Served(kind="chat", url="http://127.0.0.1:9", model="invented")
    (folder / SERVED).write_text(served.model_dump_json())
    with pytest.raises(InvalidInput, match=f"judges as {chat_version('invented').name}") as refused:
        ChatVersion.at(folder)
    assert "hiremesh model register" in str(refused.value)
    (folder / SERVED).unlink()
    with pytest.raises(InvalidInput, match="does not say where"):
        ChatVersion.at(folder)
