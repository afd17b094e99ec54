"""Quiet hours and digests in every time zone, over changes of the clocks."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.environment.rules import Hours, Quiet, Rules

ZONES = st.sampled_from(sorted(available_timezones()))
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
QUIET = (
    st.tuples(TIMES, TIMES)
    .filter(lambda two: two[0] != two[1])
    .map(lambda two: Quiet(begins=two[0], ends=two[1]))
)
LONGEST_CHANGE = timedelta(hours=24)
"""A place has moved over the date line; the clocks of others change by an hour or less."""


def inside(quiet: Quiet, at: time) -> bool:
    """Return whether a time of day lies in quiet hours."""
    if quiet.begins < quiet.ends:
        return quiet.begins <= at < quiet.ends
    return at >= quiet.begins or at < quiet.ends


def offset(zone: str, at: datetime) -> timedelta | None:
    return at.astimezone(ZoneInfo(zone)).utcoffset()


@given(ZONES, MOMENTS, QUIET)
def test_nobody_is_disturbed_in_quiet_hours_and_nothing_waits_longer_than_they_last(
    zone: str, now: datetime, quiet: Quiet
) -> None:
    hours = Hours(Rules(zone=zone, quiet=quiet), "UTC")

    told = hours.undisturbed(now)

    steady = {offset(zone, now + timedelta(hours=n)) for n in (-25, 0, 25)}
    local = told.astimezone(ZoneInfo(zone)).time()
    assert now <= told <= now + LONGEST_CHANGE + timedelta(hours=24)
    assert len(steady) > 1 or not inside(quiet, local)
    assert hours.undisturbed(told) == told


@given(ZONES, MOMENTS, TIMES)
def test_a_digest_comes_at_its_time_of_the_day_and_after_now(zone: str, now: datetime, at: time) -> None:
    due = Hours(Rules(zone=zone, digest=at), "UTC").next_digest(now)

    steady = {offset(zone, now + timedelta(hours=n)) for n in (-25, 0, 25, 49)}
    local = due.astimezone(ZoneInfo(zone)).time()
    assert now < due <= now + timedelta(hours=49)
    assert len(steady) > 1 or (local == at and due <= now + timedelta(hours=24))


@given(ZONES, MOMENTS, TIMES, QUIET)
def test_a_digest_never_comes_in_quiet_hours(zone: str, now: datetime, at: time, quiet: Quiet) -> None:
    hours = Hours(Rules(zone=zone, digest=at, quiet=quiet), "UTC")

    due = hours.due("applicants", now)

    assert due is not None
    assert due > now
    assert hours.undisturbed(due) == due


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-28T12:00+01:00", "2026-03-29T03:30+02:00"),  # 02:30 does not exist that night
        ("2026-10-24T12:00+02:00", "2026-10-25T02:30+02:00"),  # 02:30 comes twice: the first counts
        ("2026-10-25T02:45+02:00", "2026-10-26T02:30+01:00"),
    ],
)
def test_a_digest_comes_once_in_the_nights_in_which_clocks_change(now: str, due: str) -> None:
    hours = Hours(Rules(zone="Europe/Berlin", digest=time(2, 30)), "UTC")

    assert hours.next_digest(datetime.fromisoformat(now)) == datetime.fromisoformat(due)


def test_what_happens_on_a_weekend_waits_for_monday_where_weekends_are_free() -> None:
    hours = Hours(Rules(weekdays_only=True, quiet=Quiet(begins=time(18), ends=time(8))), "Europe/Berlin")

    friday_evening = datetime(2026, 11, 20, 19, tzinfo=UTC)

    assert hours.due("replies", friday_evening) == datetime(2026, 11, 23, 7, tzinfo=UTC)


def test_the_deployments_zone_counts_until_a_recruiter_names_their_own() -> None:
    now = datetime(2026, 11, 21, 6, 30, tzinfo=UTC)

    assert Hours(Rules(), "UTC").next_digest(now).hour == 8
    assert Hours(Rules(zone="Europe/Berlin"), "UTC").next_digest(now).hour == 7
