"""Hearing a model on a posting, and what the draft says about it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from servers.intake.core.checked import CheckedReading, as_lines, checked, lines_to_read
from servers.intake.core.models import RULES, DraftResult
from servers.intake.core.ports import Reader
from servers.intake.core.sections import Posting
from servers.intake.core.statements import Statement
from shared.lawful import SafetyCheck
from shared.wire.requirements import Inference

_NAMED = 6


@dataclass(frozen=True, slots=True)
class Hearing:
    """What stands of a model's reading, if anything; the engine's name; what must be said of both."""

    reading: CheckedReading | None = None
    engine: str = RULES
    said: list[Inference] = field(default_factory=list[Inference])


async def hear(
    reader: Reader | None, posting: Posting, said: Sequence[Statement], check: SafetyCheck
) -> Hearing:
    """Have the model read the posting, and keep of that what stands in it.

    What is not lawful is not shown to it: that is refused as it is written, never worded anew.
    """
    lines = [one for one in lines_to_read(said) if check(one.text, posting.readable).lawful]
    if reader is None or not lines:
        return Hearing()
    heard = await reader.posting(as_lines(lines))
    if heard.value is None:
        return Hearing(said=[unheard("engine", heard.note)])
    reading = checked(heard.value, lines, posting.readable)
    if heard.value.demands and not reading.parts:
        reason = "Nothing that the language model named stands in the posting, so the rules engine answered."
        return Hearing(said=[unheard("engine", reason)])
    reason = "The language model named it, but no words of the posting ask for it."
    made_up = [_left_out(f"“{one[:120]}”", reason) for one in dict.fromkeys(reading.invented)]
    return Hearing(reading, f"{reader.name} + {RULES}", made_up)


def unheard(field: str, reason: str) -> Inference:
    """Say that the rules did what a model was to do, and why."""
    return Inference(field=field, value=RULES, reason=reason)


def left_out(orders: Sequence[Statement], passed_over: Sequence[str]) -> list[Inference]:
    """Say of which lines nothing was made although something could have been."""
    reason = "This line gives orders to a machine; it asks nothing of candidates."
    said = [_left_out(f"“{one.text[:120]}”", reason) for one in orders]
    if passed_over:
        named = "; ".join(f"“{text[:80]}”" for text in passed_over[:_NAMED])
        more = f" and {len(passed_over) - _NAMED} more" if len(passed_over) > _NAMED else ""
        reason = "The rules would have read demands in these lines, the language model read none."
        said.append(_left_out(named + more, reason))
    return said


def told(draft: DraftResult, hearing: Hearing, further: Sequence[Inference]) -> DraftResult:
    """Return a draft that says who wrote it, and where rules had to do what a model was to do."""
    said = [*hearing.said, *further]
    reasons = dict.fromkeys(one.reason for one in said if one.value == RULES)
    update = {"engine": hearing.engine, "inferences": [*draft.requirements.inferences, *said]}
    requirements = draft.requirements.model_copy(update=update)
    return draft.model_copy(
        update={"requirements": requirements, "summary": " ".join([draft.summary, *reasons])}
    )


def _left_out(value: str, reason: str) -> Inference:
    return Inference(field="left out", value=value, reason=reason)
