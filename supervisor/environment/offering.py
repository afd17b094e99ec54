"""Unclear sentences about being told things: a model's choice among the rules there are, or the closest as choices."""

import json
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel

from shared.kernel.errors import ModelOutputInvalid
from shared.llm import Budget, ChatMessage, LanguageModel, model_or_rules
from supervisor.environment.rules import How, Topic
from supervisor.environment.wording import LONGEST, named_topics

SECONDS = 3.0
TOKENS = 3_000
SPOKEN: dict[Topic, str] = {
    "applicants": "new applicants",
    "replies": "replies",
    "stages": "moves in the pipeline",
    "approvals": "approvals",
    "postings": "closed postings",
    "profiles": "changed profiles",
    "matches": "new matches of saved searches",
}
_SENTENCES: dict[How, str] = {
    "never": "don't tell me about {}",
    "digest": "keep {} for the digest",
    "at_once": "tell me at once about {}",
}
_ABOUT_TELLING = re.compile(
    r"\b(?:bug|bother|disturb|annoy|spam|ping|nag|pester|interrupt|notify|alert|message|updat|inform)(?:g?ing|e)?\s+me\b"
    r"|\b(?:my |the |your |fewer |less |more |many |no )(?:notifications?|alerts?|digests?|quiet hours?|updates)\b"
    r"|\bkeep me (?:posted|updated|in the loop|informed)\b|\bleave me (?:alone|in peace)\b"
    r"|\b(?:stop|quit) (?:telling|messaging|notifying|sending|writing)(?: to)? me\b",
    re.I,
)
_LESS = re.compile(
    r"\b(?:don'?t|do not|stop|quit|never|no|less|fewer|not|leave|enough|too (?:many|much|often))\b", re.I
)
_PICK = re.compile(
    r"^\W*(?:(?:number|no\.?|option|the) )?(?P<which>[1-9]|one|two|three|four|first|second|third|fourth|last)"
    r"(?: one| please)?\W*$",
    re.I,
)
_PLACES = {"one": 1, "first": 1, "two": 2, "second": 2, "three": 3, "third": 3, "four": 4, "fourth": 4}

What = Topic | Literal["everything", "nights", "weekends", "unclear", "something_else"]


class RuleReading(BaseModel):
    """What a model says that a message wants to be told of, and how."""

    what: What
    how: How


def speaks_of_telling(message: str) -> bool:
    """Return whether a message is about being told things, in whatever words."""
    text = message.replace("’", "'")
    return len(text) <= LONGEST and "\n" not in text.strip() and bool(_ABOUT_TELLING.search(text))


def closest(message: str, lately: Sequence[Topic]) -> list[str]:
    """Return the rules that come closest to an unclear message, each as a sentence that sets it.

    ``lately`` are the topics that were told last, newest first: "that stuff" is most likely one of them.
    """
    less = bool(_LESS.search(message.replace("’", "'")))
    wanted: How = "never" if less else "at_once"
    known: list[Topic] = [*named_topics(message), *lately]
    sentences = [_SENTENCES[how].format(SPOKEN[topic]) for topic in known[:1] for how in (wanted, "digest")]
    others = ["don't disturb me at night", "don't disturb me on weekends"] if less else ["no quiet hours"]
    return [*sentences, _SENTENCES["digest" if less else "at_once"].format("everything"), *others]


def question(sentences: Sequence[str]) -> str:
    """Return the question which of the sentences is meant."""
    lines = [f"{number}. “{sentence}”" for number, sentence in enumerate(sentences, 1)]
    return "\n".join(
        [
            "I am not sure what you would like me to tell you, and when. Say the number, or it in other words:",
            *lines,
            "Ask “what will you tell me about?” to read all your rules.",
        ]
    )


def picked(message: str, sentences: Sequence[str]) -> str | None:
    """Return the sentence that a message chooses by its number, or None."""
    match = _PICK.match(message)
    if match is None or not sentences:
        return None
    which = match["which"].casefold()
    place = len(sentences) if which == "last" else _PLACES.get(which) or int(which)
    return sentences[place - 1] if place <= len(sentences) else None


class Offering:
    """Has a model choose the rule that an unclear message means.

    Args:
        model: None where there is none; then nothing is chosen.
    """

    def __init__(self, model: LanguageModel | None) -> None:
        self._model = model

    async def choose(self, message: str, lately: Sequence[Topic]) -> tuple[str | None, str | None]:
        """Return the sentence that sets the rule, ``""`` for a message about something else, None where it is unclear.

        Beside it comes a sentence to say where the model failed.
        """
        if self._model is None:
            return None, None

        async def ask(model: LanguageModel) -> str | None:
            budget = Budget(calls=2, tokens=TOKENS, seconds=SECONDS)
            document = {"message": message, "told_lately": list(lately)}
            prompt: list[ChatMessage] = [
                {"role": "system", "content": _instructions()},
                {"role": "user", "content": json.dumps(document, ensure_ascii=False)},
            ]
            reading = await model.structured(prompt, RuleReading, budget=budget)
            return _sentence(reading)

        answer = await model_or_rules(self._model, ask, lambda: None)
        return answer.value, answer.note


def _sentence(reading: RuleReading) -> str | None:
    less = reading.how != "at_once"
    match reading.what:
        case "unclear":
            return None
        case "something_else":
            return ""
        case "nights":
            return "don't disturb me at night" if less else "no quiet hours"
        case "weekends":
            return "don't disturb me on weekends" if less else "weekends are fine"
        case "everything":
            return _SENTENCES[reading.how].format("everything")
        case _ if reading.what in SPOKEN:
            return _SENTENCES[reading.how].format(SPOKEN[reading.what])
        case _:
            raise ModelOutputInvalid("the language model chose a rule that there is not.")


@cache
def _instructions() -> str:
    return files("supervisor").joinpath("prompts", "read_rule.md").read_text("utf-8")
