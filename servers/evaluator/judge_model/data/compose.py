"""Words a question and a passage from facts and patterns."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from servers.evaluator.judge_model.data.facts import Fact, Part, World, retold
from servers.evaluator.judge_model.data.patterns import Scenario, asks

HEADED_SHARE = 0.5
LIKE_HEADS_SHARE = 0.7
"""How often what says nothing is headed like what is asked: all lines of a profile are of one person."""
TAILED_SHARE = 0.4
REVERSED_SHARE = 0.4
HIDDEN = "***"
"""What stands for dates and for whatever is masked, as ``servers.evaluator.core.asking`` shows it."""
_ARTICLE = re.compile(r"\b([Aa]) (?=(?!one\b)[aeioAEIO]|MR|HR)")
_OF_PEOPLE = {"title": "occupation", "near": "occupation", "industry": "industry", "field": "education"}


@dataclass(frozen=True, slots=True)
class Question:
    """A worded qualification, what it is about, and the words that a passage has for it.

    ``term`` and ``second`` are the passage's, not the question's; ``deeds`` show what is asked.
    """

    text: str
    kind: str
    facts: tuple[Fact, ...]
    term: str
    second: str
    deeds: tuple[str, ...]


class Composer:
    """Words things by dice. ``part`` says which patterns may be used."""

    def __init__(self, rng: random.Random, world: World, part: Part) -> None:
        self._rng = rng
        self._world = world
        self._part: Part = part
        self._pronouns = re.compile(rf"\b(?:{'|'.join(world.words['masked'])})\b", re.I)

    def question(self, scenario: Scenario, fact: Fact, more: Sequence[Fact] = ()) -> Question | None:
        """Word the question for a scenario, or return None where the fact has nothing that it needs."""
        rng = self._rng
        if scenario.term in _OF_PEOPLE:
            return self._of_people(_OF_PEOPLE[scenario.term], fact)
        if scenario.term == "many":
            return self._of_many(fact, more)
        if more:
            return self._of_two(scenario, fact, more[0])
        said = self._said(scenario.term, fact)
        if not said:
            return None
        asked, term = rng.choice(fact.names), rng.choice(said)
        if scenario.term == "example":
            return self._of_example(fact, asked, term)
        if fact.kind != "cert" and rng.random() < REVERSED_SHARE:
            if scenario.term == "broader" and fact.narrower:
                asked, term = rng.choice(fact.narrower), asked  # who names the whole has not shown the part
            elif scenario.term == "adjacent":
                asked, term = term, asked
        return self._asked(fact, asked, term, fact.deeds)

    def _said(self, term: str, fact: Fact) -> tuple[str, ...]:
        """Return the words that the passage may have for what is asked."""
        match term:
            case "narrower":
                return fact.narrower
            case "broader":
                return fact.broader
            case "adjacent":
                return fact.adjacent
            case "example":
                return fact.names if fact.broader and fact.adjacent else ()
            case "same_or_narrower" if self._rng.random() < 0.3:
                return fact.narrower or fact.names
            case _:
                return fact.names

    def asked_plainly(self, fact: Fact) -> Question:
        """Word the question for a fact."""
        return self._asked(fact, self._rng.choice(fact.names), fact.ask, fact.deeds)

    def _asked(self, fact: Fact, asked: str, term: str, deeds: tuple[str, ...]) -> Question:
        pattern = self._pattern(fact.kind if fact.kind in ("cert", "language") else "fact")
        return Question(_capital(pattern.format(x=asked)), fact.kind, (fact,), term, "", deeds)

    def _of_example(self, fact: Fact, asked: str, term: str) -> Question:
        """Ask for a sort of thing by examples, of which the passage names one."""
        rng = self._rng
        pattern, sibling = self._pattern("example"), rng.choice(fact.adjacent)
        if "{a}" in pattern and rng.random() < 0.5:
            term = sibling
        text = pattern.format(b=rng.choice(fact.broader), x=asked, a=sibling)
        return Question(_capital(text), fact.kind, (fact,), term, "", ())

    def _of_two(self, scenario: Scenario, fact: Fact, second: Fact) -> Question:
        rng = self._rng
        one, two = rng.choice(fact.names), rng.choice(second.names)
        x, x2 = (one, two) if rng.random() < 0.5 else (two, one)
        text = self._pattern(scenario.term if scenario.name != "neither" else rng.choice(["both", "either"]))
        term, other = rng.choice(fact.names), rng.choice(second.names)
        return Question(_capital(text.format(x=x, x2=x2)), fact.kind, (fact, second), term, other, fact.deeds)

    def _of_many(self, fact: Fact, more: Sequence[Fact]) -> Question:
        """Ask for three or four things in a row."""
        rng, asked = self._rng, [fact, *more]
        names = [rng.choice(one.names) for one in rng.sample(asked, len(asked))]
        text = self._pattern("many").format(x=", ".join(names[:-1]), x2=names[-1])
        said = [rng.choice(one.names) for one in asked]
        return Question(_capital(text), fact.kind, tuple(asked), said[0], ", ".join(said[1:]), fact.deeds)

    def _of_people(self, kind: str, fact: Fact) -> Question:
        rng, occupation = self._rng, self._world.occupations[fact.occupation]
        titles = occupation.titles
        industries = self._world.sectors[occupation.sector].names
        text = self._pattern(kind).format(t=rng.choice(titles), i=rng.choice(industries), f=occupation.field)
        term = rng.choice(titles if kind == "occupation" else industries)
        return Question(_capital(_articles(text)), kind, (fact,), term, "", fact.deeds)

    def _pattern(self, name: str) -> str:
        return self._rng.choice(asks()[name].for_part(self._part))

    def passage(
        self, scenario: Scenario, question: Question, others: Sequence[Fact], person: Fact | None = None
    ) -> str | None:
        """Word what a passage says, or return None where a deed is needed and none is known.

        Args:
            person: something else of the person's work, after which positions are named.
        """
        patterns = scenario.passages.for_part(self._part)
        pattern = self._rng.choice(patterns)
        if not question.deeds and any(slot in pattern for slot in ("{deed}", "{doing}", "{do}")):
            return None
        text = _articles(pattern.format_map(self._filling(question, others)))
        ends = pattern.endswith(("}", ".")) and scenario.heads
        if ends and self._rng.random() < TAILED_SHARE:
            text = f"{text.rstrip('.')} {self._rng.choice(self._world.words['tails'])}"
        if scenario.heads and self._rng.random() < HEADED_SHARE:
            return self.headed(self._of_person(question.facts[0], person), text)
        return self._styled(text)

    def in_a_profile(self, fact: Fact, text: str) -> str:
        """Put a line under a position or let it stand for itself."""
        return self.headed(fact, text) if self._rng.random() < HEADED_SHARE else self._styled(text)

    def silent(self, fact: Fact) -> str:
        """Word a line of the profile of somebody who does such work that says nothing of it."""
        rng, words = self._rng, self._world.words
        dice = rng.random()
        if dice < 0.2:
            return rng.choice(words["idle"])
        if dice < 0.6:
            return self.headed(fact, rng.choice(words["fillers"]))
        return rng.choice(words["headers"]).format_map(
            {
                "t": rng.choice(self._world.occupations[fact.occupation].titles),
                "c": self._employer(fact),
                "from": HIDDEN,
                "to": rng.choice(["today", "present", "now", HIDDEN, HIDDEN, HIDDEN]),
                "place": rng.choice(words["places"]),
            }
        )

    def _of_person(self, fact: Fact, person: Fact | None) -> Fact:
        is_known = person and self._world.occupations[person.occupation].field
        return person if person and is_known and self._rng.random() < LIKE_HEADS_SHARE else fact

    def of_other_work(self, question: Question, other: Fact) -> str:
        """Word a passage of somebody of another occupation, sector and field."""
        rng, occupation = self._rng, self._world.occupations[other.occupation]
        field = f"{rng.choice(['BSc', 'Degree in', 'Studied', 'MSc'])} {occupation.field}"
        deed = rng.choice(other.deeds or (f"responsible for {other.ask}",))
        if question.kind == "education" and rng.random() < 0.6:
            return field
        return self.headed(other, deed) if rng.random() < 0.7 else self._styled(deed)

    def _filling(self, question: Question, others: Sequence[Fact]) -> dict[str, object]:
        rng, fact = self._rng, question.facts[0]
        occupation = self._world.occupations[fact.occupation]
        deed = rng.choice(question.deeds or ("",))
        other = next((rng.choice(one.deeds) for one in others if one.deeds), "sorted the post")
        y, z, w = (rng.choice(one.names) for one in others[:3])
        return {
            "x": question.term,
            "x2": question.second,
            "q": question.text,
            "y": y,
            "z": z,
            "w": w,
            "many": ", ".join(rng.choice(one.names) for one in rng.sample(others[3:], rng.randint(2, 5))),
            "deed": deed,
            "doing": retold(self._world, deed, "gerund"),
            "do": retold(self._world, deed, "base"),
            "other": other,
            "t": question.term if question.kind == "occupation" else rng.choice(occupation.titles),
            "near": rng.choice(occupation.near),
            "c": self._employer(fact),
            "f": occupation.field,
            "nf": occupation.near_field,
            "i": question.term,
            "year": HIDDEN,
            "year2": HIDDEN,
            "n": rng.randint(2, 25),
            "u": rng.choice(self._world.words["schools"]),
        }

    def _employer(self, fact: Fact) -> str:
        sector = self._world.sectors[self._world.occupations[fact.occupation].sector]
        return f"{self._rng.choice(self._world.words['names'])} {self._rng.choice(sector.workplaces)}"

    def headed(self, fact: Fact, text: str) -> str:
        """Put a title of the fact's occupation and an employer before a line."""
        title = self._rng.choice(self._world.occupations[fact.occupation].titles)
        return f"{title}, {self._employer(fact)}: {self._styled(text)}"

    def _styled(self, text: str) -> str:
        """Mask pronouns, and vary what writers vary: the first letter, the end mark."""
        rng = self._rng
        text = self._pronouns.sub(HIDDEN, text)
        text = _capital(text) if rng.random() < 0.85 else text
        if rng.random() < 0.3:
            return text.rstrip(".")
        return text if text.endswith((".", "!")) or rng.random() < 0.5 else f"{text}."


def _articles(text: str) -> str:
    return _ARTICLE.sub(r"\1n ", text)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
