"""Whole sentences of recruiters, in four languages: nothing is demanded that they do not say, and nothing is lost."""

from typing import Any

import pytest

from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.wording.languages import in_english
from servers.recruiter_search.core.wording.reader import read_words
from shared.taxonomy import Taxonomy
from tests.unit.test_recruiter_search_wording import READINGS, lost

NAMES = Names(Taxonomy.compact())
NURSE, ENGINEER = "Registered nurse", "Software engineer"
SAID: list[tuple[str, dict[str, Any]]] = [
    (
        "nurses in Munich who speak German at C1",
        {
            "filters": {
                "occupations": [NURSE],
                "languages": [{"code": "de", "at_least": "C1"}],
                "locations": ["Munich, Bavaria, Germany"],
            }
        },
    ),
    (
        "Kafka experience in the last 2 years, ideally also Flink",
        {
            "filters": {"skills_all": [{"of": "Apache Kafka", "within_years": 2}]},
            "prefer": {"skills": ["Apache Flink"]},
        },
    ),
    ("accountants, under 10 years of experience", {"filters": {"occupations": ["Accountant"]}}),
    ("accountants with up to 5 years", {"filters": {"occupations": ["Accountant"]}}),
    ("under 2 years of Java", {"filters": {"skills_all": ["Java"]}}),
    ("between 3 and 5 years of React", {"filters": {"skills_all": [{"of": "React", "min_years": 3}]}}),
    (
        "civil engineers from Poland willing to relocate to Munich",
        {"filters": {"occupations": ["Civil engineer"], "locations": ["Poland"]}},
    ),
    (
        "nurses in Berlin or within 30 km of Hamburg",
        {
            "expression": '(location:"Berlin, Germany" OR near:"Hamburg, Germany 30 km")',
            "filters": {"occupations": [NURSE]},
        },
    ),
    (
        "nurses, night shifts welcome",
        {"filters": {"occupations": [NURSE]}, "prefer": {"words": ["night shifts"]}},
    ),
    (
        "bilingual receptionists (German/English)",
        {
            "expression": '(language:"German" OR language:"English")',
            "filters": {"occupations": ["Receptionist"]},
        },
    ),
    (
        "nurses or midwives in Berlin",
        {
            "expression": f'(occupation:"{NURSE}" OR words:"midwives")',
            "filters": {"locations": ["Berlin, Germany"]},
        },
    ),
    (
        "biologists with lab experience or a PhD",
        {
            "expression": '(words:"lab" OR degree:doctorate)',
            "filters": {"occupations": ["Biologist"]},
        },
    ),
    ("looking for Nurses in Berlin", {"filters": {"occupations": [NURSE], "locations": ["Berlin, Germany"]}}),
    ("people from D2C brands", {"text": "D2C brands"}),
    ("native or fluent English", {"filters": {"languages": [{"code": "en", "at_least": "C1"}]}}),
    ("cooks without a degree are welcome", {"filters": {"occupations": ["Cook"]}}),
    ("not contacted since January", {"exclude": {"contacted": True}}),
    ("Java experience or Kotlin", {"filters": {"skill_groups": [["Java", "Kotlin"]]}}),
    (
        "frobnicators or nurses",
        {"expression": f'(words:"frobnicators" OR occupation:"{NURSE}")'},
    ),
    ("3 years in legal", {"filters": {"function_years": [{"of": "legal", "min_years": 3}]}}),
    (
        "no computer science degree",
        {"expression": 'NOT (degree:bachelor AND field_of_study:"Computer Science")'},
    ),
    (
        "master's in economics or 5+ years",
        {"expression": '((degree:master AND field_of_study:"Economics") OR years:>=5)'},
    ),
]
OTHER: list[tuple[str, dict[str, Any]]] = [
    (
        "Krankenpfleger in Berlin mit 5 Jahren Erfahrung",
        {"filters": {"occupations": [NURSE], "min_years": 5.0, "locations": ["Berlin, Germany"]}},
    ),
    (
        "Java-Entwickler in Berlin oder remote, keine Junioren",
        {
            "expression": '(location:"Berlin, Germany" OR work_mode:remote)',
            "filters": {"occupations": [ENGINEER], "skills_all": ["Java"]},
            "exclude": {"seniority": ["junior"]},
        },
    ),
    (
        "Suche Elektriker in Hamburg, nicht von Acme",
        {
            "filters": {"occupations": ["Electrician"], "locations": ["Hamburg, Germany"]},
            "exclude": {"current_companies": ["Acme"]},
        },
    ),
    (
        "Projektmanager ohne SAP in Hamburg",
        {
            "filters": {"occupations": ["Project manager"], "locations": ["Hamburg, Germany"]},
            "exclude": {"skills": ["SAP"]},
        },
    ),
    (
        "Datenanalysten mit Tableau oder Power BI, idealerweise mit SQL",
        {
            "filters": {"occupations": ["Data analyst"], "skill_groups": [["Tableau", "Power BI"]]},
            "prefer": {"skills": ["SQL"]},
        },
    ),
    (
        "Ingenieure aus Österreich, die Französisch sprechen",
        {"filters": {"titles": ["engineer"], "languages": [{"code": "fr"}], "locations": ["Austria"]}},
    ),
    (
        "Suche Köche, maximal 30 km um Berlin, keine Praktikanten",
        {
            "filters": {"occupations": ["Cook"], "near": {"place": "Berlin, Germany", "km": 30.0}},
            "exclude": {"seniority": ["intern"]},
        },
    ),
    (
        "Entwickler mit Wollweberei oder Python",
        {
            "expression": '(words:"Wollweberei" OR skill:"Python")',
            "filters": {"occupations": [ENGINEER]},
        },
    ),
    (
        "Développeurs Java, pas de juniors, pas de Kotlin",
        {
            "filters": {"occupations": [ENGINEER], "skills_all": ["Java"]},
            "exclude": {"seniority": ["junior"], "skills": ["Kotlin"]},
        },
    ),
    (
        "Comptable bilingue français anglais, sans SAP",
        {
            "filters": {"occupations": ["Accountant"], "languages": [{"code": "fr"}, {"code": "en"}]},
            "exclude": {"skills": ["SAP"]},
        },
    ),
    (
        "Chef de projet dans la banque, au moins 5 ans",
        {"filters": {"occupations": ["Project manager"], "industries": ["Banking"], "min_years": 5.0}},
    ),
    (
        "Ingénieur logiciel avec Python ou Go, de préférence Kubernetes",
        {
            "filters": {"occupations": [ENGINEER], "skill_groups": [["Python", "Go"]]},
            "prefer": {"skills": ["Kubernetes"]},
        },
    ),
    (
        "Desarrolladores de Java o Kotlin, no de Acme",
        {
            "filters": {"occupations": [ENGINEER], "skill_groups": [["Java", "Kotlin"]]},
            "exclude": {"current_companies": ["Acme"]},
        },
    ),
    (
        "Ingenieros de datos con inglés, sin prácticas",
        {
            "filters": {"occupations": ["Data engineer"], "languages": [{"code": "en"}]},
            "exclude": {"seniority": ["intern"]},
        },
    ),
    (
        "Programador Python con al menos 3 años, excepto en Madrid",
        {
            "filters": {"occupations": [ENGINEER], "min_years": 3.0, "skills_all": ["Python"]},
            "exclude": {"locations": ["Madrid, Spain"]},
        },
    ),
    (
        'Enfermeras con "cuidado de heridas" o Python',
        {
            "expression": '(words:"cuidado de heridas" OR skill:"Python")',
            "filters": {"occupations": [NURSE]},
        },
    ),
]


@pytest.mark.parametrize(("words", "expected"), [*SAID, *OTHER], ids=[words for words, _ in [*SAID, *OTHER]])
def test_a_sentence_is_read_as_what_it_asks_for(words: str, expected: dict[str, Any]) -> None:
    told = read_words(words, NAMES)
    assert told.query.model_dump(mode="json", exclude_defaults=True) == expected
    for one in (*told.read, *told.unread):
        assert words[one.start : one.end] == one.words


@pytest.mark.parametrize("words", [words for words, _ in SAID])
def test_no_word_of_an_english_sentence_is_lost(words: str) -> None:
    assert lost(words, read_words(words, NAMES)) == []


@pytest.mark.parametrize("words", [words for words, _ in [*SAID, *READINGS]])
def test_english_is_left_as_it_is(words: str) -> None:
    assert in_english(words).text == words


@pytest.mark.parametrize("words", [words for words, _ in OTHER])
def test_each_character_in_english_stands_for_some_that_were_typed(words: str) -> None:
    told = in_english(words)
    assert told.text != words
    for at in range(len(told.text)):
        start, end = told.span(at, at + 1)
        assert 0 <= start < end <= len(words)
        first, last = told.place_of(start, end)
        assert first <= at < last


@pytest.mark.parametrize(
    ("words", "taken"),
    [
        ("accountants, under 10 years of experience", "an upper limit of all work stands in for age"),
        ("nurses willing to relocate to Munich", "no record says who would move there"),
        ("ML engineers who published at NeurIPS", "who worked there"),
        ("under 2 years of Java", "however long"),
    ],
)
def test_what_is_not_searched_as_said_is_told(words: str, taken: str) -> None:
    assert any(taken in one.taken for one in read_words(words, NAMES).doubts)


@pytest.mark.parametrize(
    ("words", "attribute", "refused"),
    [
        ("junge Krankenpfleger in Berlin, keine Junioren", "age", "junge"),
        ("Entwickler in Berlin, keine Frauen", "gender", "Frauen"),
        ("Ingénieurs avec Python, pas de femmes", "gender", "femmes"),
        ("Contables con SAP, sin mujeres", "gender", "mujeres"),
    ],
)
def test_what_nobody_may_be_selected_by_is_refused_in_other_languages(
    words: str, attribute: str, refused: str
) -> None:
    told = read_words(words, NAMES)
    assert [attribute in one.attribute for one in told.refused] == [True]
    assert refused in told.refused[0].words
    assert refused not in told.query.model_dump_json()
