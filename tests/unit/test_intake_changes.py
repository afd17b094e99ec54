"""Changes to a draft in a person's own words."""

import pytest

from servers.intake.core.changes import edited, read_changes
from shared.taxonomy import Taxonomy
from shared.wire.requirements import Qualification, QualificationKind, Requirements

TAXONOMY = Taxonomy.compact()


def requirements() -> Requirements:
    def skill(number: int, statement: str, id: str) -> Qualification:
        return Qualification(id=f"q{number}", statement=statement, kind=QualificationKind.SKILL, skills=[id])

    kafka, python = TAXONOMY.resolve_skill("Kafka"), TAXONOMY.resolve_skill("Python")
    assert kafka is not None
    assert python is not None
    other = Qualification(id="q3", statement="Willing to travel every month", kind=QualificationKind.OTHER)
    return Requirements(
        title="x", qualifications=[skill(1, "Kafka", kafka), skill(2, "Strong Python", python), other]
    )


@pytest.mark.parametrize(
    "said",
    [
        "make Kafka a nice-to-have",
        "Please make Apache Kafka optional.",
        "Kafka is not required",
        "change kafka to nice to have",
    ],
)
def test_a_demand_is_made_optional(said: str) -> None:
    changed = edited(requirements(), read_changes([said]).edits, TAXONOMY)

    assert [one.importance for one in changed.qualifications] == ["nice_to_have", "must_have", "must_have"]


@pytest.mark.parametrize("said", ["drop the travel", "remove willing to travel", "forget about travel"])
def test_a_demand_is_left_out(said: str) -> None:
    changed = edited(requirements(), read_changes([said]).edits, TAXONOMY)

    assert [one.id for one in changed.qualifications] == ["q1", "q2"]


def test_a_demand_that_is_not_there_is_asked_about_and_nothing_changes() -> None:
    before = requirements()

    changed = edited(before, read_changes(["drop the driving licence"]).edits, TAXONOMY)

    assert changed.qualifications == before.qualifications
    assert "driving licence" in changed.questions[-1].text


@pytest.mark.parametrize(
    ("said", "answers"),
    [
        ("it's in Berlin", {"location": "Berlin"}),
        ("make it remote", {"location": "remote"}),
        ("hybrid in Lisbon", {"location": "hybrid in Lisbon"}),
        ("the location is Oslo", {"location": "Oslo"}),
        ("change the title to Staff Nurse", {"title": "Staff Nurse"}),
        ("make it a senior role", {"seniority": "senior"}),
        ("add Terraform", {"must_have": "Terraform"}),
        ("add Terraform as a nice-to-have", {"nice_to_have": "Terraform"}),
        ("3 years of teaching", {"must_have": "3 years of teaching"}),
    ],
)
def test_what_completes_the_role_is_an_answer(said: str, answers: dict[str, str]) -> None:
    changes = read_changes([said])

    assert changes.answers == answers
    assert not changes.edits


def test_several_changes_in_one_sentence_are_told_apart() -> None:
    changes = read_changes(
        ["No degree is needed, and make Kafka nice-to-have, drop travel and add Terraform"]
    )

    assert changes.edits == [("waive", "degree"), ("nice_to_have", "Kafka"), ("drop", "travel")]
    assert changes.answers == {"must_have": "Terraform"}


def test_waiving_what_nobody_asks_for_asks_nothing_back() -> None:
    before = requirements()

    assert edited(before, read_changes(["no degree is needed"]).edits, TAXONOMY) == before


def test_a_degree_is_meant_whatever_it_is_called() -> None:
    before = requirements()
    doctorate = before.qualifications[0].model_copy(
        update={"id": "q9", "kind": "education", "statement": "Doctorate in chemistry", "skills": []}
    )
    asked = before.model_copy(update={"qualifications": [doctorate]})

    assert edited(asked, read_changes(["no degree is needed"]).edits, TAXONOMY).qualifications == []


def test_only_the_named_one_of_several_skills_is_changed() -> None:
    both = (
        requirements()
        .qualifications[0]
        .model_copy(update={"skills": ["python", "docker", "apache-kafka"], "match": "all"})
    )
    asked = requirements().model_copy(update={"qualifications": [both]})

    changed = edited(asked, read_changes(["drop Docker, make Kafka optional"]).edits, TAXONOMY)

    assert [(one.skills, one.importance) for one in changed.qualifications] == [
        (["python"], "must_have"),
        (["apache-kafka"], "nice_to_have"),
    ]
