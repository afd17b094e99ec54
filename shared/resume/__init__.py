"""A résumé's plain text as a profile: who, which positions when and where, studies, skills, each with its place.

A pure library for whatever kind of document the text came from; it does no input or output of its own.
"""

from shared.resume.dates import is_now, iso_date
from shared.resume.parse import parse_resume

__all__ = ["is_now", "iso_date", "parse_resume"]
