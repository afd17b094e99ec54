"""The work that the invented people do, read from ``occupations/*.txt``.

``[Title as it is asked for] other titles for the same work | …`` opens an occupation, ``near:`` names the one whose
work comes near. ``- skill as it is asked for | other names`` opens a skill. Below it ``>`` tells deeds that show
it without naming it, ``x`` a line that has its words and not its work. All of it was written without looking at
the taxonomy's names.
"""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

FILES = ("systems.txt", "offices.txt", "hands.txt")


@dataclass
class Skill:
    """A skill as it is asked for, its other names, what shows it, and what only sounds like it."""

    name: str
    others: tuple[str, ...]
    deeds: list[str] = field(default_factory=list[str])
    trap: str = ""


@dataclass
class Occupation:
    """One kind of work; ``near`` is the title of another, ``number`` its place in the list."""

    title: str
    others: tuple[str, ...]
    number: int
    near: str = ""
    skills: list[Skill] = field(default_factory=list[Skill])

    @property
    def fitting(self) -> bool:
        """Whether weights may be fitted on questions for it: half of the list, two and two."""
        return self.number // 2 % 2 == 0


@cache
def occupations() -> dict[str, Occupation]:
    """Return all by title. Raises ValueError for a line of no known form."""
    found: dict[str, Occupation] = {}
    for name in FILES:
        text = files("benchmarks.relevance").joinpath("occupations", name).read_text("utf-8")
        for line in text.splitlines():
            if line and not line.startswith("#"):
                _take(line, found)
    return found


def _take(line: str, found: dict[str, Occupation]) -> None:
    latest = next(reversed(found.values()), None)
    if line.startswith("["):
        title, _, others = line[1:].partition("] ")
        found[title] = Occupation(title, _parts(others), len(found))
    elif latest and line.startswith("near: "):
        latest.near = line[6:]
    elif latest and line.startswith("- "):
        name, *others = _parts(line[2:])
        latest.skills.append(Skill(name, tuple(others)))
    elif latest and latest.skills and line.startswith("> "):
        latest.skills[-1].deeds.append(line[2:])
    elif latest and latest.skills and line.startswith("x "):
        latest.skills[-1].trap = line[2:]
    else:
        raise ValueError(f"a line of no known form: {line}")


def _parts(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|"))
