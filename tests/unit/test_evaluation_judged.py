"""How the quality suite asks a judge: by the product's way, each pair once, and never half of it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, cast

import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from benchmarks.evaluation import fairness, injection
from benchmarks.evaluation.building import build
from benchmarks.evaluation.cases import Case, Person
from benchmarks.evaluation.facts import question
from benchmarks.evaluation.judged import Asking, Ours, Served
from benchmarks.evaluation.lineup import ASKING, OURS, OURS_AND_RULES, RULES, Lineup, lined_up
from benchmarks.evaluation.named import is_taught, taught
from benchmarks.evaluation.rendering import render
from benchmarks.evaluation.repeating import sha256
from benchmarks.evaluation.restarts import Compared, Turn, judged_in, verdicts_apart
from benchmarks.evaluation.summary import rows_of
from servers.evaluator.core.concluding import LABELS
from servers.evaluator.core.versions import JudgeVersion
from shared.kernel.errors import NotFound, Unavailable
from shared.llm.classifier import Answer
from shared.wire.evaluation import Evaluation, Verdict
from shared.wire.requirements import QualificationKind

VERSION = JudgeVersion("judge-tried", "00", 1.0, dict.fromkeys(Verdict, 0.5))
NO_PYTHON = Path("no python")


class _Judge(ThreadingHTTPServer):
    """Answers rows of tokens as vLLM does, by nothing but how many there are; ``rows`` has all that was asked."""

    rows: list[tuple[int, ...]]


class _Classify(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))["input"]
        cast(_Judge, self.server).rows += [tuple(row) for row in asked]
        data = [{"index": n, **_answer(len(row))} for n, row in enumerate(asked)]
        body = json.dumps({"data": data}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


def _answer(tokens: int) -> dict[str, object]:
    probable = tokens % len(LABELS)
    return {
        "label": LABELS[probable].value,
        "probs": [0.7 if label == probable else 0.1 for label in range(len(LABELS))],
    }


@pytest.fixture
def judge() -> Iterator[_Judge]:
    server = _Judge(("127.0.0.1", 0), _Classify)
    server.rows = []
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def served(judge: _Judge, tmp_path: Path) -> Served:
    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    return Served(VERSION, tmp_path, f"http://127.0.0.1:{judge.server_port}", "")


@pytest.fixture(scope="module")
def people() -> list[Person]:
    return build(3)


def judged(asking: Asking, people: Sequence[Person], *, asks_all: bool) -> list[Evaluation]:
    pages = [render(person.sheet) for person in people]
    asked = [[case.qualification for case in person.cases] for person in people]
    return Ours("tried", asking, asks_all=asks_all).judge(pages, asked)


def test_engines_that_ask_the_judge_hear_each_answer_once(
    judge: _Judge, served: Served, people: list[Person]
) -> None:
    with Asking(served) as asking:
        every = judged(asking, people, asks_all=True)
        asked = len(judge.rows)
        usual = judged(asking, people, asks_all=False)
        assert judged(asking, people, asks_all=True) == every
    assert asked > 0
    assert len(judge.rows) - asked < asked / 4
    by_model = [one.engine == VERSION.name for each in usual for one in each.judgements]
    assert 0 < sum(by_model) < sum(one.engine == VERSION.name for each in every for one in each.judgements)


def test_a_judge_that_does_not_answer_is_no_engine(served: Served, people: list[Person]) -> None:
    nowhere = Served(VERSION, served.folder, "http://127.0.0.1:9", "")
    with Asking(nowhere) as asking, pytest.raises(Unavailable):
        judged(asking, people, asks_all=False)


def test_turns_of_other_orders_and_batches_come_out_the_same(served: Served, people: list[Person]) -> None:
    one, other = (judged_in(served, ASKING, people, turn) for turn in (0, 4))
    assert [sha256(one.judged[name]) for name in ASKING] == [sha256(other.judged[name]) for name in ASKING]
    assert verdicts_apart(one.judged[OURS], other.judged[OURS]) == 0
    compared = Compared()
    compared.add(one, other, VERSION.temperature)
    assert (compared.turns, compared.apart, compared.rounded_apart) == (1, 0.0, 0)


def test_how_far_two_turns_are_apart_is_told_before_and_after_rounding() -> None:
    def turn(*probabilities: float) -> Turn:
        return Turn({}, {("asked", "passage"): Answer("no_evidence", probabilities)})

    compared = Compared()
    compared.add(turn(0.7, 0.1, 0.1, 0.1), turn(0.7002, 0.09980001, 0.1, 0.1), 1.0)
    compared.add(turn(0.7, 0.1, 0.1, 0.1), turn(0.70000001, 0.1, 0.1, 0.1), 1.0)
    assert compared.apart == pytest.approx(0.0002)
    assert compared.rounded_apart == 2


def test_only_engines_of_ours_are_swapped_and_attacked(served: Served, people: list[Person]) -> None:
    lineup = Lineup(("tf-idf", OURS_AND_RULES), NO_PYTHON, None, served)
    few = [replace(people[0], cases=people[0].cases[:4])]
    found = fairness.all_swapped(lineup, few)
    assert set(found) == {(OURS_AND_RULES, swap) for swap in fairness.SWAPS}
    assert all(
        counts["better"] + counts["worse"] == 0 for one in found.values() for counts in one.masked.values()
    )
    assert set(injection.all_attacked(lineup, False, few)) == {OURS_AND_RULES}


def test_where_no_judge_was_built_its_engines_are_left_out_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HIREMESH_HOME", str(tmp_path))
    with lined_up(None, None, NO_PYTHON) as lineup:
        assert lineup.names == (RULES, "tf-idf")
    said = capsys.readouterr().out
    assert "ours and ours + rules are left out" in said
    assert "minilm is left out" in said
    with pytest.raises(NotFound), lined_up(None, "judge-missing", NO_PYTHON):
        pass


def test_a_skill_is_taught_where_the_training_tables_name_it_in_whatever_writing() -> None:
    name = min(taught())

    def case(*skills: str) -> Case:
        asked = question("Asked", QualificationKind.SKILL)
        return Case("any", asked, Verdict.MEETS, (), skills)

    assert is_taught(case(name.upper().replace(" ", "-")))
    assert is_taught(case("the polishing of moons", name))
    assert not is_taught(case("the polishing of moons"))
    assert not is_taught(case())


def test_the_summary_has_a_column_for_each_engine_and_a_row_for_what_was_measured() -> None:
    engine = {"engine": OURS, "accuracy": 0.9, "macro F1": 0.8, "ECE": 0.1, "grounded": 1.0, "abstained": 0.3}
    naming = [{"of": "never named", "cases": 7, f"{OURS} acc": 0.5, f"{OURS} F1": 0.4}]
    found = dict(
        rows_of(
            {
                "quality": {"engines": [engine], "kinds": [], "naming": naming},
                "real": None,
                "fairness": [{"engine": RULES, "changed": 0, fairness.CHANGED_OPENLY: 3}],
            }
        )
    )
    assert found["built: macro F1"][OURS] == 0.8
    assert found["built: macro F1, never named"][OURS] == 0.4
    assert found["fairness: verdicts changed"] == {"figure": "fairness: verdicts changed", RULES: 0}
    assert not [name for name in found if name.startswith("real")]
