"""What is said of what happened, in plain words; and what of it is said at all."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import time

from pydantic import BaseModel, Field

from supervisor.environment.rules import TOPICS, Hours, How, Topic

WORDS: dict[Topic, str] = {
    "applicants": "new applicants",
    "replies": "candidates who reply or withdraw",
    "stages": "moves in the pipeline",
    "approvals": "approvals decided elsewhere",
    "postings": "postings that close",
    "profiles": "changed profiles on your shortlists",
    "matches": "people who newly match your saved searches",
}
_HOW = {"at_once": "At once", "digest": "In the digest", "never": "Not at all"}
REFRESHED = "of "
"""Begins the detail of what judging anew came to: of how many."""
MOST_NAMES = 5


class News(BaseModel):
    """What happened to one role, counted. ``place`` is the candidate's on the shortlist, where it is one.

    ``candidates`` are whom it was about, as far as it is known.
    """

    role: str
    title: str
    topic: Topic
    detail: str
    by: str | None
    number: int = 1
    place: int | None = None
    candidates: list[str] = Field(default_factory=list)


def sentence(news: News, agent: str, names: Mapping[str, str] | None = None) -> str:
    """Return one line about it, for the recruiter whose agent it is.

    ``names`` are those of candidates whom the recruiter's shortlist names, by their ids, in its order.
    """
    about = set(news.candidates)
    named = [name for one, name in (names or {}).items() if one in about]
    if news.topic == "profiles" and news.detail.startswith(REFRESHED):
        return _refreshed(news, named)
    if news.number == 1 and news.topic != "profiles":
        return _told(news, _one(news, named), agent)
    among = f": {_listed(named, news.number)}" if named else ""
    return _told(news, _counted(news.number, "candidate"), agent).removesuffix(".") + f"{among}."


def _told(news: News, who: str, agent: str) -> str:
    were = "was" if news.number == 1 else "were"
    by = f" by {'you' if news.by == agent else news.by.partition(':')[2]}" if news.by else ""
    match news.topic:
        case "applicants":
            return f"{who} applied."
        case "replies":
            return f"{who} {'replied' if news.detail == 'replied' else 'withdrew'}."
        case "stages":
            return f"{who} {were} moved to {news.detail}{by}."
        case "approvals":
            what = "An approval was" if news.number == 1 else f"{news.number} approvals were"
            return f"{what} {'given' if news.detail == 'approved' else news.detail}{by}."
        case "postings":
            return f"The posting was closed{by}."
        case "matches":
            return f"{who} newly match{'es' if news.number == 1 else ''}."
        case "profiles":
            return f"The {'profile of one candidate' if news.number == 1 else f'profiles of {news.number} candidates'} changed."


def _one(news: News, named: list[str]) -> str:
    place = f"andidate {news.place} of your shortlist" if news.place else ""
    if named:
        return f"{named[0]} (c{place})" if place else named[0]
    return f"C{place}" if place else "One candidate"


def _refreshed(news: News, named: list[str]) -> str:
    total = news.detail.removeprefix(REFRESHED)
    if not news.number:
        return f"I judged {total} candidate{'' if total == '1' else 's'} anew: nothing changed."
    among = f": {_listed(named, news.number)}" if named else ""
    return f"Judged anew, {news.number} {news.detail} changed{among}."


def _listed(named: Sequence[str], number: int) -> str:
    """Return names, and how many there are besides."""
    shown = named[:MOST_NAMES]
    others = number - len(shown)
    rest = [f"{others} more" if others > 1 else "one more"] if others > 0 else []
    *before, last = [*shown, *rest]
    return f"{', '.join(before)} and {last}" if before else last


def digest(news: Iterable[News], agent: str, names: Mapping[str, Mapping[str, str]] | None = None) -> str:
    """Return what happened, grouped by role, in the order in which it began.

    ``names`` are those of candidates, by role and id.
    """
    roles: dict[str, list[News]] = {}
    for one in news:
        roles.setdefault(one.role, []).append(one)
    parts = ["What happened meanwhile:"]
    for told in roles.values():
        parts.append("\n".join([f"**{told[0].title}**", *(f"- {_line(one, agent, names)}" for one in told)]))
    return "\n\n".join(parts)


def _line(news: News, agent: str, names: Mapping[str, Mapping[str, str]] | None) -> str:
    return sentence(news, agent, (names or {}).get(news.role))


class Standing(BaseModel):
    """What stands beside the rules: what is watched, and what is judged anew, at which hour, by title."""

    watches: list[str] = Field(default_factory=list)
    refreshes: list[tuple[str, time]] = Field(default_factory=list[tuple[str, time]])
    unchanged: bool = False


def describe(hours: Hours, standing: Standing) -> str:
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
    if standing.watches:
        lines.append(f"- Beside your own roles I watch: {', '.join(standing.watches)}.")
    at_hour: dict[time, list[str]] = {}
    for title, at in standing.refreshes:
        at_hour.setdefault(at, []).append(title)
    lines += [_nightly(at, titles, rules.of("profiles")) for at, titles in sorted(at_hour.items())]
    if at_hour:
        otherwise = "I say so too." if standing.unchanged else "I say nothing."
        lines.append(f"- If a night changes nothing, {otherwise}")
    return "\n".join([f"I tell you what others do to your roles. Times are in {_zone(hours)}.", *lines])


def _nightly(at: time, titles: list[str], how: How) -> str:
    told = {"at_once": "at once", "digest": "in the digest"}.get(how)
    then = f"Who comes out differently I tell you {told}." if told else "I do not tell you of it."
    return f"- Every day at {_clock(at)} I judge anew what changed: {', '.join(titles)}. {then}"


def _zone(hours: Hours) -> str:
    return hours.rules.zone or f"{hours.zone} (say “my time zone is Europe/Berlin” for another)"


def _clock(at: time) -> str:
    return at.strftime("%H:%M")


def _counted(number: int, what: str) -> str:
    return f"{number} {what}s" if number != 1 else f"One {what}"
