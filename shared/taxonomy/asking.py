"""Statements that ask for nothing: what an employer tells of itself, of a post, or of what is to be sent in."""

import re

# Words that ask, whatever else a statement tells.
_ASKS = re.compile(
    r"\b(?:you(?:['’]ll|r)?|must|required?|requires?|requirements?|need(?:ed|s)?|expect(?:s|ed)?|"
    r"seek(?:s|ing)?|look(?:s|ing)? for|hir(?:e|ing)|candidates?|applicants?|should|prerequisite|essential|"
    r"mandatory|an? (?:plus|advantage|asset)|preferred|desirable)\b",
    re.I,
)
_EMPLOYER = (
    r"(?:company|firm|organi[sz]ation|business|group|team|department|division|section|unit|institutes?|"
    r"university|faculty|school|hospital|clinic|cent(?:re|er)|lab(?:orator(?:y|ies))?|agency|office|project|"
    r"program(?:me)?|scholarships?|stipends?|fellowships?|grants?|employment|appointment|contract|platform|"
    r"products?|services?|customers|clients)"
)
# "There are two students in the group", "is the world's largest shop", "grew by 40% in 2 years".
_DESCRIPTIONS = (
    re.compile(r"^there (?:is|are|was|were|will be)\b", re.I),
    re.compile(
        r"^(?!you\b|candidates?\b|applicants?\b).{0,60}\bis an? (?:[\w-]+ ){0,4}?(?:company|firm|provider|start-?up|"
        r"cent(?:re|er)|organi[sz]ation|agency|manufacturer|platform|marketplace|bank|university|institute|supplier|"
        r"consultancy)\b",
        re.I,
    ),
    re.compile(
        rf"^(?:(?:together|today|currently),? )?(?:the|this|our|its|their) (?:[\w&/-]+ ){{0,3}}?{_EMPLOYER}s? "
        r"(?:(?:of|at|in|for|within|as) (?:[\w&'’-]+ ){1,5}?)?"
        r"(?:(?:also|currently|now) )?(?:is|are|was|were|has|have|had|will|offers?|provides?|consists?|comprises?|"
        r"employs?|covers?|works?|serves?|builds?|develops?|supports?|runs?|conducts?|aims?|focuses|belongs?|includes?)\b",
        re.I,
    ),
    re.compile(
        r"^(?!.{0,30}\b(?:experience|knowledge|understanding|ability|able|skills)\b).{0,80}?\b(?:is|are|was|were)\s+"
        r"(?:(?:one of|among)\s+)?(?:the\s+|an?\s+)?(?:[\w'’-]+\s){0,2}"
        r"(?:largest|biggest|fastest|leading|leaders?|pioneers?|most \w+ed)\b",
        re.I,
    ),
    re.compile(
        r"^(?!.{0,40}\b(?:experience|track record|proven|ability|able|success\w*)\b).*"
        r"\b(?:grown?|grew|growing|growth|revenues?|turnover|raised|profits?|invest(?:ed|ors?|ments?)|injected|funding)\b"
        r".{0,60}\d\s*(?:%|percent|times|x\b|m\b|bn\b|millions?|billions?)",
        re.I,
    ),
    re.compile(
        r"^(?!(?:driver|bachelor|master|associate)s?['’])(?:our|their|its|[\w&.-]+['’]s) (?:[\w-]+ ){1,3}"
        r"(?:is|are|was|were|includes?|consists?|comprises?)\b",
        re.I,
    ),
    re.compile(r"\b(?:founded|established|started|launched)\b.{0,20}\b(?:in )?(?:19|20)\d\d\b", re.I),
    re.compile(
        r"\b(?:position|post|job|contract|appointment|employment|fellowship|scholarship|stipend)s? (?:is|are|will be) "
        r"(?:offered|available|limited|fixed|funded|permanent|temporary|governed|for a)\b",
        re.I,
    ),
    re.compile(
        r"\b(?:information|data|details) will be (?:collected|stored|processed|published|added)\b", re.I
    ),
)
# What is to be sent with an application is not what somebody must be able to do.
_PAPERS = re.compile(
    r"^(?:an? |the |your )?(?:[\w-]+ ){0,3}?(?:portfolio|plan|statement|letter|list|cop(?:y|ies)|transcripts?|summary) "
    r"(?:which|that) (?:details?|describes?|outlines?|explains?|summari[sz]es?|lists?)\b"
    r"|^if\b.{3,120}\b(?:should|must|please|can|may)\b.{0,40}\b(?:given?|stated?|enclosed?|attach(?:ed)?|"
    r"submit(?:ted)?|upload(?:ed)?|indicated?)\b",
    re.I,
)
# Whose degree it is that is not asked for: "our PhD students", "the scholarships for the PhD degree".
_OTHERS_DEGREE = re.compile(
    r"\b(?:ph\.?\s?d|doctoral|master['’]?s?|bachelor['’]?s?|postdoc(?:toral)?|post-?graduate|undergraduate)\.?"
    r"(?:(?:\s?(?:,|/|and|or|&)\s?|\s)(?:ph\.?d|doctoral|master['’]?s?|bachelor['’]?s?|postdoc(?:toral)?))*"
    r"[\s-]+(?:level\s+)?(?:students?|candidates?|fellows?|researchers?|scholars?|scholarships?|stipends?|"
    r"positions?|projects?|schools?|theses|thesis|supervis\w+)\b"
    r"|\b(?:ph\.?\s?d|doctoral) (?:program(?:me)?s?|courses?)\b"
    r"|\b(?:scholarships?|stipends?|positions?|fellowships?) (?:for|in|towards?) (?:the |an? )?(?:ph\.?d|doctoral|master)\w*",
    re.I,
)


def asks_nothing(statement: str) -> bool:
    """Return whether a statement tells of an employer or a post, or wants papers, and so demands nothing of anybody."""
    if _PAPERS.search(statement):
        return True
    return not has_word_that_asks(statement) and any(one.search(statement) for one in _DESCRIPTIONS)


def has_word_that_asks(statement: str) -> bool:
    """Return whether a statement has a word that asks: "you", "must", "an advantage"."""
    return _ASKS.search(statement) is not None


def without_others_degrees(text: str) -> str:
    """Return the text with the degrees blanked that name people, money or teaching, and not what is asked for."""
    return _OTHERS_DEGREE.sub(lambda found: " " * len(found.group()), text)
