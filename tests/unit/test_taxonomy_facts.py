"""Degrees, languages, certificates, places, industries and seniority in running text."""

import pytest

from shared.taxonomy import (
    degree_of,
    distance_km,
    extract_skill_phrases,
    fields_match,
    find_certificates,
    find_degrees,
    find_languages,
    find_places,
    industry_of,
    place_contains,
    resolve_place,
    seniority_of,
)


@pytest.mark.parametrize(
    ("text", "degree"),
    [
        ("Bachelor's degree in Computer Science or Mathematics", ("bachelor", "computer-science")),
        ("BSc in Physics", ("bachelor", "physics")),
        ("B.Tech in ECE", ("bachelor", "electrical-engineering")),
        ("MBA preferred", ("master", None)),
        ("Ph.D. in Chemistry", ("doctorate", "chemistry")),
        ("High school diploma or GED", ("secondary", None)),
        ("Associate degree in Nursing", ("associate", "nursing")),
        ("a degree in Computer Science", ("bachelor", "computer-science")),
        ("BE in Computer Science and Engineering", ("bachelor", "computer-science")),
        ("B E in Mechanical Engineering", ("bachelor", "mechanical-engineering")),
        ("B.E from an invented university, 2007", ("bachelor", None)),
        ("B. Tech in Computer Science", ("bachelor", "computer-science")),
    ],
)
def test_a_degree_is_read_with_its_field(text: str, degree: tuple[str, str | None]) -> None:
    assert degree_of(text) == degree


@pytest.mark.parametrize(
    "text",
    [
        "a high degree of autonomy",
        "as soon as possible",
        "Scrum Master",
        "mastering the art",
        "Ms Example",
        "TO BE IN THE TEAM",
    ],
)
def test_a_look_alike_is_no_degree(text: str) -> None:
    assert find_degrees(text) == []


def test_a_wide_field_takes_in_the_narrow_ones() -> None:
    assert fields_match("mechanical-engineering", "engineering")
    assert not fields_match("history", "engineering")


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("Fluent in English and German (C1)", [("en", "C1"), ("de", "C1")]),
        ("From 1 to 5 (1 - excellent; 5 - basic) Language English 1", [("en", None)]),
        ("German B2, remote ok", [("de", "B2")]),
        ("Spanish speaker a plus", [("es", None)]),
        ("native-level French", [("fr", "native")]),
        ("working knowledge of Dutch", [("nl", "B1")]),
        ("the French market", []),
        ("a German company", []),
        ("to polish the surface", []),
    ],
)
def test_a_language_is_found_with_its_level_and_a_nationality_is_not(
    text: str, languages: list[tuple[str, str | None]]
) -> None:
    assert [(m.language, m.level) for m in find_languages(text)] == languages


@pytest.mark.parametrize(
    ("text", "certificates"),
    [
        ("CompTIA Security+ or CISSP", ["comptia-security", "cissp"]),
        ("a security team", []),
        ("current RN license", ["registered-nurse-licence"]),
        ("valid driver's license", ["driving-licence"]),
        ("PMP or PRINCE2", ["pmp", "prince2"]),
        ("You can make a difference", []),
    ],
)
def test_certificates_are_found_by_their_spellings(text: str, certificates: list[str]) -> None:
    assert [m.certificate for m in find_certificates(text)] == certificates


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("Austin, TX", ["US/texas/austin"]),
        ("Berlin, Germany or London", ["DE//berlin", "GB/greater-london/london"]),
        ("based in the US", ["US"]),
        ("join us in the kitchen", []),
        ("Phoenix framework", []),
        ("München", ["DE/bavaria/munich"]),
        ("Conway, AR", ["US/arkansas"]),
        ("Pune, IN and Milan, IT", ["IN/maharashtra/pune", "IT/lombardy/milan"]),
        ("Toronto, CA", ["CA/ontario/toronto"]),
        ("AR/VR developer", []),
        ("AP/AR invoices, MS Excel, IT", []),
        ("Chartered Accountant (CA)", []),
    ],
)
def test_places_are_told_apart_by_what_follows_them(text: str, places: list[str]) -> None:
    assert [m.place.id for m in find_places(text)] == places


def test_a_city_lies_in_its_country_and_at_a_distance_from_others() -> None:
    berlin, munich, germany = resolve_place("Berlin"), resolve_place("Munich"), resolve_place("Germany")
    assert berlin is not None
    assert munich is not None
    assert germany is not None
    assert place_contains(germany, berlin)
    assert not place_contains(berlin, germany)
    assert 480 < (distance_km(berlin, munich) or 0) < 530


@pytest.mark.parametrize(
    ("title", "seniority"),
    [
        ("Staff Software Engineer", "lead"),
        ("Newspaper Staff Member", None),
        ("Assistant Principal", None),
        ("Senior Director of Engineering", "director"),
        ("Sr Accountant", "senior"),
        ("Product Manager", None),
        ("Engineering Manager", "manager"),
        ("Assistant Professor", None),
        ("Team Lead", "lead"),
        ("VP Sales", "executive"),
        ("Junior Developer", "junior"),
        ("Software Engineer II", "mid"),
        ("Summer Intern", "intern"),
        ("International Sales", None),
    ],
)
def test_seniority_is_what_the_title_states(title: str, seniority: str | None) -> None:
    assert seniority_of(title) == seniority


def test_an_employer_tells_its_industry() -> None:
    assert industry_of("First Example Bank") == "banking"
    assert industry_of("Example Widgets") is None


def test_doings_and_things_known_are_found_without_being_listed() -> None:
    text = "Design and maintain unusual loom controllers.\nKnowledge of warp theory."
    found = [(m.kind, m.text) for m in extract_skill_phrases(text)]
    assert ("skill", "Design and maintain unusual loom controllers") in found
    assert ("knowledge", "warp theory") in found


def test_what_the_employer_says_of_itself_is_no_skill() -> None:
    text = "We build the best looms in the world."
    assert [m for m in extract_skill_phrases(text) if m.kind == "skill"] == []


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("common LLM workflow design patterns", []),
        ("fine-tuning an LLM, or prompting one", []),
        ("LLM in International Law", ["master"]),
        ("LL.M. (University of Fennwick)", ["master"]),
    ],
)
def test_a_language_model_is_no_degree(text: str, levels: list[str]) -> None:
    assert [one.level for one in find_degrees(text)] == levels


@pytest.mark.parametrize(
    ("text", "levels"),
    [
        ("Left school with an A1 in English", []),
        ("WASSCE: English A1, Mathematics B3, French B2", []),
        ("Grades: A1 English, A2 Maths", []),
        ("A1 in Physics and B2 in English", []),
        ("Leaving Certificate, A2 in German", []),
        ("English B3, French C4", []),
        ("WASSCE: English A1\nFrench: B2", [("fr", "B2")]),
        ("You have a B2 in German", [("de", "B2")]),
        ("School diploma, English B2", [("en", "B2")]),
        ("F5 and D3, English C1", [("en", "C1")]),
        ("Graded English A1 (CEFR)", [("en", "A1")]),
    ],
)
def test_a_mark_that_a_school_gave_is_no_level_of_a_language(
    text: str, levels: list[tuple[str, str]]
) -> None:
    assert [(m.language, m.level) for m in find_languages(text)] == levels
