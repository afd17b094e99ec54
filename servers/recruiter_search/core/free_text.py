"""What free text means: most of its words must occur, and where they occur decides the rank."""

from collections.abc import Iterator

from servers.recruiter_search.core.criteria import (
    AnyOf,
    Criterion,
    OneOf,
    TextField,
    Weighted,
    Words,
)
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.ranking import Ranking
from shared.taxonomy.named import find_industries
from shared.taxonomy.places import find_places

_STOP = frozenset(
    """a an and any are as at be by for from has have in into is it must need needs of on or our someone that
    the their they this to we who will with you your person people candidate candidates looking want least
    years year experience experienced""".split()  # noqa: SIM905 - a paragraph reads better than 50 lines
)
PLACE_BOOST = 12.0  # a place in a query means there, not a word that happens to occur
MOST_WORDS = 64


class FreeText:
    """The words of a free text as a query reads them."""

    def __init__(self, text: str, names: Names, ranking: Ranking) -> None:
        self._text = text
        self._names = names
        self._boosts: tuple[tuple[TextField, float], ...] = (
            ("title", ranking.title),
            ("skill_names", ranking.skill_names),
            ("everything", ranking.everything),
        )
        stripped = (word.strip('.,;:!?()"') for word in dict.fromkeys(text.lower().split()))
        words = (word for word in stripped if word not in _STOP and any(c.isalnum() for c in word))
        self.words = list(dict.fromkeys(words))[:MOST_WORDS]

    def criterion(self) -> Criterion | None:
        """Return that most words occur somewhere; None of a text without any that counts."""
        parts = tuple(self._either(word) for word in self.words)
        least = len(parts) if len(parts) <= 2 else max(2, (len(parts) * 3 + 4) // 5)
        return AnyOf(parts, least) if parts else None

    def liked(self) -> list[Weighted]:
        """Return what decides the rank: words in telling fields, skills shown, a place that is named."""
        found = [
            Weighted(Words(where, word), weight) for word in self.words for where, weight in self._boosts
        ]
        found += self._known()
        for named in find_places(self._text):
            found.append(Weighted(OneOf("places", (named.place.id,)), PLACE_BOOST, flat=True))
        return found

    def _known(self) -> Iterator[Weighted]:
        """Yield what the taxonomy knows the text to speak of, however a profile words it."""
        for skill in self._skills():
            yield Weighted(OneOf("shown_skills", (skill,)), 2.0, by="taxonomy")
        occupations = (found.occupation for found in self._names.taxonomy.find_occupations(self._text))
        for occupation in dict.fromkeys(occupations):
            yield Weighted(OneOf("occupations", (occupation,)), 2.0, by="taxonomy")
        for industry in dict.fromkeys(found.industry for found in find_industries(self._text)):
            yield Weighted(OneOf("industries", (industry,)), 1.0, by="taxonomy")

    def terms(self) -> list[str]:
        """Return the words by which sentences of a hit are picked."""
        return [*self.words, *(s for skill in self._skills() for s in self._names.spellings(skill))]

    def _skills(self) -> list[str]:
        mentions = self._names.taxonomy.find_skills(self._text)
        return list(dict.fromkeys(mention.skill for mention in mentions if not mention.negated))

    def _either(self, word: str) -> Criterion:
        words, skill = Words("everything", word), self._names.ids("skill", word)
        return AnyOf((words, OneOf("skills", skill))) if skill else words
