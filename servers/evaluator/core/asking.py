"""What a judging model is asked: a qualification without its quantity, and passages that could bear on it."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from servers.evaluator.core.dates import Months, years_covered
from servers.evaluator.core.findings import Hit
from servers.evaluator.core.matchers.skill import NEAR
from servers.evaluator.core.positions import Position
from servers.evaluator.core.quotes import make_quotes
from servers.evaluator.core.record import Record
from servers.evaluator.core.texts import Text
from servers.evaluator.core.word_lists import word_list
from servers.evaluator.core.words import Term, terms_of
from shared.wire.evaluation import Quote
from shared.wire.requirements import Qualification

MOST_TERMS = 7
"""Words that say something. What asks for more in one sentence asks for several things, which rules weigh better."""
FEWEST_TERMS = 2
"""Words. A passage with fewer, such as a heading, proves only what it names."""
PROVES, IS_NEAR, NAMES_A_ROLE = 3.0, 1.5, 0.5
"""How much a passage gains by a skill that proves what is asked, by a near one, by a title where one is asked."""

_QUANTITY = re.compile(
    r"(?:\bof\s+)?(?:\b(?:at least|a? ?minimum(?: of)?|min\.?|more than|over|up to)\s+)?"
    r"\b(?:\d{1,2}(?:[.,]\d)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)"
    r"\s*(?:\+|plus\b|(?:-|–|to)\s*\d{1,2}|or more)?\s*(?:years?|yrs?\.?)(?:['’]s?)?\s*(?:or more\b)?\s*(?:of\b)?",
    re.I,
)
_LEFT_OVER = re.compile(r"\(\s*\)|\[\s*\]")
_BOTH = re.compile(r"\s+(?:and also|and|as well as|plus)\s+", re.I)
_EITHER = re.compile(r"\s*,\s*(?:or\s+)?|\s+(?:and/or|or)\s+(?:either\s+)?", re.I)
_AND_THE_LIKE = re.compile(
    r"\b(?:similar|equivalent|comparable|related|relevant|alike|other|another|any|more|less|better|above|both|and)\b",
    re.I,
)
LONGEST_OF_TWO = 14
"""Words. What asks for two things in more of them asks for more than two things."""
_EDGES = " ,;:–—-+\t\n"
HIDDEN = "***"
"""What stands for whatever is masked: not even how long it is may count. The training data write it so too."""
_MASKED = re.compile(r"\*+")
_YEAR = r"(?:19|20)\d\d(?:-\d\d)?\b"
_MONTH = (
    r"\b(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
# A year that follows a product's name is its version.
_DATE = re.compile(
    rf"(?:{_MONTH},? |\b\d{{1,2}}[/.]){_YEAR}|\b{_YEAR}(?= ?[-–—/]| (?:to|until) )"
    rf"|(?:^|(?<=[,(|:–—-])|(?<=[,(|:–—-] )|(?<=\bin )|(?<=\bto )|(?<=\bfrom )|(?<=\bsince )|(?<=\buntil )){_YEAR}",
    re.I,
)
_WORD = re.compile(r"[^\W\d_]+")
_NAMES_OF_HIDDEN = word_list("labels") | {
    "from",
    "since",
    "to",
    "until",
    "now",
    "today",
    "present",
    "current",
}


@dataclass(frozen=True, slots=True)
class Passage:
    """A passage as it is asked about.

    Attributes:
        text: masked; headed by title and employer where it stands in a position.
        quotes: the verbatim passage, or the part of it around what is asked, then that heading.
        position: the number of the position in which it stands, or None.
    """

    text: str
    quotes: tuple[Quote, ...]
    position: int | None


@dataclass(frozen=True, slots=True)
class Counting:
    """How years are counted: ``months`` of each position where dated, and those ``shown`` by explicit mentions."""

    asked: float
    months: tuple[Months | None, ...]
    shown: frozenset[int]

    def years(self, more: Iterable[int] = ()) -> float:
        """Return the years that the shown positions cover together with ``more``."""
        return years_covered(one for index in self.shown | set(more) if (one := self.months[index]))

    def years_of(self, index: int) -> float:
        """Return how long one position lasted; 0 where it is not dated."""
        months = self.months[index]
        return months.length / 12 if months else 0.0


@dataclass(frozen=True, slots=True)
class Ask:
    """One question about several passages, each answered by itself."""

    statement: str
    passages: tuple[Passage, ...]
    counting: Counting | None = None


def without_quantity(statement: str) -> str:
    """Return the statement without the years that it asks for: those are counted."""
    rest = _LEFT_OVER.sub(" ", _QUANTITY.sub(" ", statement))
    rest = " ".join(rest.split()).strip(_EDGES)
    return rest if sum(char.isalpha() for char in rest) > 1 else statement.strip()


def two_of(statement: str) -> tuple[str, ...]:
    """Return the two things that a short statement asks for, or nothing where it asks for one or for more."""
    parts = tuple(part.strip(_EDGES) for part in _BOTH.split(statement))
    is_short = len(statement.split()) <= LONGEST_OF_TWO and "," not in statement
    return parts if len(parts) == 2 and is_short and all(parts) else ()


def alternatives_of(statement: str) -> tuple[str, ...]:
    """Return the things of which a short statement asks for any, or nothing where it names one or leaves others open."""
    parts = tuple(part.strip(_EDGES) for part in _EITHER.split(statement))
    is_short = len(statement.split()) <= LONGEST_OF_TWO and not _AND_THE_LIKE.search(statement)
    says_or = re.search(r"\bor\b", statement, re.I)
    return parts if len(parts) > 1 and is_short and says_or and all(parts) else ()


@dataclass(frozen=True, slots=True)
class _Line:
    """A passage of a text, how a model is shown it, and what is found in it."""

    order: int
    text: Text
    start: int
    end: int
    shown: str
    terms: tuple[Term, ...]
    stems: frozenset[str]
    skills: frozenset[str]
    position: Position | None

    @property
    def is_header(self) -> bool:
        return self.position is not None and self.start < self.position.header_end


class Asker:
    """Chooses what is asked about one person.

    Args:
        most: passages for each question.
    """

    def __init__(self, record: Record, most: int) -> None:
        self._record = record
        self._most = most

    def ask(
        self, qualification: Qualification, statement: str, counting: Counting | None = None
    ) -> Ask | None:
        """Return the question, or None where there is nothing to ask or nobody to ask about."""
        subject = without_quantity(statement)
        stems = frozenset(one.stem for one in terms_of(subject))
        if not stems or len(stems) > MOST_TERMS:
            return None
        passages: dict[tuple[str, int | None], Passage] = {}
        for line in self._ranked(qualification, stems):
            passage = self._passage(line, stems)
            if passage:
                passages.setdefault((passage.text, passage.position), passage)
            if len(passages) == self._most:
                break
        return Ask(subject, tuple(passages.values()), counting) if passages else None

    def _ranked(self, qualification: Qualification, stems: frozenset[str]) -> list[_Line]:
        """Return the lines, those that speak of the subject first, then what positions say, in order."""
        taxonomy = self._record.taxonomy
        proving = {
            have
            for have in self._skills
            if any(taxonomy.satisfies(have, wanted) for wanted in qualification.skills)
        }
        near = {
            other
            for wanted in qualification.skills
            for other, weight in taxonomy.related(wanted)
            if weight >= NEAR
        }

        def score(line: _Line) -> float:
            of_words = sum(1 / self._frequency[stem] for stem in stems & line.stems)
            of_skills = PROVES if line.skills & proving else IS_NEAR if line.skills & near else 0.0
            return (
                of_words + of_skills + (NAMES_A_ROLE if qualification.occupations and line.is_header else 0.0)
            )

        is_known = any(taxonomy.has_skill(wanted) for wanted in qualification.skills)

        def may_prove(line: _Line) -> bool:
            names = bool(line.skills & proving or line.stems & stems)
            says_enough = line.is_header or len(line.terms) >= FEWEST_TERMS
            return names or (says_enough and not is_known)  # what lists know is proved by its name alone

        found = [line for line in self._lines if may_prove(line)]
        return sorted(found, key=lambda line: (-score(line), line.position is None, line.order))

    @cached_property
    def _lines(self) -> list[_Line]:
        """Return all passages with words. A list too long to prove anything is not asked about."""
        record = self._record
        skills: dict[tuple[str, int], set[str]] = {}
        listed: set[tuple[str, int]] = set()
        for one in record.skills:
            around = record.texts[one.source].passages.around(one.start)
            if around:
                skills.setdefault((one.source, around[0]), set()).add(one.skill)
                if one.how == "listed":
                    listed.add((one.source, around[0]))
        lines: list[_Line] = []
        for source, start, terms in record.passage_terms:
            text, key = record.texts[source], (source, start)
            around, schools = text.passages.around(start), self._schools[source]
            terms = [one for one in terms if not any(low <= one.start < high for low, high in schools)]
            if around is None or not terms or (record.stuffed and key in listed):
                continue
            shown = self._shown(text, *around)
            if _is_bare(shown):
                continue
            stems = frozenset(one.stem for one in terms)
            found, position = frozenset(skills.get(key, ())), record.history.at(source, start)
            lines.append(
                _Line(len(lines), text, start, around[1], shown, tuple(terms), stems, found, position)
            )
        return lines

    @cached_property
    def _schools(self) -> dict[str, list[tuple[int, int]]]:
        """Return where each text names a school: a judge of what somebody can do has no use for it."""
        names = [one.institution for one in self._record.profile.education if one.institution]
        pattern = re.compile("|".join(map(re.escape, names)), re.I) if names else None
        return {
            key: [one.span() for one in pattern.finditer(text.original)] if pattern else []
            for key, text in self._record.texts.items()
        }

    def _shown(self, text: Text, start: int, end: int) -> str:
        """Return a passage as a model may see it: without schools and dates, which tell an age; code counts them."""
        said = text.masked[start:end]
        for low, high in self._schools[text.id]:
            if start <= low and high <= end:
                said = said[: low - start] + "*" * (high - low) + said[high - start :]
        return _MASKED.sub(HIDDEN, _DATE.sub(HIDDEN, " ".join(said.split())))

    @cached_property
    def _skills(self) -> frozenset[str]:
        return frozenset(skill for line in self._lines for skill in line.skills)

    @cached_property
    def _frequency(self) -> Counter[str]:
        return Counter(stem for line in self._lines for stem in line.stems)

    def _passage(self, line: _Line, stems: frozenset[str]) -> Passage | None:
        term = next((one for one in line.terms if one.stem in stems), line.terms[0])
        quotes = make_quotes([Hit(line.text.id, term.start, term.end)], self._record.texts)
        if not quotes:
            return None
        said, position = line.shown, line.position
        if position is None:
            return Passage(said, tuple(quotes), None)
        head = "" if line.is_header else _head(position, line.text)
        if head and position.hit:
            quotes += make_quotes([position.hit], self._record.texts)
        return Passage(f"{head}: {said}" if head else said, tuple(quotes), position.index)


def _is_bare(shown: str) -> bool:
    """Tell whether a passage holds numbers and dates only, or only the name of what is hidden: a photo, an age."""
    return _NAMES_OF_HIDDEN.issuperset(_WORD.findall(shown.lower()))


def _head(position: Position, text: Text) -> str:
    """Return title and employer as far as the masked text says them."""
    if position.source != text.id:
        return ""
    header = text.masked[position.start : position.header_end]
    return ", ".join(
        part for part in (position.title.strip(), position.employer.strip()) if part and part in header
    )
