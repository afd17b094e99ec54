"""Makes rows: chooses a label, a scenario of it, facts that fit, and words."""

import random
from collections.abc import Iterator, Sequence
from itertools import islice

from servers.evaluator.judge_model.data.compose import Composer, Question
from servers.evaluator.judge_model.data.facts import Fact, Part, World, are_apart, world
from servers.evaluator.judge_model.data.patterns import Scenario, scenarios
from servers.evaluator.judge_model.data.rows import LABELS, Row

LICENCE = "CC0-1.0"
UNRELATED = "unrelated"
HOMONYM = "homonym"
UNRELATED_SHARE = 0.45
HOMONYM_SHARE = 0.05
FOLLOWED_SHARE = 0.25
_KIND = {
    "tool": "skill",
    "knowledge": "skill",
    "task": "experience",
    "cert": "certificate",
    "occupation": "experience",
}


def rows(count: int, *, part: Part = "train", seed: int = 1) -> list[Row]:
    """Return ``count`` distinct rows, as many of each label, in mixed order; the same for the same arguments."""
    rng = random.Random(f"{part}-{seed}")  # noqa: S311 (texts, no secrets)
    seen: set[tuple[str, str]] = set()
    maker = _Maker(rng, world(), part)
    found: list[Row] = []
    for number, label in enumerate(LABELS):
        wanted = count // len(LABELS) + (number < count % len(LABELS))
        found += islice(_distinct(maker, label, seen), wanted)
    rng.shuffle(found)
    return found


def _distinct(maker: "_Maker", label: str, seen: set[tuple[str, str]]) -> Iterator[Row]:
    while True:
        row = maker.row(label)
        pair = (row.qualification.casefold(), row.passage.casefold())
        if pair not in seen:
            seen.add(pair)
            yield row


class _Maker:
    def __init__(self, rng: random.Random, known: World, part: Part) -> None:
        self._rng = rng
        self._world = known
        self._facts = known.of(part)
        self._compose = Composer(rng, known, part)
        self._by_kind: dict[str, list[Fact]] = {}
        self._by_occupation: dict[str, list[Fact]] = {}
        for fact in self._facts:
            self._by_kind.setdefault(fact.kind, []).append(fact)
            self._by_occupation.setdefault(fact.occupation, []).append(fact)
        # Questions about an occupation as such are asked with one of its facts as an example of its work.
        tasks = [
            fact
            for fact in self._facts
            if fact.kind not in ("cert", "language") and known.occupations[fact.occupation].field
        ]
        self._by_kind |= dict.fromkeys(("occupation", "industry", "education"), tasks)

    def row(self, label: str) -> Row:
        rng = self._rng
        while True:
            special = label == "no_evidence" and rng.random()
            if special is not False and special < UNRELATED_SHARE:
                made = self._unrelated()
            elif special is not False and special < UNRELATED_SHARE + HOMONYM_SHARE:
                made = self._homonym()
            else:
                made = self._spoken(self._scenario(label))
            if made is not None:
                break
        question, passage, name, fact = made
        return Row(
            qualification=question.text,
            kind=_KIND.get(question.kind, question.kind),
            passage=passage,
            label=label,
            scenario=name,
            occupation=fact.occupation,
            source="generated",
            licence=LICENCE,
        )

    def _scenario(self, label: str | None = None) -> Scenario:
        fitting = [
            one
            for one in scenarios()
            if label in (None, one.label) and any(kind in self._by_kind for kind in one.kinds)
        ]
        return self._rng.choices(fitting, [one.weight for one in fitting])[0]

    def _fact(self, scenario: Scenario) -> Fact:
        kinds = [kind for kind in sorted(scenario.kinds) if kind in self._by_kind]
        weights = [len(self._by_kind[kind]) for kind in kinds]
        return self._rng.choice(self._by_kind[self._rng.choices(kinds, weights)[0]])

    def _others(self, asked: Sequence[Fact], count: int) -> list[Fact]:
        """Return facts that say nothing of what is asked: half of them of the same occupation or sector."""
        rng = self._rng
        sector = self._world.occupations[asked[0].occupation].sector
        draw = rng.random()
        pool: Sequence[Fact] = self._facts
        if draw < 0.5 or asked[0].kind == "language":
            pool = self._by_occupation[asked[0].occupation]
        elif draw < 0.7:
            pool = [one for one in self._facts if self._world.occupations[one.occupation].sector == sector]
        apart = [one for one in pool if one.kind != "cert" and one not in asked and are_apart(asked, one)]
        if len(apart) < count:
            every = self._facts
            apart = [one for one in every if one.kind not in ("cert", "language") and are_apart(asked, one)]
        return rng.sample(apart, count)

    def _spoken(self, scenario: Scenario) -> tuple[Question, str, str, Fact] | None:
        fact = self._fact(scenario)
        second = None
        if scenario.term in ("both", "either"):
            same = self._by_occupation[fact.occupation]
            rest = [one for one in same if one.kind not in ("cert", "language") and are_apart([fact], one)]
            if not rest:
                return None
            second = self._rng.choice(rest)
        question = self._compose.question(scenario, fact, second)
        if question is None:
            return None
        others = self._others([fact, second] if second else [fact], 4)
        passage = self._compose.passage(scenario, question, others)
        if passage is None:
            return None
        if self._rng.random() < FOLLOWED_SHARE and question.kind not in ("occupation", "industry"):
            passage = self._followed(passage, others[3])
        return question, passage, scenario.name, fact

    def _followed(self, passage: str, other: Fact) -> str:
        """Put a sentence about something else before or after it: a judge must tell whom a "no" is about."""
        more = self._about(other, others=self._others([other], 4))
        if more is None:
            return passage
        first, then = (passage, more) if self._rng.random() < 0.5 else (more, passage)
        return f"{first.rstrip('.;')}{self._rng.choice(['. ', '; '])}{then}"

    def _about(self, fact: Fact, others: Sequence[Fact]) -> str | None:
        """Return a passage about a fact, whatever it says of it."""
        fitting = [one for one in scenarios() if fact.kind in one.kinds and one.term in ("same", "narrower")]
        scenario = self._rng.choices(fitting, [one.weight for one in fitting])[0]
        question = self._compose.question(scenario, fact, None)
        return self._compose.passage(scenario, question, others) if question else None

    def _unrelated(self) -> tuple[Question, str, str, Fact] | None:
        asking = self._scenario()
        if asking.term in ("both", "either"):
            return None
        fact = self._fact(asking)
        question = self._compose.question(asking, fact, None)
        if question is None:
            return None
        asked = question.facts
        if question.kind in ("occupation", "industry", "education"):
            passage = self._compose.of_other_work(question, self._elsewhere(fact))
        else:
            others = self._others(asked, 4)
            passage = self._about(others[0], others[1:] + others[:1])
        return (question, passage, UNRELATED, fact) if passage else None

    def _elsewhere(self, fact: Fact) -> Fact:
        """Return a fact of another sector."""
        sector = self._world.occupations[fact.occupation].sector
        others = self._by_kind["occupation"]
        return self._rng.choice(
            [one for one in others if self._world.occupations[one.occupation].sector != sector]
        )

    def _homonym(self) -> tuple[Question, str, str, Fact] | None:
        known = [one for one in self._facts if one.homonyms]
        fact = self._rng.choice(known)
        question = self._compose.asked_plainly(fact)
        passage = self._rng.choice(fact.homonyms)
        if self._rng.random() < 0.5:
            others = self._others([fact], 4)
            passage = self._followed(passage, others[0])
        return question, passage, HOMONYM, fact
