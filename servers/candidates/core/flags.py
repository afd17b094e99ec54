"""What a reader of a dossier should be warned of."""

import re

from servers.candidates.core.models import FLAG_INSTRUCTIONS

# Text that talks to a machine rather than about a person. It stays in the source, as data; the flag tells
# the recruiter, and nothing downstream obeys it.
_INSTRUCTIONS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|all|any|your)\b"
    r"[^.\n]{0,40}\b(?:instructions?|prompts?|rules?|guidelines|criteria)\b"
    r"|\b(?:rate|rank|score|recommend|shortlist|select|hire)\b[^.\n]{0,30}\b(?:this|the) "
    r"(?:candidate|applicant|resume|résumé|profile|person)\b[^.\n]{0,40}"
    r"\b(?:high(?:est|ly)?|top|best|first|perfect|strong(?:ly)?|10/10|100)\b"
    r"|\byou are (?:now )?an? (?:ai|assistant|language model|recruiter|helpful|chatbot|llm)\b"
    r"|\b(?:system prompt|as an ai(?: language)? model|begin system|<\|im_start\|>|\[/?inst\])"
    r"|\brespond (?:only )?with\b[^.\n]{0,30}\b(?:meets|strong match|yes)\b",
    re.IGNORECASE,
)


# Every pattern above needs one of these; looking for them first spares the pattern nearly every text.
_TELLTALES = (
    "ignore", "disregard", "forget", "override", "candidate", "applicant", "resume", "résumé", "this profile",
    "this person", "the profile", "the person", "you are", "prompt", "an ai", "begin system", "im_start",
    "inst]", "respond",
)  # fmt: skip


def flags_of(text: str) -> list[str]:
    """Return the flags that a source's visible text calls for."""
    return [FLAG_INSTRUCTIONS] if talks_to_machines(text) else []


def talks_to_machines(text: str) -> bool:
    """Tell whether a text holds what looks like instructions to a model."""
    lowered = text.lower()
    return any(word in lowered for word in _TELLTALES) and _INSTRUCTIONS.search(text) is not None
