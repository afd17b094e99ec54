"""What units publish, as far as it concerns recruiters: references and who did it, never what is known of somebody."""

from datetime import datetime

from pydantic import BaseModel, Field

from shared.events import UnitEvent
from supervisor.environment.rules import Topic

OWN = "service:supervisor"
"""Between a person and what they did in the chat; they know of it."""
REFRESHED = "refreshed:"
"""Begins the name of an event that is the outcome of judging candidates anew; its detail says of how many."""
_TOPICS: dict[tuple[str, str], Topic] = {
    ("jobs", "applicant_added"): "applicants",
    ("jobs", "posting_closed"): "postings",
    ("candidates", "engaged"): "replies",
    ("candidates", "profiles_changed"): "profiles",
    ("projects", "stage_moved"): "stages",
    ("projects", "approval_decided"): "approvals",
    ("recruiter_search", "search_matched"): "matches",
}
_ENGAGED = frozenset({"replied", "withdrawn"})


class Happened(BaseModel):
    """One event. ``detail`` says what became of it: the stage, ``replied``, ``approved`` and the like.

    ``search`` is the saved search that it is about, ``owner`` and ``name`` whose it is and what they call it.
    """

    event: str
    topic: Topic
    detail: str = ""
    by: str | None = None
    via: str | None = None
    project: str | None = None
    posting: str | None = None
    approval: str | None = None
    search: str | None = None
    owner: str | None = None
    name: str | None = None
    candidates: list[str] = Field(default_factory=list)
    at: datetime

    @property
    def number(self) -> int:
        """How many candidates it is about; an event that names none is about one."""
        return len(self.candidates) if self.refreshed else max(1, len(self.candidates))

    @property
    def refreshed(self) -> bool:
        """Whether it is what judging anew came to, rather than what somebody did."""
        return self.event.startswith(REFRESHED)

    @property
    def subjects(self) -> list[str]:
        """What a watch on it may name."""
        return ["*", *(one for one in (self.project, self.posting) if one)]


def happened(event: UnitEvent) -> Happened | None:
    """Return what an event means to recruiters, or None where it means nothing to them."""
    topic, told = _TOPICS.get((event.unit, event.what)), event.payload
    if topic is None or (topic == "replies" and told.get("kind") not in _ENGAGED):
        return None
    candidate = told.get("candidate_id")
    return Happened(
        event=event.message_id or f"{event.unit}.{event.what}#{event.seq}",
        topic=topic,
        detail=told.get("to_stage") or told.get("kind") or told.get("status") or "",
        by=told.get("by"),
        via=told.get("via"),
        project=None if topic == "matches" else told.get("project_id"),  # its owner's, whatever it is for
        posting=told.get("posting_id"),
        approval=told.get("approval_id"),
        search=told.get("search_id"),
        owner=told.get("owner"),
        name=told.get("name"),
        candidates=[candidate] if candidate else told.get("candidate_ids", []),
        at=event.at,
    )
