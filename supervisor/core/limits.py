"""How long, how much and when a run may work, as a person says it: a deadline, so many people, hours of the day.

Limits are facts that bound a call and never say what it is about: a call under other limits is the same step, so what
was done under the earlier ones stands.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.kernel.window import Window
from supervisor.core.models import Fact, digest
from supervisor.core.times import say_moment

FAMILY = "limits."
"""What the names of limits begin with."""
LIMITS = f"{FAMILY}set"
"""The fact that holds ``Limits``, as a person set them."""
DEADLINE, WINDOW, BUDGET = f"{FAMILY}deadline", f"{FAMILY}window", f"{FAMILY}budget"
"""Facts that skills take, made of the limits when they are called."""
LOOKED = f"{FAMILY}looked"
"""How many people a run was handed so far."""
FOUND, BATCH = "candidates.found", "sourcing.batch"


class Limits(BaseModel):
    """What a person set; ``zone`` is the time zone in which they said it.

    Attributes:
        people: how many may be looked at in all.
        window: hours of the day, as ``shared.kernel.window`` writes them.
    """

    model_config = ConfigDict(frozen=True)

    deadline: AwareDatetime | None = None
    people: int | None = Field(default=None, ge=1)
    window: str | None = None
    zone: str = "UTC"

    def clock(self, moment: datetime, now: datetime) -> str:
        """Return a moment in the time zone of whom it concerns."""
        return f"{say_moment(moment, now, ZoneInfo(self.zone))} ({self.zone})"

    def words(self, now: datetime) -> str:
        """Return the limits as the end of a sentence about work; empty where none is set."""
        place, said = ZoneInfo(self.zone), list[str]()
        if self.deadline:
            said.append(f"until {say_moment(self.deadline, now, place)}")
        if self.window:
            window = Window.read(self.window)
            said.append(f"only from {window.opens:%H:%M} to {window.closes:%H:%M}")
        if self.people:
            said.append(f"at most {self.people:,} people")
        zone = f" ({self.zone})" if self.deadline or self.window else ""
        return ", ".join(said) + zone


def limits_in(facts: Mapping[str, Fact]) -> Limits:
    """Return the limits that are set in a run."""
    return Limits.model_validate(facts[LIMITS].value) if LIMITS in facts else Limits()


def changed(limits: Limits, said: Mapping[str, Any], zone: str) -> Limits:
    """Return limits with what a person said about them, in their time zone."""
    return limits.model_copy(update={**said, "zone": zone})


def mark(facts: Mapping[str, Fact]) -> str:
    """Return what changes whenever a limit does; empty where none is set."""
    limits = limits_in(facts).model_dump(mode="json", exclude={"zone"}, exclude_none=True)
    return digest(limits) if limits else ""


def bounded(facts: Mapping[str, Fact], batch: int | None) -> dict[str, Fact]:
    """Return the facts with what skills take of the limits; ``batch`` is how many are looked for unless said."""
    limits, bound = limits_in(facts), dict(facts)
    if limits.deadline:
        bound[DEADLINE] = Fact.of(DEADLINE, limits.deadline.isoformat())
    if limits.window:
        bound[WINDOW] = Fact.of(WINDOW, limits.window)
    if limits.people:
        looked = looked_at(facts)
        bound[BUDGET] = Fact.of(
            BUDGET, {"candidates": max(1, limits.people - looked + handed(facts.get(FOUND)))}
        )
        left, wished = max(1, limits.people - looked), facts[BATCH].value if BATCH in facts else batch
        if wished and wished > left:
            bound[BATCH] = Fact.of(BATCH, left)
    return bound


def over(facts: Mapping[str, Fact], now: datetime) -> str | None:
    """Return which limit is reached, as the end of "I stop here: …", or None."""
    limits = limits_in(facts)
    if limits.deadline and now >= limits.deadline:
        return f"it is {limits.deadline.astimezone(ZoneInfo(limits.zone)):%H:%M}, and you asked me to be done by then"
    if limits.people and looked_at(facts) >= limits.people:
        return f"you asked me to look at no more than {limits.people:,} people"
    return None


def looked_at(facts: Mapping[str, Fact]) -> int:
    """Return how many people a run was handed so far."""
    return facts[LOOKED].value if LOOKED in facts else handed(facts.get(FOUND))


def looked_after(before: Mapping[str, Fact], found: Fact) -> int:
    """Return how many people a run was handed once a round brought ``found``.

    The first round by changed requirements brings those of before, too.
    """
    anew = isinstance(found.value, dict) and found.value.get("round") == 1
    return handed(found) + (0 if anew or LOOKED not in before else before[LOOKED].value)


def handed(found: Fact | None) -> int:
    """Return how many people one round brought."""
    value = found.value if found and isinstance(found.value, dict) else {}
    total = value.get("total")
    return total if isinstance(total, int) else len(value.get("candidate_ids", []))


def confirmation(limits: Limits, said: Mapping[str, Any], now: datetime) -> str:
    """Return what was understood, as whole sentences with the time zone."""
    place, told = ZoneInfo(limits.zone), list[str]()
    if limits.deadline and "deadline" in said:
        told.append(
            f"I will be done by {say_moment(limits.deadline, now, place)} ({limits.zone}) and hand over what there is by "
            "then."
        )
    if limits.people and "people" in said:
        told.append(f"I will look at no more than {limits.people:,} people.")
    if limits.window and "window" in said:
        window = Window.read(limits.window)
        opens = window.next(now)
        begins = (
            "I may go on now"
            if opens <= now
            else f"the next of these hours begin at {say_moment(opens, now, place)}"
        )
        told.append(
            f"I will judge only from {window.opens:%H:%M} to {window.closes:%H:%M} ({limits.zone}); {begins}."
        )
    lifted = {
        "deadline": "without a deadline",
        "people": "however many people it takes",
        "window": "at any hour",
    }
    if gone := [words for name, words in lifted.items() if name in said and said[name] is None]:
        told.append(f"I will work {' and '.join(gone)}.")
    if limits.deadline and limits.window and Window.read(limits.window).next(now) >= limits.deadline:
        told.append(
            "But these hours begin only after the deadline, so nobody would be judged. Please name other times."
        )
    return " ".join(told)
