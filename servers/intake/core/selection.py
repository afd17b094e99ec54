"""Which statements of a posting are demands, and which are instructions, promises or boilerplate."""

import re

from servers.intake.core.conditions import is_condition
from servers.intake.core.statements import Statement
from shared.taxonomy import asks_nothing, has_word_that_asks, without_others_degrees
from shared.taxonomy.years import years_asked

_DEMAND = re.compile(
    r"\b(?:you(?:['’]ll| will)? (?:have|must|should|need|possess|bring|hold|know|are (?:able|fluent|"
    r"experienced|proficient|familiar|skilled|"
    r"comfortable|an? )|demonstrate|speak)|must (?:have|be|hold|possess|speak)|(?:is|are) (?:required|"
    r"essential|mandatory|a must)|required\b|proficien\w+|"
    r"fluen\w+|degree in|bachelor|master['’]?s|ph\.?d|"
    r"certifi(?:ed|cation)|licen[cs]ed?|(?:good|strong|solid|excellent|proven|deep|basic|working|sound|"
    r"extensive|expert|advanced|in-depth) "
    r"(?:\w+ ){0,3}(?:knowledge|understanding|experience|skills|command|background|track record)|"
    r"experience (?:in|with|of|using|working)|knowledge of|"
    r"familiar(?:ity)? with|ability to|expertise (?:in|with)|background in|successful candidate|"
    r"ideal candidate|"
    r"(?:nice to have|a plus|an advantage|an asset|preferred|desirable))\b",
    re.I,
)
_STRONG = re.compile(
    r"\b(?:you (?:have|must|should have|need|possess|bring|hold|are (?:fluent|experienced|proficient|"
    r"skilled|an?\b))|must (?:have|hold|possess|speak)|"
    r"fluen\w+|degree in|"
    r"bachelor|master['’]s|ph\.?d|"
    r"proven (?:\w+ ){0,2}(?:experience|track record)|(?:strong|solid|excellent|good|"
    r"deep) (?:\w+ ){0,3}(?:knowledge|understanding|experience|skills|command)|"
    r"experience (?:in|with|of|using|working)|(?:is|are) (?:required|a must|an? (?:plus|advantage|"
    r"asset))|ideal candidate|successful candidate)\b",
    re.I,
)
_INSTRUCTION = re.compile(
    r"^(?:please|provide|submit|attach|send|follow|see|visit|click|learn more|read more|note|"
    r"for (?:more|further|additional|each|specific)|"
    r"apply|upload|include|be sure|make sure|remember|refer to|failure to|all applic\w+|"
    r"applicants? (?:will|who|are|should|may)|applications?\b|"
    r"the application|your (?:application|resume|salary)|only (?:online|shortlisted)|we (?:offer|"
    r"provide|are an?|will|encourage|look forward|believe|have|value|welcome)|"
    r"our |join us|contact|call|the exact dates|exact dates|number of hours|"
    r"specialized experience (?:is|for|may)|guidance|you can find|you will (?:receive|get|find)|"
    r"if (?!possible|applicable)|it is assumed|to (?:apply|learn)|questions|deadline|closing date|"
    r"the following|these |this (?:position|role|"
    r"is an|job)|qualifications?$|requirements?$|"
    r"this (?:[\w-]+ ){1,3}(?:program|programme|fellowship|team|office|agency) |each\b.{0,60}\bis an? |"
    r"candidates are required to demonstrate expertise in a number|"
    r"one year of specialized experience is|experience (?:refers to|may have been)|"
    r"national service programs|you may qualify|qualification determinations|"
    r"in order to|everything else|to be (?:updated|announced|determined|confirmed)|tbd|eligibility|"
    r"the (?:incumbent|official|salary|position)|how (?:we|you)|\(?see\b|date posted|likes)",
    re.I,
)
_INSTRUCTION_ANYWHERE = re.compile(
    r"https?://|www\.|@\w+\.|<CONTACT>|\b(?:resume|résumé|cv|cover letter)\b.{0,60}\b(?:must|include|"
    r"submit|send|attach|provide|builder|style|so that|evaluate)|"
    r"\b(?:submit|send|attach|upload|provide)\b.{0,30}\b(?:resume|résumé|cv|cover letter|application|"
    r"transcripts?)\b|"
    r"\bmay be required\b|\b(?:will be|are) (?:evaluated|considered|assessed|contacted|notified|"
    r"determined|paid|"
    r"reimbursed)\b|\bwe (?:offer|guarantee|will reimburse)\b|"
    r"\bequal opportunity\b|\bregardless of\b|\bdisqualif\w+|\bhours per week\b|"
    r"\bsubject to (?:a )?(?:background|\w+ approval)|\bpre-?employment (?:\w+ )?(?:screening|checks?|tests?)|"
    r"\b(?:complete|undergo|pass) (?:an? )?(?:[\w-]+ ){0,2}(?:screening|background (?:check|investigation)|drug test)|"
    r"\bfrom month/year\b",
    re.I,
)
_DANGLING = re.compile(
    r"(?:you (?:have|are|will|bring)|following|follows|such as|includ(?:e|ing)|as|below|areas?|:)\s*:?$", re.I
)
_PERSON = re.compile(
    r"\b(?:look(?:ing)? for|seek(?:ing)?|hir(?:e|ing)|want(?:ed)?|need(?:ed)?|candidates?|applicants?|"
    r"must|only|prefer(?:red|ably)?|"
    r"join|our (?:\w+,? ){0,3}team|you (?:are|should|have)|ideal|send|attach|submit|colleagues)\b",
    re.I,
)
_ATTITUDE = re.compile(
    r"^(?:you(?:['’]re| are|['’]ll be)? )?(?:excited|passionate|eager|enthusiastic|thrilled|keen|love|"
    r"enjoy)\b",
    re.I,
)
# "Is the world's largest shop", "they have offices in two towns": a list of demands may begin so, a sentence does not.
_SUBJECTLESS = re.compile(
    r"^(?:it|they|he|she) (?:is|are|was|were|has|have|will)\b"
    r"|^(?:is|are|was|were|has been) (?:an?|the|one|situated|located|based|part|home)\b",
    re.I,
)
# "You will have the chance to grow" is a promise.
_PROMISE = re.compile(
    r"^you(?:['’]ll| will)? (?:also )?(?:have|get|receive|enjoy|find|be offered)\b.{0,50}"
    r"\b(?:opportunit\w+|chances?|possibilit\w+|access to|freedom|benefits?)\b",
    re.I,
)
# "She will be required to keep in touch with partners" is a task.
_TASK = re.compile(
    r"(?:\b(?:will be|are|is)|['’]ll be) (?:required|expected|asked|responsible) (?:to|for) (?!be\b|have|hold|possess|know|"
    r"speak|understand|demonstrate|show|obtain|get|drive|travel|commute|relocate|work|live|read|write)",
    re.I,
)
_MIN_WORDS = 2


def is_demand(statement: Statement, *, only_text: bool) -> bool:
    """Return whether a statement asks something of a person.

    ``only_text``: the posting has no section that says "requirements", so any clear demand counts.
    """
    text = statement.text
    if is_condition(text):
        return statement.section not in ("about", "benefits")
    if _is_noise(text):
        return False
    if statement.section in ("required", "preferred"):
        return True
    if statement.section in ("legal", "apply", "benefits"):
        return False
    asking = _DEMAND if only_text or statement.section == "facts" else _STRONG
    return bool(years_asked(text) or asking.search(without_others_degrees(text)))


def speaks_of_people(statement: Statement) -> bool:
    """Return whether a statement may be about who is wanted, and not about products, benefits or history."""
    if statement.section in ("required", "preferred", "facts", "apply"):
        return True
    return _PERSON.search(statement.text) is not None


def may_be_other(statement: Statement) -> bool:
    """Return whether an unrecognised statement is one all the same: only where requirements are listed."""
    words = statement.text.split()
    return (
        statement.section in ("required", "preferred")
        and len(words) > _MIN_WORDS
        and not _ATTITUDE.match(statement.text)
        and (statement.bullet or _DEMAND.search(statement.text) is not None)
    )


def _describes(text: str) -> bool:
    """Return whether a statement tells of an employer, a team or a task and asks for nothing."""
    if _PROMISE.search(text) and not years_asked(text):
        return True
    if _TASK.search(text) and not _STRONG.search(_TASK.sub(" ", text)):
        return True
    return asks_nothing(text) or bool(_SUBJECTLESS.search(text) and not has_word_that_asks(text))


def _is_noise(text: str) -> bool:
    if text.endswith("?") or _describes(text) or (_DANGLING.search(text) and not years_asked(text)):
        return True
    if re.match(
        r"we\b(?!(?:['’]re| are)? (?:looking|expect|need|require|seek|search|ask|want you|"
        r"would like you|hire))",
        text,
        re.I,
    ):
        return True
    return bool(_INSTRUCTION.match(text) or _INSTRUCTION_ANYWHERE.search(text))
