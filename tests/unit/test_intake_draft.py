"""Drafting: what a posting or a sentence becomes."""

import pytest

from servers.intake.core.draft import Intake
from servers.intake.core.models import DraftRequest
from servers.intake.core.ports import PastRole
from shared.kernel.errors import InvalidInput, Unavailable
from shared.taxonomy import Taxonomy
from shared.wire.requirements import Qualification, QualificationKind, Requirements

TAXONOMY = Taxonomy.compact()

POSTING = """# Senior Backend Engineer (m/f/d)

{% include status.html %}
<!-- remember to update the dates -->

**Location:** Berlin, Germany
**Work schedule:** Full-time

## About us
We are a small software company with 20 years of history. Java is what we grew up with.

## What you'll do
- Build services that carry our payments

## Requirements
- At least 5 years of experience with Java or Kotlin
- Experience with Docker, Kubernetes and AWS
- Bachelor's degree in Computer Science or equivalent experience
- English C1 and German B1
- Team player
- Native German speaker
- AWS certified

## Nice to have
- Terraform
- Knowledge of medieval looms

## Benefits
- 30 days of holiday, Excel courses

## How to apply
Send your CV and a photo to jobs@example.com

We are an equal opportunity employer regardless of race, religion, sex, age or disability.
"""


async def draft(text: str, **answers: str) -> Requirements:
    return (await Intake(TAXONOMY).draft(DraftRequest(text=text, answers=answers))).requirements


def by_kind(requirements: Requirements, kind: str) -> list[Qualification]:
    return [one for one in requirements.qualifications if one.kind == QualificationKind(kind)]


async def test_the_role_as_a_whole_is_read() -> None:
    role = await draft(POSTING)
    assert (role.title, role.seniority) == ("Senior Backend Engineer", "senior")
    assert role.occupations == ["back-end-developer"]
    assert (role.location, role.country_code) == ("Berlin, Germany", "DE")
    assert role.employment_type == "full-time"
    assert role.engine == "rules-2"


async def test_each_requirement_becomes_a_testable_qualification_with_parameters() -> None:
    role = await draft(POSTING)
    experience = by_kind(role, "experience")[0]
    assert (experience.years, experience.skills, experience.match) == (5, ["java", "kotlin"], "any")
    skills = next(one for one in by_kind(role, "skill") if "docker" in one.skills)
    assert (skills.skills, skills.match) == (["docker", "kubernetes", "aws"], "all")
    education = by_kind(role, "education")[0]
    assert (education.degree, education.fields_of_study) == ("bachelor", ["computer-science"])
    assert education.or_equivalent_experience
    languages = {one.language: one.language_level for one in by_kind(role, "language")}
    assert languages == {"en": "C1", "de": "B1"}
    assert by_kind(role, "certificate")[0].certificates == ["aws-certification"]
    assert by_kind(role, "location")[0].places == ["DE//berlin"]


async def test_every_quote_stands_in_the_posting_at_its_place() -> None:
    quotes = [one.quote for one in (await draft(POSTING)).qualifications if one.quote]
    assert quotes
    assert all(POSTING[quote.start : quote.end] == quote.text for quote in quotes)


async def test_what_is_nice_to_have_is_kept_apart_from_what_is_a_must() -> None:
    role = await draft(POSTING)
    nice = {one.statement for one in role.qualifications if one.importance == "nice_to_have"}
    assert {"Terraform", "Knowledge of medieval looms"} <= nice


async def test_benefits_company_praise_and_boilerplate_are_no_qualifications() -> None:
    role = await draft(POSTING)
    said = " ".join(one.statement for one in role.qualifications)
    assert "holiday" not in said
    assert "history" not in said
    assert "equal opportunity" not in said
    assert "excel" not in {skill for one in role.qualifications for skill in one.skills}


async def test_refused_demands_are_set_apart_with_their_quote_and_rewording() -> None:
    refused = {one.attribute: one for one in (await draft(POSTING)).refused}
    assert refused["native language"].rewording == "German at C2 level"
    photo = refused["appearance"].quote
    assert photo is not None
    assert POSTING[photo.start : photo.end] == photo.text


async def test_soft_skills_are_softened_and_the_draft_says_so() -> None:
    role = await draft(POSTING)
    soft = next(one for one in role.qualifications if one.statement == "Team player")
    assert soft.importance == "nice_to_have"
    assert "importance" in [one.field for one in role.inferences]


async def test_template_rubbish_is_not_read() -> None:
    text = 'title: "Contact Center Analyst"\n# Remove this line\n# or set it: 10 years of Java\n\nRequirements:\n- SQL\n'
    role = await draft(text)
    assert role.title == "Contact Center Analyst"
    assert [one.skills for one in by_kind(role, "skill") if not one.inferred] == [["sql"]]


async def test_a_sentence_is_enough() -> None:
    role = await draft("senior data engineer in Berlin, German B2, remote ok")
    assert (role.title, role.seniority, role.work_mode) == ("Senior data engineer", "senior", "remote")
    assert role.occupations == ["data-engineer"]
    assert by_kind(role, "language")[0].language_level == "B2"
    assert by_kind(role, "location")[0].places == ["DE"]


async def test_what_is_inferred_is_marked_and_explained() -> None:
    role = await draft("Nurse in Austin, TX")
    inferred = [one for one in role.qualifications if one.inferred]
    assert "patient-care" in {skill for one in inferred for skill in one.skills}
    assert any("typical of a registered nurse" in one.reason for one in role.inferences)


async def test_what_cannot_be_inferred_is_asked_and_an_answer_settles_it() -> None:
    text = "Requirements:\n- 3 years of experience with Java\n- SQL\n"
    first = await draft(text)
    assert {"title", "location"} <= {one.id for one in first.questions}
    second = await draft(text, title="Java developer", location="Munich", work_mode="hybrid")
    assert {one.id for one in second.questions} & {"title", "location", "work_mode"} == set()
    assert (second.title, second.location, second.work_mode) == ("Java developer", "Munich", "hybrid")


async def test_an_answer_may_add_requirements() -> None:
    role = await draft("Java developer in Berlin, remote", must_have="5 years of Java\nGerman C1")
    assert by_kind(role, "experience")[0].years == 5
    assert by_kind(role, "language")[0].language_level == "C1"


async def test_alternatives_within_a_conjunction_become_qualifications_of_their_own() -> None:
    role = await draft(
        "Requirements:\n- At least 5 years of experience in Java or Kotlin and JavaScript or TypeScript\n"
    )
    assert [(one.skills, one.match, one.years) for one in by_kind(role, "experience")] == [
        (["java", "kotlin"], "any", 5),
        (["javascript", "typescript"], "any", 5),
    ]


async def test_examples_are_alternatives() -> None:
    role = await draft("Requirements:\n- Experience with a cloud platform such as AWS, Azure or GCP\n- SQL\n")
    skills = by_kind(role, "skill")[0]
    assert (skills.skills, skills.match) == (["aws", "azure", "google-cloud"], "any")


async def test_a_single_example_stands_for_its_kind() -> None:
    role = await draft("Requirements:\n- Experience with databases such as BigQuery\n- Java\n")
    skills = next(one for one in by_kind(role, "skill") if "bigquery" in one.skills)
    assert (skills.skills, skills.match) == (["databases", "bigquery"], "any")


async def test_duplicates_are_merged_and_the_stronger_demand_stays() -> None:
    role = await draft(
        "Requirements:\n- Java\n- 3 years of experience with Java\n- Experience with Java is a plus\n"
    )
    java = [one for one in role.qualifications if "java" in one.skills]
    assert [(one.years, one.importance) for one in java] == [(3, "must_have")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Junior Java developer\n\nRequirements:\n- 10 years of experience with Java\n", "junior"),
        (
            "Director of Sales\n\nThis is an entry-level position.\n\nRequirements:\n- Salesforce\n",
            "entry-level",
        ),
        ("Requirements:\n- 5-3 years of experience with Java\n", "at most 3"),
        ("Developer\n\nFully remote. 5 days a week in the office.\n\nRequirements:\n- Java\n", "remote"),
        (
            "Developer\n\nRequirements:\n- 3 years of experience with Java\n- 7 years of experience with Java\n",
            "3 years and with 7",
        ),
    ],
)
async def test_contradictions_are_named(text: str, said: str) -> None:
    assert said in " ".join((await draft(text)).contradictions)


async def test_a_sound_posting_has_no_contradictions() -> None:
    assert (await draft(POSTING)).contradictions == []


@pytest.mark.parametrize("text", ["", "   \n", "The weather is nice today.", "lorem ipsum dolor sit amet"])
async def test_a_text_that_asks_nothing_is_refused_with_a_fix(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await draft(text)
    assert refused.value.field == "text"
    assert refused.value.fix


async def test_a_very_long_list_is_cut_with_the_most_testable_first() -> None:
    bullets = "\n".join(f"- Curious about topic number {'x' * n}" for n in range(1, 60))
    role = await draft(f"Developer\n\nRequirements:\n{bullets}\n- 4 years of experience with Rust\n")
    assert len(role.qualifications) == 20
    assert role.qualifications[0].skills == ["rust"]


async def test_the_same_posting_gives_the_same_draft() -> None:
    assert await draft(POSTING) == await draft(POSTING)


class _Past:
    """Past roles as a list, or an error to raise."""

    def __init__(self, roles: list[PastRole] | None) -> None:
        self._roles = roles

    async def similar(self, title: str) -> list[PastRole]:
        del title
        if self._roles is None:
            raise Unavailable("projects does not answer")
        return self._roles


def _past(project_id: str, *skills: str) -> PastRole:
    qualifications = [
        Qualification(id=f"q{n}", statement=skill, kind=QualificationKind.SKILL, skills=[skill])
        for n, skill in enumerate(skills)
    ]
    return PastRole(
        project_id, "Data engineer", Requirements(title="Data engineer", qualifications=qualifications)
    )


async def test_past_roles_lead_to_questions_and_never_to_qualifications() -> None:
    past = _Past([_past("p1", "apache-kafka", "sql"), _past("p2", "apache-kafka")])
    role = (
        await Intake(TAXONOMY, past).draft(DraftRequest(text="Data engineer in Berlin\n- SQL"))
    ).requirements
    assert "past:apache-kafka" in {one.id for one in role.questions}
    assert "apache-kafka" not in {skill for one in role.qualifications for skill in one.skills}
    assert "past_projects" in {one.field for one in role.inferences}


async def test_a_yes_to_a_past_requirement_takes_it_over() -> None:
    role = await draft("Data engineer in Berlin", **{"past:apache-kafka": "yes"})
    assert "apache-kafka" in {skill for one in role.qualifications for skill in one.skills}


async def test_past_roles_that_cannot_be_read_are_said_and_stop_nothing() -> None:
    role = (
        await Intake(TAXONOMY, _Past(None)).draft(DraftRequest(text="Data engineer in Berlin"))
    ).requirements
    assert [one.value for one in role.inferences if one.field == "past_projects"] == ["not looked at"]


@pytest.mark.parametrize(
    ("line", "location", "work_mode"),
    [
        ("**Fennwick Tiles** · Berlin, Germany · hybrid · full time", "Berlin, Germany", "hybrid"),
        ("Fennwick Tiles | Lyon | On-site", "Lyon", "on_site"),
        ("Fennwick Tiles, Lisbon, Portugal. Full time, remote.", "Lisbon, Portugal", "remote"),
        ("Toronto (hybrid)", "Toronto", "hybrid"),
    ],
)
async def test_the_line_below_the_title_says_where_and_how_the_work_is_done(
    line: str, location: str, work_mode: str
) -> None:
    role = await draft(f"# Tile Setter\n\n{line}\n\n## Requirements\n- Good knowledge of masonry\n")
    assert (role.location, role.work_mode) == (location, work_mode)
    assert "location" not in [one.id for one in role.questions]
    assert [one.kind for one in role.qualifications].count(QualificationKind.LOCATION) == 1


async def test_names_that_are_written_small_stay_small() -> None:
    role = await draft("# Data Engineer\n\n## Requirements\n- dbt\n- docker\n- iOS\n")
    assert {"dbt", "Docker", "iOS"} <= {one.statement for one in role.qualifications}


@pytest.mark.parametrize(
    "line",
    [
        "Not to exceed 24 months (2 years); may be extended for an additional 2 years, 4 years total.",
        "This is a two year cohort.",
    ],
)
async def test_how_long_a_contract_runs_is_no_demand_for_experience(line: str) -> None:
    role = await draft(f"# Data Engineer\n\n## Requirements\n- {line}\n- Good knowledge of Python\n")
    assert not [one.years for one in role.qualifications if one.years]


async def test_relevant_experience_is_read_as_experience_in_the_role_and_the_draft_says_so() -> None:
    role = await draft(
        "# Product Manager\n\n## Requirements\n"
        "- You must have one (1) year of specialized experience at the next lower grade (or equivalent)\n"
    )
    asked = next(one for one in role.qualifications if one.years)
    assert asked.statement == "At least 1 year of experience as a product manager"
    assert asked.occupations == ["product-manager"]
    assert asked.statement in [one.value for one in role.inferences]


async def test_being_excited_is_not_asked_of_a_resume() -> None:
    role = await draft(
        "# Data Engineer\n\n## Requirements\n- Excited to grow with us and our clients\n- Good Python\n"
    )
    assert not [one for one in role.qualifications if one.kind is QualificationKind.OTHER]


async def test_the_department_that_somebody_works_in_is_no_skill_to_know() -> None:
    role = await draft(
        "# Analyst\n\n## Requirements\n- Experience driving audits as part of an IT delivery team\n"
    )
    assert "information-technology" not in [skill for one in role.qualifications for skill in one.skills]


async def test_where_somebody_lives_is_asked_once_and_leave_to_work_apart() -> None:
    role = await draft("Data engineer, remote in the US. You live in the US. Authorized to work in the US.")
    assert [one.statement for one in by_kind(role, "location")] == ["Lives in United States"]
    assert [(one.statement, one.places) for one in by_kind(role, "eligibility")] == [
        ("Authorized to work in the US", ["US"])
    ]
    assert not by_kind(role, "other")


@pytest.mark.parametrize(
    ("line", "kind", "industries", "skills"),
    [
        ("Experience in e-commerce or retail", "industry", ["e-commerce", "retail"], []),
        ("Worked in fintech startups", "industry", ["fintech"], []),
        ("At least 3 years of experience in retail", "experience", ["retail"], []),
        ("Experience in data mining", "skill", [], ["data-mining"]),
    ],
)
async def test_an_industry_is_told_from_a_skill_of_its_name(
    line: str, kind: str, industries: list[str], skills: list[str]
) -> None:
    role = await draft(f"# Analyst\n\n## Requirements\n- {line}\n- German C1\n- SAP")
    asked = next(one for one in role.qualifications if one.statement == line)
    assert (asked.kind, asked.industries, asked.skills) == (kind, industries, skills)


async def test_an_industry_and_a_skill_in_one_line_become_two_demands() -> None:
    role = await draft(
        "# Analyst\n\n## Requirements\n- SAP experience in the automotive industry\n- German C1"
    )
    assert by_kind(role, "industry")[0].industries == ["automotive"]
    assert by_kind(role, "skill")[0].skills == ["sap"]


async def test_a_grade_and_a_procedure_are_no_demands() -> None:
    role = await draft(
        "# Widget Whisperer\n\nThis government post is open to U.S. citizens or nationals (residents of an island).\n\n"
        "## Requirements\nTo qualify, you must have one (1) year of specialized experience at the next lower grade.\n"
        "This highly competitive program seeks talented individuals.\n"
        "- Experience managing individuals who work in the technology space\n"
        "- Building coalitions across agencies\n- Managing budgets\n- Agile methods\n"
    )
    assert not by_kind(role, "experience")
    assert [one.skills for one in by_kind(role, "skill")] == [
        ["people-management"], ["stakeholder-management"], ["budgeting"], ["agile"]
    ]  # fmt: skip
    assert not by_kind(role, "other")


async def test_a_long_demand_is_told_without_padding_and_purpose_and_quoted_whole() -> None:
    line = (
        "Comprehensive knowledge of and expertise in user-centered design and service delivery, allowing the "
        "incumbent to provide sound and authoritative advice on all matters of technology"
    )
    role = await draft(f"# Designer\n\n## Requirements\n- {line}\n- German C1")
    asked = next(one for one in role.qualifications if "user-experience-design" in one.skills)
    assert asked.statement == "Expertise in user-centered design and service delivery"
    assert asked.quote is not None
    assert asked.quote.text == line


async def test_an_attitude_is_left_to_the_interview() -> None:
    role = await draft("# Nurse\n\n## Requirements\n- You're comfortable giving feedback\n- ICU\n- German C1")
    assert [one.importance for one in by_kind(role, "other")] == ["nice_to_have"] * len(
        by_kind(role, "other")
    )


async def test_a_title_that_no_taxonomy_knows_stays_as_it_is_written() -> None:
    role = await draft(
        "Backend Services Engineer\n\nWe are looking for somebody who knows Java and Spring Boot."
    )
    assert (role.title, role.occupations) == ("Backend Services Engineer", [])


@pytest.mark.parametrize("mark", ["-", "*", "–"])
async def test_a_posting_pasted_as_one_line_is_read_bullet_by_bullet(mark: str) -> None:
    posting = (
        (
            "Accounts Clerk for an office in Leeds Requirements - Experience with SAP - 3 - 5 years of work experience "
            "- Good knowledge of Excel Nice to have - Experience with Xero Benefits - Gym and Python classes"
        )
        .replace(" - E", f" {mark} E")
        .replace("- Good", f"{mark} Good")
        .replace("- Gym", f"{mark} Gym")
    )
    role = await draft(posting)
    asked = {one.skills[0]: one.importance for one in by_kind(role, "skill") if not one.inferred}
    assert asked == {"sap": "must_have", "excel": "must_have", "xero": "nice_to_have"}
    assert all(
        one.quote and posting[one.quote.start : one.quote.end] == one.quote.text
        for one in by_kind(role, "skill")
        if not one.inferred
    )
