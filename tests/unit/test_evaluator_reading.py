"""Reading plain sentences and plain résumés, as partners send them, and dates."""

import os
import subprocess
import sys
from datetime import date

import pytest

from servers.evaluator.core.dates import Months, date_range, years_covered
from servers.evaluator.core.explaining import explain
from servers.evaluator.core.reader import completed, read_statement
from shared.resume import parse_resume
from shared.taxonomy import Taxonomy
from shared.wire.requirements import Qualification, QualificationKind
from tests.support.judged import AS_OF, judgement, resume
from tests.support.people import dossier

TAXONOMY = Taxonomy.compact()


@pytest.mark.parametrize(
    ("statement", "kind", "expected"),
    [
        ("5+ years of Java", "experience", {"years": 5, "skills": ["java"]}),
        ("3-5 years of experience with Kubernetes", "experience", {"years": 3, "skills": ["kubernetes"]}),
        ("10 years of professional experience", "experience", {"years": 10, "skills": []}),
        ("At least three (3) years of Java", "experience", {"years": 3, "skills": ["java"]}),
        ("Worked as a registered nurse", "experience", {"occupations": ["registered-nurse"]}),
        ("Bachelor's or Master's degree in Physics", "education", {"degree": "bachelor"}),
        ("Degree or equivalent experience", "education", {"or_equivalent_experience": True}),
        ("Fluent German", "language", {"language": "de", "language_level": "C1"}),
        ("CISSP certification", "certificate", {"certificates": ["cissp"]}),
        ("Based in Poland", "location", {"places": ["PL"]}),
        ("Kubernetes or Terraform", "skill", {"skills": ["kubernetes", "terraform"], "match": "any"}),
        ("Kubernetes and Terraform", "skill", {"skills": ["kubernetes", "terraform"], "match": "all"}),
        ("Experience in the banking industry", "industry", {"industries": ["banking"]}),
        ("Plays the accordion at village dances", "other", {}),
        ("Experience supervising PhD students", "skill", {"degree": None}),
        ("A computer science degree", "education", {"fields_of_study": ["computer-science"]}),
        ("Experience at senior level, close to the director", "seniority", {"seniority": "senior"}),
    ],
)
def test_a_sentence_becomes_a_qualification(statement: str, kind: str, expected: dict[str, object]) -> None:
    read = read_statement(statement, "q1", TAXONOMY)
    assert (read.kind.value, read.statement) == (kind, statement)
    assert {key: getattr(read, key) for key in expected} == expected


@pytest.mark.parametrize(
    ("statement", "importance"),
    [
        ("Terraform is a plus", "nice_to_have"),
        ("Terraform", "must_have"),
        ("Ideally Terraform", "nice_to_have"),
    ],
)
def test_a_wish_is_a_nice_to_have(statement: str, importance: str) -> None:
    assert read_statement(statement, "q1", TAXONOMY).importance == importance


def test_a_statement_of_no_kind_is_settled_by_facts_where_it_reads_so() -> None:
    bare = Qualification(id="q", statement="You live in the United States", kind=QualificationKind.OTHER)
    assert completed(bare, TAXONOMY).kind is QualificationKind.LOCATION


@pytest.mark.parametrize(
    "statement",
    [
        "There are three PhD students in the harbour group",
        "Together the groups employ several postdocs, PhD students and Java developers",
        "The company has grown 700% in 6 years",
        "If a master's degree has not been obtained, the expected date should be given",
        "The employment as a research engineer is a temporary position for 3 years",
        "Harbourworks's core languages are Java and Python",
        "A research plan which details the ideas of whoever applies",
    ],
)
def test_a_statement_that_tells_and_asks_nothing_is_of_no_kind_and_shown_by_nothing(statement: str) -> None:
    read = read_statement(statement, "q1", TAXONOMY)
    assert read == Qualification(
        id="q1", statement=statement, kind=QualificationKind.OTHER, importance="must_have"
    )
    found = judgement(resume(f"EXPERIENCE\n{statement}"), read)
    assert (found.verdict.value, found.reason) == ("no_evidence", "the statement asks nothing of anybody")


def test_parameters_that_are_given_are_left_alone() -> None:
    given = Qualification(
        id="q", statement="5 years of Java", kind=QualificationKind.EXPERIENCE, years=2, skills=["python"]
    )
    assert completed(given, TAXONOMY) == given


LINES = """Tilda Sample
Berlin

EXPERIENCE

Platform Engineer
Made-up Media - Berlin
March 2019 - Present
- Ran clusters

Java Developer, Fictional Freight
01/2014 - 02/2019
- Maintained services

EDUCATION
MSc Computer Science, Invented University, 2009 - 2013
"""
FLAT = (
    "Jo Sample  Leeds  WORK EXPERIENCE  Nurse, Invented Hospital, June 2015  July 2019      "
    "Cared for patients  Staff Nurse, Made-up Clinic, 2012 - 2015      Took blood  "
    "EDUCATION  BSc Nursing, Invented University, 2008 - 2011"
)


def test_positions_of_a_plain_resume_are_read_with_titles_employers_and_dates() -> None:
    work = parse_resume(LINES, "s").work
    assert [(one.position, one.name, one.start_date, one.end_date, one.current) for one in work] == [
        ("Platform Engineer", "Made-up Media", "2019-03", None, True),
        ("Java Developer", "Fictional Freight", "2014-01", "2019-02", False),
    ]


def test_a_resume_without_line_ends_is_read_too() -> None:
    work = parse_resume(FLAT, "s").work
    assert [(one.start_date, one.end_date) for one in work] == [("2015-06", "2019-07"), ("2012", "2015")]
    assert [one.position for one in work] == ["Nurse", "Staff Nurse"]


def test_each_position_covers_its_own_text() -> None:
    work = parse_resume(LINES, "s").work
    texts = [LINES[one.span.start : one.span.end] for one in work if one.span]
    assert ["Ran clusters" in text for text in texts] == [True, False]
    assert ["Maintained services" in text for text in texts] == [False, True]
    assert not any("Invented University" in text for text in texts)


def test_positions_that_a_profile_lacks_are_read_from_its_resume() -> None:
    unread = dossier(text=FLAT)
    assert not unread.profile.work
    assert judgement(unread, "5 years of professional experience").verdict == "meets"


# Dates.


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2015-01", "2015-12", 12),
        ("2015", "2017", 24),
        ("2015", "2015", 6),
        ("2015-06", "2015-06", 1),
        ("2017", "2015", None),
        ("soon", "2015", None),
        ("2015-13", "2016", None),
        (None, "2015", None),
        ("2015", None, None),
    ],
)
def test_ranges_are_counted_in_whole_months(start: str | None, end: str | None, months: int | None) -> None:
    found = date_range(start, end, current=False, as_of=AS_OF)
    assert (found.length if found else None) == months


def test_what_lies_in_the_future_does_not_count_yet() -> None:
    found = date_range("2026-01", "2030-12", current=False, as_of=date(2026, 5, 1))
    assert found is not None
    assert found.length == 5


def test_overlaps_count_once_and_gaps_not_at_all() -> None:
    assert years_covered([Months(0, 24), Months(12, 36), Months(48, 60), Months(13, 14)]) == 4


# Words and restarts.


def test_an_explanation_says_what_the_verdict_rests_on() -> None:
    told = explain(judgement(resume("Ran forty Kubernetes clusters."), "Kubernetes"))
    assert "Ran forty Kubernetes clusters" in told
    assert "Confidence" in told


def test_no_evidence_is_explained_as_a_question_and_not_as_a_fault() -> None:
    assert "ask the candidate" in explain(judgement(resume("Baked bread."), "Kubernetes"))


def test_another_process_gives_the_same_evaluation() -> None:
    """Sets and hashes come out in another order in each process; verdicts must not."""
    script = (
        "from tests.support.judged import evaluation, resume\n"
        "from tests.unit.test_evaluator_reading import LINES\n"
        "said = ('5 years of Java', 'Kubernetes or Terraform', 'Fluent German', 'Degree in computer science')\n"
        "print(evaluation(resume(LINES), *said).model_dump_json())"
    )
    printed = {
        subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(printed) == 1
