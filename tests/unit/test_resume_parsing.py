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


FLAT = (
    '"Nova Sample  12 Any Road, Springfield, IL 62701  nova@example.org    Experience    Web Developer    '
    "Examplia Ltd, Graz  April, 2014  December, 2016  • Built pages    Sampleworks Inc.  Sept 12  Mar 14    "
    'Junior Developer  • Mended pages  Education  BSc Computer Science, Muster University  2009  2012"'
)


def test_runs_of_blanks_are_line_ends_where_a_page_stands_on_one_line() -> None:
    profile = parse_resume(FLAT, "src")
    assert profile.basics.name == "Nova Sample"
    assert [(j.position, j.name, j.start_date, j.end_date) for j in profile.work] == [
        ("Web Developer", "Examplia Ltd", "2014-04", "2016-12"),
        ("Junior Developer", "Sampleworks Inc", "2012-09", "2014-03"),
    ]
    [study] = profile.education
    assert (study.study_type, study.area, study.institution) == (
        "BSc",
        "Computer Science",
        "Muster University",
    )
    assert all(job.name in FLAT[job.span.start : job.span.end] for job in profile.work)


def test_sentences_are_lines_where_nothing_else_divides_a_text() -> None:
    text = "Data engineer at Examplia Freight, 2019 to 2024. Built pipelines. Nurse at Sample Clinic, 2010 - 2014."
    assert [(j.position, j.name, j.start_date) for j in parse_resume(text, "src").work] == [
        ("Data engineer", "Examplia Freight", "2019"),
        ("Nurse", "Sample Clinic", "2010"),
    ]


@pytest.mark.parametrize(
    "line",
    [
        "DURATION",
        "Pakistan",
        "Employers name",
        "Researched prices for articles",
        "Material procurement",
        "$52,000 a year",
    ],
)
def test_what_is_no_organisation_is_no_employer(line: str) -> None:
    text = f"Nova Sample\n\nExperience\n\nWelder\n{line}\n2010 - 2012\n• Welded\n"
    [job] = parse_resume(text, "src").work
    assert (job.position, job.name) == ("Welder", None)


@pytest.mark.parametrize("employer", ["Red Examplia", "United Samples Programme", "Any Elementary School"])
def test_names_that_look_like_verbs_or_labels_are_employers(employer: str) -> None:
    text = f"Nova Sample\n\nExperience\n\nWelder\n{employer}\n2010 - 2012\n"
    assert [job.name for job in parse_resume(text, "src").work] == [employer]


def test_a_team_between_title_and_employer_is_not_the_employer() -> None:
    text = "Nova Sample\n\nExperience\n\n2012 - 2014\nStaff Engineer, Google Assistant, Examplia, Graz.\n"
    [job] = parse_resume(text, "src").work
    assert (job.position, job.name) == ("Staff Engineer", "Examplia")


def test_dates_that_lead_belong_to_what_stands_below_them() -> None:
    text = (
        "Nova Sample\n\nExperience\n\nIn the trade\n2008 - 2010\nExamplia Works Ltd\nWelder\nWelded.\n"
        "2005 - 2008\nSampleworks Ltd\nLaborer\nCarried.\n"
    )
    assert [(j.position, j.name, j.start_date) for j in parse_resume(text, "src").work] == [
        ("Welder", "Examplia Works Ltd", "2008"),
        ("Laborer", "Sampleworks Ltd", "2005"),
    ]


def test_headings_that_return_inside_jobs_do_not_end_the_work_section() -> None:
    job = "Developer\nExamplia {0} Ltd\n20{0} - 20{1}\nTechnologies:\nPython\n\n"
    text = "Nova Sample\n\nExperience\n\n" + job.format(14, 16) + job.format(12, 14) + job.format(10, 12)
    assert [one.start_date for one in parse_resume(text, "src").work] == ["2014", "2012", "2010"]


@pytest.mark.parametrize(
    ("head", "city", "region", "country"),
    [
        ("Birmingham, AL", "Birmingham", "Alabama", "US"),
        ("Birmingham", "Birmingham", "West Midlands", "GB"),
        ("Hull, Ga. 30646", "Hull", "Georgia", "US"),
        ("Sometown, N.J. 08844", "Sometown", "New Jersey", "US"),
        ("IT Manager\nLeeds, UK", "Leeds", "Yorkshire", "GB"),
    ],
)
def test_a_home_is_read_with_the_state_beside_it(head: str, city: str, region: str, country: str) -> None:
    place = parse_resume(f"Nova Sample\n{head}\n", "src").basics.location
    assert (place.city, place.region, place.country_code) == (city, region, country)


def test_a_namesake_town_among_american_ones_keeps_its_country_open() -> None:
    text = (
        "Nova Sample\nBirmingham\n\nExperience\nNurse, Examplia Clinic, Mobile, AL, 2010 - 2012\n"
        "Nurse, Samples Inc, Dothan, AL, 2013 - 2014\n"
    )
    place = parse_resume(text, "src").basics.location
    assert (place.city, place.country_code) == ("Birmingham", None)


@pytest.mark.parametrize(
    "head",
    [
        "Born in Canada",
        "University of Lagos, Lagos",
        "Nurse at Examplia Hospital, Leeds",
        "Willing to relocate: Graz",
    ],
)
def test_a_home_is_not_taken_from_birth_school_employer_or_wishes(head: str) -> None:
    assert parse_resume(f"Nova Sample\n{head}\n", "src").basics.location is None


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Nova Sample, Ed.D.", "Nova Sample"),
        ("Mr. Beispiel B.E.(CIVIL)", "Beispiel"),
        ("Resume of Nova", "Nova"),
        ("Nova Ida Mira Lena Sample Beispiel", "Nova Ida Mira Lena Sample Beispiel"),
    ],
)
def test_names_are_read_without_titles_and_degrees(line: str, name: str) -> None:
    assert parse_resume(f"{line}\nnova@example.org\n", "src").basics.name == name


@pytest.mark.parametrize("headline", ["Google Assistant", "Windows Server 2003", "SQL Server"])
def test_a_product_is_no_title(headline: str) -> None:
    assert parse_resume(f"Nova Sample\n{headline}\n", "src").basics.label is None


def test_an_undated_position_stays_undated() -> None:
    text = (
        "Nova Sample\n\nWork Experience\nTechnical support engineer\nExamplia Ltd\n\nEducation\nBSc, 2010\n"
    )
    [job] = parse_resume(text, "src").work
    assert (job.start_date, job.end_date, job.current) == (None, None, False)


@pytest.mark.parametrize(
    ("line", "degree", "area", "school"),
    [
        ("BSc, Muster University 2005", "BSc", None, "Muster University"),
        ("MSc International Trade, Muster College", "MSc", "International Trade", "Muster College"),
        ("Completed three years at Sometown High School", "High School", None, "Sometown High School"),
        ("PhD, member of the school choir", "PhD", None, None),
    ],
)
def test_studies_keep_area_and_school_apart(
    line: str, degree: str, area: str | None, school: str | None
) -> None:
    [study] = parse_resume(f"Nova Sample\n\nEducation\n{line}\n", "src").education
    assert (study.study_type, study.area, study.institution) == (degree, area, school)
