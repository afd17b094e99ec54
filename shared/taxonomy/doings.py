"""What somebody is to do: verb phrases such as "ensure data quality", and words for what somebody is like."""

import re
from dataclasses import dataclass
from functools import cache

from shared.taxonomy.model import Mention
from shared.taxonomy.skill_data import data_lines

_WORD = re.compile(r"<\w+>|[^\W_][\w'’/+#&.-]*[\w+#]|[^\W_]|[^\w\s]")
_MAX_WORDS = 11


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    form: str
    start: int
    end: int


@cache
def work_verbs() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return verbs that are sure anywhere, verbs that need a verb's place, and all their -ing forms."""
    groups: dict[str, set[str]] = {}
    current: set[str] = set()
    for line in data_lines("verbs.txt"):
        if line.startswith("["):
            current = groups.setdefault(line.strip("[] "), set())
        else:
            current.update(line.split())
    gerunds = {_gerund(verb) for verbs in groups.values() for verb in verbs}
    return frozenset(groups["sure"]), frozenset(groups["placed"]), frozenset(gerunds)


def _gerund(verb: str) -> str:
    if verb.endswith("ie"):
        return verb[:-2] + "ying"
    if verb.endswith("e") and not verb.endswith(("ee", "oe", "ye")):
        return verb[:-1] + "ing"
    doubled = re.fullmatch(r"(?:[^aeiou]*[aeiou][bdgmnpt]|control|permit|submit|map)", verb)
    return verb + (verb[-1] if doubled and len(verb) < 8 else "") + "ing"


def _words_of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BEFORE_BASE = _words_of(
    "to will must can should would could you who they also and or & may not then help ll'"
)
_BEFORE_GERUND = _words_of(
    "in of for by with on from through and or & experience experienced responsible including like while "
    "whilst at as about be enjoy enjoys include includes exposure comfortable excel -"
)
# "an opportunity to grow", "our customers use it to manage": not what the person is to do.
_NOT_TASKS = _words_of(
    "opportunity opportunities chance goal goals mission how like want wants interested platform customers "
    "clients users time allows allow enables enable us companies businesses people possibility need needs "
    "wish invited free ambition love vision power aim aims proud happy continue continues requested"
)
NOT_DOING = _words_of(
    "engineering testing programming marketing training accounting learning banking including following according "
    "regarding exciting challenging looking starting meaning being having operating modelling leading"
)
_ADVERB = re.compile(r"^\w+ly$|^(?:always|often|also|together|hands-on|independently|actively|successfully)$")
_STOP = _words_of(
    "within while which who whom whose that so because if when where whereas although through "
    "throughout via during after before until  since using by at across upon towards per "
    "including especially both but thus plus across among whether from under without  around "
    "based e.g e.g. such etc our we us your you i he she they will can is are was were must should"
)
_LIGHT = _words_of("in on for to with of about against over")
_BREAK = _words_of('. ; : ! ? ( ) • · , | * – — " “ ”')
_OBJECT_STOP = _words_of("in on")


def find_doings(text: str, start: int, end: int) -> list[Mention]:
    """Return what the sentence ``text[start:end]`` says that somebody does, can do, or is like."""
    sentence = text[start:end]
    words = [
        _Word(m.group(), m.group().lower(), start + m.start(), start + m.end())
        for m in _WORD.finditer(sentence)
    ]
    return [*_verb_phrases(words, text), *_traits(sentence, start)]


def _traits(sentence: str, offset: int) -> list[Mention]:
    """Return words for what somebody is like, where the sentence says that somebody should be so."""
    return [
        Mention(offset + match.start(1), offset + match.end(1), match.group(1))
        for match in _TRAIT.finditer(sentence)
    ]


def _verb_phrases(words: list[_Word], text: str) -> list[Mention]:
    found: list[Mention] = []
    index = 0
    while index < len(words):
        if not _begins(words, index):
            index += 1
            continue
        end = _phrase_end(words, index)
        if end > index + 1:
            start, stop = words[index].start, words[end - 1].end
            found.append(Mention(start, stop, text[start:stop]))
        index = max(end, index + 1)
    return found


def _begins(words: list[_Word], index: int) -> bool:
    """Return whether a verb phrase of the person's work begins at this word."""
    sure, placed, gerunds = work_verbs()
    form = words[index].form
    before = _before(words, index)
    opening = before is None or before in _BREAK
    if before == "to" and index > 1 and words[index - 2].form in _NOT_TASKS:
        return False
    if form in gerunds and form not in NOT_DOING:
        return opening or before in _BEFORE_GERUND or _has_object(words, index)
    if form in placed:
        return opening or before in _BEFORE_BASE
    if form in sure:
        following = words[index + 1].form if index + 1 < len(words) else "."
        if before in _words_of("a an the our your their its his her of in this for by with"):
            return False
        return (
            opening
            or before in _BEFORE_BASE
            or following in _words_of("the a an and or our new with in of all any")
        )
    return False


def _has_object(words: list[_Word], index: int) -> bool:
    """Return whether a gerund after a noun goes on with an object: "stakeholders building the solutions"."""
    following = words[index + 1].form if index + 1 < len(words) else "."
    return following in _words_of("the a an our your new all their with large complex of on")


def _before(words: list[_Word], index: int) -> str | None:
    """Return the form before a word, adverbs skipped; None at the beginning of the sentence."""
    place = index - 1
    while place >= 0 and (_ADVERB.match(words[place].form) or words[place].form in ("-", "/")):
        place -= 1
    return words[place].form if place >= 0 else None


def _phrase_end(words: list[_Word], index: int) -> int:
    """Return the index after the last word of the phrase: the verb, its object, and what belongs to it."""
    sure, placed, gerunds = work_verbs()
    place, objects, coordinated = index + 1, 0, True
    while place < len(words) and place - index < _MAX_WORDS:
        form = words[place].form
        following = words[place + 1].form if place + 1 < len(words) else ""
        verbal = following in sure or following in placed or following in gerunds
        if form in _BREAK or form in _STOP:
            break
        if form == "to" and verbal:
            break
        if form in ("and", "or", "&", "/") and ((verbal and objects) or following in _BREAK or not following):
            break
        if form in _OBJECT_STOP and objects > 0:
            break
        if objects and form in sure and words[place - 1].form not in ("and", "or", "&", "/"):
            break
        objects += not (
            form in _LIGHT
            or form in ("and", "or", "&")
            or _ADVERB.match(form)
            or (coordinated and form in sure)
        )
        coordinated = form in ("and", "or", "&", "/")
        place += 1
    while place > index + 1 and words[place - 1].form in _LIGHT | {"and", "or", "&", "the", "a", "an", "-"}:
        place -= 1
    return place


_TRAIT = re.compile(
    r"(?:\b(?:you(?:['’]re| are)?|are|be|being|is|highly|very|a|an|and|or|also|as|person|truly|both)\s+|"
    r",\s*|^\W*)"
    r"((?:goal|value|data|result|results|solution|detail|quality|business|service|team|customer|process|"
    r"deadline)s?[- ](?:driven|"
    r"oriented|focused|minded|conscious)|motivated|self-motivated|ambitious|structured|systematic|"
    r"persistent|pragmatic|analytical|proactive|"
    r"pro-active|creative|curious|flexible|independent|innovative|organi[sz]ed|communicative|"
    r"responsible|reliable|positive|enthusiastic|"
    r"energetic|dedicated|passionate|committed|open-minded|outgoing|helpful|ethical|inquisitive|"
    r"visionary|decisive|diplomatic|empathetic|"
    r"thorough|accurate|resilient|confident|trustworthy|ambitious|engaged|dynamic|hard-?working|"
    r"self-starter|self-driven|team[- ]player|"
    r"fast learner|quick learner|problem[- ]solver|communicator|collaborative|entrepreneurial)\b"
    r"(?!\s+(?:team|company|environment|atmosphere|culture|organi[sz]ation|colleagues|office|startup|"
    r"start-up|working hours|hours|group|salary))",
    re.I,
)
