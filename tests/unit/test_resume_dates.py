"""Dates in careers, as people write them."""

import pytest

from shared.resume.dates import find_dates, find_duration, find_ranges, iso_date


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("July 2013 to October 2015", "2013-07", "2015-10"),
        ("01/2014 – 12/2016", "2014-01", "2016-12"),
        ("Jan'14 - Mar'15", "2014-01", "2015-03"),
        ("2001-2003", "2001", "2003"),
        ("20132015", "2013", "2015"),
        ("2002  2006:", "2002", "2006"),
        ("2005-06", "2005", "2006"),
        ("1999/00", "1999", "2000"),
        ("Jan-Mar 2011", "2011-01", "2011-03"),
        ("July 1, 2012 - August 31, 2013", "2012-07", "2013-08"),
        ("15th May 2012 to 3rd June 2014", "2012-05", "2014-06"),
        ("4/1/2009 - 7/1/2014", "2009-04", "2014-07"),
        ("01.04.2009 - 31.07.2014", "2009-04", "2014-07"),
        ("12-2013 to 01-2015", "2013-12", "2015-01"),
        ("2014-03 – 2015-04", "2014-03", "2015-04"),
        ("März 2010 bis Dezember 2012", "2010-03", "2012-12"),
        ("March 2011\nto April 2018", "2011-03", "2018-04"),
        ("Summer 2011 - Fall 2012", "2011-06", "2012-09"),
    ],
)
def test_a_period_is_read(text: str, start: str, end: str) -> None:
    [found] = find_ranges(text)
    assert (found.start, found.end, found.current) == (start, end, False)


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("2016-present", "2016"),
        ("2016present", "2016"),
        ("January 2017 to Present", "2017-01"),
        ("since July 2009", "2009-07"),
        ("April 2010 to till date", "2010-04"),
        ("09/14-Present", "2014-09"),
        ("Oct'2015-till date", "2015-10"),
        ("August 2014 —", "2014-08"),
        ("2007  Present", "2007"),
    ],
)
def test_a_period_that_lasts_is_read(text: str, start: str) -> None:
    [found] = find_ranges(text)
    assert (found.start, found.end, found.current) == (start, None, True)


@pytest.mark.parametrize(
    "text", ["(123) 345-7890", "2123-456789", "version 3.14", "2015 - 2012", "cut costs by 20 to 30 percent"]
)
def test_numbers_that_are_no_period_are_left_alone(text: str) -> None:
    assert find_ranges(text) == []


def test_a_range_says_where_it_stands() -> None:
    text = "Engineer (May 2007 - April 2009), Graz"
    [found] = find_ranges(text)
    assert text[found.at : found.until] == "May 2007 - April 2009"


def test_single_dates_are_found_in_order() -> None:
    assert [date.start for date in find_dates("May 2010, then 03/2011 and 2014")] == [
        "2010-05",
        "2011-03",
        "2014",
    ]


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2021-04-09", "2021-04-09"),
        ("2012-08-15T00:00:00.000Z", "2012-08-15"),
        ("2019/3", "2019-03"),
        ("Apr 2019", "2019-04"),
        ("2019", "2019"),
        ("2019-13", "2019"),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_a_field_is_read_as_an_iso_date(text: str | None, iso: str | None) -> None:
    assert iso_date(text) == iso


@pytest.mark.parametrize(
    ("text", "years"), [("2 years 4 months", 2.33), ("18 months", 1.5), ("a while", None)]
)
def test_a_duration_is_read_in_years(text: str, years: float | None) -> None:
    assert find_duration(text) == years
