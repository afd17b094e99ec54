"""Names of employers, however they are written."""

import re

_LEGAL_FORM = re.compile(
    r"[\s,]+(?:gmbh(?: & co\.? kg)?|ag|se|kg|inc\.?|incorporated|corp\.?|corporation|llc|llp|ltd\.?|limited|plc|"
    r"s\.?a\.?s?|b\.?v\.?|n\.?v\.?|oy|ab|a/s|s\.?r\.?l\.?|s\.?p\.?a\.?|(?:pty|pvt)\.?(?: ltd\.?)?|co\.?)$",
    re.IGNORECASE,
)


def without_legal_form(name: str) -> str:
    """Return an employer's name with single spaces, and without the legal form at its end."""
    return _LEGAL_FORM.sub("", " ".join(name.split()))


def employer_key(name: str) -> str:
    """Return what all ways of writing an employer's name have in common."""
    return without_legal_form(name).casefold()
