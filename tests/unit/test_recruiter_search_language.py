"""Every filter can be typed and said: a query as text means the same conditions, and refusals point at what is wrong."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servers.recruiter_search.core.answers import Answers, question
from servers.recruiter_search.core.compile import Compiler
from servers.recruiter_search.core.criteria import AllOf, AnyOf, Criterion, InOnePosition, NoneOf, OneOf
from servers.recruiter_search.core.elsewhere import asked_elsewhere
from servers.recruiter_search.core.expression import MAX_LENGTH
from servers.recruiter_search.core.models import Filters, SearchQuery, rules
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.rules.elsewhere import STAGES
from servers.recruiter_search.core.values import MOST_YEARS, MOST_YEARS_AGO
from servers.recruiter_search.core.wording.reader import read_words
from servers.recruiter_search.core.wording.writing import in_boolean
from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy
from tests.support.filter_cases import CASES
from tests.support.talent import TODAY

NAMES = Names(Taxonomy.compact())
COMPILER = Compiler(NAMES)
ELSEWHERE: dict[str, Any] = {
    "known_headcount": {"at_least": 50, "at_most": 500},
    "known_growth": {"at_most": -0.1},
    "stage": {"project_id": "proj_0197", "at": ["offer", "hired"]},
}
UNTYPED = {
    "text": "free text ranks and is told beside the conditions",
    "prefer": "what is liked is no condition",
    "sort": "an order is no condition",
    "ranking": "weights are no condition",
    "include": "whom nobody is to find is asked for on purpose, beside the query",
}
"""Parts of a query that no text says, and why."""
SAID = {
    "titles": "engineers",
    "current_titles": "current engineers",
    "past_titles": "former engineers",
    "companies": "worked at Cobalt",
    "current_companies": "works at Cobalt",
    "past_companies": "ex-Cobalt",
    "headline": 'headline says "open source"',
    "words": '"wound care"',
    "occupations": "nurses",
    "current_occupations": "currently nurses",
    "past_occupations": "former nurses",
    "functions": "people in legal",
    "seniority": "seniors",
    "industries": "worked in banking",
    "current_industries": "works in banking",
    "work_modes": "remote",
    "positions": "nurses at Cobalt",
    "min_years": "5+ years",
    "max_years": "3-5 years",
    "min_months_in_role": "at least 2 years in current role",
    "max_months_in_role": "less than 2 years in current role",
    "min_months_in_company": "at least 2 years at the current company",
    "max_months_in_company": "less than 2 years at the current company",
    "min_months_per_company": "stays at least 2 years per company",
    "occupation_years": "3 years as a nurse",
    "function_years": "3 years in legal",
    "industry_years": "10 years of experience in banking",
    "skills_all": "Python",
    "skill_groups": "Python or Java",
    "languages": "speaks German",
    "schools": "studied at Ashford",
    "degree": "PhD",
    "fields_of_study": "studied physics",
    "certificates": "AWS certified",
    "certificate_issuers": "certified by Cirrus Academy",
    "locations": "in Berlin",
    "countries": "with unknown location",
    "near": "near Berlin",
    "worked_in": "worked in Berlin",
    "known_headcount": "at firms with 1,000+ employees",
    "known_growth": "from fast-growing companies",
    "stage": "interview in proj_0197",
    "open_to_work": "open to work",
    "sources": "imported from Greenhouse or LinkedIn",
    "warnings": "with hidden text",
    "changed_within_days": "updated in the last 30 days",
    "contacted": "already contacted",
    "contacted_within_days": "contacted in the last 6 months",
    "engagement": "applied",
    "engaged_in_projects": "in project proj_0197",
    "candidate_ids": "cand_0197 or cand_0198",
}
UNSAID = {
    "current_functions": "said as “current legal people”, where a name is sure to be a function",
    "skills": "alternatives are said as skill_groups, which say the same of several lists",
    "exclude_candidate_ids": "is said as exclude.candidate_ids",
}
"""Filters that no words set as they stand, and why."""
terms = (
    st.text(alphabet="abOR ANDT*()<>=@3y:.+#-", min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: any(char.isalnum() for char in text))
)
skills = st.one_of(
    st.sampled_from(["Python", "Machine learning", "C++", "Go", "frobnicating"]),
    st.fixed_dictionaries(
        {"of": st.sampled_from(["SQL", "Apache Spark", "C#", "frobnicating"])},
        optional={
            "min_years": st.integers(1, MOST_YEARS),
            "within_years": st.integers(0, MOST_YEARS_AGO),
        },
    ),
)
done = st.fixed_dictionaries(
    {
        "of": st.sampled_from(["Data analyst", "Registered nurse", "banking", "legal"]),
        "min_years": st.integers(1, MOST_YEARS),
    },
    optional={"within_years": st.integers(0, MOST_YEARS_AGO)},
)
held = st.fixed_dictionaries(
    {"titles": st.lists(terms, min_size=1, max_size=2)},
    optional={
        "companies": st.lists(terms, min_size=1, max_size=2),
        "skills": st.lists(st.sampled_from(["Python", "SQL"]), min_size=1),
        "locations": st.just(["Bavaria", "Paris"]),
        "work_modes": st.just(["remote", "hybrid"]),
        "current": st.booleans(),
        "min_years": st.integers(1, MOST_YEARS),
        "within_years": st.integers(0, MOST_YEARS_AGO),
    },
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "titles": st.lists(terms, min_size=1, max_size=3),
        "words": st.lists(terms, min_size=1, max_size=2),
        "skills": st.lists(skills, min_size=1, max_size=3),
        "skills_all": st.lists(skills, min_size=1, max_size=3),
        "skill_groups": st.lists(
            st.lists(st.sampled_from(["Java", "Go"]), min_size=1), min_size=1, max_size=2
        ),
        "occupation_years": st.lists(done, min_size=1, max_size=2),
        "function_years": st.lists(done, min_size=1, max_size=2),
        "industry_years": st.lists(done, min_size=1, max_size=2),
        "positions": st.lists(held, min_size=1, max_size=2),
        "warnings": st.lists(st.sampled_from(["hidden_text", "no_name"]), min_size=1),
        "countries": st.lists(st.sampled_from(["DE", "fr", "ZZ", "Spain"]), min_size=1),
        "candidate_ids": st.lists(st.uuids().map(lambda id: f"cand_{id}"), min_size=1, max_size=3),
        "languages": st.lists(
            st.sampled_from([{"code": "de", "at_least": "B2"}, {"code": "fr"}]), min_size=1
        ),
        "min_months_in_role": st.integers(1, 720),
        "open_to_work": st.booleans(),
        "known_headcount": st.fixed_dictionaries({"at_least": st.integers(1, 999_999)}),
        "known_growth": st.fixed_dictionaries({"at_most": st.sampled_from([-1, -0.07, 0, 0.35, 9])}),
        "stage": st.fixed_dictionaries(
            {"project_id": st.just("proj_1"), "at": st.lists(st.sampled_from(STAGES), min_size=1)}
        ),
    },
)


def meant(query: SearchQuery) -> Criterion:
    """Return all that a query demands, the same for the same, however it is put together."""
    told = Answers({question(one): (question(one),) for one in asked_elsewhere(query)})
    return plain(AllOf(COMPILER.compile(query, TODAY, told).query.must))


def plain(criterion: Criterion) -> Criterion:
    """Return a condition without brackets that change nothing, its parts in one order."""
    match criterion:
        case AllOf(parts) | AnyOf(parts, 1):
            kind = type(criterion)
            flat: list[Criterion] = []
            for part in map(plain, parts):
                flat += part.parts if isinstance(part, kind) else [part]
            if kind is AnyOf:
                flat = _merged(flat)
            unique = tuple(dict.fromkeys(sorted(flat, key=repr)))
            return unique[0] if len(unique) == 1 else kind(unique)
        case NoneOf(parts):
            return NoneOf((plain(AnyOf(parts)),))
        case OneOf(name, values):
            return OneOf(name, tuple(sorted(set(values))))
        case InOnePosition(parts):
            once = (replace(part, values=tuple(sorted(set(part.values)))) for part in parts)
            return InOnePosition(tuple(sorted(once, key=repr)))
        case _:
            return criterion


def _merged(parts: list[Criterion]) -> list[Criterion]:
    values: dict[Any, tuple[str, ...]] = {}
    for part in parts:
        if isinstance(part, OneOf):
            values[part.field] = (*values.get(part.field, ()), *part.values)
    rest = [part for part in parts if not isinstance(part, OneOf)]
    return [*rest, *(plain(OneOf(name, found)) for name, found in values.items())]


@given(wanted=filters, unwanted=filters)
@settings(max_examples=150, deadline=None)
def test_a_query_and_its_text_mean_the_same(wanted: dict[str, Any], unwanted: dict[str, Any]) -> None:
    query = SearchQuery.model_validate({"filters": wanted, "exclude": unwanted})
    text, left = in_boolean(query)
    for path in left:  # only what there is no room for
        part, _, name = path.partition(".")
        setattr(getattr(query, part), name, getattr(Filters(), name))
        assert len(text or "") > MAX_LENGTH / 2
    assert meant(SearchQuery(expression=text)) == meant(query)


def test_every_part_of_a_query_can_be_typed_or_has_a_reason_why_not() -> None:
    cases = {name: value for name, value, _ in CASES} | ELSEWHERE
    assert set(cases) == set(rules())
    for name, value in cases.items():
        text, left = in_boolean(SearchQuery.model_validate({"filters": {name: value}}))
        assert (name, left) == (name, [])
        assert text
    assert in_boolean(SearchQuery(filters=Filters(exclude_candidate_ids=["cand_1"]))) == (
        'NOT candidate_id:"cand_1"',
        [],
    )
    typed = {"filters", "exclude", "expression"}
    assert typed | set(UNTYPED) == set(SearchQuery.model_fields)
    whole = {
        "text": "nurse", "prefer": {"degree": "master"}, "sort": "years_asc", "include": ["private"],
        "ranking": {"words": 2.0},
    }  # fmt: skip
    assert set(whole) == set(UNTYPED)
    text, left = in_boolean(SearchQuery.model_validate(whole))
    assert (text, set(left)) == (None, {"text", "prefer.degree", "sort", "include", "ranking"})


def test_every_filter_can_be_said_or_has_a_reason_why_not() -> None:
    assert SAID.keys().isdisjoint(UNSAID)
    assert {*SAID, *UNSAID} == set(Filters.model_fields)
    for name, words in SAID.items():
        told = read_words(words, NAMES)
        set_by = told.query.filters.model_dump(exclude_defaults=True)
        assert (name, name in set_by, told.unread) == (name, True, [])


def test_what_a_text_has_no_room_for_is_left_and_said() -> None:
    ids = [f"cand_{number:032}" for number in range(100)]
    query = SearchQuery(filters=Filters(candidate_ids=ids, skills=["Python"]))
    assert in_boolean(query) == ("skill:Python", ["filters.candidate_ids"])


def test_conditions_stand_beside_a_querys_own_expression_as_it_was_meant() -> None:
    query = SearchQuery(filters=Filters(skills=["Python"]), expression="nurse OR cook")
    assert in_boolean(query) == ("skill:Python AND (nurse OR cook)", [])


@pytest.mark.parametrize(
    ("expression", "at", "fix"),
    [
        ("skill:python>3y", 12, "Write skill:python>=3y for how long"),
        ("skill:python>=3", 12, "skill:python>=3y"),
        ("skill:python=3", 12, "skill:python>=3y"),
        ("skill:python<=3y", 12, "has no upper limit"),
        ("skill:python>=20y", 12, "counted up to 15: write skill:python>=15y"),
        ("skill:python@2", 12, "skill:python@2y for still done two years ago"),
        ("skill:python@2031", 12, "skill:python@2023"),
        ("skill:python@", 12, "skill:python@2y"),
        ("skill:>=3y", 6, "skill:python>=3y"),
        ("skill:python>=3y*", 12, "skill:python>=3y"),
        ('nurse skill:"machine learning 3>y"', 31, 'skill:"machine learning 3>=3y"'),
        ('occupation:"data analyst>4y"', 24, 'occupation:"data analyst>=4y"'),
        ("current_occupation:nurse>=2y", 24, "takes no time; skill:"),
        ("location:Berlin@2y", 15, "takes no time; skill:"),
        ("java AND python>=3y", 15, "skill:python>=3y"),
        ("country:Berlin", 8, "is in country:DE"),
        ("country:xq", 8, "country:Germany"),
        ("position:(skill:python>=3y)", 22, "years:>=3 or held:@2y beside it"),
        ("position:(years:<=3)", 16, "years:>=3"),
        ("position:(held:@soon)", 15, "now, current, past, @2y"),
        ("position:(held:@2)", 15, "held:@2y"),
    ],
)
def test_what_is_no_time_and_no_country_is_pointed_at(expression: str, at: int, fix: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        COMPILER.compile(SearchQuery(expression=expression), TODAY)
    assert f"(character {at + 1})" in refused.value.message
    assert fix in (refused.value.fix or "")
