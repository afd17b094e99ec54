"""What a model read in a posting, checked against the posting.

A model finds, splits, words and weighs demands. What they are tested by is read by the rules from the
posting's own words; a quote that does not stand there, and a wording that says more or less than the words
it is for, are not used.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from servers.intake.core.model_reading import Line, PostingReading, StatedDemand
from servers.intake.core.reading import importance_of, read_statement
from servers.intake.core.statements import Statement
from shared.taxonomy import Taxonomy, find_industries, find_places
from shared.wire.requirements import Importance, Qualification, QualificationKind

LISTED = ("required", "preferred")
"""Sections whose lines are demands by their heading."""
_UNASKED = ("legal", "apply", "benefits")
_LONGEST = 200
_MARKS = " \t\n.;,:*_\"“”'’‘"
_ALIKE = 0.6
_BETWEEN = r"[\s*_]+"
_FRAME = frozenset(
    (
        "an", "the", "of", "in", "on", "at", "as", "to", "for", "with", "and", "or", "by", "is", "are", "be", "can",
        "has", "have", "had", "able", "abili", "least", "more", "than", "year", "years", "exper", "know", "knows",
        "knowl", "worki", "worke", "profi", "skill", "using", "good", "stron", "bette", "level", "holds", "speak",
        "requi",
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A demand with the words of the posting that make it."""

    demand: StatedDemand
    fragment: Statement


@dataclass(slots=True)
class CheckedReading:
    """What stands of a model's reading: demands by the start of their line, and what was made up."""

    title: str
    parts: dict[int, list[Part]] = field(default_factory=dict[int, list[Part]])
    invented: list[str] = field(default_factory=list[str])


def lines_to_read(said: Sequence[Statement]) -> list[Statement]:
    """Return the statements in which a demand may stand."""
    return [one for one in said if one.section not in _UNASKED]


def as_lines(lines: Sequence[Statement]) -> list[Line]:
    """Return statements as a model gets them, numbered from 1."""
    return [Line(line=number, heading=one.heading, text=one.text) for number, one in enumerate(lines, 1)]


def checked(reading: PostingReading, lines: Sequence[Statement], text: str) -> CheckedReading:
    """Keep what stands in ``lines`` of ``text``; a demand with the wrong line's number is looked for."""
    found = CheckedReading(title=_standing_title(reading.title, text))
    for demand in reading.demands:
        named = lines[demand.line - 1 : demand.line] if demand.line > 0 else []
        places = ((line, located(demand.quote, line, text)) for line in [*named, *lines])
        place = next(((line, fragment) for line, fragment in places if fragment), None)
        if place is None:
            found.invented.append(demand.statement or demand.quote)
        else:
            found.parts.setdefault(place[0].start, []).append(Part(demand, place[1]))
    return found


def located(quote: str, line: Statement, text: str) -> Statement | None:
    """Return the part of a line that a quote repeats, whatever space and emphasis lies between its words."""
    words = quote.strip(_MARKS).split()
    if " ".join(words).lower() not in line.text.lower() or sum(map(str.isalpha, "".join(words))) < 2:
        return None
    pattern = rf"(?<!\w){_BETWEEN.join(map(_marked, words))}(?!\w)"
    match = re.search(pattern, text[line.start : line.end], re.I)
    if match is None:
        return None
    said = re.sub(_BETWEEN, " ", match.group()).strip()
    first, last = line.start + match.start(), line.start + match.end()
    return Statement(first, last, said, line.section, line.bullet, line.heading)


def _marked(word: str) -> str:
    """Return a pattern for a word in which emphasis may end before a mark: ``**Languages**:``."""
    return "[*_]*".join(map(re.escape, re.findall(r"\w+|\W", word)))


def _standing_title(title: str, text: str) -> str:
    plain = " ".join(title.split())
    return plain if plain and plain.lower() in " ".join(text.split()).lower() else ""


def stated(
    line: Statement,
    parts: Sequence[Part],
    original: str,
    taxonomy: Taxonomy,
    *,
    brief: bool,
    lawful: Callable[[str], bool],
) -> list[Qualification]:
    """Return what a line demands according to a model's ``parts`` of it.

    What a heading lists as required stays, where it can be tested, even if the model passed over it.
    """
    if not read_statement(line, original, taxonomy, fallback=True):
        return []  # it says that something is not needed
    known = read_statement(line, original, taxonomy, fallback=False, whole=not brief)
    stays = brief or line.section in LISTED
    meant: dict[int, Qualification] = {}
    further: list[Qualification] = []
    for part in parts:
        found = read_statement(part.fragment, original, taxonomy, fallback=True)
        hits = [at for at, one in enumerate(known) if any(subject(one) & subject(f) for f in found)]
        for at in hits:
            alone = len(hits) == 1
            meant[at] = _worded(known[at], part, line, taxonomy, lawful, alone=alone)
        if not hits:
            kinds = [_classified(one, part, taxonomy) for one in found]
            alone = len(kinds) == 1
            further += [_worded(one, part, line, taxonomy, lawful, alone=alone) for one in kinds]
    kept = [meant.get(at, one) for at, one in enumerate(known) if stays or at in meant]
    return [*kept, *further]


def _worded(
    one: Qualification,
    part: Part,
    line: Statement,
    taxonomy: Taxonomy,
    lawful: Callable[[str], bool],
    *,
    alone: bool,
) -> Qualification:
    """Return a qualification with the model's weight, and its words where they say the same."""
    importance = _weight(line, part)
    wording = " ".join(part.demand.statement.split()).rstrip(".")
    if alone and lawful(wording) and _says_the_same(wording, one, line, taxonomy):
        one = one.model_copy(update={"statement": wording})
    return one.model_copy(update={"importance": importance})


def _weight(line: Statement, part: Part) -> Importance:
    """Return how much a demand weighs: by what is written, and by the model where nothing is."""
    if _is_must(part.fragment.text):
        return "must_have"
    if importance_of(line.text, line.section) == "nice_to_have":
        return "nice_to_have"
    said_so = line.section == "required" or _is_must(line.text)
    return "must_have" if said_so else part.demand.importance


def _is_must(text: str) -> bool:
    """Return whether the words themselves insist, so that even a section of preferences would not soften them."""
    return importance_of(text, "preferred") == "must_have"


def subject(one: Qualification) -> frozenset[str]:
    """Return what a qualification is about, comparable between readings."""
    about = [
        *(f"skill {each}" for each in one.skills),
        *(f"occupation {each}" for each in one.occupations),
        *(f"certificate {each}" for each in one.certificates),
        *(f"industry {each}" for each in one.industries),
        *(f"place {each}" for each in one.places),
        *([f"language {one.language}"] if one.language else []),
        *(["degree"] if one.degree else []),
    ]
    return frozenset(about or (["years"] if one.years else []))


def _says_the_same(wording: str, one: Qualification, line: Statement, taxonomy: Taxonomy) -> bool:
    """Return whether the rules read in a wording just what it stands for, in words much like the line's."""
    years = set[str]() if one.years is None else {f"{one.years:g}"}
    invented = set(re.findall(r"\d+", wording)) - set(re.findall(r"\d+", line.text)) - years
    if not wording or len(wording) > _LONGEST or invented or not _alike(wording, line.text):
        return False
    plain = Statement(0, len(wording), wording, "other", bullet=True)
    found = read_statement(plain, wording, taxonomy, fallback=True)
    return len(found) == 1 and _tested_by(found[0]) == _tested_by(one)


def _tested_by(one: Qualification) -> tuple[object, ...]:
    several = one.match if len(one.skills) > 1 else ""
    fields = frozenset(one.fields_of_study)
    placed = one.kind in (
        QualificationKind.LOCATION,
        QualificationKind.INDUSTRY,
        QualificationKind.OTHER,
        QualificationKind.ELIGIBILITY,
    )
    kind = QualificationKind.OTHER if placed else one.kind
    about = frozenset[str]() if placed else subject(one)
    level = (one.years, one.degree, one.or_equivalent_experience, one.language_level)
    return (kind, about, several, fields, *level)


def _alike(wording: str, text: str) -> bool:
    """Return whether most words of a wording, apart from those that frame a demand, stand in the text."""
    own = _stems(wording) - _FRAME
    return bool(own) and len(own & _stems(text)) >= _ALIKE * len(own)


def _stems(text: str) -> set[str]:
    return {word[:5] for word in re.findall(r"[^\W\d_]{2,}", text.lower())}


def _classified(one: Qualification, part: Part, taxonomy: Taxonomy) -> Qualification:
    """Return a statement the rules read nothing in as the kind the model says, where it can be tested as that."""
    if one.kind != QualificationKind.OTHER:
        return one
    text, kind = part.fragment.text, part.demand.kind
    named: dict[str, list[str]] = {}
    if kind == QualificationKind.INDUSTRY:
        named = {"industries": [each.industry for each in find_industries(text)]}
    elif kind == QualificationKind.EXPERIENCE:
        named = {"occupations": [each.occupation for each in taxonomy.find_occupations(text)]}
    elif kind == QualificationKind.LOCATION:
        named = {"places": [each.place.id for each in find_places(text)]}
    parameters = {key: list(dict.fromkeys(ids)) for key, ids in named.items() if ids}
    return one.model_copy(update={"kind": kind, **parameters}) if parameters else one
