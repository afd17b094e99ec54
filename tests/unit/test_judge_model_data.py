"""The rows that the judge learns from: known truth, apart by occupation and pattern, and nothing of customers."""

import ast
import string
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from servers.evaluator.judge_model.data import generate
from servers.evaluator.judge_model.data.facts import are_apart, retold, world
from servers.evaluator.judge_model.data.generate import PASSAGES, profiles, rows
from servers.evaluator.judge_model.data.patterns import asks, scenarios
from servers.evaluator.judge_model.data.rows import LABELS, Row, accepted, read_rows, write_rows
from shared.kernel.errors import InvalidInput
from shared.wire.evaluation import Verdict
from shared.wire.requirements import QualificationKind

SLOTS = {
    *("x", "x2", "q", "y", "z", "w", "deed", "doing", "do", "other"),
    *("t", "many", "near", "c", "f", "nf", "i", "year", "year2", "n", "u"),
}


@pytest.fixture(scope="module")
def made() -> list[Row]:
    return rows(600)


def test_the_same_seed_makes_the_same_rows_and_another_makes_others(made: list[Row]):
    assert rows(600) == made
    assert rows(600, seed=2) != made


def test_rows_are_distinct_balanced_and_free_to_use(made: list[Row]):
    assert Counter(row.label for row in made) == {**dict.fromkeys(LABELS, 75), "no_evidence": 375}
    assert Counter(row.label for row in rows(100, part="test")) == dict.fromkeys(LABELS, 25)
    assert len({(row.qualification, row.passage) for row in made}) == 600
    assert list(accepted(made)) == made
    assert {row.kind for row in made} <= set(QualificationKind)
    assert set(LABELS) == set(Verdict)


def test_no_slot_of_a_pattern_stays_open(made: list[Row]):
    assert [
        row for row in made if "{" in row.qualification or "{x" in row.passage or "{d" in row.passage
    ] == []


def test_what_is_measured_shares_neither_occupations_nor_patterns_with_what_is_learnt(made: list[Row]):
    test = rows(200, part="test")
    assert {row.occupation for row in made} & {row.occupation for row in test} == set()
    for patterns in [one.passages for one in scenarios()] + list(asks().values()):
        assert patterns.learnt
        assert patterns.held_out
        assert not set(patterns.learnt) & set(patterns.held_out)


def test_a_profile_is_asked_one_thing_and_tells_of_it_in_its_first_passage_at_most():
    made = profiles(20)
    assert {len(one) for one in made} == {PASSAGES}
    assert {len({row.qualification for row in one}) for one in made} == {1}
    assert {row.label for one in made for row in one[1:]} == {"no_evidence"}
    assert {one[0].label for one in made} == set(LABELS)


@pytest.mark.parametrize(
    ("source", "licence", "says"),
    [
        ("customer", "CC0-1.0", "customer"),
        ("", "CC0-1.0", "no source"),
        ("licensed", "", "no licence"),
        ("licensed", "proprietary", "proprietary"),
    ],
)
def test_rows_of_customers_and_unmarked_ones_are_refused_without_their_text(
    made: list[Row], source: str, licence: str, says: str
):
    secret = replace(made[0], passage="Led the ward of Nurse Testperson", source=source, licence=licence)
    with pytest.raises(InvalidInput, match=f"row 2 .*{says}") as refused:
        list(accepted([made[0], secret]))
    assert "Testperson" not in str(refused.value)


def test_rows_are_read_as_they_were_written_and_a_line_without_a_mark_is_not_accepted(
    tmp_path, made: list[Row]
):
    path = tmp_path / "rows.jsonl"
    write_rows(path, made[:3])
    assert list(read_rows(path)) == made[:3]
    path.write_text('{"qualification": "welding", "passage": "Welded pipes", "label": "meets"}\n')
    with pytest.raises(InvalidInput, match="not marked"):
        list(accepted(read_rows(path)))
    path.write_text("welding\n")
    with pytest.raises(InvalidInput, match="not JSON"):
        list(read_rows(path))


def test_the_tables_fit_one_another():
    known = world()
    assert {fact.occupation for fact in known.facts} == set(known.occupations)
    assert {one.sector for one in known.occupations.values()} <= set(known.sectors)
    assert len(known.occupations) >= 150
    begun = {deed.split(" ")[0].rstrip(",") for fact in known.facts for deed in (*fact.deeds, *fact.close)}
    assert begun - set(known.verbs) == set()


def test_patterns_use_known_slots_only():
    lines = [line for one in scenarios() for line in (*one.passages.learnt, *one.passages.held_out)]
    used = {name for line in lines for _, name, _, _ in string.Formatter().parse(line) if name is not None}
    assert used <= SLOTS
    assert {one.label for one in scenarios()} == set(LABELS)


def test_a_deed_is_retold_with_all_its_verbs():
    deed = "washed, dressed and fed residents with care every morning"
    assert (
        retold(world(), deed, "gerund") == "washing, dressing and feeding residents with care every morning"
    )
    assert retold(world(), deed, "base") == "wash, dress and feed residents with care every morning"


def test_what_is_close_is_not_taken_for_something_else():
    facts = {fact.ask: fact for fact in world().facts}
    assert not are_apart([facts["Kubernetes"]], facts["container orchestration"])
    assert not are_apart([facts["MRI"]], facts["CT scanning"])
    assert are_apart([facts["Kubernetes"]], facts["baking bread"])


def test_the_builder_knows_no_store_and_no_unit():
    """What it may import: itself, errors, and how pairs are written; so no candidate is within its reach."""
    folder = Path(generate.__file__).parents[1]
    imported = {
        name.name if isinstance(node, ast.Import) else node.module or ""
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in node.names
    }
    ours = {name for name in imported if name.split(".")[0] in ("servers", "shared", "supervisor")}
    assert {one for one in ours if not one.startswith("servers.evaluator.judge_model")} == {
        "shared.kernel.errors",
        "shared.llm.pairs",
    }
    assert {name.split(".")[0] for name in imported - ours} - sys.stdlib_module_names == {
        "torch",
        "transformers",
    }
