"""When a recruiter is told of what, as they said it, and the hours that follow from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from shared.mailbox import Window

Topic = Literal["applicants", "replies", "stages", "approvals", "postings", "profiles", "matches"]
How = Literal["at_once", "digest", "never"]
TOPICS: tuple[Topic, ...] = get_args(Topic)
DEFAULT: Mapping[Topic, How] = {
    "applicants": "digest",
    "replies": "at_once",
    "stages": "at_once",
    "approvals": "at_once",
    "postings": "at_once",
    "profiles": "digest",
    "matches": "digest",
}
WEEKDAYS = frozenset(range(5))
MIDNIGHT = time(0)


class Quiet(BaseModel):
    """Hours of the day in which nobody is disturbed; past midnight is one stretch."""

    model_config = ConfigDict(frozen=True)

    begins: time
    ends: time


class Rules(BaseModel):
    """What one recruiter asked for. ``zone`` is None until they name one: then the deployment's counts."""

    model_config = ConfigDict(frozen=True)

    zone: str | None = None
    how: dict[Topic, How] = Field(default_factory=dict[Topic, How])
    digest: time = time(8)
    quiet: Quiet | None = None
    weekdays_only: bool = False
    evaluates: bool = True

    def of(self, topic: Topic) -> How:
        """Return how news of a topic are told."""
        return self.how.get(topic, DEFAULT[topic])


@dataclass(frozen=True)
class Hours:
    """The hours that follow from ``rules``, in their zone or else in ``zone``."""

    rules: Rules
    zone: str

    @property
    def place(self) -> ZoneInfo:
        """The time zone that counts."""
        return ZoneInfo(self.rules.zone or self.zone)

    def undisturbed(self, now: datetime) -> datetime:
        """Return ``now`` where the recruiter may be told something then, else when they next may, in UTC."""
        quiet, days = self.rules.quiet, WEEKDAYS if self.rules.weekdays_only else frozenset(range(7))
        opens, closes = (quiet.ends, quiet.begins) if quiet else (MIDNIGHT, MIDNIGHT)
        return Window(opens, closes, self.place.key, days).next(now)

    def next_digest(self, now: datetime) -> datetime:
        """Return when the next digest is due, after ``now``, in UTC. An hour that is left out counts as over."""
        return self.undisturbed(self.next_at(self.rules.digest, now))

    def next_at(self, clock: time, now: datetime) -> datetime:
        """Return when it is next so late in the recruiter's time zone, after ``now``, in UTC."""
        today = now.astimezone(self.place).date()
        due = (
            datetime.combine(today + timedelta(days=n), clock, self.place).astimezone(UTC) for n in range(3)
        )
        return next(at for at in due if at > now)

    def due(self, topic: Topic, now: datetime) -> datetime | None:
        """Return when news of ``topic`` are to be told, in UTC; None for never."""
        match self.rules.of(topic):
            case "at_once":
                return self.undisturbed(now)
            case "digest":
                return self.next_digest(now)
            case "never":
                return None
