"""The sentence patterns: what a passage can say, and how a qualification is worded."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from servers.evaluator.judge_model.data.facts import HERE, Part, lines_of

_HELD_OUT = "~ "


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Patterns to learn from, and others to measure with."""

    learnt: tuple[str, ...]
    held_out: tuple[str, ...]

    @classmethod
    def of(cls, lines: Iterable[str]) -> "Patterns":
        found = tuple(lines)
        return cls(
            tuple(line for line in found if not line.startswith(_HELD_OUT)),
            tuple(line.removeprefix(_HELD_OUT) for line in found if line.startswith(_HELD_OUT)),
        )

    def for_part(self, part: Part) -> tuple[str, ...]:
        """Return those that rows of this part are made from."""
        return self.learnt if part == "train" else self.held_out


@dataclass(frozen=True, slots=True, eq=False)
class Scenario:
    """One thing that a passage does with what is asked; the fields are explained in ``templates.toml``."""

    name: str
    label: str
    term: str
    kinds: frozenset[str]
    heads: bool
    weight: float
    passages: Patterns


@lru_cache(maxsize=1)
def scenarios() -> tuple[Scenario, ...]:
    """Return all scenarios."""
    found = tomllib.loads((HERE / "templates.toml").read_text("utf-8"))["scenario"]
    return tuple(
        Scenario(
            one["name"],
            one["label"],
            one["term"],
            frozenset(one["kinds"]),
            one["heads"],
            one.get("weight", 1.0),
            Patterns.of(lines_of(one["passages"])),
        )
        for one in found
    )


@lru_cache(maxsize=1)
def asks() -> dict[str, Patterns]:
    """Return the wordings of qualifications, by what is asked."""
    found = tomllib.loads((HERE / "asks.toml").read_text("utf-8"))
    return {name: Patterns.of(lines_of(text)) for name, text in found.items()}
