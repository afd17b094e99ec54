"""Changes in a person's words of which the rules are not sure, as a model understands them.

A model may only point: at statements that are there, and at words of the person's own. What it adds, or
points at in vain, is not taken; the rules then read the sentence as they would without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from servers.intake.core.changes import Changes, edited, read_changes
from servers.intake.core.model_reading import ChangesReading, WordedChange
from servers.intake.core.ports import Reader
from servers.intake.core.reading import read_statement
from servers.intake.core.statements import Statement
from shared.taxonomy import Taxonomy
from shared.wire.requirements import Qualification, Question, Requirements

_EDITS = {"remove": "drop", "make_optional": "nice_to_have", "make_required": "must_have"}
_ANSWERS = {
    "add": "must_have",
    "add_optional": "nice_to_have",
    "title": "title",
    "location": "location",
    "seniority": "seniority",
}
_LISTS = ("must_have", "nice_to_have")
_PLAIN_WORDS = 4


@dataclass
class UnderstoodChanges:
    """Changes to make, what must be asked about them, and why a model was of no use where it was not."""

    changes: Changes = field(default_factory=Changes)
    questions: list[Question] = field(default_factory=list[Question])
    note: str = ""


async def understand(
    texts: Sequence[str], drafts: Sequence[Qualification], taxonomy: Taxonomy, reader: Reader | None
) -> UnderstoodChanges:
    """Read changes by rules, and have a model read those of which the rules are not sure."""
    understood = UnderstoodChanges()
    unsure = [text for text in texts if _unsure(text, drafts, taxonomy)] if reader else []
    said: dict[str, list[WordedChange]] = {}
    if reader and unsure:
        heard = await reader.changes([one.statement for one in drafts], unsure)
        understood.note = heard.note
        said = _pointing(heard.value, unsure, len(drafts)) if heard.value else {}
    for number, text in enumerate(texts, 1):
        if text not in said:
            _add(understood.changes, read_changes([text]))
        for change in said.get(text, []):
            _take(understood, change, text, number, drafts)
    return understood


def _unsure(text: str, drafts: Sequence[Qualification], taxonomy: Taxonomy) -> bool:
    """Return whether the rules took a sentence for a demand for want of anything better, or miss what it names."""
    read = read_changes([text])
    if read.edits:
        shown = Requirements(title="", qualifications=list(drafts))
        return bool(edited(shown, read.edits, taxonomy).questions)
    if read.answers != {"must_have": text.strip()}:
        return False
    demand = Statement(0, len(text), text, "required", bullet=True)
    plain = len(text.split()) <= _PLAIN_WORDS
    return not (plain and read_statement(demand, text, taxonomy, fallback=False))


def _pointing(reading: ChangesReading, texts: Sequence[str], count: int) -> dict[str, list[WordedChange]]:
    """Return the changes by their sentence, of those sentences in which every one points at what is there."""
    by_text: dict[str, list[WordedChange]] = {}
    for change in reading.changes:
        if 1 <= change.change <= len(texts):
            by_text.setdefault(texts[change.change - 1], []).append(change)
    return {
        text: changes
        for text, changes in by_text.items()
        if all(_points(change, text, count) for change in changes)
    }


def _points(change: WordedChange, text: str, count: int) -> bool:
    if change.action in _EDITS:
        return bool(change.targets) and all(1 <= target <= count for target in change.targets)
    words = " ".join(change.words.split()).lower()
    return change.action == "unclear" or (bool(words) and words in " ".join(text.split()).lower())


def _take(
    understood: UnderstoodChanges,
    change: WordedChange,
    text: str,
    number: int,
    drafts: Sequence[Qualification],
) -> None:
    if change.action in _EDITS:
        kind = _EDITS[change.action]
        understood.changes.edits += [(kind, drafts[target - 1].statement) for target in change.targets]
    elif change.action in _ANSWERS:
        _add(understood.changes, Changes(answers={_ANSWERS[change.action]: change.words.strip()}))
    else:
        understood.questions.append(
            Question(
                id=f"unclear:{number}",
                field="qualifications",
                text=f"What should change by “{text[:120]}”?",
                why="it could be read in several ways",
            )
        )


def _add(changes: Changes, further: Changes) -> None:
    """Add changes: demands pile up, of the rest a later one wins."""
    changes.edits += further.edits
    for key, value in further.answers.items():
        before = changes.answers.get(key) if key in _LISTS else None
        changes.answers[key] = f"{before}\n{value}" if before else value
