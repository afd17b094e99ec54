"""How far the pool and the postings are counted."""

from servers.talent_insights.core.figures import Desk
from servers.talent_insights.core.models import InsightStatus
from shared.following.follower import Follower
from shared.kernel.errors import HiremeshError


async def status(desk: Desk, tenant: str) -> InsightStatus:
    """Say what is counted and what is still to be read, and why it was begun anew if it was."""
    people = await _behind(desk.people, tenant)
    postings = await _behind(desk.postings, tenant)
    kept = await desk.market.kept(tenant, desk.clock.today().toordinal())
    notes = [f"Built again: {kept.because}." if kept.because else "", people[1], postings[1]]
    return InsightStatus(
        people=kept.people,
        postings=kept.postings,
        open_postings=kept.open_postings,
        people_seq=kept.people_seq,
        postings_seq=kept.postings_seq,
        caught_up=(people[0], postings[0]) == (0, 0),
        people_behind=people[0],
        postings_behind=postings[0],
        k=desk.k,
        note=" ".join(note for note in notes if note),
    )


async def _behind(follower: Follower[str], tenant: str) -> tuple[int | None, str]:
    follower.follow(tenant)
    try:
        return await follower.behind(tenant), ""
    except HiremeshError as error:
        return None, f"What is still to be read is not known: {error.message}."
