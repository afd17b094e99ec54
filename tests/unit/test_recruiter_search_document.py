"""What is derived from a profile for searching, and what is left out."""

from datetime import date

import pytest

from servers.recruiter_search.core.document import Deriver, ProfileDocument
from servers.recruiter_search.core.periods import years_worked
from servers.recruiter_search.core.profile_view import read, written
from shared.taxonomy import Taxonomy
from shared.wire.profile import Work
from tests.support.talent import TODAY, person

DERIVER = Deriver(Taxonomy.compact())


def _derived(**fields: object) -> ProfileDocument:
    return DERIVER.derive(person("c1", **fields), TODAY)  # type: ignore[arg-type]


def test_a_skill_proves_what_it_implies() -> None:
    assert {"django", "python"} <= set(_derived(skills=["Django"]).keywords["skills"])


def test_a_skill_is_read_from_what_people_did_and_by_its_aliases() -> None:
    shown = _derived(highlights=["Moved the cluster to k8s"]).shown_skills
    assert "kubernetes" in shown


def test_a_skill_that_somebody_says_they_lack_is_not_shown() -> None:
    assert "java" not in _derived(highlights=["No experience with Java yet"]).shown_skills


def test_what_is_shown_more_often_comes_first() -> None:
    derived = _derived(skills=["Python", "SQL"], highlights=["Wrote SQL reports", "Tuned slow SQL"])
    assert derived.view.top_skills[0] == "SQL"


def test_places_hold_the_city_and_what_it_lies_in() -> None:
    places = _derived(city="Austin", country="US").keywords["places"]
    assert places[0].endswith("austin")
    assert "US" in places


def test_a_language_counts_at_its_level_and_all_below() -> None:
    tokens = _derived(languages=[("German", "B2")]).keywords["languages"]
    assert {"de", "de:A1", "de:B2"} <= set(tokens)
    assert "de:C1" not in tokens


def test_a_degree_counts_as_the_lower_ones_too() -> None:
    derived = _derived(degree=("MSc", "Computer Science"))
    assert derived.keywords["degree"] == ["secondary", "associate", "bachelor", "master"]
    assert "computer-science" in derived.keywords["fields_of_study"]


def test_a_stated_level_is_taken_and_a_missing_one_follows_from_the_years() -> None:
    assert _derived(title="Senior Data Engineer").view.seniority == "senior"
    assert _derived(title="Data Engineer", start="2018-01").view.seniority == "mid"
    assert _derived(title="Data Engineer", start="2025-09").view.seniority == "junior"


@pytest.mark.parametrize("secret", ["voss", "mara.voss@mail.example", "555-0100"])
def test_name_and_contact_data_are_searchable_nowhere(secret: str) -> None:
    resume = "Mara Voss\nmara.voss@mail.example, +49 555-0100\nData engineer in Berlin, voss at heart"
    derived = _derived(resume=resume)
    assert secret not in " ".join(text.lower() for texts in derived.texts.values() for text in texts)
    assert secret not in str(derived.view).lower()


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Ana Voss", "ANA Voss-ana, Anais"),
        ("José Voss", "JOSÉ Voss-josé, Josés"),
        ("Kim Is", "kim Iſ-is, Kims"),
    ],
)
def test_a_name_is_blotted_out_where_it_stands_as_a_word(name: str, written: str) -> None:
    kept = written.rpartition(" ")[2]
    text = _derived(name=name, resume=f"{written} at sea").texts["everything"][-1]
    assert text.replace("-", " ").replace(",", " ").split() == [kept, "at", "sea"]


def test_the_rest_of_a_resumes_text_is_searchable() -> None:
    derived = _derived(resume="Mara Voss\nBuilt ingestion with Apache Flink")
    assert "apache-flink" in derived.shown_skills
    assert any("ingestion" in text for text in derived.texts["everything"])


def test_a_career_is_read_as_it_was_written() -> None:
    view = _derived(highlights=["Ran Flink"], degree=("BSc", "Physics"), languages=[("German", "B2")]).view
    assert read(written(view)) == view
    assert view.positions[0].highlights == ["Ran Flink"]


def test_dates_of_study_are_not_shown() -> None:
    assert set(_derived(degree=("BSc", "Physics")).view.education[0].__dict__) == {
        "institution",
        "degree",
        "area",
    }


def _years(*spans: tuple[str | None, str | None]) -> float | None:
    work = [Work(start_date=start, end_date=end, current=end is None) for start, end in spans]
    return years_worked(work, date(2026, 6, 1))


def test_months_held_twice_count_once() -> None:
    assert _years(("2020-01", "2021-12"), ("2021-01", "2022-12")) == 3.0


def test_a_gap_does_not_count() -> None:
    assert _years(("2010-01", "2010-12"), ("2020-01", "2020-12")) == 2.0


def test_a_position_that_lasts_counts_to_today() -> None:
    assert _years(("2025-07", None)) == 1.0


def test_a_bare_year_begins_in_january_and_ends_in_december() -> None:
    assert _years(("2019", "2020")) == 2.0


def test_without_any_date_the_years_are_unknown_and_not_zero() -> None:
    assert _years((None, None)) is None


def test_an_end_that_nobody_wrote_down_adds_no_years() -> None:
    work = [Work(start_date="2010-01"), Work(start_date="2024-06", end_date="2025-05")]
    assert years_worked(work, date(2026, 6, 1)) == 1.1
