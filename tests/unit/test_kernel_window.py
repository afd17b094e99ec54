"""Windows of local time for work that leaves the day to people."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import InvalidInput
from shared.kernel.window import Window

NIGHT = Window(time(20), time(6), "Europe/Berlin")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-01-14T12:00", "2026-01-14T20:00"),
        ("2026-01-14T20:00", "2026-01-14T20:00"),
        ("2026-01-14T23:30", "2026-01-14T23:30"),
        ("2026-01-15T05:59", "2026-01-15T05:59"),
        ("2026-01-15T06:00", "2026-01-15T20:00"),
    ],
)
def test_work_waits_for_the_night_and_goes_on_past_midnight(now: str, expected: str) -> None:
    local = datetime.fromisoformat(now).replace(tzinfo=BERLIN)
    assert NIGHT.next(local) == datetime.fromisoformat(expected).replace(tzinfo=BERLIN)


def test_a_window_opens_only_on_its_days() -> None:
    weekend = Window(time(8), time(8), "Asia/Tokyo", frozenset({5}))
    friday = datetime(2026, 1, 16, 12, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert weekend.next(friday) == datetime(2026, 1, 17, 8, tzinfo=ZoneInfo("Asia/Tokyo"))
    sunday_morning = datetime(2026, 1, 18, 7, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert weekend.next(sunday_morning) == sunday_morning
    assert weekend.next(sunday_morning + timedelta(hours=1)) == weekend.next(friday) + timedelta(days=7)


def test_an_hour_that_a_change_of_clocks_leaves_out_still_opens_the_window() -> None:
    lost_hour = Window(time(2, 30), time(4), "Europe/Berlin")
    assert lost_hour.next(datetime(2026, 3, 29, 0, 0, tzinfo=UTC)) == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_an_hour_that_comes_twice_belongs_to_the_window_both_times() -> None:
    twice = Window(time(2, 15), time(2, 45), "Europe/Berlin")
    second_time = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert twice.next(second_time) == second_time


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),
    st.times(),
    st.times(),
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"]),
    st.frozensets(st.integers(0, 6), min_size=1),
)
def test_the_next_time_is_not_past_and_once_there_it_is_now(
    now: datetime, opens: time, closes: time, zone: str, days: frozenset[int]
) -> None:
    window = Window(opens, closes, zone, days)
    found = window.next(now)
    assert now <= found <= now + timedelta(days=9)
    assert window.next(found) == found


@pytest.mark.parametrize(
    ("zone", "days"), [("Mars/Olympus", {1}), ("../etc", {1}), ("UTC", {7}), ("UTC", set())]
)
def test_what_is_no_zone_or_no_day_is_refused(zone: str, days: set[int]) -> None:
    with pytest.raises(InvalidInput):
        Window(time(1), time(2), zone, frozenset(days))


@pytest.mark.parametrize(
    ("midnight", "hours"), [("2026-03-29T00:00", 7), ("2026-10-25T00:00", 9), ("2026-01-15T00:00", 8)]
)
def test_a_night_in_which_clocks_change_ends_by_the_clock_on_the_wall(midnight: str, hours: int) -> None:
    night = Window.read("22:00-06:00 Europe/Berlin")
    opens = (datetime.fromisoformat(midnight) - timedelta(hours=2)).replace(tzinfo=BERLIN).astimezone(UTC)
    closes = opens + timedelta(hours=hours)
    assert night.next(closes - timedelta(seconds=1)) == closes - timedelta(seconds=1)
    assert night.next(closes).astimezone(BERLIN).hour == 22


def test_a_window_is_read_as_it_is_written() -> None:
    assert Window.read("20:00-06:00 Europe/Berlin") == NIGHT
    assert str(NIGHT) == "20:00-06:00 Europe/Berlin"


@pytest.mark.parametrize(
    "text", ["", "22-6 UTC", "24:00-06:00 UTC", "22:00-06:00", "22:00-06:00 Mars/Olympus"]
)
def test_what_names_no_window_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="22:00-06:00"):
        Window.read(text)
