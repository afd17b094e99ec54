"""Lines of a posting that talk to a machine instead of about the role: they ask nothing of anybody."""

import re

from servers.intake.core.statements import Statement

_ADDRESSED = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,40}\b(?:previous|prior|above|earlier|all|any|your|these)\b"
    r"[^.\n]{0,40}\b(?:instructions?|prompts?|rules?|guidelines|criteria|context)\b"
    r"|\byou are (?:now )?(?:an? |the )?(?:ai|llm|assistant|language model|chatbot|helpful assistant)\b"
    r"|\b(?:system prompt|as an ai(?: language)? model|begin system)\b|<\|\w+\|>|\[/?inst\]"
    r"|^\s*(?:system|assistant|developer)(?: prompt| message)?\s*:",
    re.I,
)


def without_orders(said: list[Statement], text: str) -> tuple[list[Statement], list[Statement]]:
    """Return the statements of ``text`` that are about the role, and those that give orders to a reader.

    What follows such an order on the same line belongs to it.
    """
    kept: list[Statement] = []
    orders: list[Statement] = []
    until = -1
    for one in said:
        addressed = _ADDRESSED.search(one.text) is not None
        if addressed:
            line_end = text.find("\n", one.end)
            until = len(text) if line_end < 0 else line_end
        (orders if addressed or one.start < until else kept).append(one)
    return kept, orders
