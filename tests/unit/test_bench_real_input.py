"""The real-input benchmark where its data is not there, and what it makes of a quote that is not true."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from benchmarks.real_input import false_quotes, main
from shared.wire.evaluation import Evaluation, Judgement, Quote, Verdict
from shared.wire.profile import Dossier, Profile, SourceText


def test_without_its_data_it_says_so_and_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["real_input", "--data", str(tmp_path / "absent")])
    assert main() == 0
    assert "skipped" in capsys.readouterr().out


def test_a_quote_that_does_not_stand_in_its_source_is_counted() -> None:
    text = SourceText(
        id="s", kind="resume", name="r.txt", text="Ran a bakery.", first_seen=datetime(2026, 1, 1, tzinfo=UTC)
    )
    dossier = Dossier(candidate_id="c", profile=Profile(), sources=[text])
    quotes = [
        Quote(source="s", start=0, end=5, text="Ran a"),
        Quote(source="s", start=0, end=5, text="Ran b"),
        Quote(source="x", start=0, end=5, text="Ran a"),
    ]
    judged = Judgement(
        qualification_id="q1",
        statement="Bakes",
        importance="must_have",
        verdict=Verdict.MEETS,
        quotes=quotes,
        reason="bakes",
        confidence=0.9,
    )
    evaluation = Evaluation(
        candidate_id="c",
        recommendation="good_match",
        summary="",
        judgements=[judged],
        engine="rules-1",
        input_hash="0",
    )
    assert false_quotes([evaluation], [dossier]) == 2
