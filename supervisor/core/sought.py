"""Questions about how people were sought, and which of the searches such a question speaks of."""

import re
from collections.abc import Mapping

_ASKS = re.compile(
    r"^\s*(?:(?:and|but|so|please)\s+)?(?:"
    r"(?:why|where|how)\s+(?:else\s+)?(?:did(?:n'?t| not)?|do(?:n'?t| not)?|are|were|have|haven'?t)\s+(?:you|we)\s+"
    r"(?:not\s+|also\s+|only\s+|just\s+)*(?:look|search|sourc|seek|sought|find|found|stop\w* (?:look|search|sourc))"
    r"|(?:which|what)\s+(?:other\s+)?(?:search(?:es)?|quer(?:y|ies))\b"
    r"|(?:tell me about|explain|describe|show(?: me)?)\s+(?:the|your|these|all)\s+(?:search(?:es)?|sourcing|queries)\b)",
    re.I,
)
_UNTOLD = frozenset(
    re.findall(
        r"\w+",
        """
    a about all also and any are at did do else explain find for found have how in into look looked looking me of on
    only or other people person queries query search searched searches searching so somebody sourcing that the their
    them these they those to we were what where which who whose why with you your
        """,
    )
)


def asks_how_sought(text: str) -> bool:
    """Return whether a message asks how people were searched for."""
    return bool(_ASKS.match(text.replace("’", "'")))


def searches_meant(text: str, labels: Mapping[str, str]) -> list[str]:
    """Return the keys of the searches whose labels share most words with a question; empty where none shares any."""
    said = _stems(text)
    shared = {key: len(said & _stems(label)) for key, label in labels.items()}
    most = max(shared.values(), default=0)
    return [key for key, count in shared.items() if count == most > 0]


def _stems(text: str) -> frozenset[str]:
    words = re.findall(r"[^\W_][\w+#]*", text.casefold())
    return frozenset(word.removesuffix("s") for word in words if word not in _UNTOLD)
