"""The drafted requirements, as a person reads them before approving."""

from shared.wire.requirements import Qualification, Requirements
from supervisor.core.models import Fact
from supervisor.stage import Stage

FACT = "requirements.draft"


class RequirementsView:
    """Shows the drafted requirements.

    Args:
        announce: whether to show them when the fact becomes known, or only to whoever must decide.
    """

    def __init__(self, *, announce: bool) -> None:
        self._announce = announce

    async def text(self, facts: dict[str, Fact]) -> str:
        """Return the whole document as text, or nothing where it is not known yet."""
        fact = facts.get(FACT)
        return requirements_text(Requirements.model_validate(fact.value)) if fact else ""

    async def show(self, facts: dict[str, Fact], stage: Stage) -> None:
        """Show the requirements as a card and as a message."""
        if not self._announce:
            return
        fact = facts[FACT]
        await stage.card("requirements", fact.value, await self.text(facts), f"{stage.turn}:requirements")


def requirements_text(requirements: Requirements) -> str:
    """Return requirements as Markdown: role, must-haves, nice-to-haves, refusals, questions, and who wrote them."""
    facts = [
        requirements.seniority,
        requirements.location,
        requirements.work_mode and requirements.work_mode.replace("_", "-"),
        requirements.employment_type,
        requirements.industry,
    ]
    parts = [f"**{requirements.title}**" + "".join(f" · {fact}" for fact in facts if fact)]
    for importance, heading in (("must_have", "Must have"), ("nice_to_have", "Nice to have")):
        chosen = [one for one in requirements.qualifications if one.importance == importance]
        if chosen:
            parts.append(f"{heading}:\n" + "\n".join(f"- {_line(one)}" for one in chosen))
    if requirements.inferences:
        parts.append(
            "I inferred:\n"
            + "\n".join(f"- {one.field}: {one.value} ({one.reason})" for one in requirements.inferences)
        )
    if requirements.refused:
        parts.append(
            "I left out, because it must not be asked for:\n"
            + "\n".join(
                f"- “{one.text}”: {one.reason}" + (f" Instead: {one.rewording}" if one.rewording else "")
                for one in requirements.refused
            )
        )
    if requirements.contradictions:
        parts.append(
            "This does not fit together:\n" + "\n".join(f"- {one}" for one in requirements.contradictions)
        )
    if requirements.questions:
        parts.append("Please tell me:\n" + "\n".join(f"- {one.text}" for one in requirements.questions))
    parts.append(f"Written by {requirements.engine}.")
    return "\n\n".join(parts)


def _line(qualification: Qualification) -> str:
    return qualification.statement + (" (inferred)" if qualification.inferred else "")
