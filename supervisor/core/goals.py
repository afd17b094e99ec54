"""The goals a person may ask for, each as the facts that are to become known.

A goal says what, never how: which skills lead there is found by the planner in whatever is discovered.
"""

from collections.abc import Callable, Mapping
from typing import Literal

from supervisor.core.models import Goal

POSTING_LENGTH = 400
"""Characters from which a text counts as a posting to be kept, rather than a sentence about a role."""


def shortlist_goal(brief: str) -> Goal:
    """Return the main job: from a posting or a sentence to an evidence-backed shortlist."""
    wants = ["shortlist.complete"]
    if len(brief) >= POSTING_LENGTH:
        wants.insert(0, "posting.id")
    return Goal(
        kind="shortlist", title=f"Shortlist for: {headline(brief)}", wants=wants, given={"role.brief": brief}
    )


def requirements_goal(brief: str) -> Goal:
    """Return the goal of only structuring a role, without looking for anybody."""
    return Goal(
        kind="requirements",
        title=f"Requirements of: {headline(brief)}",
        wants=["requirements.draft"],
        given={"role.brief": brief},
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
