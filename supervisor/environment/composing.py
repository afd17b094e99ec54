"""What is said of what happened, in plain words; and what of it is said at all."""

from collections.abc import Iterable
from datetime import time

from pydantic import BaseModel

from supervisor.environment.rules import TOPICS, Hours, Topic

WORDS: dict[Topic, str] = {
    "applicants": "new applicants",
    "replies": "candidates who reply or withdraw",
    "stages": "moves in the pipeline",
    "approvals": "approvals decided elsewhere",
    "postings": "postings that close",
    "profiles": "changed profiles on your shortlists",
}
_HOW = {"at_once": "At once", "digest": "In the digest", "never": "Not at all"}


class News(BaseModel):
    """What happened to one role, counted. ``place`` is the candidate's on the shortlist, where it is one."""

    role: str
    title: str
    topic: Topic
    detail: str
    by: str | None
    number: int = 1
    place: int | None = None


def sentence(news: News, agent: str) -> str:
    """Return one line about it, for the recruiter whose agent it is."""
    who = f"Candidate {news.place} of your shortlist" if news.place else _counted(news.number, "candidate")
    were = "was" if news.number == 1 else "were"
    by = f" by {'you' if news.by == agent else news.by.partition(':')[2]}" if news.by else ""
    match news.topic:
        case "applicants":
            return f"{_counted(news.number, 'candidate')} applied."
        case "replies":
            return f"{who} {'replied' if news.detail == 'replied' else 'withdrew'}."
        case "stages":
            return f"{who} {were} moved to {news.detail}{by}."
        case "approvals":
            what = "An approval was" if news.number == 1 else f"{news.number} approvals were"
            return f"{what} {'given' if news.detail == 'approved' else news.detail}{by}."
        case "postings":
            return f"The posting was closed{by}."
        case "profiles":
            return f"The {'profile of one candidate' if news.number == 1 else f'profiles of {news.number} candidates'} changed."


def digest(news: Iterable[News], agent: str) -> str:
    """Return what happened, grouped by role, in the order in which it began."""
    roles: dict[str, list[News]] = {}
    for one in news:
        roles.setdefault(one.role, []).append(one)
    parts = ["What happened meanwhile:"]
    for told in roles.values():
        parts.append("\n".join([f"**{told[0].title}**", *(f"- {sentence(one, agent)}" for one in told)]))
    return "\n\n".join(parts)


def describe(hours: Hours, watches: list[str]) -> str:
    """Return what a recruiter will be told and when, with how to change it."""
    rules, lines = hours.rules, list[str]()
    for how, words in _HOW.items():
        if named := [WORDS[topic] for topic in TOPICS if rules.of(topic) == how]:
            lines.append(f"- {words}: {', '.join(named)}.")
    lines.append(f"- The digest comes at {_clock(rules.digest)}, when there is something to tell.")
    if rules.quiet:
        lines.append(
            f"- Quiet from {_clock(rules.quiet.begins)} to {_clock(rules.quiet.ends)}: what happens then "
            "waits for the end of it."
        )
    if rules.weekdays_only:
        lines.append("- Nothing on weekends.")
    applied = "I evaluate them as they come." if rules.evaluates else "I leave them to you."
    lines.append(f"- Who applies to a role with approved requirements: {applied}")
    if watches:
        lines.append(f"- Beside your own roles I watch: {', '.join(watches)}.")
    return "\n".join([f"I tell you what others do to your roles. Times are in {_zone(hours)}.", *lines])


def _zone(hours: Hours) -> str:
    return hours.rules.zone or f"{hours.zone} (say “my time zone is Europe/Berlin” for another)"


def _clock(at: time) -> str:
    return at.strftime("%H:%M")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}s" if number != 1 else f"One {what}"
