"""Trades shown by what somebody does, in any words: "led a team of five", "formulating digital identity policy"."""

import re
from collections.abc import Iterator

# What may stand between a verb and its object: not what leads to another object.
_GAP = r"(?:(?!(?:with|for|to|by|in|from|on|through|into|at|as|that|which|who)\b)[\w&’'/$€£.+-]*[\w&’'/$€£+-],?[ \n]+){0,%d}?"
_LEADS = r"(?:lead|leads|led|leading|manag(?:e|es|ed|ing)|supervis(?:e|es|ed|ing)|oversee(?:s|ing)?|oversaw|headed|heading)"
_ACTS: tuple[tuple[str, str], ...] = (
    (
        "people-management",
        rf"{_LEADS}[ \n]+{_GAP % 6}(?:teams?|staff|employees|direct reports|engineers|developers|technologists|designers|"
        r"analysts|associates|individuals|personnel|subordinates|crews?)",
    ),
    ("project-management", rf"{_LEADS}[ \n]+{_GAP % 4}projects?"),
    (
        "programme-management",
        rf"{_LEADS}[ \n]+{_GAP % 4}(?:programs|programmes|program|programme)(?! team)|"
        r"(?:planning|management|oversight|direction)(?:(?:,| and| or|/or|,? and/or) (?:management|oversight|"
        rf"direction))+ of {_GAP % 8}(?:program|programme|business|portfolio)s?",
    ),
    (
        "stakeholder-management",
        r"(?:partner|work|engag|collaborat|coordinat|liais|align|consult|negotiat|communicat)(?:e|ed|ing|s|es)?"
        rf"[ \n]+(?:closely[ \n]+|effectively[ \n]+)?(?:with[ \n]+|and[ \n]+)?{_GAP % 5}stakeholders|"
        r"build(?:ing)?[ \n]+(?:coalitions|partnerships)|built[ \n]+(?:coalitions|partnerships)",
    ),
    (
        "budgeting",
        rf"(?:{_LEADS}|plan(?:ned|ning)|own(?:ed|ing)?|administer(?:ed|ing)?)[ \n]+{_GAP % 4}budgets?",
    ),
    (
        "policy-development",
        r"(?:formulat|develop|draft|creat|shap|writ|interpret)(?:e|es|ed|ing|s)?(?: and \w+ing)?[ \n]+"
        rf"{_GAP % 5}(?:policy|policies)|(?:development|formulation|interpretation)(?:,? and \w+)? of (?:\w+,? )?polic(?:y|ies)",
    ),
    (
        "business-analysis",
        rf"(?:gather|elicit|captur|collect|analy[sz])(?:e|ed|ing)?[ \n]+{_GAP % 3}requirements",
    ),
    ("data-analysis", rf"analy[sz](?:e|ed|es|ing)[ \n]+{_GAP % 4}data(?:sets?)?"),
    (
        "process-improvement",
        rf"(?:improv|streamlin|optimi[sz]|redesign)(?:e|ed|es|ing)[ \n]+{_GAP % 4}process(?:es)?|"
        r"opportunit(?:y|ies) for improvement",
    ),
    (
        "product-management",
        rf"(?:scal|grow|own|launch|defin|manag)(?:e|ed|ing)?(?: and \w+ing)?[ \n]+{_GAP % 3}"
        r"(?:digital products?|product (?:vision|strategy|lines?|portfolio))",
    ),
)
_PATTERNS = tuple((skill, re.compile(rf"\b(?:{pattern})\b", re.I)) for skill, pattern in _ACTS)


def find_acts(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield (start, end, skill id) of the trades that what is done in ``text`` shows."""
    for skill, pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield match.start(), match.end(), skill
