"""Ways of working in postings, profiles, queries and answers."""

import pytest

from shared.taxonomy.work_modes import find_work_modes, work_mode_answered, work_mode_labelled


@pytest.mark.parametrize(
    ("text", "modes"),
    [
        ("Data Engineer (Remote)", ["remote"]),
        ("nurses, fully remote or hybrid", ["remote", "hybrid"]),
        ("Berlin, on-site", ["on_site"]),
        ("work from home", ["remote"]),
        ("Homeoffice", ["remote"]),
        ("teleworking, three days in the office", ["remote", "on_site"]),
        ("Remoteness Studies", []),
    ],
)
def test_a_text_names_ways_of_working(text: str, modes: list[str]) -> None:
    found = list(find_work_modes(text))
    assert [one.mode for one in found] == modes
    assert all(text[one.start : one.end].strip() for one in found)


@pytest.mark.parametrize(
    ("label", "mode"),
    [
        ("100 % remote", "remote"),
        ("Remote within Germany", "remote"),
        ("partly remote", "hybrid"),
        ("hybrid 2 days", "hybrid"),
        ("office-based", "on_site"),
        ("Full time", None),
        ("managing remote teams", None),
    ],
)
def test_a_label_consists_of_a_way_of_working(label: str, mode: str | None) -> None:
    assert work_mode_labelled(label) == mode


@pytest.mark.parametrize(
    ("answer", "mode"),
    [
        ("from home", "remote"),
        ("anywhere", "remote"),
        ("some days there", "hybrid"),
        ("they need to be there", "on_site"),
        ("in person", "on_site"),
        ("Munich", None),
    ],
)
def test_an_answer_means_a_way_of_working(answer: str, mode: str | None) -> None:
    assert work_mode_answered(answer) == mode
