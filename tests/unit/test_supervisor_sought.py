"""Questions about how people were sought, answered by sourcing's own story."""

import pytest

from supervisor.core.models import Fact
from supervisor.core.sought import asks_how_sought, searches_meant
from supervisor.explaining import Explainer
from supervisor.views.shortlist import ShortlistView
from tests.support.units import FakeUnits

LABELS = {
    "core": "Data engineer in Berlin with Python, Spark",
    "adjacent:data-analyst": "Data analyst in Berlin with the main skills",
    "feeder:schools": "People in Berlin of schools that lead to such work",
    "past_projects:runners_up": "Runners-up of past projects in Berlin",
}
STORY = {
    "text": "For “Data Engineer” 9 people were handed on in 1 round.",
    "queries": [
        {
            "id": key,
            "label": label,
            "why": "so",
            "brought_in_all": 1,
            "judged": 4,
            "judged_good": 2,
            "note": "it is dry",
        }
        for key, label in LABELS.items()
    ],
}
STATE = {"sourcing.state": Fact.of("sourcing.state", {"search_id": "search_1", "round": 1})}


@pytest.mark.parametrize(
    "text",
    [
        "Why did you look at data analysts?",
        "why are you looking at schools",
        "How did you find them?",
        "Where have you searched?",
        "Which searches ran?",
        "What other queries are there?",
        "Why did you stop searching?",
        "And why didn’t you look for nurses?",
        "Explain your searches",
    ],
)
def test_who_asks_how_people_were_sought_is_understood(text: str) -> None:
    assert asks_how_sought(text)


@pytest.mark.parametrize(
    "text",
    [
        "Why is candidate 3 a match?",
        "What are you doing?",
        "Where are we?",
        "Find me data analysts",
        "How many people do we have by country?",
        "What do they earn?",
        "Why did you reject her?",
    ],
)
def test_other_questions_are_left_alone(text: str) -> None:
    assert not asks_how_sought(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Why did you look at data analysts?", ["adjacent:data-analyst"]),
        ("Why did you look at those schools?", ["feeder:schools"]),
        ("Why did you search past projects?", ["past_projects:runners_up"]),
        ("How did you find them?", []),
        ("Where in Berlin did you look?", list(LABELS)),
    ],
)
def test_the_searches_are_meant_that_share_most_words(text: str, meant: list[str]) -> None:
    assert searches_meant(text, LABELS) == meant


async def test_why_somebody_was_looked_at_is_told_by_the_search_and_the_whole_story_where_none_is_named() -> (
    None
):
    units = FakeUnits({"sourcing.explain_search": STORY})
    explainer = Explainer(units, ShortlistView(units))
    named = await explainer.about_candidates("Why did you look at data analysts?", STATE)
    whole = await explainer.about_candidates("Which searches ran?", STATE)
    other = await explainer.about_candidates("Is it raining?", STATE)
    early = await explainer.about_candidates("Which searches ran?", {})

    assert named == (
        "**Data analyst in Berlin with the main skills**: so. It brought 1 person; of 4 judged 2 match well. It is dry."
    )
    assert (whole, other, early) == (STORY["text"], None, None)
    assert units.inputs("sourcing.explain_search") == [{"search_id": "search_1"}] * 2
