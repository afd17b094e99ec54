"""What the assistant says, in plain words: about its plan, its state and its reasons."""

from collections.abc import Sequence

from supervisor.core.models import Plan, PlanStep, StepStatus

HELP = (
    "Paste a posting, or tell me in a sentence whom you are looking for, and I will draft the requirements, "
    "ask you to approve them, search, judge each candidate with quoted evidence and bring you a shortlist.\n"
    "While I work you can ask “what are you doing?”, change the requirements (“make Python a nice-to-have”), "
    "or say “pause”, “resume” or “stop”."
)

_WORDS = {
    StepStatus.PENDING: "waits for an earlier step",
    StepStatus.READY: "is next",
    StepStatus.AWAITING_APPROVAL: "waits for your approval",
    StepStatus.RUNNING: "is running",
    StepStatus.DONE: "is done",
    StepStatus.RETRYING: "failed for now and will be tried again",
    StepStatus.FAILED: "failed",
    StepStatus.DENIED: "was denied",
}


def describe_plan(plan: Plan) -> str:
    """Return the plan as a numbered list, or why there is none."""
    if plan.impossible:
        return f"I cannot get there: {plan.impossible}."
    if plan.complete:
        return f"{plan.goal}: done."
    lines = [f"{number}. {step.title} ({step.unit})" for number, step in enumerate(in_order(plan), 1)]
    return "My plan:\n" + "\n".join(lines)


def explain(plan: Plan, done: Sequence[str], notes: Sequence[str]) -> str:
    """Return what is going on and why: what is behind us, what is ahead, and what went wrong."""
    parts = [f"I am working on “{plan.goal}”."]
    if done:
        parts.append("Done so far: " + "; ".join(done) + ".")
    if plan.impossible:
        parts.append(f"I cannot go on: {plan.impossible}.")
    for step in in_order(plan):
        parts.append(f"{step.title} {_WORDS[step.status]}, because {step.why}.")
    parts.extend(notes)
    return "\n".join(parts)


def in_order(plan: Plan) -> list[PlanStep]:
    """Return the steps so that each comes after those it waits for."""
    placed: dict[str, PlanStep] = {}
    waiting = list(plan.steps)
    while waiting:
        free = [step for step in waiting if all(key in placed for key in step.after)] or waiting[:1]
        for step in free:
            placed[step.key] = step
            waiting.remove(step)
    return list(placed.values())
