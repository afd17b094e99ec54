"""How sure rules are: as often right as their sort was counted to be, and no verdict hangs on it."""

import pytest

from servers.evaluator.core import certainty
from servers.evaluator.core.certainty import RIGHT, as_often_right
from servers.evaluator.core.findings import Finding, Hit
from shared.wire.evaluation import Evaluation, Verdict
from shared.wire.profile import Dossier, LanguageItem
from shared.wire.requirements import QualificationKind
from tests.support.judged import evaluation, person, resume

SEEN = Finding(Verdict.MEETS, "lives there", 0.9, (Hit("resume", 0, 4),))
TEXT = """Jo Sample
Berlin, Germany

EXPERIENCE
Baker, Invented Works, January 2018 - December 2023
- Led a team of five bakers

Education
Bachelor of Arts in History, Sample State University, 2016

Skills: communication, Excel
"""
STATEMENTS = (
    "At least 5 years of professional experience",
    "9+ years of experience as a baker",
    "Excel and teamwork",
    "Kubernetes or Terraform",
    "Bachelor's degree in Physics",
    "CISSP certification",
    "Fluent German",
    "Based in Poland",
    "Plays the accordion at village dances",
)


def told(one: Evaluation) -> object:
    return one.recommendation, [each.model_copy(update={"confidence": 0.0}) for each in one.judgements]


@pytest.mark.parametrize("who", [resume(TEXT), person(languages=[LanguageItem(language="German")])])
def test_no_verdict_quote_or_recommendation_hangs_on_how_sure_a_finding_is(
    who: Dossier, monkeypatch: pytest.MonkeyPatch
) -> None:
    sure = evaluation(who, *STATEMENTS)
    monkeypatch.setattr(certainty, "RIGHT", {})
    unsure = evaluation(who, *STATEMENTS)
    assert told(sure) == told(unsure)
    assert [one.confidence for one in sure.judgements] != [one.confidence for one in unsure.judgements]


def test_a_finding_is_as_sure_as_its_sort_was_right_and_a_weaker_one_less() -> None:
    kind = QualificationKind.LOCATION
    share, least = RIGHT[certainty.sort_of(kind, SEEN)]
    weak = Finding(Verdict.MEETS, SEEN.reason, least / 2, SEEN.hits)
    assert as_often_right(kind, SEEN).confidence == share
    assert as_often_right(kind, weak).confidence == pytest.approx(share / 2)


def test_what_was_never_counted_stays_as_sure_as_its_matcher_says() -> None:
    assert as_often_right(QualificationKind.INDUSTRY, SEEN) == SEEN


def test_nothing_is_held_certain() -> None:
    assert all(0 < share < 1 and 0 < least <= 1 for share, least in RIGHT.values())
