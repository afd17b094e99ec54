"""One person's dossier as the matchers read it: masked texts and what was found in them, each found once."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property, lru_cache

from servers.evaluator.core.injection import STUFFED, planted_in, without_planted
from servers.evaluator.core.naming import names_of
from servers.evaluator.core.positions import History, Position, read_positions
from servers.evaluator.core.render import PROFILE_SOURCE, render_profile
from servers.evaluator.core.texts import Text, read_text
from servers.evaluator.core.words import Term, terms_of
from shared.resume import parse_resume
from shared.taxonomy import (
    CertificateMention,
    DegreeMention,
    IndustryMention,
    LanguageMention,
    SkillMention,
    Taxonomy,
    find_certificates,
    find_degrees,
    find_fields_of_study,
    find_industries,
    find_languages,
)
from shared.wire.profile import Dossier, Profile

LIST_MENTIONS = 4
"""A passage with at least this many skills, and little else, lists them."""
STUFFED_MENTIONS = 90
STUFFED_REPEATS = 25
TELLING_SKILLS = 3
"""So many of an occupation's most typical skills count as shown by a title."""

_DESIRE = re.compile(
    r"\b(?:would (?:like|love) to|(?:want|wish|hope|aim|plan|eager|keen|looking|hoping|aspir\w+|seeking|"
    r"ready|willing|interested|curious)\b(?: \w+){0,3}? (?:to|in)\b(?: \w+){0,2}? "
    r"(?:learn\w*|study\w*|explor\w+|gain\w*|get(?:ting)?|develop\w*|try\w*|work\w*|us(?:e|ing)|acquir\w+|"
    r"become|becoming|transition\w*|mov(?:e|ing)))"
    r"|\b(?:interested in|learning about|curious about|(?:currently |still )?learning|studying|no longer)\b",
    re.I,
)
_BESIDE = re.compile(
    r"\b(?:with|to|for|alongside|support\w*|assist\w*)\s+(?:(?:the|our|other|various|internal|external)\s+)*"
    r"(?:[\w/&-]+,?\s+(?:and\s+)?){0,3}$",
    re.I,
)
_TEAM = re.compile(r"\s+(?:\w+\s+)?(?:teams?|departments?|staff|stakeholders|colleagues)\b", re.I)
_COMPANY = re.compile(r",?[ \t]+(?:Inc|Corp(?:oration)?|Ltd|LLC|GmbH|Pvt|Limited)\b")
_REACH = 70


@dataclass(frozen=True, slots=True)
class SkillFound:
    """A skill mentioned at a place; ``how`` says what the mention is worth."""

    skill: str
    source: str
    start: int
    end: int
    how: str  # used | said | listed | wished | denied
    position: Position | None


class Record:
    """What one dossier says. Everything is found in masked text; quotes come from the original later."""

    def __init__(
        self, dossier: Dossier, taxonomy: Taxonomy, as_of: date, statements: Iterable[str] = ()
    ) -> None:
        self.taxonomy = taxonomy
        self.as_of = as_of
        profile, sources = _sources(dossier)
        names = names_of(profile, sources, taxonomy)
        self.flags: list[str] = list(dossier.flags)
        statements = list(statements)
        planted = {source_id: planted_in(text, statements) for source_id, text in sources}
        for one in planted.values():
            self._flag(*one.flags)
        self.profile = without_planted(profile, dict(sources), planted, statements)
        self.texts: dict[str, Text] = {
            source_id: read_text(source_id, text, names, planted[source_id].cuts)
            for source_id, text in sources
        }
        self.history = History(read_positions(self.profile, self.texts, as_of))
        if self._stuffed:
            self._flag(STUFFED)

    def _flag(self, *flags: str) -> None:
        self.flags += [flag for flag in flags if flag not in self.flags]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to read."""
        return not any(text.masked.strip(" \n\t*") for text in self.texts.values())

    @cached_property
    def skills(self) -> tuple[SkillFound, ...]:
        """Every mention of a skill, in order."""
        found: list[SkillFound] = []
        for text in self.texts.values():
            found += self._skills_in(text)
        return tuple(found)

    def _skills_in(self, text: Text) -> list[SkillFound]:
        mentions = self.taxonomy.find_skills(text.masked, acts=True)
        passages = [text.passages.around(one.start) for one in mentions]
        crowd: dict[tuple[int, int], int] = {}
        for passage in passages:
            if passage:
                crowd[passage] = crowd.get(passage, 0) + 1
        found: list[SkillFound] = []
        for one, passage in zip(mentions, passages, strict=True):
            position = self.history.at(text.id, one.start)
            if self._is_employer(text, one.start, one.end) or self._is_study(text, passage, one.skill):
                continue
            if self._is_others(text, passage, one):
                continue
            if one.negated:
                how = "denied"
            elif _DESIRE.search(
                text.masked, max(one.start - _REACH, passage[0] if passage else 0), one.start
            ):
                how = "wished"
            elif position is not None:
                how = "used"
            else:
                how = "listed" if _is_list(text, passage, crowd) else "said"
            found.append(SkillFound(one.skill, text.id, one.start, one.end, how, position))
        return found

    def _is_employer(self, text: Text, start: int, end: int) -> bool:
        """Tell whether a skill's name is here a company's: "Oracle Inc", or a word of an employer's name."""
        if _COMPANY.match(text.masked, end):
            return True
        return any(begin <= start and end <= after for begin, after in self._employers[text.id])

    def _is_study(self, text: Text, passage: tuple[int, int] | None, skill: str) -> bool:
        """Tell whether a soft skill is only a word in a degree's name: "Communications Engineering"."""
        if passage is None or self.taxonomy.skill(skill).kind != "soft":
            return False
        return bool(find_degrees(text.masked[passage[0] : passage[1]]))

    def _is_others(self, text: Text, passage: tuple[int, int] | None, one: SkillMention) -> bool:
        """Tell whether a trade is that of people worked with: "closely with the product management team"."""
        if self.taxonomy.skill(one.skill).kind == "technology" or not _TEAM.match(text.masked, one.end):
            return False
        return bool(
            _BESIDE.search(text.masked, max(one.start - _REACH, passage[0] if passage else 0), one.start)
        )

    @cached_property
    def _employers(self) -> dict[str, tuple[tuple[int, int], ...]]:
        """Return where employers are named in each text."""
        names = {one.employer for one in self.history.positions if len(one.employer) > 2}
        found: dict[str, tuple[tuple[int, int], ...]] = {}
        for text in self.texts.values():
            spans: list[tuple[int, int]] = []
            for name in names:
                at = text.masked.find(name)
                while at >= 0:
                    spans.append((at, at + len(name)))
                    at = text.masked.find(name, at + len(name))
            found[text.id] = tuple(spans)
        return found

    @cached_property
    def _stuffed(self) -> bool:
        loose = [one.skill for one in self.skills if one.how == "listed"]
        most = max((loose.count(skill) for skill in set(loose)), default=0)
        return len(set(loose)) > STUFFED_MENTIONS or most > STUFFED_REPEATS

    @property
    def stuffed(self) -> bool:
        """Whether skills are listed in such number that a list proves nothing."""
        return self._stuffed

    def skills_for(self, wanted: str) -> list[SkillFound]:
        """Return the mentions that prove ``wanted``, or would if they were not denied or wished."""
        return [one for one in self.skills if self.taxonomy.satisfies(one.skill, wanted)]

    def title_skills(self, position: Position) -> frozenset[str]:
        """Return the skills that a position's title says or that its occupation is known for."""
        return self._title_skills[position.index]

    @cached_property
    def passage_terms(self) -> tuple[tuple[str, int, list[Term]], ...]:
        """Return (source, start, terms with their places in the source) of each passage that has any."""
        found: list[tuple[str, int, list[Term]]] = []
        for text in self.texts.values():
            by_passage: dict[int, list[Term]] = {}
            for term in terms_of(text.masked):
                passage = text.passages.around(term.start)
                if passage:
                    by_passage.setdefault(passage[0], []).append(term)
            found += [(text.id, start, terms) for start, terms in by_passage.items()]
        return tuple(found)

    @cached_property
    def certificates(self) -> tuple[tuple[Text, CertificateMention], ...]:
        """Every mention of a certificate."""
        return tuple((text, one) for text in self.texts.values() for one in find_certificates(text.masked))

    @cached_property
    def industries(self) -> tuple[tuple[Text, IndustryMention], ...]:
        """Every mention of an industry."""
        return tuple((text, one) for text in self.texts.values() for one in find_industries(text.masked))

    @cached_property
    def languages(self) -> tuple[tuple[Text, LanguageMention], ...]:
        """Every mention of a human language."""
        return tuple((text, one) for text in self.texts.values() for one in find_languages(text.masked))

    @cached_property
    def degrees(self) -> tuple[tuple[Text, DegreeMention], ...]:
        """Every degree named outside of what positions say."""
        found: list[tuple[Text, DegreeMention]] = []
        for text in self.texts.values():
            for start, end in self._outside_positions(text):
                for one in find_degrees(text.masked[start:end]):
                    found.append((text, replace(one, start=one.start + start, end=one.end + start)))
        return tuple(found)

    def _outside_positions(self, text: Text) -> list[tuple[int, int]]:
        """Return the ranges of a text that no position covers, and those of education in any case."""
        covered = sorted((one.start, one.end) for one in self.history.positions if one.source == text.id)
        studies = [
            (one.span.start, one.span.end)
            for one in self.profile.education
            if one.span and one.span.source == text.id and any(a <= one.span.start < b for a, b in covered)
        ]
        free: list[tuple[int, int]] = []
        reached = 0
        for start, end in covered:
            if start > reached:
                free.append((reached, start))
            reached = max(reached, end)
        free.append((reached, len(text.masked)))
        return [*free, *studies]

    def study_fields(self, source: str, place: int) -> tuple[str, ...]:
        """Return the fields of study that the profile gives for the degree at a place."""
        for one in self.profile.education:
            if one.area and one.span and one.span.source == source and one.span.start <= place < one.span.end:
                return tuple(find_fields_of_study(one.area))
        return ()

    def shares_words(self, text: str, statement: str) -> bool:
        """Tell whether a text holds most of the words of a statement that carry meaning."""
        wanted = {one.stem for one in terms_of(statement) if not one.stem.isdigit()}
        found = {one.stem for one in terms_of(text)}
        return bool(wanted) and len(wanted & found) >= 0.6 * len(wanted)

    @cached_property
    def _title_skills(self) -> tuple[frozenset[str], ...]:
        return tuple(_read_title(self.taxonomy, one.title)[0] for one in self.history.positions)

    @cached_property
    def title_occupations(self) -> tuple[frozenset[str], ...]:
        """Return, position by position, the occupations that its title names."""
        return tuple(_read_title(self.taxonomy, one.title)[1] for one in self.history.positions)


@lru_cache(maxsize=16384)
def _read_title(taxonomy: Taxonomy, title: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the skills that a title says or that its occupation is known for, and its occupations."""
    if not title:
        return frozenset(), frozenset()
    named = {one.skill for one in taxonomy.find_skills(title) if not one.negated}
    occupations = {one.occupation for one in taxonomy.find_occupations(title)}
    resolved = taxonomy.resolve_occupation(title)
    if resolved:
        named |= set(resolved.skills[:TELLING_SKILLS])
        occupations.add(resolved.id)
    return frozenset(named), frozenset(occupations)


def _is_list(text: Text, passage: tuple[int, int] | None, crowd: dict[tuple[int, int], int]) -> bool:
    if passage is None:
        return True
    words = len(text.masked[passage[0] : passage[1]].split())
    return words <= 3 or (crowd[passage] >= LIST_MENTIONS and words <= 4 * crowd[passage])


def _sources(dossier: Dossier) -> tuple[Profile, list[tuple[str, str]]]:
    """Return the profile and its texts; without any text the profile is written out as one."""
    texts = [(source.id, source.text) for source in dossier.sources if source.text.strip()]
    if texts:
        return _with_positions(dossier), texts
    profile, text = render_profile(dossier.profile)
    return profile, [(PROFILE_SOURCE, text)]


def _with_positions(dossier: Dossier) -> Profile:
    """Return the profile; where it has no positions, with those that a résumé's text shows by its dates."""
    if dossier.profile.work:
        return dossier.profile
    resume = next((one for one in dossier.sources if one.kind == "resume" and one.text.strip()), None)
    if resume is None:
        return dossier.profile
    work = parse_resume(resume.text, resume.id).work
    return dossier.profile.model_copy(update={"work": work})
