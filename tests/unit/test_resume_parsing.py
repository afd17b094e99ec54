"""Résumé texts become profiles whose items quote the text."""

from itertools import chain

import pytest

from shared.resume import parse_resume

JOB_BOARD = """Nova Sample
Data Engineer - Examplia Ltd

Graz, Styria - Email me on Indeed: nova.sample@example.org

WORK EXPERIENCE

Data Engineer

Examplia Ltd -  London, England -

March 2016 to Present

Builds pipelines in Python and Spark for the sales
department, which is a small language.

Junior Data Analyst

Sampleworks GmbH -  Berlin -

January 2013 to February 2016

Reports on stock.

EDUCATION

Bachelor of Science in Computer Science

Muster University

2009 to 2012

SKILLS

Python (8 years), SQL (10+ years), Airflow (Less than 1 year)

CERTIFICATIONS/LICENSES

AWS Certified Solutions Architect
"""

CHRONICLE = """Ida Beispiel
12 Any Road | Springfield, IL 62701 | (217) 555-8234 | ida@example.org

Summary
Gardener with 12 years of experience.

Employment History
2010 - 2015: Head Gardener, Rosewood Estates, Bath
• Led a team of six
• Planned the
  seasonal beds
2006 - 2010: Gardener, City Parks Department

Education
1998-2001  Diploma in Horticulture, Thistle College

Languages: English, Spanish (fluent)
"""


def test_positions_of_a_job_board_layout_are_read() -> None:
    work = parse_resume(JOB_BOARD, "src").work
    assert [(j.position, j.name, j.location) for j in work] == [
        ("Data Engineer", "Examplia Ltd", "London, England"),
        ("Junior Data Analyst", "Sampleworks GmbH", "Berlin"),
    ]
    assert [(j.start_date, j.end_date, j.current) for j in work] == [
        ("2016-03", None, True),
        ("2013-01", "2016-02", False),
    ]


def test_head_studies_skills_and_certificates_of_a_job_board_layout_are_read() -> None:
    profile = parse_resume(JOB_BOARD, "src")
    assert (profile.basics.name, profile.basics.email) == ("Nova Sample", "nova.sample@example.org")
    [study] = profile.education
    assert (study.study_type, study.area, study.institution) == (
        "Bachelor of Science",
        "Computer Science",
        "Muster University",
    )
    assert (study.start_date, study.end_date) == ("2009", "2012")
    assert [(skill.name, skill.level) for skill in profile.skills] == [
        ("Python", "8 years"),
        ("SQL", "10+ years"),
        ("Airflow", "Less than 1 year"),
    ]
    assert [JOB_BOARD[s.span.start : s.span.end] for s in profile.skills] == ["Python", "SQL", "Airflow"]
    assert [paper.name for paper in profile.certificates] == ["AWS Certified Solutions Architect"]


def test_positions_on_one_line_with_bullets_are_read() -> None:
    profile = parse_resume(CHRONICLE, "src")
    head, junior = profile.work
    assert (head.position, head.name, head.start_date, head.end_date) == (
        "Head Gardener",
        "Rosewood Estates",
        "2010",
        "2015",
    )
    assert head.highlights == ["Led a team of six", "Planned the seasonal beds"]
    assert (junior.position, junior.name) == ("Gardener", "City Parks Department")


def test_an_american_address_gives_town_and_state() -> None:
    place = parse_resume(CHRONICLE, "src").basics.location
    assert (place.city, place.region, place.country_code) == ("Springfield", "Illinois", "US")


def test_spoken_languages_are_read_with_their_level() -> None:
    spoken = parse_resume(CHRONICLE, "src").languages
    assert [(item.language, item.fluency) for item in spoken] == [("English", None), ("Spanish", "C1")]


@pytest.mark.parametrize("text", [JOB_BOARD, CHRONICLE])
def test_every_item_quotes_the_text_it_was_read_from(text: str) -> None:
    profile = parse_resume(text, "src")
    items = list(
        chain(profile.work, profile.education, profile.skills, profile.certificates, profile.languages)
    )
    assert items
    for item in items:
        assert text[item.span.start : item.span.end].strip()
    for job in profile.work:
        assert job.name in text[job.span.start : job.span.end]


@pytest.mark.parametrize(
    ("sentence", "title", "employer"),
    [
        (
            "Working as Java programmer for Examplia Solutions LTD., from April 2010 to till date.",
            "Java programmer",
            "Examplia Solutions LTD",
        ),
        ("Worked at Sampleworks as a welder from May 2007 to June 2009.", "welder", "Sampleworks"),
    ],
)
def test_a_position_told_in_a_sentence_is_read(sentence: str, title: str, employer: str) -> None:
    [job] = parse_resume(f"Nova Sample\n\nProfessional Experience\n- {sentence}\n", "src").work
    assert (job.position, job.name) == (title, employer)


def test_roles_listed_under_one_employer_share_it() -> None:
    text = (
        "Nova Sample\n\nExperience\n\nExamplia Inc. (2004 to Present), Sometown, GA\n"
        "Director of Software Development, 2010 to Present\nSenior Software Developer, 2004 to 2010\n"
    )
    work = parse_resume(text, "src").work
    assert [(job.position, job.name) for job in work][1:] == [
        ("Director of Software Development", "Examplia Inc"),
        ("Senior Software Developer", "Examplia Inc"),
    ]


def test_a_date_of_birth_is_no_position() -> None:
    text = "Nova Sample\nDate of birth: 30.08.1990\nPersonal details\nFather: somebody\n"
    assert parse_resume(text, "src").work == []


@pytest.mark.parametrize(
    "first",
    ["CURRICULUM VITAE", "Data Engineer", "Examplia Technologies Ltd", "London, England", "Magna Cum Laude"],
)
def test_what_is_no_name_is_not_taken_for_one(first: str) -> None:
    assert parse_resume(f"{first}\nSKILLS\nPython, SQL\n", "src").basics.name is None


def test_skills_are_found_where_no_section_lists_them() -> None:
    text = (
        "Nova Sample\n\nExperience\n\nData Engineer, Examplia Ltd, 2016 - 2019\n"
        "Used Kubernetes and Python daily.\n"
    )
    assert {"Kubernetes", "Python"} <= {skill.name for skill in parse_resume(text, "src").skills}


def test_an_empty_text_gives_an_empty_profile() -> None:
    profile = parse_resume("\n\n", "src")
    assert (profile.basics.name, profile.work, profile.skills) == (None, [], [])


def test_labelled_lines_below_the_dates_are_read() -> None:
    text = (
        "Nova Sample\n\nEmployment History\nSince: September 1st 2014 Until: Currently\n"
        "Company: Examplia S.A.\nPosition held: Legal Director\n"
        "Since: September 30 1996 Until: August 31st 2014\nCompany: Sampleworks\nPosition held: Lawyer\n"
    )
    work = parse_resume(text, "src").work
    assert [(job.position, job.name, job.start_date, job.end_date) for job in work] == [
        ("Legal Director", "Examplia S.A", "2014-09", None),
        ("Lawyer", "Sampleworks", "1996-09", "2014-08"),
    ]


def test_a_position_without_any_date_is_read_when_title_and_employer_are_named() -> None:
    text = "Nova Sample\n\nWork Experience\nTechnical support engineer\nExamplia Ltd\n• Used Exchange Server 2010\n"
    [job] = parse_resume(text, "src").work
    assert (job.position, job.name, job.start_date) == ("Technical support engineer", "Examplia Ltd", None)
