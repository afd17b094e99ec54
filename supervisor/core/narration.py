"""What the assistant says, in plain words: about its plan, its state and its reasons."""

from collections.abc import Iterable, Mapping

from supervisor.core.models import Plan, PlanStep, RunStatus, StepRecord, StepStatus

HELP = (
    "Paste a posting, or tell me in a sentence whom you are looking for, and I will draft the requirements, "
    "ask you to approve them, search, judge each candidate with quoted evidence and bring you a shortlist. "
    "Or look who is there: “find me senior nurses in Oslo, not from Acme”, or “skill:rust AND NOT title:intern”; then “only "
    "…”, “drop …”, “more”, “tell me when new ones come”, “make it a role”. "
    "Or ask about the market: “where should we hire data engineers?”, “what would dropping SQL do?”, “what do nurses earn in "
    "Oslo?”, “which companies are growing?”. "
    "Open with “evaluate 300 candidates for …” to have so many judged at once.\n"
    "While I work you can ask “what are you doing?”, change the requirements (“make Python a nice-to-have”), "
    "set limits (“be done by 17:00”, “look at no more than 500 people”, “only at night”), say “only the best few” or “I need "
    "many”, or say “pause”, “resume” or “stop”. With several roles, “do the nurse role first”; “stop everything until Monday "
    "9:00” pauses all of them. Of a shortlist you can ask “why is candidate 3 not a match?”. "
    "Say “always …” and I keep it in mind for your next roles. I tell you what others do to your roles: ask “what will "
    "you tell me about?”, or say “daily digest at 8” or “don’t disturb me after 18:00”. "
    "Say “refresh the pipeline every night” and I judge anew what changed."
)

NOT_UNDERSTOOD = "I did not understand this question, so I answer none. What I can do:"

CONFIRM = (
    "To be sure that I do what you mean: say “approve” or “no” and why, “stop” to end the work, or tell me what to "
    "change."
)

NOTHING_TO_LIMIT = (
    "I work on nothing in this conversation that I could limit. Tell me first whom you are looking for, or say it in the "
    "conversation of the role."
)

_STANDS: Mapping[RunStatus, str] = {
    "running": "is under way",
    "waiting": "waits for your answer",
    "retrying": "waits for a part of me that does not answer now",
    "paused": "is paused",
}


def overview(works: Iterable[tuple[str, RunStatus, str | None]]) -> str:
    """Return what goes on in all of a recruiter's conversations, asked in one where nothing does.

    ``works`` are goals, with how each stands and why it is put off.
    """
    lines = [
        f"- “{goal}” {(reason if status == 'retrying' else None) or _STANDS.get(status, status)}."
        for goal, status, reason in works
    ]
    return "\n".join(["Here I work on nothing; elsewhere:", *lines])


def describe_plan(plan: Plan) -> str:
    """Return the plan as a numbered list, or why there is none."""
    if plan.impossible:
        return f"I cannot get there: {plan.impossible}."
    if plan.complete:
        return f"{plan.goal}: done."
    lines = [f"{number}. {step.title} ({step.unit})" for number, step in enumerate(in_order(plan), 1)]
    return "My plan:\n" + "\n".join(lines)


def explain(plan: Plan, records: Mapping[str, StepRecord], limits: str = "") -> str:
    """Return what is going on and why: what runs now and who needs it, what waits for what, what is done.

    ``records`` are the run's executed steps by their id, ``limits`` how long, how much and when it may work.
    """
    parts = [f"I am working on “{plan.goal}”."]
    if plan.held:
        parts = [f"I hold “{plan.goal}” until “{plan.held}” is done or waits for you, since that goes first."]
    if limits:
        parts.append(f"Limits: {limits}.")
    if plan.impossible:
        parts.append(f"I cannot go on: {plan.impossible}.")
    for step in in_order(plan):
        parts.append(f"- {_standing(step, plan, records.get(step.id or ''))}")
    if done := [_done(record) for record in records.values() if record.status is StepStatus.DONE]:
        parts.append("Done so far:")
        parts += [f"- {line}" for line in done]
    return "\n".join(parts)


def in_words(fact: str) -> str:
    """Return a fact's name as words: ``requirements.approved`` is "approved requirements"."""
    what, _, state = fact.replace("_", " ").partition(".")
    return what if state in {"id", "ref", ""} else f"{state} {what}"


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


def _standing(step: PlanStep, plan: Plan, record: StepRecord | None) -> str:
    """Return how a step stands and what it is for."""
    reason = (record.error or "").rstrip(".") if record else ""
    status = record.status if record and step.status is StepStatus.READY else step.status
    match status:
        case StepStatus.RUNNING:
            stands = "is running now"
        case StepStatus.READY:
            stands = "is next"
        case StepStatus.AWAITING_APPROVAL:
            stands = "waits for your approval"
        case StepStatus.AWAITING_ANSWER:
            stands = "waits for your answer"
        case StepStatus.RETRYING:
            if not reason:
                return f"**{step.title}** {(record.summary if record else None) or 'goes on soon'}."
            stands = f"did not work ({reason}) and will be tried again"
        case StepStatus.FAILED | StepStatus.DENIED:
            stands = f"{status}: {reason}"
        case _:
            before = [one.title for one in plan.steps if one.key in step.after]
            stands = "waits for " + (" and ".join(before) or "an earlier step")
    return f"**{step.title}** {stands}, because {_purpose(step, plan)}."


def _purpose(step: PlanStep, plan: Plan) -> str:
    """Return who needs the step, and which fact of it."""
    for later in plan.steps:
        if step.key in later.after and (facts := [fact for fact in step.gives if fact in later.needs]):
            return f"{later.title} needs the {in_words(facts[0])}"
    if wanted := [fact for fact in step.gives if fact in plan.wants]:
        return f"the {in_words(wanted[0])} is what you asked for"
    return step.why


def _done(record: StepRecord) -> str:
    title = record.title or record.skill
    return f"{title}: {record.summary}" if record.summary else title
