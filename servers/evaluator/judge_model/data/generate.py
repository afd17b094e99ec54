"""Makes rows: chooses a label, a scenario of it, facts that fit, and words."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from servers.evaluator.judge_model.data.compose import Composer, Question
from servers.evaluator.judge_model.data.facts import Fact, Part, World, are_apart, world
from servers.evaluator.judge_model.data.patterns import Scenario, scenarios
from servers.evaluator.judge_model.data.rows import LABELS, Row

LICENCE = "CC0-1.0"
SHARES = {"train": {"no_evidence": 5}}
"""What most passages of a profile say of most qualifications is nothing: five times as many rows to learn that from.

With fewer, whatever comes up more often in what tells something, such as other languages, is taken for telling.
"""
OUTCOMES = {"meets": 0.4, "no_evidence": 0.3, "partial": 0.2, "not_met": 0.1}
PASSAGES = 12
"""Of a profile, about one question, as the evaluator asks at most."""
ALONE = frozenset({"same", "narrower", "broader", "adjacent", "same_or_narrower"})
"""The terms of scenarios in which a passage speaks of one fact."""
LIKE_WORK = 8
DEEDS_SHARE = 0.6
UNRELATED = "unrelated"
HOMONYM = "homonym"
CLOSE = "close_deed"
FOREIGN = "said_in_another_language"
UNRELATED_SHARE = 0.65
HOMONYM_SHARE = 0.03
CLOSE_SHARE = 0.3
FOREIGN_SHARE = 0.05
OTHERS_FOREIGN_SHARE = 0.12
TOLD = {"meets": 4, "partial": 4, "not_met": 2, "no_evidence": 1}
"""What passages say of something else, so often each: as often as of what is asked."""
SILENT_SHARE = 0.25
FOLLOWED_SHARE = 0.12
LONGEST_FOLLOWED = 2
OTHERS = 9
NEAR = 3
TRIES = 2000
SAME_OCCUPATION_SHARE, SAME_SECTOR_SHARE = 0.5, 0.7
LANGUAGES_SHARE = 0.9
_KIND = {
    "tool": "skill",
    "knowledge": "skill",
    "task": "experience",
    "cert": "certificate",
    "occupation": "experience",
}

_Made = tuple[Question, str, str, Fact]
"""A question, the passage, the scenario and what it is about."""


def rows(count: int, *, part: Part = "train", seed: int = 1) -> list[Row]:
    """Return ``count`` distinct rows in mixed order; the same for the same arguments.

    Labels come up alike, except that ``no_evidence`` comes up twice as often in what is learnt from.
    """
    rng = random.Random(f"{part}-{seed}")  # noqa: S311 (texts, no secrets)
    seen: set[tuple[str, str]] = set()
    maker = _Maker(rng, world(), part)
    shares = [SHARES.get(part, {}).get(label, 1) for label in LABELS]
    found: list[Row] = []
    for number, label in enumerate(LABELS, 1):
        wanted = count * sum(shares[:number]) // sum(shares) - len(found)
        found += islice(_distinct(maker, label, seen), wanted)
    rng.shuffle(found)
    return found


def profiles(count: int, *, part: Part = "tune", seed: int = 1) -> list[list[Row]]:
    """Return profiles, each as the rows of one question: one that tells the verdict, and others that say nothing.

    What is asked, and of how much, comes up as in practice: most people tell of some of what is asked.
    """
    rng = random.Random(f"profiles-{part}-{seed}")  # noqa: S311 (texts, no secrets)
    maker = _Maker(rng, world(), part)
    labels = rng.choices(list(OUTCOMES), list(OUTCOMES.values()), k=count)
    return [maker.profile(label) for label in labels]


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
        self._with_close = [one for one in self._facts if one.close]
        self._with_foreign = [one for one in self._facts if one.foreign]
        self._with_homonyms = [one for one in self._facts if one.homonyms]
        self._compose = Composer(rng, known, part)
        self._by_kind: dict[str, list[Fact]] = {}
        self._by_occupation: dict[str, list[Fact]] = {}
        self._by_sector: dict[str, list[Fact]] = {}
        for fact in self._facts:
            self._by_kind.setdefault(fact.kind, []).append(fact)
            self._by_occupation.setdefault(fact.occupation, []).append(fact)
            sector = known.occupations[fact.occupation].sector
            self._by_sector.setdefault(sector, []).append(fact)
        self._deed = next(one for one in scenarios() if one.name == "deed")
        # Questions about an occupation as such are asked with one of its facts as an example of its work.
        tasks = [
            fact
            for fact in self._facts
            if fact.kind not in ("cert", "language") and known.occupations[fact.occupation].field
        ]
        self._by_kind |= dict.fromkeys(("occupation", "industry", "education"), tasks)

    def row(self, label: str) -> Row:
        """Return a row of this label."""
        return self._row(label, *self._surely_made(label))

    def profile(self, label: str) -> list[Row]:
        """Return rows of one question, the first of which has this label."""
        question, passage, name, fact = self._surely_made(label)
        others = self._others(question.facts, PASSAGES - 1, near=LIKE_WORK)
        silent = [self._beside(one, question) for one in others]
        rows = [self._row("no_evidence", question, said, UNRELATED, question.facts[0]) for said in silent]
        return [self._row(label, question, passage, name, fact), *rows]

    def _beside(self, other: Fact, question: Question) -> str:
        """Return a passage of a profile that says nothing of the question: deeds, most often, and lines between."""
        rng, asked = self._rng, question.facts[0]
        if question.kind in ("occupation", "industry", "education"):
            return self._compose.of_other_work(question, self._elsewhere(asked))
        if rng.random() < SILENT_SHARE:
            return self._compose.silent(asked)
        others = self._others([*question.facts, other])
        if rng.random() < DEEDS_SHARE and other.deeds:
            told = self._compose.passage(self._deed, self._compose.asked_plainly(other), others, asked)
            return told or self._about(other, others, asked)
        return self._about(other, others, asked)

    def _surely_made(self, label: str) -> _Made:
        while True:
            made = self._made(label)
            if made is not None:
                return made

    @staticmethod
    def _row(label: str, question: Question, passage: str, name: str, fact: Fact) -> Row:
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

    def _made(self, label: str) -> _Made | None:
        dice = self._rng.random()
        if label == "no_evidence" and dice < UNRELATED_SHARE:
            return self._unrelated()
        if label == "no_evidence" and dice < UNRELATED_SHARE + HOMONYM_SHARE:
            return self._homonym()
        if label == "partial" and dice < CLOSE_SHARE:
            return self._close()
        if label == "meets" and dice < FOREIGN_SHARE:
            return self._foreign()
        return self._spoken(self._scenario(label))

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

    def _others(self, asked: Sequence[Fact], count: int = OTHERS, near: int = NEAR) -> list[Fact]:
        """Return facts that say nothing of what is asked; most of the first ``near`` are of like work."""
        found: list[Fact] = []
        is_language = asked[0].kind == "language"
        for _ in range(TRIES):
            if len(found) == count:
                return found
            pool: Sequence[Fact] = self._facts
            draw = self._rng.random() if len(found) < near else 1.0
            if draw < (LANGUAGES_SHARE if is_language else SAME_OCCUPATION_SHARE):
                pool = self._by_occupation[asked[0].occupation]
            elif draw < SAME_SECTOR_SHARE:
                pool = self._by_sector[self._world.occupations[asked[0].occupation].sector]
            one = self._rng.choice(pool)
            fits = one.kind != "cert" and (is_language or one.kind != "language")
            if fits and one not in found and one not in asked and are_apart(asked, one):
                found.append(one)
        raise RuntimeError(f"the tables know too little that is apart from {asked[0].ask}")

    def _question(self, scenario: Scenario, fact: Fact) -> Question | None:
        """Word a question about a fact, with others of the same occupation where the scenario needs them."""
        count = {"both": 1, "either": 1, "many": self._rng.randint(2, 3)}.get(scenario.term, 0)
        more: list[Fact] = []
        for one in self._rng.sample(same := self._by_occupation[fact.occupation], len(same)):
            if len(more) < count and one.kind not in ("cert", "language") and are_apart([fact, *more], one):
                more.append(one)
        return self._compose.question(scenario, fact, more) if len(more) == count else None

    def _spoken(self, scenario: Scenario) -> _Made | None:
        fact = self._fact(scenario)
        question = self._question(scenario, fact)
        if question is None:
            return None
        others = self._others(question.facts)
        passage = self._compose.passage(scenario, question, others)
        if passage is None:
            return None
        if question.kind not in ("occupation", "industry"):
            passage = self._followed(passage, question, others)
        return question, passage, scenario.name, fact

    def _followed(self, passage: str, question: Question, others: Sequence[Fact]) -> str:
        """Put sentences about something else before or after it: a judge must tell what a "no" is about."""
        for other in others[-LONGEST_FOLLOWED:]:
            if self._rng.random() < FOLLOWED_SHARE:
                more = self._about(other, self._others([*question.facts, other]))
                first, then = (passage, more) if self._rng.random() < 0.5 else (more, passage)
                passage = f"{first.rstrip('.;')}{self._rng.choice(['. ', '; '])}{then}"
        return passage

    def _about(self, fact: Fact, others: Sequence[Fact], person: Fact | None = None) -> str:
        """Return a passage about a fact, whatever it says of it; ``person`` is other work of whom it is about."""
        rng, asked = self._rng, self._compose.asked_plainly(fact)
        while True:
            label = rng.choices(list(TOLD), list(TOLD.values()))[0]
            question: Question | None
            if label == "meets" and fact.foreign and rng.random() < OTHERS_FOREIGN_SHARE:
                return self._compose.in_a_profile(person or fact, rng.choice(fact.foreign))
            if label == "partial" and fact.close and rng.random() < CLOSE_SHARE:
                scenario, question = self._deed, replace(asked, deeds=fact.close)
            else:
                scenario = self._scenario(label)
                fits = fact.kind in scenario.kinds and scenario.term in ALONE
                question = self._compose.question(scenario, fact) if fits else None
            passage = self._compose.passage(scenario, question, others, person) if question else None
            if passage is not None:
                return passage

    def _unrelated(self) -> _Made | None:
        asking = self._scenario()
        fact = self._fact(asking)
        question = self._question(asking, fact)
        if question is None:
            return None
        names_a_title = question.kind in ("occupation", "industry")
        if not names_a_title and self._rng.random() < SILENT_SHARE:
            passage = self._compose.silent(fact)
        elif question.kind in ("occupation", "industry", "education"):
            passage = self._compose.of_other_work(question, self._elsewhere(fact))
        else:
            first, *others = self._others(question.facts)
            passage = self._followed(self._about(first, others, fact), question, others)
        return question, passage, UNRELATED, fact

    def _elsewhere(self, fact: Fact) -> Fact:
        """Return a fact of another sector."""
        sector = self._world.occupations[fact.occupation].sector
        others = self._by_kind["occupation"]
        return self._rng.choice(
            [one for one in others if self._world.occupations[one.occupation].sector != sector]
        )

    def _close(self) -> _Made | None:
        """Say what comes near in the ways in which what shows it is said."""
        fact = self._rng.choice(self._with_close)
        asked = self._compose.asked_plainly(fact)
        question = replace(asked, deeds=fact.close)
        others = self._others([fact])
        passage = self._compose.passage(self._deed, question, others)
        return (asked, self._followed(passage, asked, others), CLOSE, fact) if passage else None

    def _foreign(self) -> _Made:
        fact = self._rng.choice(self._with_foreign)
        passage = self._compose.in_a_profile(fact, self._rng.choice(fact.foreign))
        return self._compose.asked_plainly(fact), passage, FOREIGN, fact

    def _homonym(self) -> _Made:
        fact = self._rng.choice(self._with_homonyms)
        question = self._compose.asked_plainly(fact)
        passage = self._followed(self._rng.choice(fact.homonyms), question, self._others([fact]))
        return question, passage, HOMONYM, fact
