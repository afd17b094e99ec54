"""Skills that no gazetteer lists: what is done ("ensure data quality"), what is known ("test tools")."""

import re
from dataclasses import dataclass
from functools import cache

from shared.taxonomy.degrees import find_degrees
from shared.taxonomy.languages import find_languages
from shared.taxonomy.model import Mention, PhraseMention
from shared.taxonomy.named import find_certificates
from shared.taxonomy.skill_data import data_lines
from shared.taxonomy.taxonomy import Taxonomy

_WORD = re.compile(r"<\w+>|[^\W_][\w'’/+#&.-]*[\w+#]|[^\W_]|[^\w\s]")
_SENTENCE = re.compile(r"[^\n]+?(?:(?<=[.!?])\s|\s[.]\s|\n|$)")
# Sentences whose subject is the employer or the offer say nothing of the person.
_NOT_ABOUT_YOU = re.compile(
    r"^\W*(?:we(?!['’]re looking| are looking| expect| need| seek)\b|our\b|us\b|<ORGANIZATION>|"
    r"the company|founded|apply|please|click|"
    r"benefits|job benefits|company|date posted|location|read more|for more|send|submit|application|"
    r"if you (?:have|are|want|need|would)|"
    r"join us|about us|why|what we offer|you(?:['’]ll| will)? (?:receive|get|be offered|enjoy|be part))",
    re.I,
)
_MAX_WORDS = 11


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    form: str
    start: int
    end: int


@cache
def _verbs() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
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


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_BEFORE_BASE = _set("to will must can should would could you who they also and or & may not then help ll'")
_BEFORE_GERUND = _set(
    "in of for by with on from through and or & experience experienced responsible including like "
    "while at as about"
)
_NOT_DOING = _set(
    "engineering testing programming marketing training accounting learning banking including "
    "following according working regarding  engineering building operating growing leading exciting "
    "challenging looking understanding starting supporting meaning being having"
)
_ADVERB = re.compile(r"^\w+ly$|^(?:always|often|also|together|hands-on|independently|actively|successfully)$")
_STOP = _set(
    "within while which who whom whose that so because if when where whereas although through "
    "throughout via during after before until  since using by at across upon towards into per "
    "including especially both but thus plus across among whether as from under without  around "
    "based e.g e.g. such etc our we us your you i he she they will can is are was were must should"
)
_LIGHT = _set("in on for to with of about against over")
_BREAK = _set('. ; : ! ? ( ) • · , | * – — " “ ”')
_OBJECT_STOP = _set("in on for to")


def extract_skill_phrases(text: str, taxonomy: Taxonomy | None = None) -> list[PhraseMention]:
    """Return what a posting or résumé names as skills ("doing") and knowledge ("things known"), by place.

    Works by rules on sentences; knows nothing of sections. Spans of one kind do not overlap.
    """
    known = taxonomy or Taxonomy.compact()
    doing = _doings(text)
    soft: list[Mention] = []
    things: list[Mention] = [*find_degrees(text), *find_certificates(text), *find_languages(text)]
    for mention in known.find_skills(text):
        (soft if known.skill(mention.skill).kind == "soft" else things).append(mention)
    things.extend(_cued(text))
    skills = _disjoint([*doing, *soft])
    knowledge = _disjoint(things)
    found = [PhraseMention(s, e, text[s:e], "skill") for s, e in skills]
    found += [PhraseMention(s, e, text[s:e], "knowledge") for s, e in knowledge]
    return sorted(found, key=lambda mention: (mention.start, mention.end))


def _disjoint(mentions: list[Mention]) -> list[tuple[int, int]]:
    """Return the spans of mentions, those that overlap joined into one."""
    spans: list[tuple[int, int]] = []
    for mention in sorted(mentions, key=lambda one: (one.start, -one.end)):
        if spans and mention.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], mention.end))
        else:
            spans.append((mention.start, mention.end))
    return spans


def _doings(text: str) -> list[Mention]:
    found: list[Mention] = []
    for sentence in _SENTENCE.finditer(text):
        if _NOT_ABOUT_YOU.match(sentence.group()):
            continue
        words = [
            _Word(m.group(), m.group().lower(), sentence.start() + m.start(), sentence.start() + m.end())
            for m in _WORD.finditer(sentence.group())
        ]
        found.extend(_verb_phrases(words, text))
    return found


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
    sure, placed, gerunds = _verbs()
    form = words[index].form
    before = _before(words, index)
    opening = before is None or before in _BREAK
    if form in gerunds and form not in _NOT_DOING:
        return opening or before in _BEFORE_GERUND
    if form in placed:
        return opening or before in _BEFORE_BASE
    if form in sure:
        following = words[index + 1].form if index + 1 < len(words) else "."
        if before in _set("a an the our your their its his her of in this for by with"):
            return False
        return (
            opening
            or before in _BEFORE_BASE
            or following in _set("the a an and or our new with in of all any")
        )
    return False


def _before(words: list[_Word], index: int) -> str | None:
    """Return the form before a word, adverbs skipped; None at the beginning of the sentence."""
    place = index - 1
    while place >= 0 and (_ADVERB.match(words[place].form) or words[place].form in ("-", "/")):
        place -= 1
    return words[place].form if place >= 0 else None


def _phrase_end(words: list[_Word], index: int) -> int:
    """Return the index after the last word of the phrase: the verb, its object, and what belongs to it."""
    sure, placed, gerunds = _verbs()
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


_CUE = re.compile(
    r"\b(?:knowledge (?:of|in|about)|experience (?:in|with|of|from|within)|understanding of|"
    r"familiar(?:ity)? with|expertise (?:in|with|within)|"
    r"proficien(?:t|cy) (?:in|with)|background in|(?:degree|education|master|bachelor|phd|msc|"
    r"bsc) (?:degree )?(?:in|within)|skilled in|"
    r"experienced (?:in|with)|competenc(?:e|ies|y) (?:in|within)|insight into|interest in|trained in|"
    r"certified in|qualification in|"
    r"fundamentals of|principles of|concepts of|field of|fields of|areas of|domain of)\s+",
    re.I,
)
_NP_STOP = re.compile(
    r"[.;:()\n•!?]|\s(?:is|are|as well|to|for|in|on|at|with|that|which|who|from|by|within|using|through|"
    r"you|we|will|including|such|e\.g|ideally|preferably|"
    r"would|plus|or similar|or equivalent|would|including|gained|across|over|while|when|where|acquired|"
    r"like|etc|into|related|including|must)\b",
    re.I,
)
_NP_LEAD = re.compile(
    r"^(?:(?:a|an|the|any|at|least|one|some|various|different|modern|relevant|all|of|our|other|more|"
    r"both|several|similar|and|or|following|these|this|"
    r"best|latest|good|strong|deep|solid|years?|\d+\+?)\s+)+",
    re.I,
)
_NP_LIMIT = 60


def _cued(text: str) -> list[Mention]:
    """Return the noun phrases that follow "knowledge of", "experience with" and the like."""
    found: list[Mention] = []
    _, _, gerunds = _verbs()
    for cue in _CUE.finditer(text):
        tail = text[cue.end() : cue.end() + _NP_LIMIT]
        stop = _NP_STOP.search(tail)
        phrase = tail[: stop.start()] if stop else tail.rsplit(" ", 1)[0]
        lead = _NP_LEAD.match(phrase)
        start = lead.end() if lead else 0
        first = phrase[start:].split(" ", 1)[0].lower()
        if not first or (first in gerunds and first not in _NOT_DOING):
            continue
        for begin, end in _parts(phrase, start):
            found.append(Mention(cue.end() + begin, cue.end() + end, phrase[begin:end]))
    return found


def _parts(phrase: str, start: int) -> list[tuple[int, int]]:
    parts: list[tuple[int, int]] = []
    begin = start
    for match in re.finditer(r"\s*(?:,|\band/or\b|\band\b|\bor\b|&)\s*", phrase):
        if match.start() >= begin:
            parts.append((begin, match.start()))
            begin = match.end()
    parts.append((begin, len(phrase.rstrip())))
    return [(a, b) for a, b in parts if b - a > 1]
