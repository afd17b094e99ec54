"""The invented people: reproducible, and careers that make sense."""

from datetime import date
from itertools import pairwise

import pytest

from shared.wire.profile import Profile
from supervisor.sample_pool import generate_pool
from supervisor.sample_pool.tables import load_careers
from supervisor.sample_pool.world import cities

TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def people() -> list[Profile]:
    return list(generate_pool(11, 600, today=TODAY))


def _month(text: str) -> int:
    year, _, month = text.partition("-")
    return int(year) * 12 + int(month or 1) - 1


def _exact_periods(person: Profile) -> list[tuple[int, int]]:
    now = TODAY.year * 12 + TODAY.month - 1
    dated = [w for w in person.work if w.start_date and len(w.start_date) == 7]
    return sorted((_month(w.start_date or ""), _month(w.end_date) if w.end_date else now) for w in dated)


def test_the_same_seed_gives_the_same_people(people: list[Profile]) -> None:
    assert people == list(generate_pool(11, 600, today=TODAY))


def test_another_seed_gives_other_people(people: list[Profile]) -> None:
    assert people[:50] != list(generate_pool(12, 50, today=TODAY))


def test_a_smaller_pool_is_the_beginning_of_a_larger_one(people: list[Profile]) -> None:
    assert list(generate_pool(11, 40, today=TODAY)) == people[:40]


def test_every_career_that_people_may_come_from_exists() -> None:
    careers = load_careers()
    assert len(careers) >= 60
    assert {move for career in careers.values() for move in career.moves} <= set(careers)


def test_there_are_sixty_places_and_every_language_has_a_name() -> None:
    assert len(cities().all) >= 60
    assert {code for city in cities().all for code in city.languages} <= set(cities().language_names)


def test_nobody_holds_two_full_positions_at_once(people: list[Profile]) -> None:
    periods = [_exact_periods(person) for person in people]
    assert all(a[1] < b[0] for spans in periods for a, b in pairwise(spans))


def test_positions_end_after_they_begin_and_not_in_the_future(people: list[Profile]) -> None:
    now = TODAY.year * 12 + TODAY.month - 1
    assert all(start <= end <= now for person in people for start, end in _exact_periods(person))


def test_a_first_degree_comes_before_the_first_full_year_of_work(people: list[Profile]) -> None:
    checked = [
        (min(int(e.end_date) for e in p.education if e.end_date), _exact_periods(p)[0][0] // 12)
        for p in people
        if _exact_periods(p) and any(e.end_date for e in p.education)
    ]
    assert all(finished <= started + 12 for finished, started in checked)
    assert sum(finished <= started for finished, started in checked) > 0.85 * len(checked)


def test_nobody_used_a_technology_before_it_existed(people: list[Profile]) -> None:
    early = [
        line
        for person in people
        for work in person.work
        if work.end_date and work.end_date < "2013"
        for line in work.highlights
    ]
    assert early
    assert not any(word in line for line in early for word in ("Kubernetes", "Docker", "dbt", "Figma"))


def test_nobody_can_be_reached_outside_the_example_domain(people: list[Profile]) -> None:
    assert all((p.basics.email or "").endswith(".example") for p in people)
    assert all((p.basics.phone or "555-01").startswith("555-01") for p in people)


def test_skills_are_also_spoken_of_in_the_positions(people: list[Profile]) -> None:
    full = [p for p in people if p.skills and any(w.highlights for w in p.work)]
    spoken = [
        sum(any(s.name in line for w in p.work for line in w.highlights) for s in p.skills) / len(p.skills)
        for p in full
    ]
    assert sum(spoken) / len(spoken) > 0.3


def test_some_records_are_as_patchy_as_real_ones(people: list[Profile]) -> None:
    assert any(not p.skills for p in people)
    assert any(w.start_date is None for p in people for w in p.work)
    assert any(p.work and not any(w.highlights for w in p.work) for p in people)
    assert any(w.start_date and len(w.start_date) == 4 for p in people for w in p.work)
