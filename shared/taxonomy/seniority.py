"""The seniority that a job title states."""

import re

from shared.taxonomy.model import Seniority

# Checked in this order: "Senior Director" is a director, "Assistant Manager" a manager of some kind.
_LEVELS: tuple[tuple[Seniority, str], ...] = (
    (
        "intern",
        r"intern|internship|trainee|apprentice|working student|werkstudent|co-?op student|placement student",
    ),
    (
        "executive",
        r"chief (?!engineer|architect|nurse|technician|inspector|of staff)[\w ]{0,30}officer|"
        r"c[efotmdips]o|ciso|"
        r"(?:senior |executive |assistant )?vice[- ]president|[sea]?vp|president(?!ial)|managing director|"
        r"founder|co-?founder|general counsel|assistant commissioner|commissioner|partner(?= at|$)",
    ),
    ("director", r"director|head of|deputy director|head(?= chef)"),
    (
        "lead",
        r"(?:tech(?:nical)?|team|practice|design|engineering|research|group|squad|program) lead|"
        r"staff(?= (?:[\w/-]+ ){0,3}(?:engineer|developer|programmer|scientist|designer|architect|researcher))|"
        r"(?<!assistant )(?<!vice )principal",
    ),
    (
        "manager",
        r"(?<!product )(?<!project )(?<!program )(?<!programme )(?<!account )(?<!case )(?<!community )"
        r"(?<!campaign )(?<!content )(?<!media )(?<!property )manager|supervisor|supervisory|foreman|"
        r"superintendent",
    ),
    ("senior", r"senior|sr\.?|snr\.?|expert|iii|iv"),
    ("lead", r"lead(?:er)?|chief"),
    (
        "junior",
        r"junior|jr\.?|jnr\.?|entry[- ]level|graduate(?! school| student| program)|"
        r"associate(?! director| professor| partner)|assistant(?! professor| director| principal)|beginner",
    ),
    ("mid", r"mid[- ]?(?:level|senior|weight)?|intermediate|medior|ii|journeyman"),
)
_PATTERNS: list[tuple[Seniority, re.Pattern[str]]] = [
    (level, re.compile(rf"(?<![\w-])(?:{pattern})(?![\w-])", re.I)) for level, pattern in _LEVELS
]


def seniority_of(title: str) -> Seniority | None:
    """Return the seniority a title states, or None where it states none (``Product Manager``)."""
    for level, pattern in _PATTERNS:
        if pattern.search(title):
            return level
    return None
