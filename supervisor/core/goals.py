"""The goals a person may ask for, each as the facts that are to become known.

A goal says what, never how: which skills lead there is found by the planner in whatever is discovered.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal

from supervisor.core.models import BRIEF, Goal

BATCH = "sourcing.batch"
"""The fact that says how many people to look for at once."""
POSTING_LENGTH = 400
"""Characters from which a text counts as a posting to be kept, rather than a sentence about a role."""


_SWEEP = re.compile(
    r"^\s*(?:please\s+)?(?:evaluate|judge|screen|assess|go through)\s+(?:up to |about |the (?:best|first) )?"
    r"(\d[\d,.]*)\s+(?:candidates|people|profiles)\b(?:\s+for(?:\s+(?:this|the following|a|an)\b)?)?"
    r"(?:\s+(?:role|job|posting|position)\b)?\s*[:.,]?\s*",
    re.I,
)
MOST_AT_ONCE = 2_000


def shortlist_goal(brief: str) -> Goal:
    """Return the main job: from a posting or a sentence to an evidence-backed shortlist.

    Where it opens with how many people to judge, so many are looked for at once.
    """
    given: dict[str, Any] = {}
    if (order := _SWEEP.match(brief)) and brief[order.end() :].strip():
        wished = int(re.sub(r"\D", "", order[1]))
        given[BATCH] = max(1, min(wished, MOST_AT_ONCE))
        brief = brief[order.end() :]
    wants = ["shortlist.complete"]
    if len(brief) >= POSTING_LENGTH:
        wants.insert(0, "posting.id")
    given[BRIEF] = brief
    return Goal(
        kind="shortlist",
        title=f"Shortlist for: {headline(brief)}",
        wants=wants,
        given=given,
        enough={"shortlist.complete": "shortlist.current"},
    )


def requirements_goal(brief: str) -> Goal:
    """Return the goal of only structuring a role, without looking for anybody."""
    return Goal(
        kind="requirements",
        title=f"Requirements of: {headline(brief)}",
        wants=["requirements.draft"],
        given={BRIEF: brief},
    )


GoalKind = Literal["shortlist", "requirements"]
GOALS: Mapping[GoalKind, Callable[[str], Goal]] = {
    "shortlist": shortlist_goal,
    "requirements": requirements_goal,
}
"""Every goal there is, made of a brief."""


def headline(brief: str) -> str:
    """Return the first line of a text that says something, without Markdown marks, at most 80 characters."""
    for line in brief.splitlines():
        words = line.strip().lstrip("#*->").strip().strip("*_").strip()
        if any(character.isalpha() for character in words):
            return words if len(words) <= 80 else words[:79].rstrip() + "…"
    return "a role"
