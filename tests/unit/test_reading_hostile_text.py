"""Reading stays linear: texts that make careless patterns try everything end as soon as any other."""

import pytest

from shared.resume import parse_resume
from shared.taxonomy import (
    Taxonomy,
    find_certificates,
    find_degrees,
    find_industries,
    find_languages,
    find_places,
)

LENGTH = 20_000
PIECES = [
    "a.",
    "a-",
    "http://a/",
    "www.",
    ".",
    " ",
    "not ",
    "x@",
    "Aa ",
    "1",
    "2012-",
    "A, ",
    "(",
    "May 2010 ",
    "as a ",
]


# Seconds are far above what linear work takes and far below what quadratic work would: a hang, not a measure.
@pytest.mark.timeout(30)
@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("end", ["", "@", "\n"])
def test_a_long_run_of_one_pattern_is_read_to_its_end(piece: str, end: str) -> None:
    text = piece * (LENGTH // len(piece)) + end

    parse_resume(text, "src")
    taxonomy = Taxonomy.compact()
    finders = (
        lambda said: taxonomy.find_skills(said, acts=True),
        taxonomy.find_occupations,
        find_places,
        find_certificates,
        find_degrees,
        find_industries,
        find_languages,
    )
    mentions = [mention for find in finders for mention in find(text)]

    assert all(text[one.start : one.end] == one.text for one in mentions)
