"""Backward chaining from the goal's facts over the discovered skills.

Rules, in the order in which they matter:

1. A fact that is known and fresh needs no step. It is fresh while the required inputs it was made from
   are still what they were (optional inputs may make a better one possible, never a wrong one).
2. A fact is made by the cheapest skill that produces it and whose required inputs can be had.
3. A step that ran with the same inputs is not run again. If it ended without the promised fact, one of
   its inputs must change first, so the planner looks for the nearest producer that has something new
   to work on. That is how sourcing goes another round when the shortlist is not full.

The planner only ever names skills it was given, so a plan cannot contain an invented one.
"""

from collections.abc import Iterable, Mapping

from shared.wire.planning import Skill
from supervisor.core.limits import FAMILY
from supervisor.core.models import Fact, Goal, Plan, PlanStep, StepRecord, StepStatus, step_id

_ENDED_WITHOUT_RESULT = {StepStatus.FAILED, StepStatus.DENIED}


class Planner:
    """Makes plans over one catalogue of skills.

    Args:
        skills: every skill that is discovered, active and plannable.
    """

    def __init__(self, skills: Iterable[Skill]) -> None:
        self._skills = {skill.id: skill for skill in skills if skill.planning.plannable}
        self._producers: dict[str, list[Skill]] = {}
        for skill in self._skills.values():
            for fact in skill.planning.produces.values():
                self._producers.setdefault(fact, []).append(skill)
        for producers in self._producers.values():
            producers.sort(key=lambda skill: (skill.planning.cost.seconds, skill.id))

    def plan(self, goal: Goal, facts: Mapping[str, Fact], history: Iterable[StepRecord]) -> Plan:
        """Return the plan that leads from today's facts to the goal."""
        return _Search(goal, self._producers, facts, {record.id: record for record in history}).run()


def is_fresh(
    name: str,
    facts: Mapping[str, Fact],
    history: Mapping[str, StepRecord],
    seen: frozenset[str] = frozenset(),
) -> bool:
    """Return whether a fact is known, and what it was made from is still what it was, all the way back."""
    fact = facts.get(name)
    if fact is None:
        return False
    record = history.get(fact.step) if fact.step else None
    if record is None or name in seen:
        return True
    return all(
        name == needed
        or (
            needed in facts
            and facts[needed].version == version
            and is_fresh(needed, facts, history, seen | {name})
        )
        for needed, version in record.required.items()
    )


class _Search:
    """One planning pass: the open steps found so far, keyed by skill."""

    def __init__(
        self,
        goal: Goal,
        producers: Mapping[str, list[Skill]],
        facts: Mapping[str, Fact],
        history: Mapping[str, StepRecord],
    ) -> None:
        self._goal = goal
        self._producers = producers
        self._facts = facts
        self._history = history
        self._steps: dict[str, PlanStep] = {}
        self._reasons: list[str] = []

    def run(self) -> Plan:
        plan = Plan(goal=self._goal.title, wants=self._goal.wants)
        for wanted in self._goal.wants:
            if self._is_fresh(wanted):
                continue
            if self._make(wanted, "the goal asks for it", frozenset()) is None:
                plan.impossible = self._reasons[-1]
                break
        plan.steps = list(self._steps.values())
        plan.complete = not plan.steps and plan.impossible is None
        return plan

    def _is_fresh(self, name: str) -> bool:
        return is_fresh(name, self._facts, self._history)

    def _make(self, fact: str, why: str, trail: frozenset[str]) -> str | None:
        """Plan the production of ``fact``; return the key of the producing step, or None if impossible."""
        if fact in trail:
            self._reasons.append(f"'{fact}' would be needed to make itself ({why})")
            return None
        producers = self._producers.get(fact, [])
        if not producers:
            self._reasons.append(f"no discovered skill produces '{fact}' ({why})")
            return None
        for skill in producers:
            key = self._run_skill(skill, why, trail | {fact})
            if key is not None:
                return key
        return None

    def _run_skill(self, skill: Skill, why: str, trail: frozenset[str]) -> str | None:
        if skill.id in self._steps:
            return skill.id
        before = dict(self._steps)
        after: list[str] = []
        for needed in skill.planning.requires.values():
            if self._is_fresh(needed):
                continue
            key = self._make(needed, f"{skill.title} needs it", trail)
            if key is None:
                self._steps = before
                return None
            after.append(key)
        if after:
            return self._add(skill, StepStatus.PENDING, why, after)
        return self._call(skill, why, trail, before)

    def _call(self, skill: Skill, why: str, trail: frozenset[str], before: dict[str, PlanStep]) -> str | None:
        """Add the step whose required inputs are all known, unless that very call has ended already."""
        required, optional = self._versions(skill)
        identity = step_id(skill.id, required, optional)
        record = self._history.get(identity)
        if record is None or record.status not in {StepStatus.DONE, *_ENDED_WITHOUT_RESULT}:
            status = record.status if record else StepStatus.READY
            return self._add(skill, status, why, [], identity)
        if record.status in _ENDED_WITHOUT_RESULT:
            self._reasons.append(f"{skill.title} {record.status}: {record.error or 'no reason given'}")
            self._steps = before
            return None
        renewed = self._renew_an_input(skill, trail)
        if renewed is None:
            self._reasons.append(f"{skill.title} has run and nothing new is left for it to work on")
            self._steps = before
            return None
        return self._add(skill, StepStatus.PENDING, why, [renewed])

    def _renew_an_input(self, skill: Skill, trail: frozenset[str]) -> str | None:
        inputs = [*skill.planning.requires.values(), *skill.planning.optional.values()]
        own = set(skill.planning.produces.values())
        for fact in inputs:
            if fact in trail or fact in own:
                continue
            key = (
                self._make(fact, f"{skill.title} can go on once it changes", trail)
                if fact in self._producers
                else None
            )
            if key is not None:
                return key
        return None

    def _versions(self, skill: Skill) -> tuple[dict[str, str], dict[str, str]]:
        required = {fact: self._facts[fact].version for fact in skill.planning.requires.values()}
        optional = {
            fact: self._facts[fact].version
            for fact in skill.planning.optional.values()
            if fact in self._facts and not fact.startswith(FAMILY)  # limits are no part of what a call is
        }
        return required, optional

    def _add(
        self, skill: Skill, status: StepStatus, why: str, after: list[str], identity: str | None = None
    ) -> str:
        self._steps[skill.id] = PlanStep(
            key=skill.id,
            skill=skill.id,
            unit=skill.unit,
            title=skill.title,
            risk=skill.planning.risk,
            status=status,
            id=identity,
            needs=list(skill.planning.requires.values()),
            gives=list(skill.planning.produces.values()),
            after=after,
            why=why,
        )
        return skill.id
