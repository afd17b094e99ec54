"""What a line of a posting asks for, and which lines ask for nothing."""

import pytest

from servers.intake.core.draft import Intake
from servers.intake.core.models import DraftRequest
from shared.taxonomy import Taxonomy
from shared.wire.requirements import Qualification

INTAKE = Intake(Taxonomy.compact())


async def stated(line: str, heading: str = "Requirements") -> list[Qualification]:
    """Return what a posting with this line states, without what is inferred and the one line that is always there."""
    text = f"# Maintenance Engineer\n\n## {heading}\n- {line}\n\n## Requirements\n- Welsh at C1\n"
    drafted = (await INTAKE.draft(DraftRequest(text=text))).requirements.qualifications
    return [one for one in drafted if one.quote and one.language != "cy"]


@pytest.mark.parametrize("heading", ["Requirements", "About us"])
@pytest.mark.parametrize(
    "line",
    [
        "There are two PhD students in the group",
        "The company has grown 5,000% in 4 years",
        "A team of 12 that has grown by 40% in just one year",
        "It is the world's largest shop for hats, with 50 million customers",
        "Copperkettle is one of the leading makers of kettles",
        "The unit consists of 12 nurses and two doctoral students",
        "The position is offered for a period of three years",
        "In the course of 3 years you will rotate through all wards",
        "You will be required to maintain strong relationships with customers",
        "Candidates will be required to successfully complete a pre-employment screening process",
        "The duration of the position is 2 years",
        "Copperkettle is a cleaning company with years of experience in hotels",
        "is situated in the northern part of the harbour",
        "You will have many opportunities to shape your own position",
        "If a Master's degree has not been obtained yet, name the date of the last examination",
        "The scholarships for the PhD degree are subject to academic approval",
    ],
)
async def test_what_an_employer_tells_of_itself_or_of_the_job_is_no_demand(line: str, heading: str) -> None:
    assert [one.statement for one in await stated(line, heading) if one.kind.value != "other"] == []


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("PhD in chemistry or a related field", "education"),
        ("Bachelor or Master's degree in engineering", "education"),
        ("Completed bachelor's or master's studies in engineering", "education"),
        ("At least 2 years' experience in nursing", "experience"),
        ("Experience growing revenue by 20%", "other"),
        ("Experience supervising Master's students", "skill"),
        ("The department requires a licence to practise", "other"),
        ("You will be required to hold a driving licence", "certificate"),
    ],
)
async def test_what_asks_is_still_asked(line: str, kind: str) -> None:
    assert [one.kind.value for one in await stated(line)] == [kind]


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("SAP, 4+ years", [(("sap",), 4)]),
        ("Java (5 yrs)", [(("java",), 5)]),
        ("Python - 3 years", [(("python",), 3)]),
        ("Python – minimum 3 years", [(("python",), 3)]),
        ("Java or Kotlin (5 yrs)", [(("java", "kotlin"), 5)]),
        (
            "Java (5 yrs), Python (3 yrs) and SQL (2+ years)",
            [(("java",), 5), (("python",), 3), (("sql",), 2)],
        ),
        ("Java: 5 years, Kotlin: 2 years", [(("java",), 5), (("kotlin",), 2)]),
        ("Docker, Java (5 yrs)", [(("java",), 5), (("docker",), None)]),
        ("Java (5 yrs), Docker", [(("java",), 5), (("docker",), None)]),
        ("5 years of Java and 3 years of Python", [(("java",), 5), (("python",), 3)]),
        ("Java developer, 5 years of experience with Kotlin", [(("kotlin",), 5)]),
        ("At least 5 years of experience with Java, Kotlin and Scala", [(("java", "kotlin", "scala"), 5)]),
    ],
)
async def test_years_are_of_the_skill_that_they_stand_by(
    line: str, asked: list[tuple[tuple[str, ...], float | None]]
) -> None:
    assert [(tuple(one.skills), one.years) for one in await stated(line)] == asked


@pytest.mark.parametrize(
    "line",
    [
        "Troubleshooting of electrical installations",
        "Troubleshooting of electrical installations or PLC systems",
        "Experience in repair and troubleshooting of electrical installations, motors or pumps",
    ],
)
async def test_what_is_done_to_something_is_one_demand_with_it(line: str) -> None:
    assert [one.statement for one in await stated(line)] == [line]


async def test_and_or_joins_alternatives() -> None:
    [one] = await stated("Experience working with Docker and/or Kubernetes")
    assert (one.skills, one.match) == (["docker", "kubernetes"], "any")


async def test_a_line_that_ends_in_for_example_goes_on() -> None:
    [one] = await stated("Experience with stream processing frameworks (e.g.\nKafka Streams)")
    assert one.statement.endswith("Kafka Streams)")


async def test_a_mark_in_english_asks_for_no_level_of_it() -> None:
    assert [one.kind.value for one in await stated("You have an A1 in English from school")] == ["other"]
