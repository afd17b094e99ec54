"""What careers and postings become before they are counted."""

import pytest

from servers.talent_insights.core.careers import Careers
from servers.talent_insights.core.demand import Demand
from servers.talent_insights.core.naming import named
from servers.talent_insights.core.pay import Pay, read_pay
from servers.talent_insights.core.rows import PersonRows
from shared.kernel.months import month_read, month_written
from shared.taxonomy import Taxonomy
from tests.support.market import job, posting, worker
from tests.support.talent import person

CAREERS = Careers(Taxonomy.compact())


def _spans(rows: PersonRows) -> list[tuple[str | None, str, str | None]]:
    return [
        (s.company_name, month_written(s.began), month_written(s.ended) if s.ended is not None else None)
        for s in rows.spans
    ]


def test_two_positions_in_a_row_at_one_employer_are_one_span() -> None:
    rows = CAREERS.rows(
        worker(
            "c1",
            job("Acme Data GmbH", "Senior Data Engineer", "Berlin", "2022-01"),
            job("ACME DATA", "Data Engineer", "Berlin", "2019-03", "2021-12"),
        )
    )
    assert _spans(rows) == [("Acme Data", "2019-03", None)]
    assert (rows.spans[0].seniority, rows.moves) == ("senior", [])


def test_of_two_positions_at_once_the_longer_counts() -> None:
    rows = CAREERS.rows(
        worker(
            "c1",
            job("Cobalt Works", "Data Engineer", "Berlin", "2015-01"),
            job("Side Gig", "Lecturer", "Berlin", "2020-01", "2020-12"),
        )
    )
    assert _spans(rows) == [("Cobalt Works", "2015-01", None)]


def test_an_overlap_ends_the_earlier_position_and_is_a_move() -> None:
    rows = CAREERS.rows(
        worker(
            "c1",
            job("Kestrel Foods", "Data Engineer", "Paris", "2021-06"),
            job("Cobalt Works", "Data Engineer", "Berlin", "2015-01", "2021-08"),
        )
    )
    assert _spans(rows) == [("Cobalt Works", "2015-01", "2021-05"), ("Kestrel Foods", "2021-06", None)]
    assert [(m.kind, m.origin_name, m.target_name) for m in rows.moves if m.kind == "company"] == [
        ("company", "Cobalt Works", "Kestrel Foods")
    ]
    assert next(m.target for m in rows.moves if m.kind == "place").endswith("paris")


def test_a_move_made_twice_counts_once_the_latest_time() -> None:
    rows = CAREERS.rows(
        worker(
            "c1",
            job("Kestrel Foods", "Data Engineer", "Paris", "2023-01"),
            job("Cobalt Works", "Data Engineer", "Paris", "2022-01", "2022-12"),
            job("Kestrel Foods", "Data Engineer", "Paris", "2021-01", "2021-12"),
            job("Cobalt Works", "Data Engineer", "Paris", "2020-01", "2020-12"),
        )
    )
    moves = {(m.origin, m.target): month_written(m.month) for m in rows.moves}
    assert moves == {
        ("cobalt works", "kestrel foods"): "2023-01",
        ("kestrel foods", "cobalt works"): "2022-01",
    }


def test_work_without_dates_makes_no_span_and_a_current_one_is_still_what_somebody_does() -> None:
    rows = CAREERS.rows(worker("c1", job("Cobalt Works", "Data Engineer", "Berlin", "")))
    assert rows.spans == []
    assert (rows.facts.company, rows.facts.occupation, rows.facts.working_since) == (
        "cobalt works",
        "data-engineer",
        None,
    )


def test_a_skill_is_dated_by_the_first_work_that_shows_it_and_brings_what_it_implies() -> None:
    rows = CAREERS.rows(
        worker(
            "c1",
            job("Acme Data", "Developer", "Berlin", "2022-01", did="Built shops with Django"),
            job("Cobalt Works", "Developer", "Berlin", "2019-05", "2021-12", did="Django and Java services"),
            skills=["SQL"],
        )
    )
    skills = {s.skill: (s.shown, s.first) for s in rows.skills}
    assert skills["django"] == (True, month_read("2019-05", first=True))
    assert skills["python"] == (False, month_read("2019-05", first=True))
    assert skills["sql"] == (True, None)


def test_months_of_work_held_twice_count_once() -> None:
    rows = CAREERS.rows(
        worker(
            "c1",
            job("Acme Data", "Developer", "Berlin", "2024-01"),
            job("Cobalt Works", "Developer", "Berlin", "2020-01", "2020-12"),
            job("Side Gig", "Developer", "Berlin", "2020-07", "2021-06"),
        )
    )
    assert (rows.facts.worked, rows.facts.working_since) == (18, month_read("2024-01", first=True))


def test_name_contact_data_and_dates_of_study_are_in_no_row() -> None:
    resume = "Mara Voss\nmara.voss@mail.example\nData engineer"
    rows = CAREERS.rows(person("c1", resume=resume, degree=("BSc", "Physics"), languages=[("German", "C1")]))
    text = rows.model_dump_json().lower()
    assert [secret for secret in ("voss", "mail.example", "german", "physics") if secret in text] == []


@pytest.mark.parametrize(
    ("written", "key"),
    [("Acme Data GmbH", "acme data"), (" ACME  data, Inc.", "acme data"), ("acme data", "acme data")],
)
def test_spellings_of_an_employer_share_a_key(written: str, key: str) -> None:
    assert (named(written) or ("", ""))[0] == key


def test_what_has_no_letters_names_nobody() -> None:
    assert named(" - ") is None


@pytest.mark.parametrize(
    ("salary", "pay"),
    [
        ("USD 100000–120000 per year", Pay(100_000, 120_000, "USD")),
        ("$100,000 - $120,000 a year", Pay(100_000, 120_000, "USD")),
        ("EUR 25 per hour", Pay(52_000, 52_000, "EUR")),
        ("£60k-70k", Pay(60_000, 70_000, "GBP")),
        ("€4,500 per month", Pay(54_000, 54_000, "EUR")),
        ("EUR 3", None),
        ("competitive", None),
        (None, None),
    ],
)
def test_pay_is_read_as_an_amount_a_year(salary: str | None, pay: Pay | None) -> None:
    assert read_pay(salary) == pay


def test_a_posting_says_what_it_asks_for_where_and_until_when() -> None:
    rows = Demand(Taxonomy.compact()).rows(
        posting(
            1,
            title="Senior Data Engineer",
            text="Django. No Java.",
            valid_through="2026-07-01",
            location="Remote, Germany",
        )
    )
    assert (rows.facts.occupation, rows.facts.seniority, rows.facts.country) == (
        "data-engineer",
        "senior",
        "DE",
    )
    assert (rows.facts.remote, rows.facts.open, rows.facts.pay_low) == (True, True, 60_000)
    assert rows.facts.last_day is not None
    assert {"django", "python"} <= set(rows.skills)
    assert "java" not in rows.skills
