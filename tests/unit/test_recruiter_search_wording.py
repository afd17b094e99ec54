"""Words to a query: what each phrase asks for, and that no word of it is lost."""

import re
from typing import Any

import pytest

from servers.recruiter_search.core.compile import Compiler
from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.wording.lexicon import FRAME, tokens_of
from servers.recruiter_search.core.wording.models import QueryFromWords
from servers.recruiter_search.core.wording.proposals import Proposals
from servers.recruiter_search.core.wording.reader import ask_words, read_words
from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy
from tests.support.talent import TODAY

NAMES = Names(Taxonomy.compact())
READINGS: list[tuple[str, dict[str, Any]]] = [
    (
        "senior Python people in Berlin or remote, 5+ years, not from Acme, who worked at a bank",
        {
            "expression": '(location:"Berlin, Germany" OR work_mode:remote)',
            "filters": {
                "seniority": ["senior"],
                "industries": ["Banking"],
                "min_years": 5.0,
                "skills_all": ["Python"],
            },
            "exclude": {"current_companies": ["Acme"]},
        },
    ),
    (
        "data engineers with Spark and Kafka in Germany",
        {
            "filters": {
                "occupations": ["Data engineer"],
                "skills_all": ["Apache Spark", "Apache Kafka"],
                "locations": ["Germany"],
            }
        },
    ),
    (
        "Java developers without recruiters",
        {
            "filters": {"occupations": ["Software engineer"], "skills_all": ["Java"]},
            "exclude": {"occupations": ["Recruiter"]},
        },
    ),
    (
        "no recruiters, nurses in London",
        {
            "filters": {
                "occupations": ["Registered nurse"],
                "locations": ["London, Greater London, United Kingdom"],
            },
            "exclude": {"occupations": ["Recruiter"]},
        },
    ),
    (
        "no recruiters, nurses or cooks in London",
        {
            "filters": {"locations": ["London, Greater London, United Kingdom"]},
            "exclude": {"occupations": ["Recruiter", "Registered nurse", "Cook"]},
        },
    ),
    (
        "not in Berlin, in Hamburg",
        {"filters": {"locations": ["Hamburg, Germany"]}, "exclude": {"locations": ["Berlin, Germany"]}},
    ),
    (
        "not from Acme, Umber, Cobalt Works",
        {"exclude": {"current_companies": ["Acme", "Umber", "Cobalt Works"]}},
    ),
    ("no juniors, no interns", {"exclude": {"seniority": ["junior", "intern"]}}),
    ("anyone but managers", {"exclude": {"seniority": ["manager"]}}),
    ("not junior or mid-level", {"exclude": {"seniority": ["junior", "mid"]}}),
    (
        "no senior Java developers",
        {
            "exclude": {
                "positions": [
                    {"occupations": ["Software engineer"], "seniority": ["senior"], "skills": ["Java"]}
                ]
            }
        },
    ),
    ("without Java or PHP experience", {"exclude": {"skills": ["Java", "PHP"]}}),
    ("people who do not speak French", {"exclude": {"languages": [{"code": "fr"}]}}),
    (
        "nurse practitioners not in Berlin",
        {"filters": {"occupations": ["Nurse practitioner"]}, "exclude": {"locations": ["Berlin, Germany"]}},
    ),
    (
        "kubernetes and docker but not ansible",
        {"filters": {"skills_all": ["Kubernetes", "Docker"]}, "exclude": {"skills": ["Ansible"]}},
    ),
    (
        "remote Python developers outside of Germany",
        {
            "filters": {
                "occupations": ["Software engineer"],
                "work_modes": ["remote"],
                "skills_all": ["Python"],
            },
            "exclude": {"locations": ["Germany"]},
        },
    ),
    (
        "sales people except from Acme and Umber",
        {"filters": {"skills_all": ["Sales"]}, "exclude": {"current_companies": ["Acme", "Umber"]}},
    ),
    ("people without a degree", {"exclude": {"degree": "bachelor"}}),
    (
        "frontend developer React or Vue not Angular",
        {
            "filters": {"occupations": ["Front-end developer"], "skill_groups": [["React", "Vue.js"]]},
            "exclude": {"skills": ["Angular"]},
        },
    ),
    ("not contacted yet, open to work", {"filters": {"open_to_work": True}, "exclude": {"contacted": True}}),
    ("not contacted in the last 6 months", {"exclude": {"contacted_within_days": 180}}),
    ("not only Java", {"filters": {"skills_all": ["Java"]}}),
    ("Java not required, Kotlin", {"filters": {"skills_all": ["Kotlin"]}}),
    (
        "software engineers at Google who speak German",
        {
            "filters": {
                "positions": [{"companies": ["Google"], "occupations": ["Software engineer"]}],
                "languages": [{"code": "de"}],
            }
        },
    ),
    (
        "senior Java developers from Cobalt Works",
        {
            "filters": {
                "positions": [
                    {
                        "companies": ["Cobalt Works"],
                        "occupations": ["Software engineer"],
                        "seniority": ["senior"],
                        "skills": ["Java"],
                    }
                ]
            }
        },
    ),
    (
        "worked as a nurse at Umberfield Clinic",
        {
            "filters": {
                "positions": [{"companies": ["Umberfield Clinic"], "occupations": ["Registered nurse"]}]
            }
        },
    ),
    (
        "product designers at a bank",
        {"filters": {"positions": [{"occupations": ["UX designer"], "industries": ["Banking"]}]}},
    ),
    (
        "engineers, ex-Amazon, in Dublin",
        {"filters": {"titles": ["engineer"], "past_companies": ["Amazon"], "locations": ["Dublin, Ireland"]}},
    ),
    (
        "machine learning engineers who left Amazon",
        {"filters": {"past_companies": ["Amazon"], "occupations": ["Machine learning engineer"]}},
    ),
    ("currently at Acme", {"filters": {"current_companies": ["Acme"]}}),
    ("works at Umber Bank", {"filters": {"current_companies": ["Umber Bank"]}}),
    (
        "worked at Umber and at Cobalt Works",
        {"expression": 'company:"Cobalt Works"', "filters": {"companies": ["Umber"]}},
    ),
    ("worked at Umber or Cobalt Works", {"filters": {"companies": ["Umber", "Cobalt Works"]}}),
    ("former nurses", {"filters": {"past_occupations": ["Registered nurse"]}}),
    (
        "people in sales with fintech experience",
        {"filters": {"industries": ["Fintech"], "skills_all": ["Sales"]}},
    ),
    (
        "10 years of experience in banking",
        {"filters": {"industry_years": [{"of": "Banking", "min_years": 10}]}},
    ),
    ("3-5 years of Go", {"filters": {"skills_all": [{"of": "Go", "min_years": 3}]}}),
    ("Python (5 years), SQL", {"filters": {"skills_all": [{"of": "Python", "min_years": 5}, "SQL"]}}),
    ("Python, 5+ years", {"filters": {"min_years": 5.0, "skills_all": ["Python"]}}),
    (
        "5+ years of Java and Kotlin, in Munich or Hamburg",
        {
            "filters": {
                "skills_all": [{"of": "Java", "min_years": 5}, {"of": "Kotlin", "min_years": 5}],
                "locations": ["Munich, Bavaria, Germany", "Hamburg, Germany"],
            }
        },
    ),
    (
        "3+ years as a data analyst and 2 years of SQL",
        {
            "filters": {
                "occupation_years": [{"of": "Data analyst", "min_years": 3}],
                "skills_all": [{"of": "SQL", "min_years": 2}],
            }
        },
    ),
    ("20+ years of Java", {"filters": {"skills_all": [{"of": "Java", "min_years": 15}]}}),
    ("2.5 years of Scala", {"filters": {"skills_all": [{"of": "Scala", "min_years": 2}]}}),
    (
        "experience with Kafka in the last 3 years",
        {"filters": {"skills_all": [{"of": "Apache Kafka", "within_years": 3}]}},
    ),
    ("more than 10 years of experience", {"filters": {"min_years": 10.0}}),
    ("at least 2 years in current role", {"filters": {"min_months_in_role": 24}}),
    ("less than 1 year at current company", {"filters": {"max_months_in_company": 12}}),
    ("5+ years or a PhD", {"expression": "(years:>=5 OR degree:doctorate)"}),
    ("3-5 years or a PhD", {"expression": "(years:3..5 OR degree:doctorate)"}),
    ("not 3-5 years", {"expression": "NOT years:3..5"}),
    (
        "5+ years of Java or a PhD",
        {"expression": '(skill:"Java>=5y" OR degree:doctorate)'},
    ),
    ("stays at least 2 years per company", {"filters": {"min_months_per_company": 24}}),
    (
        "German-speaking sales managers near Munich",
        {
            "filters": {
                "occupations": ["Sales manager"],
                "languages": [{"code": "de"}],
                "near": {"place": "Munich, Bavaria, Germany"},
            }
        },
    ),
    (
        "within 20 miles of london",
        {"filters": {"near": {"place": "London, Greater London, United Kingdom", "km": 32.0}}},
    ),
    (
        "within 30 km of Stuttgart",
        {"filters": {"near": {"place": "Stuttgart, Baden-Württemberg, Germany", "km": 30.0}}},
    ),
    ("in Berlin or with German", {"expression": '(location:"Berlin, Germany" OR language:"German")'}),
    ("worked in London", {"filters": {"worked_in": ["London, Greater London, United Kingdom"]}}),
    ("developers from India", {"filters": {"occupations": ["Software engineer"], "locations": ["India"]}}),
    (
        "fluent French and English",
        {"filters": {"languages": [{"code": "fr", "at_least": "C1"}, {"code": "en", "at_least": "C1"}]}},
    ),
    ("German or Dutch speakers", {"expression": '(language:"German" OR language:"Dutch")'}),
    ("speaks German C1", {"filters": {"languages": [{"code": "de", "at_least": "C1"}]}}),
    ("Python, German and SQL", {"filters": {"skills_all": ["Python", "SQL"], "languages": [{"code": "de"}]}}),
    (
        "PhD in computer science",
        {"filters": {"degree": "doctorate", "fields_of_study": ["Computer Science"]}},
    ),
    ("computer science degree", {"filters": {"degree": "bachelor", "fields_of_study": ["Computer Science"]}}),
    (
        "master's in economics or mathematics",
        {"filters": {"degree": "master", "fields_of_study": ["Economics", "Mathematics"]}},
    ),
    ("studied physics", {"filters": {"fields_of_study": ["Physics"]}}),
    (
        "University of Ashford graduates",
        {"text": "graduates", "filters": {"schools": ["University of Ashford"]}},
    ),
    ("no PhD", {"exclude": {"degree": "doctorate"}}),
    (
        "AWS certified and PMP",
        {"expression": 'certificate:"PMP"', "filters": {"certificates": ["AWS certification"]}},
    ),
    (
        "product managers, ideally with SQL",
        {"filters": {"occupations": ["Product manager"]}, "prefer": {"skills": ["SQL"]}},
    ),
    (
        "React, ideally TypeScript and GraphQL, in Lisbon",
        {
            "filters": {"skills_all": ["React"], "locations": ["Lisbon, Portugal"]},
            "prefer": {"skills": ["TypeScript", "GraphQL"]},
        },
    ),
    (
        "accountants with SAP, CPA preferred",
        {
            "filters": {"occupations": ["Accountant"], "skills_all": ["SAP"]},
            "prefer": {"certificates": ["CPA"]},
        },
    ),
    ("Kafka is a plus", {"prefer": {"skills": ["Apache Kafka"]}}),
    (
        "Java or Kotlin, Spring Boot would be nice",
        {"filters": {"skill_groups": [["Java", "Kotlin"]]}, "prefer": {"skills": ["Spring Boot"]}},
    ),
    (
        '"talent intelligence" recruiters',
        {"filters": {"words": ["talent intelligence"], "occupations": ["Recruiter"]}},
    ),
    ("people who applied", {"filters": {"engagement": ["applied"]}}),
    ("profiles updated in the last 30 days", {"filters": {"changed_within_days": 30}}),
    (
        "lead data scientist, hybrid, in Hamburg",
        {
            "filters": {
                "occupations": ["Data scientist"],
                "seniority": ["lead"],
                "work_modes": ["hybrid"],
                "locations": ["Hamburg, Germany"],
            }
        },
    ),
    (
        "project manager, construction industry",
        {"filters": {"occupations": ["Project manager"], "industries": ["Construction"]}},
    ),
    (
        "head of marketing in Paris or Lyon",
        {
            "filters": {
                "occupations": ["Marketing manager"],
                "locations": ["Paris, Île-de-France, France", "Lyon, Auvergne-Rhône-Alpes, France"],
            }
        },
    ),
    (
        "nurses and midwives in Vienna",
        {
            "text": "midwives",
            "filters": {"occupations": ["Registered nurse"], "locations": ["Vienna, Austria"]},
        },
    ),
    ("flashy growth hackers", {"text": "flashy growth hackers"}),
    (
        "designers without agency background",
        {"filters": {"titles": ["designer"]}, "exclude": {"words": ["agency"]}},
    ),
    (
        "not flashy Python developers",
        {"exclude": {"positions": [{"occupations": ["Software engineer"], "skills": ["Python"]}]}},
    ),
    ("someone like Mara Voss", {"text": "Mara Voss"}),
    ("c++, c# or .net", {"filters": {"skill_groups": [["C++", "C#", ".NET"]]}}),
    ("any industry but banking", {"exclude": {"industries": ["Banking"]}}),
    ("Java required, no experience with PHP needed", {"filters": {"skills_all": ["Java"]}}),
    ("engineers with no certifications", {"filters": {"titles": ["engineer"]}}),
    ("C-level executives in retail", {"filters": {"seniority": ["executive"], "industries": ["Retail"]}}),
    ("Python, no more than two jobs", {"filters": {"skills_all": ["Python"]}}),
]
REFUSED = [
    ("young women in marketing", {"gender"}, {"filters": {"skills_all": ["Marketing"]}}),
    ("recent graduates under 30", {"age"}, {}),
    ("male nurses", {"gender"}, {"filters": {"occupations": ["Registered nurse"]}}),
    ("Indian developers", {"origin"}, {"filters": {"occupations": ["Software engineer"]}}),
    ("native English speakers", {"native language"}, {}),
    ("christian teachers", {"religion or belief"}, {"filters": {"occupations": ["Teacher"]}}),
    ("accountants, no mothers", {"pregnancy or family status"}, {"filters": {"occupations": ["Accountant"]}}),
    ("no one over 50", {"age"}, {}),
    ("people under 30 in Berlin", {"age"}, {"filters": {"locations": ["Berlin, Germany"]}}),
    ("age 30-40 accountant", {"age"}, {"filters": {"occupations": ["Accountant"]}}),
    ("cooks without kids", {"pregnancy or family status"}, {"filters": {"occupations": ["Cook"]}}),
    ("healthy cooks", {"health"}, {"filters": {"occupations": ["Cook"]}}),
]
UNREAD = [
    ("nurses and midwives in Vienna", [("midwives", "text")]),
    ("designers without agency background", [("agency", "exclude")]),
    ("not flashy Python developers", [("flashy", "nothing")]),
    ("engineers with no certifications", [("no certifications", "nothing")]),
    ("SQL, ideally pony care", [("pony care", "prefer")]),
    ("C# developers near me", [("near me", "nothing")]),
    ("nurses, no more than 3 jobs in 5 years", [("3", "nothing"), ("5", "nothing")]),
]


def asked(query: SearchQuery) -> dict[str, Any]:
    return query.model_dump(mode="json", exclude_defaults=True)


@pytest.mark.parametrize(("words", "expected"), READINGS, ids=[words for words, _ in READINGS])
def test_words_are_read_as_what_they_ask_for(words: str, expected: dict[str, Any]) -> None:
    assert asked(read_words(words, NAMES).query) == expected


@pytest.mark.parametrize("words", [words for words, *_ in [*READINGS, *REFUSED, *UNREAD]])
def test_every_word_is_told_as_read_or_unread_or_refused_and_what_is_read_can_be_run(words: str) -> None:
    told = read_words(words, NAMES)
    assert lost(words, told) == []
    Compiler(NAMES).compile(told.query, TODAY)
    Compiler(NAMES).compile(SearchQuery(expression=told.expression), TODAY)


def lost(words: str, told: QueryFromWords) -> list[str]:
    """Return the words that say something and of which nothing is told."""
    spans = [(one.start, one.end) for one in (*told.read, *told.unread)]
    places = (re.search(re.escape(one.words), words) for one in told.refused)
    spans += [found.span() for found in places if found]
    tokens = [token for token in tokens_of(words) if token[0][0].isalnum() and token[0] not in FRAME]
    return [word for word, start, end in tokens if not any(s < end and start < e for s, e in spans)]


@pytest.mark.parametrize(("words", "attributes", "rest"), REFUSED)
def test_what_nobody_may_be_selected_by_is_refused_with_the_reason_and_the_rest_is_read(
    words: str, attributes: set[str], rest: dict[str, Any]
) -> None:
    told = read_words(words, NAMES)
    assert attributes <= {one.attribute for one in told.refused}
    assert all(one.reason for one in told.refused)
    assert asked(told.query) == rest


@pytest.mark.parametrize(("words", "unread"), UNREAD)
def test_what_is_not_understood_is_kept_where_it_stands(words: str, unread: list[tuple[str, str]]) -> None:
    assert [(one.words, one.kept) for one in read_words(words, NAMES).unread] == unread


def test_what_may_mean_something_else_is_told_with_how_it_was_taken() -> None:
    told = read_words("senior Python people in Berlin or remote, not from Acme, 20 years of Java", NAMES)
    assert {(one.words, one.taken) for one in told.doubts} == {
        ("remote", "it is taken as having worked so"),
        ("Acme", "who is there now is left out"),
        ("20 years of Java", "15 full years"),
    }


def test_the_boolean_language_says_what_it_can_and_names_what_it_cannot() -> None:
    words = "senior Java or Go developers in Berlin or remote, 5+ years, 3 years of SQL, not from Acme"
    told = read_words(words, NAMES)
    assert told.expression == (
        'occupation:"Software engineer" AND seniority:senior AND years:>=5 AND skill:"SQL>=3y" AND (skill:Java OR '
        'skill:Go) AND NOT current_company:Acme AND (location:"Berlin, Germany" OR work_mode:remote)'
    )
    assert told.not_in_expression == []
    assert read_words("nurses, ideally in Berlin", NAMES).not_in_expression == ["prefer.locations"]


def test_nothing_and_too_much_are_refused() -> None:
    for words in ("  ", "nurse " * 300):
        with pytest.raises(InvalidInput, match="1 to 1000 characters"):
            read_words(words, NAMES)


class Model:
    """A model that proposes what the test says."""

    name = "a-model"

    def __init__(self, *readings: dict[str, str]) -> None:
        self._readings = readings

    async def propose(self, words: str, unread: list[str]) -> tuple[Proposals, str]:
        return Proposals.model_validate({"readings": self._readings}), ""


async def test_a_model_may_read_what_the_rules_cannot_and_the_words_say_whether_it_is_wanted() -> None:
    model = Model({"words": "ward sisters", "field": "occupations", "value": "Registered nurse"})
    told = await ask_words("Python, no ward sisters", NAMES, model)
    assert asked(told.query) == {
        "filters": {"skills_all": ["Python"]},
        "exclude": {"occupations": ["Registered nurse"]},
    }
    assert (told.engine, [one.by for one in told.read], told.unread) == (
        "rules and a-model",
        ["rules", "model"],
        [],
    )


@pytest.mark.parametrize(
    ("reading", "why"),
    [
        ({"words": "in Paris", "field": "locations", "value": "Paris"}, "no unread words"),
        ({"words": "Python", "field": "skills", "value": "Java"}, "no unread words"),
        ({"words": "pony care", "field": "skills", "value": "Equine whispering"}, "nothing is known"),
        ({"words": "pony care", "field": "companies", "value": "women only"}, "nothing is known"),
    ],
)
async def test_what_a_model_makes_up_is_dropped_and_told(reading: dict[str, str], why: str) -> None:
    told = await ask_words("Python and pony care", NAMES, Model(reading))
    assert asked(told.query) == {"text": "pony care", "filters": {"skills_all": ["Python"]}}
    assert why in told.notes[0]
