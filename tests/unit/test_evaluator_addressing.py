"""Masking forms of address, and leaving alone the degrees and products that are written like them."""

import pytest

from servers.evaluator.core.masking import mask_text

NAMES = ("Peregrine Holloway", "Holloway")


@pytest.mark.parametrize(
    "text",
    [
        "MS in Computer Science",
        "MS. in Computer Science",
        "Ms in Computer Science",
        "Ms. in Physics, Tuftwood College",
        "MS, Computer Science",
        "BS/MS Computer Science",
        "BS, MS. Electrical Engineering",
        "B.E, Ms Embedded Systems",
        "B.Sc and Ms Chemistry",
        "M.S. in Statistics",
        "M.S Statistics",
        "m.s. in statistics",
        "Ms Computer Science, 2014",
        "Ms. Mechanical Engineering",
        "MS degree in Nursing",
        "Ms degree",
        "Ms (Data Science), 2019",
        "PhD/MS",
        "MS/PhD in Biology",
        "MS-CS",
        "MS: Finance",
        "Executive MS in Management",
        "Master of Science (Ms)",
        "Education: Ms",
    ],
)
def test_a_degree_is_read_however_it_is_written(text: str) -> None:
    assert mask_text(text, NAMES).text == text


@pytest.mark.parametrize(
    "text",
    [
        "MS Office, Ms Excel, ms word, Ms. Word, Ms-Office",
        "Cut latency from 200 ms to 20 ms.",
        "Never miss a deadline. Miss rate of the cache",
        "MX records, Mx toolbox",
    ],
)
def test_other_words_that_are_written_so_stay(text: str) -> None:
    assert mask_text(text, NAMES).text == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Ms. Holloway led the team", "************ led the team"),
        ("MS HOLLOWAY", "***********"),
        ("ms. peregrine holloway", "**********************"),
        ("MS\nPeregrine Holloway", "**\n******************"),
        ("Reference: Ms Muster", "Reference: ** Muster"),
        ("Dear Ms. P. Tremaine", "Dear *** P. Tremaine"),
        ("Ms. Tremaine, teacher of physics", "*** Tremaine, teacher of physics"),
        ("Miss Tremaine, Mx Tremaine", "**** Tremaine, ** Tremaine"),
        ("Title: MS", "Title: **"),
        ("Mr/Ms Tremaine, Ms./Mr.", "**/** Tremaine, ***/***"),
    ],
)
def test_a_form_of_address_is_hidden_however_it_is_written(text: str, masked: str) -> None:
    assert mask_text(text, NAMES).text == masked
