"""A statement in the fewest of its own words: without what addresses the reader, pads, or tells the purpose."""

import re

from shared.taxonomy import Taxonomy

LONGEST = 170
_LONG = 100
_SHORTEST = 12
_KEPT = 45
"""A statement is cut only where so many characters stay."""

_PLACEHOLDER = re.compile(r"<[A-Z_]+>")
_ALSO = re.compile(
    r"^(?:also|additionally|furthermore|moreover|in addition|finally|ideally),?\s+(?=you\b)", re.I
)
_LEAD = re.compile(
    r"^(?:you(?:['’]ll| will)?(?: also)? (?:need to be|be expected to be|be expected to)(?: capable of| able to)?\s*|"
    r"you (?:should|must|will) (?=understand|know)|"
    r"you (?:will |should |must |also |already |ideally |preferably )*(?:have|possess|bring|hold|"
    r"offer|are|be|need|know|can|demonstrate|show)\b(?: (?:a|an|the)\b)?\s*|"
    r"(?:the )?(?:ideal|successful|right|suitable|preferred) (?:candidate|applicant|person)s? (?:will |"
    r"should |must |would )*(?:have|possess|bring|hold|be|is|has|demonstrate)\s*|"
    r"(?:candidates?|applicants?) (?:must|should|will|need to) (?:have|possess|be|hold|demonstrate|show)\s*|must (?:have|"
    r"be|possess|hold)\s*|we expect (?:you to have |that you have )?)",
    re.I,
)
_PADDING = re.compile(
    r"^(?:(?:comprehensive|extensive|expert|master|deep|broad|considerable|thorough|detailed|in-depth)\s+)*"
    r"knowledge (?:of )?and (?:expertise|experience) (?:in|with)\s+",
    re.I,
)
_DEFINITION = re.compile(
    r"(?<=: )this (?:core )?(?:qualification|competency) involves (?:the )?|^inherent to this \w+ is (?:the )?",
    re.I,
)
_PURPOSE = re.compile(
    r",?\s(?:allowing|enabling|in order to|so as to|so that|with the goal of|for the purposes? of|in support of|"
    r"(?<!required )(?<!able )(?<!ability )(?<!need )(?<!expected )(?<!help )(?<!how )(?<!willing )(?<!used )"
    r"to (?:facilitate|ensure|obtain|enable|inform|achieve|meet|provide|articulate|establish|support|improve))\b",
    re.I,
)


def shortened(text: str) -> str:
    """Return a statement's own words on one line, at most ``LONGEST`` characters and an ellipsis."""
    plain = _PLACEHOLDER.sub("", text).strip("\x95\x96• ")
    plain = re.sub(r"\s+([,.;:)])", r"\1", re.sub(r"\s+", " ", plain)).strip(" .;,:*_-–")
    without = _LEAD.sub("", _ALSO.sub("", plain), count=1)
    kept = without if len(without) > _SHORTEST else plain
    if len(kept) > _LONG:
        kept = _PADDING.sub("Expertise in ", _DEFINITION.sub("", kept))
        purpose = next((one for one in _PURPOSE.finditer(kept) if one.start() >= _KEPT), None)
        kept = kept[: purpose.start()] if purpose and len(kept) > _LONG else kept
    if len(kept) > LONGEST:
        cut = kept.rfind(" ", 0, LONGEST)
        kept = kept[:cut].rstrip(" ,;:") + " …"
    return kept


def capitalised(text: str, taxonomy: Taxonomy) -> str:
    """Begin with a capital, unless a name that is written without one comes first: dbt, iOS, pandas."""
    first = text.split(" ", 1)[0].strip(",;:()")
    skill = taxonomy.resolve_skill(first)
    if first != first.lower() or (skill and taxonomy.skill(skill).label == first):
        return text
    return text[:1].upper() + text[1:]


def with_article(noun: str) -> str:
    """Return ``a nurse``, ``an electrician``, ``an HR manager``."""
    spoken = noun.lower()
    return f"{'an' if spoken[0] in 'aeiou' or spoken.startswith(('hr ', 'hvac')) else 'a'} {noun}"
