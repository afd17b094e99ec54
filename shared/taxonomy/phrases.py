"""Skills that no gazetteer lists: what is done ("ensure data quality"), what is known ("test tools")."""

import re
from bisect import bisect_right

from shared.taxonomy.degrees import find_degrees
from shared.taxonomy.doings import NOT_DOING, find_doings, work_verbs
from shared.taxonomy.languages import find_languages
from shared.taxonomy.model import Mention, PhraseMention
from shared.taxonomy.named import find_certificates
from shared.taxonomy.taxonomy import Taxonomy

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
# What follows such a heading is about the employer, until one about the work comes.
_OFFER = re.compile(
    r"^\W*(?:job |our |the |your )?(?:benefits|perks|company description|about (?:us|the company)|"
    r"what we (?:can )?offer|we offer|our offer|"
    r"how to apply|application|contact|why (?:join|work|us)|how we work|equal opportunit\w+|"
    r"compensation)\b[^.]{0,30}:?\W*$",
    re.I,
)
_TASKS = re.compile(
    r"^\W*(?:.{0,25}\b(?:requirements?|qualifications?|responsibilit(?:y|ies)|skills|tasks|duties|role|"
    r"profile|experience|"
    r"job description|you|candidate|technologies|must have)\b.{0,25})\W*$",
    re.I,
)
_ABOUT_US = re.compile(
    r"^(?:(?!\byou\b)[^\n]){0,80}?\b(?:we|our (?:customers|clients|platform|goal|mission|vision))\b", re.I
)
_DONE = ("soft", "competence")


def extract_skill_phrases(text: str, taxonomy: Taxonomy | None = None) -> list[PhraseMention]:
    """Return what a posting or résumé names as skills ("doing") and knowledge ("things known"), by place.

    Works by rules on sentences; knows nothing of sections. Spans of one kind do not overlap.
    """
    known = taxonomy or Taxonomy.compact()
    about_person = _person_parts(text)
    doing = [mention for start, end in about_person for mention in find_doings(text, start, end)]
    soft: list[Mention] = []
    things: list[Mention] = [*find_degrees(text), *find_certificates(text), *find_languages(text)]
    titles = [(title.start, _title_end(text, title.end)) for title in known.find_occupations(text)]
    for mention in known.find_skills(text):
        if not any(start <= mention.start and mention.end <= end for start, end in titles):
            (soft if known.skill(mention.skill).kind in _DONE else things).append(mention)
    things.extend(_cued(text))
    skills = _disjoint(_within([*doing, *soft], about_person))
    knowledge = _disjoint(_within(things, about_person))
    found = [PhraseMention(s, e, text[s:e], "skill") for s, e in skills]
    found += [PhraseMention(s, e, text[s:e], "knowledge") for s, e in knowledge]
    return sorted(found, key=lambda mention: (mention.start, mention.end))


def _title_end(text: str, end: int) -> int:
    """Return where a job title ends that goes on after its known part (``Java Developer Lead``)."""
    more = re.match(
        r"\s+(?:engineer|developer|lead|manager|role|team|position|architect|specialist)\b", text[end:], re.I
    )
    return end + more.end() if more else end


def _person_parts(text: str) -> list[tuple[int, int]]:
    """Return the sentences that may speak of the person or the work, and not of the employer or the offer."""
    kept: list[tuple[int, int]] = []
    offer = False
    for sentence in _SENTENCE.finditer(text):
        words = sentence.group()
        offer = _OFFER.match(words) is not None or (offer and not _TASKS.match(words))
        if not (offer or _NOT_ABOUT_YOU.match(words) or _ABOUT_US.match(words)):
            kept.append((sentence.start(), sentence.end()))
    return kept


def _within(mentions: list[Mention], parts: list[tuple[int, int]]) -> list[Mention]:
    starts = [start for start, _ in parts]
    return [
        mention
        for mention in mentions
        if (place := bisect_right(starts, mention.start)) and mention.start < parts[place - 1][1]
    ]


def _disjoint(mentions: list[Mention]) -> list[tuple[int, int]]:
    """Return the spans of mentions, those that overlap joined into one."""
    spans: list[tuple[int, int]] = []
    for mention in sorted(mentions, key=lambda one: (one.start, -one.end)):
        if spans and mention.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], mention.end))
        else:
            spans.append((mention.start, mention.end))
    return spans


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
    _, _, gerunds = work_verbs()
    for cue in _CUE.finditer(text):
        tail = text[cue.end() : cue.end() + _NP_LIMIT]
        stop = _NP_STOP.search(tail)
        phrase = tail[: stop.start()] if stop else tail.rsplit(" ", 1)[0]
        lead = _NP_LEAD.match(phrase)
        start = lead.end() if lead else 0
        first = phrase[start:].split(" ", 1)[0].lower()
        if not first or (first in gerunds and first not in NOT_DOING):
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
