"""What a recruiter says about judging their roles anew every night."""

import re
from dataclasses import dataclass
from datetime import time

from supervisor.core.times import TIME, read_time

NIGHT = time(2)
"""When it is done where no hour was named."""
TELL = r"(?:tell|notify|inform|alert|message|ping|update|let)\s+me(?:\s+know)?"
NOT = r"(?:don'?t|do not|never|no longer|stop|please don'?t)"
_NIGHTLY = r"(?:(?:every|each) (?:night|day|morning|evening)|nightly|daily|overnight)"
_AGAIN = r"(?:refresh|re-?judge|re-?evaluate)"
_WHAT = r"(?P<what>(?:(?!every\b|each\b|nightly\b|daily\b|overnight\b|at\b|no\b|not\b).)+?)"
_REFRESH = (
    re.compile(rf"{_AGAIN}(?: {_WHAT})? {_NIGHTLY}(?: at (?P<at>{TIME}))?"),
    re.compile(rf"{_NIGHTLY},? {_AGAIN}(?: {_WHAT})?(?: at (?P<at>{TIME}))?"),
    re.compile(rf"{_AGAIN}(?: {_WHAT})? at (?P<at>{TIME})(?: {_NIGHTLY})?(?: instead)?"),
    re.compile(
        rf"(?:(?:do|make|run|start|set up) )?(?:a |the |my )?(?:nightly|daily) (?:pipeline )?refresh"
        rf"(?: (?:of|for) {_WHAT})?(?:(?: is)? at (?P<at>{TIME}))?"
    ),
)
_NO_REFRESH = re.compile(
    rf"(?:{NOT} (?:refresh|re-?judg|re-?evaluat)(?:e|ing)?|no(?: more)? (?:nightly|daily) (?:pipeline )?refresh(?:es)?"
    rf"|(?:stop|cancel|drop|remove|end|forget) (?:the |my |all )?(?:(?:nightly|daily) )?(?:pipeline )?refresh(?:es)?)"
    rf"(?: (?:of |for )?{_WHAT})?(?: {_NIGHTLY})?"
)
_UNCHANGED = re.compile(
    rf"(?P<no>{NOT} )?(?:also )?(?:{TELL}|say)(?: (?:so|also|even|too|anything))*"
    r" (?:when|if|that) nothing(?: has| was)? change[sd]?(?: too)?"
)
_HERE = re.compile(
    r"(?:(?:the |this |my )?(?:pipeline|shortlist|candidates|list|people|role|project|everybody|everyone)|it|this|that)"
    r"(?: (?:of|for) this (?:role|project))?"
)
_ALL_ROLES = re.compile(
    r"(?:all|every|each)(?: of)?(?: the| my| our)? (?:pipelines?|shortlists?|roles?|projects?)|everything"
    r"|(?:my|the|our) (?:pipelines|shortlists|roles|projects)"
)
_ROLES = re.compile(
    r"(?:the |our |my )?(?:(?:pipeline|shortlist|candidates|people) (?:of|for) )?(?:the |our |my )?"
    r"(?P<title>.{2,80}?)(?: (?:role|project|pipeline|shortlist))?"
)


@dataclass(frozen=True)
class Nightly:
    """What to judge anew every night: ``*``, an id, words of a title, or nothing for the role spoken of.

    ``at`` is None where no hour was named.
    """

    what: str = ""
    at: time | None = None
    stop: bool = False


def read_nightly(text: str) -> Nightly | None:
    """Return what one plain clause wants judged anew every night, or no longer; None where it wants nothing of it."""
    if match := _NO_REFRESH.fullmatch(text):
        return Nightly(_role_in(match["what"]), stop=True)
    for pattern in _REFRESH:
        if match := pattern.fullmatch(text):
            at = read_time(match["at"]) if match["at"] else None
            return Nightly(_role_in(match["what"]), at) if at or not match["at"] else None
    return None


def read_unchanged(text: str) -> bool | None:
    """Return whether a clause wants to hear that nothing changed, or not to; None where it says neither."""
    match = _UNCHANGED.fullmatch(text)
    return not match["no"] if match else None


def _role_in(said: str | None) -> str:
    what = re.sub(r"^(?:of|for) ", "", said or "")
    if not what or _HERE.fullmatch(what):
        return ""
    if _ALL_ROLES.fullmatch(what):
        return "*"
    match = _ROLES.fullmatch(what)
    return match["title"] if match else what
