"""What each matcher makes of a profile: tables of statement, profile and verdict."""

import pytest

from shared.wire.profile import Basics, Certificate, Education, LanguageItem, Place, SkillItem, Work
from shared.wire.requirements import Qualification, QualificationKind
from tests.support.judged import evaluation, judgement, person, resume, verdict

ENGINEER = Work(
    position="Platform Engineer",
    name="Made-up Media",
    start_date="2018-01",
    end_date="2022-12",
    highlights=["Ran forty Kubernetes clusters", "Moved billing to PostgreSQL"],
)


def skill(*ids: str, match: str = "any") -> Qualification:
    return Qualification(
        id="q", statement=" or ".join(ids), kind=QualificationKind.SKILL, skills=list(ids), match=match
    )


def experience(years: float | None, *skills: str, occupations: tuple[str, ...] = ()) -> Qualification:
    return Qualification(
        id="q",
        statement=f"{years} years",
        kind=QualificationKind.EXPERIENCE,
        years=years,
        skills=list(skills),
        occupations=list(occupations),
    )


def job(title: str, start: str | None, end: str | None, *lines: str, current: bool = False) -> Work:
    return Work(
        position=title,
        name="Invented Works",
        start_date=start,
        end_date=end,
        current=current,
        highlights=list(lines),
    )


# Skills.


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("Ran Kubernetes in production.", "kubernetes", "meets"),
        ("Ran k8s in production.", "kubernetes", "meets"),
        ("Wrote services in Django.", "python", "meets"),
        ("Administered PostgreSQL.", "sql", "meets"),
        ("No experience with Kubernetes.", "kubernetes", "not_met"),
        ("Would like to learn Kubernetes.", "kubernetes", "no_evidence"),
        ("Interested in learning Kubernetes.", "kubernetes", "no_evidence"),
        ("Baked bread for a living.", "kubernetes", "no_evidence"),
        ("Worked at Oracle Inc. in sales.", "oracle-database", "no_evidence"),
        ("Worked closely with the product management team.", "product-management", "no_evidence"),
        ("Led the product management team.", "product-management", "meets"),
    ],
)
def test_a_skill_is_judged_by_what_the_text_says_of_it(text: str, wanted: str, expected: str) -> None:
    assert verdict(resume(text), skill(wanted)) == expected


def test_a_skill_used_in_a_position_is_no_less_sure_than_one_that_is_listed() -> None:
    used = judgement(person(ENGINEER), skill("kubernetes"))
    listed = judgement(person(skills=[SkillItem(name="Kubernetes")]), skill("kubernetes"))
    assert used.verdict == listed.verdict == "meets"
    assert used.confidence >= listed.confidence


def test_all_wanted_skills_must_be_there_where_all_are_asked() -> None:
    assert verdict(person(ENGINEER), skill("kubernetes", "terraform", match="any")) == "meets"
    assert verdict(person(ENGINEER), skill("kubernetes", "terraform", match="all")) == "partial"
    assert verdict(person(ENGINEER), skill("kubernetes", "postgresql", match="all")) == "meets"


def test_the_quote_for_a_skill_is_the_line_about_it_and_not_the_word() -> None:
    assert judgement(person(ENGINEER), skill("kubernetes")).quotes[0].text == "Ran forty Kubernetes clusters"


def test_a_quote_goes_on_where_the_line_breaks_in_the_middle_of_a_sentence() -> None:
    text = "Moved forty billing services of three lines of business into a\nKubernetes cluster of our own."
    assert judgement(resume(text), skill("kubernetes")).quotes[0].text == text.rstrip(".") + "."


def test_each_of_several_skills_has_a_quote_before_any_has_two() -> None:
    text = "Used SQL daily.\n\nTuned SQL queries.\n\nTaught SQL.\n\nSkills: Python"
    quoted = judgement(resume(text), skill("sql", "python", match="all")).quotes
    assert any("Python" in one.text for one in quoted)


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ("communication", "Excellent communication skills."),
        ("teamwork", "EXPERIENCE\nShift Lead, Invented Works, 2019 - 2021\n- Led a team of nine bakers"),
    ],
)
def test_a_soft_skill_is_met_where_it_is_named_or_cannot_be_done_without(wanted: str, text: str) -> None:
    assert verdict(resume(text), skill(wanted)) == "meets"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("Swift Objective-C Cocoa", "partial"),
        ("Swift Objective-C", "meets"),
        ("Experience with Swift or Kotlin", "meets"),
        ("Swift and Kotlin", "partial"),
        ("Swift and (Kotlin or Java)", "partial"),
        ("Relational databases such as MySQL or Oracle", "meets"),
        ("Objective-C, Wibblekit and Swift", "partial"),
        ("Architecture and Objective-C", "partial"),
        ("Confident with Swift", "meets"),
        ("Kotlin, Scala, Haskell, TypeScript and Ruby", "no_evidence"),
    ],
)
def test_of_a_list_all_is_needed_and_of_alternatives_and_examples_one(statement: str, expected: str) -> None:
    text = "Built apps in Swift and Objective-C.\n\nDesigned relational databases.\n\nWrote JavaScript."
    assert verdict(resume(text), statement) == expected


# Years.


@pytest.mark.parametrize(
    ("years", "expected"),
    [(4, "meets"), (5, "meets"), (9, "partial"), (12, "not_met")],
)
def test_years_are_added_up_from_dated_positions(years: float, expected: str) -> None:
    assert verdict(person(ENGINEER), f"{years:g} years of professional experience") == expected


def test_overlapping_positions_count_once() -> None:
    both = person(
        job("Clerk", "2020-01", "2021-12"), job("Cashier", "2020-06", "2021-12"), job("Clerk", "2021", "2022")
    )
    assert "2.5 years" in judgement(both, "2 years of professional experience").reason


def test_missing_dates_are_no_evidence_and_not_zero_years() -> None:
    assert verdict(person(job("Clerk", None, None)), "3 years of professional experience") == "no_evidence"


def test_an_end_that_is_not_known_is_not_the_present() -> None:
    assert verdict(person(job("Clerk", "2015-01", None)), "5 years of work experience") == "no_evidence"
    assert (
        verdict(person(job("Clerk", "2015-01", None, current=True)), "5 years of work experience") == "meets"
    )


@pytest.mark.parametrize(
    ("years", "expected"), [(2, "meets"), (3, "partial"), (6, "partial"), (12, "not_met")]
)
def test_years_with_a_skill_count_positions_that_show_it(years: float, expected: str) -> None:
    both = person(
        job("Developer", "2020-01", "2021-12", "Wrote services in Java"),
        job("Clerk", "2017-01", "2019-12", "Kept the books"),
    )
    assert verdict(both, experience(years, "java")) == expected


def test_years_with_a_skill_are_taken_from_a_title_too() -> None:
    assert verdict(person(job("Java Developer", "2016-01", "2020-12")), experience(4, "java")) == "meets"


def test_stated_years_are_evidence_of_lower_confidence() -> None:
    stated = judgement(resume("Eight years of Java in banking back offices."), experience(5, "java"))
    dated = judgement(person(job("Java Developer", "2014-01", "2022-12")), experience(5, "java"))
    assert stated.verdict == dated.verdict == "meets"
    assert stated.confidence < dated.confidence


def test_stated_years_of_something_else_are_not_taken() -> None:
    assert verdict(resume("8 years of bookkeeping. Some Java."), experience(5, "java")) != "meets"


def test_a_skill_that_is_only_listed_has_no_years() -> None:
    listed = person(job("Clerk", "2010-01", "2020-12"), skills=[SkillItem(name="Java")])
    assert verdict(listed, experience(3, "java")) == "partial"


@pytest.mark.parametrize(("years", "expected"), [(3, "meets"), (5, "partial")])
def test_years_in_a_role_that_no_list_knows_are_those_of_titles_with_its_words(
    years: int, expected: str
) -> None:
    keeper = person(job("Senior Lantern Keeper", "2020-01", "2023-06"), job("Clerk", "2012-01", "2019-12"))
    assert verdict(keeper, f"{years}+ years of experience as a lantern keeper") == expected


def test_years_of_other_work_are_no_years_of_the_subject() -> None:
    baker = person(job("Baker", "2022-01", "2022-12"))
    assert verdict(baker, experience(5, "java")) == "no_evidence"


@pytest.mark.parametrize(
    ("title", "expected"), [("Database Administrator", "meets"), ("Baker", "no_evidence")]
)
def test_titles_imply_the_role_of_which_years_are_asked(title: str, expected: str) -> None:
    worker = person(job(title, "2014-01", "2022-12"))
    assert verdict(worker, "5+ years of working experience in an international IT role") == expected


# Seniority.


@pytest.mark.parametrize(
    ("work", "wanted", "expected"),
    [
        (job("Senior Accountant", "2018-01", "2024-01"), "senior", "meets"),
        (job("Head of Finance", "2018-01", "2024-01"), "senior", "meets"),
        (job("Accountant", "2012-01", "2024-01"), "senior", "partial"),
        (job("Accountant", "2012-01", "2024-01"), "mid", "meets"),
        (job("Junior Accountant", "2023-01", "2024-01"), "senior", "not_met"),
        (job("Accountant", None, None), "senior", "no_evidence"),
    ],
)
def test_seniority_is_read_from_titles_and_years(work: Work, wanted: str, expected: str) -> None:
    level = Qualification(
        id="q",
        statement=f"{wanted} level",
        kind=QualificationKind.SENIORITY,
        seniority=wanted,  # type: ignore[arg-type]
    )
    assert verdict(person(work), level) == expected


# Education.


@pytest.mark.parametrize(
    ("study", "statement", "expected"),
    [
        (("MSc", "Computer Science"), "Bachelor's degree in computer science", "meets"),
        (("BSc", "Computer Science"), "Master's degree in computer science", "not_met"),
        (("BSc", "Computer Science"), "Bachelor's degree", "meets"),
        (("BA", "History"), "Bachelor's degree in computer science", "partial"),
        (
            ("BSc", "Computer Engineering"),
            "Bachelor's degree in computer science or a related field",
            "meets",
        ),
        (("PhD", "Physics"), "Master's degree in physics", "meets"),
        (("MSc", "Software Engineering"), "BS in Computer Science or equivalent", "meets"),
        (("BSc", "Physics"), "Master of Science degree or PhD degree in physics", "not_met"),
        (("BA", "History"), "A computer science degree", "partial"),
        (("BA", "History"), "Degree with a focus on software engineering", "partial"),
        (("BA", "History"), "A university degree in a relevant field", "partial"),
        (("BA", "History"), "Degree in puppetry", "partial"),
        (("BA", "Puppetry"), "Degree in puppetry", "meets"),
        (("PhD", "Systems Engineering"), "You hold a relevant higher technical education", "meets"),
    ],
)
def test_degrees_compare_by_level_and_field(study: tuple[str, str], statement: str, expected: str) -> None:
    graduate = person(
        education=[Education(institution="Invented College", study_type=study[0], area=study[1])]
    )
    assert verdict(graduate, statement) == expected


def test_no_degree_named_is_no_evidence() -> None:
    assert verdict(person(ENGINEER), "Bachelor's degree in computer science") == "no_evidence"


def test_experience_stands_in_for_a_degree_only_where_the_role_says_so() -> None:
    veteran = person(job("Engineer", "2008-01", "2022-12"))
    assert verdict(veteran, "Bachelor's degree or equivalent experience") == "meets"
    assert verdict(veteran, "Bachelor's degree") == "no_evidence"


@pytest.mark.parametrize(("title", "expected"), [("Software Engineer", "meets"), ("Baker", "partial")])
def test_work_elsewhere_stands_in_for_a_degree_in_part_only(title: str, expected: str) -> None:
    veteran = person(job(title, "2008-01", "2022-12"))
    assert verdict(veteran, "Degree in computer science or equivalent experience") == expected


def test_an_unfinished_degree_is_partial() -> None:
    text = "EDUCATION\nBSc in Computer Science, Invented College, expected 2027"
    assert verdict(resume(text), "Bachelor's degree in computer science") == "partial"


def test_an_unfinished_degree_in_another_field_is_as_if_it_were_not_there() -> None:
    text = "EDUCATION\nBA in History, Invented College, expected 2027"
    assert verdict(resume(text), "Bachelor's degree in computer science") == "no_evidence"


def test_a_degree_below_an_internship_is_ones_own() -> None:
    text = (
        "EXPERIENCE\n2020 - 2021\nHarbour Intern, Invented Works\n\n\nEducation\n"
        "Bachelor of Science in Physics, Sample State University, 2019, with honours"
    )
    assert verdict(resume(text), "Bachelor's degree in Physics") == "meets"


def test_degrees_of_people_one_taught_are_not_ones_own() -> None:
    tutor = person(job("Tutor", "2018-01", "2020-01", "Supervised a PhD student and two Master's students"))
    assert verdict(tutor, "Master's degree") == "no_evidence"


# Certificates.


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CISSP", "meets"),
        ("CISSP (in progress)", "partial"),
        ("CISSP, expired 2019", "not_met"),
        ("First aid", "no_evidence"),
    ],
)
def test_certificates_are_held_pending_lapsed_or_unknown(name: str, expected: str) -> None:
    assert verdict(person(certificates=[Certificate(name=name)]), "CISSP certification") == expected


# Location.


def home(city: str, code: str, **more: str) -> Basics:
    return Basics(location=Place(city=city, country_code=code), **more)


@pytest.mark.parametrize(
    ("basics", "mode", "expected"),
    [
        (home("Berlin", "DE"), "on_site", "meets"),
        (home("Munich", "DE"), "on_site", "no_evidence"),
        (home("Munich", "DE"), "remote", "meets"),
        (home("Munich", "DE", summary="Willing to relocate."), "on_site", "meets"),
        (home("Munich", "DE", summary="Not willing to relocate."), "on_site", "not_met"),
        (home("Sydney", "AU"), "on_site", "no_evidence"),
        (home("Sydney", "AU"), "remote", "no_evidence"),
        (home("Nowhereville", "AU"), "on_site", "no_evidence"),
        (Basics(), "on_site", "no_evidence"),
    ],
)
def test_places_compare_with_remote_work_and_readiness_to_move(
    basics: Basics, mode: str, expected: str
) -> None:
    here = Qualification(
        id="q", statement="Can work from Berlin", kind=QualificationKind.LOCATION, places=["Berlin"]
    )
    assert verdict(person(ENGINEER, basics=basics), here, work_mode=mode) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jo Sample\nBerlin, Germany\n\nEXPERIENCE\nClerk, Invented Works", "meets"),
        ("Jo Sample\nClerk - Invented Works\n\nBerlin, Germany - Write to me\n\nEXPERIENCE", "meets"),
        ("Jo Sample\nClerk with experience in filing\n\nBerlin, Germany\n\nEXPERIENCE", "meets"),
        ("Jo Sample\n\nEXPERIENCE\nClerk, Invented Works, Sydney, Australia", "no_evidence"),
        ("Jo Sample\nEDUCATION\nInvented University, Sydney, Australia", "no_evidence"),
        ("Jo Sample\nClerk\n\nI live in Sydney, Australia. I cannot relocate.", "not_met"),
        ("Jo Sample\nWilling to relocate to Berlin", "meets"),
    ],
)
def test_a_city_beside_an_employer_or_a_school_is_no_home(text: str, expected: str) -> None:
    here = Qualification(
        id="q", statement="Can work from Berlin", kind=QualificationKind.LOCATION, places=["Berlin"]
    )
    assert verdict(resume(text), here, work_mode="on_site") == expected


# Languages.


@pytest.mark.parametrize(
    ("fluency", "statement", "expected"),
    [
        ("native", "Fluent German", "meets"),
        ("C1", "German at C1 level", "meets"),
        ("fluent", "German at B2 level", "meets"),
        ("B2", "German at C1 level", "partial"),
        ("A2", "German at C1 level", "not_met"),
        (None, "German at C1 level", "partial"),
        (None, "Speaks German", "meets"),
    ],
)
def test_languages_compare_by_level(fluency: str | None, statement: str, expected: str) -> None:
    speaker = person(languages=[LanguageItem(language="German", fluency=fluency)])
    assert verdict(speaker, statement) == expected


def test_a_level_asked_in_words_only_is_met_by_naming_the_language() -> None:
    speaker = person(languages=[LanguageItem(language="German")])
    assert verdict(speaker, "Fluent German") == "meets"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "For the first year I worked with the people of a small town on the roads and the bridges in it.",
            "no_evidence",
        ),
        ("Taught English to the harbour crew on Tuesdays.", "meets"),
        ("Evening teacher of English as a second language.", "meets"),
        ("TOEFL passed with 104 points.", "meets"),
        ("Never taught English to anybody.", "no_evidence"),
        ("Taught elementary English as a foreign language.", "meets"),
        ("Helped elementary English language learners to their seats.", "no_evidence"),
    ],
)
def test_a_text_in_a_language_proves_nothing_and_teaching_it_does(line: str, expected: str) -> None:
    filler = (
        "To pay for it we went from door to door with a list and a pencil, and by the winter it was done. "
        * 8
    )
    assert verdict(resume(f"EXPERIENCE\n{line}\n{filler}"), "Fluent English") == expected


def test_having_worked_in_a_country_does_not_prove_its_language() -> None:
    expatriate = person(Work(position="Chef", location="Lyon, France", start_date="2015", end_date="2020"))
    assert verdict(expatriate, "Fluent French") == "no_evidence"


# Industries.


def test_an_industry_is_shown_by_a_position_in_it() -> None:
    banker = person(
        Work(position="Clerk", name="Invented Bank", industry="banking", start_date="2015", end_date="2020")
    )
    assert verdict(banker, "Experience in the banking industry") == "meets"
    assert verdict(person(ENGINEER), "Experience in the banking industry") == "no_evidence"


# Other statements.


@pytest.mark.parametrize(
    ("line", "statement", "expected"),
    [
        ("Organised the annual harvest festival", "Organised an annual harvest festival", "meets"),
        ("Organised a village festival", "Organised an annual harvest festival", "partial"),
        ("Repaired bicycles", "Organised an annual harvest festival", "no_evidence"),
        ("Never organised an annual harvest festival", "Organised an annual harvest festival", "no_evidence"),
    ],
)
def test_free_statements_need_nearly_their_own_words(line: str, statement: str, expected: str) -> None:
    assert verdict(person(job("Steward", "2019-01", "2021-01", line)), statement) == expected


@pytest.mark.parametrize(
    ("text", "statement", "expected"),
    [
        ("Engineer. Authorized to work in the United States.", "Authorized to work in the US", "meets"),
        ("Engineer. Valid work permit for Germany.", "Authorized to work in the US", "no_evidence"),
        ("Engineer. I need a work permit.", "Work permit", "no_evidence"),
        ("Engineer in Austin, TX.", "Authorized to work in the US", "no_evidence"),
        ("Engineer. US citizen.", "U.S. citizen or national", "no_evidence"),
    ],
)
def test_permission_to_work_is_read_and_never_inferred(text: str, statement: str, expected: str) -> None:
    assert verdict(resume(text), statement) == expected


def test_what_people_must_be_asked_for_holds_nobody_back() -> None:
    who = resume("Platform Engineer, Made-up Media, 2018 - 2022\n- Ran forty Kubernetes clusters")
    assert evaluation(who, "Experience with Kubernetes", "U.S. citizen").recommendation == "strong_match"


def test_a_neighbouring_occupation_is_partial_and_a_licensed_one_is_not() -> None:
    developer = person(job("Back-end Developer", "2018-01", "2022-12"))
    found = judgement(developer, experience(None, occupations=("software-engineer",)))
    assert found.verdict == "partial"
    assert found.reason == "has worked as back-end developer, which is close to software engineer"
    assistant = person(job("Nursing Assistant", "2018-01", "2022-12"))
    assert verdict(assistant, experience(None, occupations=("registered-nurse",))) == "no_evidence"


def test_leading_a_team_in_any_words_is_people_management() -> None:
    who = person(job("Engineer", "2018-01", "2022-12", "Led a team of five engineers"))
    assert verdict(who, "Experience managing individuals who work in the technology space") == "meets"


def test_an_empty_dossier_gives_no_evidence_for_anything() -> None:
    outcome = evaluation(person(), "5 years of Java", "Fluent German", "Bachelor's degree")
    assert {one.verdict.value for one in outcome.judgements} == {"no_evidence"}
    assert outcome.recommendation == "needs_a_look"


def test_the_quote_for_a_home_names_the_town_too() -> None:
    asked = Qualification(
        id="q", statement="Can work from the United States", kind=QualificationKind.LOCATION, places=["US"]
    )
    text = "Jo Sample\nOak Fennwick, ME\n\nEXPERIENCE\nClerk, Invented Works"
    assert judgement(resume(text), asked).quotes[0].text == "Oak Fennwick, ME"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Taught change management in a toy shop.", "partial"),
        ("Change management for the adoption of tools by hospitals and clinics.", "meets"),
    ],
)
def test_a_word_by_the_way_proves_only_a_part_of_a_long_statement(text: str, expected: str) -> None:
    asked = Qualification(
        id="q",
        statement="Change management for the adoption of clinical devices, tools, records and billing by rural hospitals",
        kind=QualificationKind.SKILL,
        skills=["change-management"],
    )
    assert verdict(resume(text), asked) == expected
