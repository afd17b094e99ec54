"""The trades that people of the suite have, read from ``trades/*.txt``.

``[Trade] five titles | from entry to executive`` opens a trade; ``study:``, ``colleague:`` and ``paper:`` say
what is studied for it, whose work is near, and which certificate it knows. ``- name`` opens a skill; the
lines below it are what a résumé says: ``p`` in the plain words, ``s`` the same in other words, ``n`` something
narrower that implies it, ``c`` only something close, ``f`` the plain line in another language, ``h`` a line in
which the words mean something else.
"""

from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

FILES = ("hands.txt", "care.txt", "desks.txt")


@dataclass
class Skill:
    """A skill's name and what a résumé may say, by the letter of the line."""

    name: str
    says: dict[str, str] = field(default_factory=dict[str, str])


@dataclass
class Trade:
    """A trade with its ladder of titles."""

    name: str
    ladder: tuple[str, ...]
    part: str
    study: str = ""
    colleague: str = ""
    paper: str = ""
    skills: list[Skill] = field(default_factory=list[Skill])


@cache
def trades() -> tuple[Trade, ...]:
    """Return all trades. Raises ValueError for a line of no known form."""
    found: list[Trade] = []
    for name in FILES:
        text = files("benchmarks.evaluation").joinpath("trades", name).read_text(encoding="utf-8")
        for line in text.splitlines():
            if line and not line.startswith("#"):
                _take(line, name.removesuffix(".txt"), found)
    return tuple(found)


def _take(line: str, part: str, found: list[Trade]) -> None:
    if line.startswith("["):
        name, _, ladder = line[1:].partition("] ")
        found.append(Trade(name, tuple(one.strip() for one in ladder.split("|")), part))
    elif line.startswith("study: "):
        fields = dict(each.strip().split(": ", 1) for each in line.split("|"))
        trade = found[-1]
        trade.study, trade.colleague, trade.paper = fields["study"], fields["colleague"], fields["paper"]
    elif line.startswith("- "):
        found[-1].skills.append(Skill(line[2:]))
    elif line[1:3] == ": " and line[0] in "psncfh":
        found[-1].skills[-1].says[line[0]] = line[3:].partition(": ")[2] if line[0] == "f" else line[3:]
    else:
        raise ValueError(f"a line of no known form: {line}")
