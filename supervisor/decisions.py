"""Steps that a person decides about: asking for approval, and taking in what was decided."""

from shared.storage import Database
from shared.wire.planning import Skill
from supervisor.approvals import Approvals
from supervisor.core.autonomy import needs_approval
from supervisor.core.models import Fact, Plan, PlanStep, StepStatus
from supervisor.execution import arguments_of, versions_of
from supervisor.store import Run, RunStore, Step
from supervisor.views import View

LONGEST_SUMMARY = 2000


class Decisions:
    """Asks for what needs a person, as the current principal.

    Args:
        database: the supervisor's own.
        views: how to show what a decision is about, by fact name.
    """

    def __init__(self, database: Database, approvals: Approvals, views: dict[str, View]) -> None:
        self._database = database
        self._approvals = approvals
        self._views = views

    async def take_in(
        self, run: Run, plan: Plan, skills: dict[str, Skill], facts: dict[str, Fact], known: dict[str, Step]
    ) -> bool:
        """Ask for what needs a person and read what was decided; return whether to plan again."""
        for step in plan.steps:
            if step.id is None or not needs_approval(step.risk):
                continue
            record = known.get(step.id)
            if step.status is StepStatus.READY:
                await self._ask(run, step, skills[step.skill], facts)
                return True
            if step.status is StepStatus.AWAITING_APPROVAL and record and record.approval:
                approval = await self._approvals.get(record.approval)
                if approval.status in {"approved", "used"}:
                    step.status = StepStatus.READY
                elif approval.status != "pending":
                    reason = approval.reason or f"the approval is {approval.status}"
                    async with self._database.transaction(run.tenant) as connection:
                        store = RunStore(connection, run.tenant)
                        await store.end_step(run.id, step.id, StepStatus.DENIED, error=reason)
                    return True
        return False

    async def _ask(self, run: Run, step: PlanStep, skill: Skill, facts: dict[str, Fact]) -> None:
        arguments = arguments_of(skill, facts)
        views = [self._views[fact] for fact in step.needs if fact in self._views]
        details = [await view.text(facts) for view in views]
        summary = "\n\n".join([f"{skill.title}?", *details])[:LONGEST_SUMMARY]
        approval = await self._approvals.request(skill.id, arguments, summary, key=f"{run.id}/{step.id}")
        async with self._database.transaction(run.tenant) as connection:
            store = RunStore(connection, run.tenant)
            required, optional = versions_of(skill, facts)
            await store.begin_step(run.id, step, required, optional, StepStatus.AWAITING_APPROVAL)
            await store.set_step_approval(run.id, step.id or "", approval.approval_id)
