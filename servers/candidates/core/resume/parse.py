"""A résumé's text to a profile whose items point at the characters they were read from."""

from servers.candidates.core.resume.contact import read_contact
from servers.candidates.core.resume.lines import lines_of
from shared.wire.profile import Profile


def parse_resume(text: str, source_id: str) -> Profile:
    """Return what a résumé says, each item with its span in ``text``. What is not said stays empty."""
    lines = lines_of(text)
    return Profile(basics=read_contact(lines))
