"""What is asked of the invented people, and how well each of them fits."""

from dataclasses import dataclass
from random import Random

from benchmarks.relevance.occupations import Occupation, occupations
from benchmarks.relevance.people import SEED, Person

FITS = 2
"""From this grade on somebody is what was asked for."""
_TITLED = (
    "{title} with {a} and {b}",
    "We need a {title} who knows {a} and {b}",
    "{title}, {a}, {b}",
    "Looking for an experienced {title}: {a} as well as {b}",
)


@dataclass(frozen=True)
class Question:
    """One query: words, and what they mean. ``work`` is None where only skills are asked for."""

    id: str
    text: str
    work: str | None
    skills: tuple[str, ...]
    group: str
    fitting: bool


def questions(seed: int = SEED) -> list[Question]:
    """Return three for each occupation: twice a title with two skills, once skills alone."""
    return [
        question for kind in occupations().values() for question in _of(kind, Random(f"{seed}:{kind.title}"))
    ]


def _of(kind: Occupation, rng: Random) -> list[Question]:
    names = rng.sample([skill.name for skill in kind.skills], 4)
    asked = ((kind.title, names[:2]), (kind.title, names[2:]), (None, names[1:3]))
    found: list[Question] = []
    for number, (work, (a, b)) in enumerate(asked):
        text = rng.choice(_TITLED).format(title=kind.title, a=a, b=b) if work else f"{a} and {b}"
        key = f"{kind.title.lower().replace(' ', '-')}-{number + 1}"
        found.append(Question(key, text, work, (a, b), kind.title, kind.fitting))
    return found


def grade(question: Question, person: Person) -> int:
    """Return how well a person fits, 0 to 3.

    3: does the work now and has every skill; where no work is named, uses every skill in the present position.
    2: does it now with half of the skills, or did it before with all; skills alone: all of them, at any time.
    1: does or did the work, or has half of the skills. 0: neither.
    """
    have = {skill for held in person.held for skill in held.skills}.intersection(question.skills)
    share = len(have) / len(question.skills)
    if question.work is None:
        if share == 1:
            return 3 if person.held[0].skills.issuperset(question.skills) else 2
        return 1 if share >= 0.5 else 0
    now = person.held[0].work == question.work
    did = any(held.work == question.work for held in person.held)
    if now and share == 1:
        return 3
    if (now and share >= 0.5) or (did and share == 1):
        return 2
    return 1 if did or share >= 0.5 else 0
