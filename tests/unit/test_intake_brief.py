"""Roles described in a sentence or two, as recruiters say them."""

from servers.intake.core.draft import Intake
from servers.intake.core.models import DraftRequest
from shared.taxonomy import Taxonomy, find_certificates
from shared.wire.requirements import Requirements

TAXONOMY = Taxonomy.compact()


async def drafted(text: str) -> Requirements:
    return (await Intake(TAXONOMY).draft(DraftRequest(text=text))).requirements


def stated(requirements: Requirements, importance: str) -> list[str]:
    return [
        one.statement
        for one in requirements.qualifications
        if one.importance == importance and not one.inferred
    ]


async def test_what_is_a_plus_does_not_make_the_years_before_it_one() -> None:
    role = await drafted(
        "Senior data engineer in the United States, remote. Five years with Python and SQL, Spark is a plus."
    )

    assert stated(role, "must_have") == [
        "At least 5 years of experience with Python and SQL",
        "Can work remotely from United States",
    ]
    assert stated(role, "nice_to_have") == ["Knows Apache Spark"]


async def test_a_list_that_is_a_plus_stays_one_as_a_whole() -> None:
    role = await drafted(
        "Platform engineer in Oslo. Must know Python, experience with Kafka, Spark and Go is a plus."
    )

    assert stated(role, "nice_to_have") == ["Knows Apache Kafka, Apache Spark and Go"]
    assert "Knows Python" in stated(role, "must_have")


async def test_years_in_an_industry_do_not_stand_for_the_trade() -> None:
    role = await drafted("Registered nurse in Denver, three years in a hospital.")

    trade = [one for one in role.qualifications if one.occupations]
    assert [(one.statement, one.importance, one.inferred) for one in trade] == [
        ("Has worked as a registered nurse", "must_have", True)
    ]
    assert "At least 3 years of experience in healthcare" in stated(role, "must_have")


async def test_a_town_after_the_title_is_where_the_work_is_and_no_certificate() -> None:
    role = await drafted("Primary school teacher, Leeds")

    assert role.location == "Leeds"
    assert [one.kind.value for one in role.qualifications if one.certificates] == []


def test_the_plural_of_an_abbreviation_is_no_word_that_only_ends_alike() -> None:
    assert find_certificates("born in Leeds") == []
    assert [one.certificate for one in find_certificates("LEED certified, and two LEEDs")] == ["leed", "leed"]
