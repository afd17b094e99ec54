"""Rules of one field: words, known names, choices, numbers and times since."""

import re
from dataclasses import dataclass

from servers.recruiter_search.core.criteria import (
    AnyOf,
    Between,
    Criterion,
    Keyword,
    NoneOf,
    Number,
    OneOf,
    TextField,
    Weighted,
    Words,
)
from servers.recruiter_search.core.durations import read_time, time_at, time_meant
from servers.recruiter_search.core.limits import limits_meant, read_limits, whole
from servers.recruiter_search.core.names import Kind, Names
from servers.recruiter_search.core.reading import holds_words
from servers.recruiter_search.core.results import ProfileView
from servers.recruiter_search.core.rules.base import Reading, Rule
from servers.recruiter_search.core.rules.times import timed
from shared.taxonomy.degrees import degree_of
from shared.taxonomy.places import place, resolve_place, with_label

UNKNOWN_COUNTRY = "ZZ"  # as in CLDR: many profiles do not say where somebody lives
TAKE_TIMES = "skill:, occupation:, function: and industry:"


@dataclass(frozen=True, kw_only=True)
class Text(Rule):
    """Words side by side in a text; of several one is enough."""

    field: TextField

    def criterion(self, value: list[str], reading: Reading) -> Criterion:
        return AnyOf(tuple(Words(self.field, text) for text in value))

    def liked(self, value: list[str], reading: Reading) -> list[Weighted]:
        return [Weighted(Words(self.field, text), self.weight) for text in value]

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion:
        return Words(self.field, text, prefix)

    def terms(self, value: list[str], names: Names) -> list[str]:
        return value

    def shows(self, value: list[str], view: ProfileView, reading: Reading) -> list[str]:
        return [text for text in self.reads(view) if any(holds_words(text, words) for words in value)]


@dataclass(frozen=True, kw_only=True)
class Known(Rule):
    """Names that a taxonomy knows, by id; of several one is enough.

    ``otherwise`` is where the boolean language looks for a word that nothing is known for; where it is ``timed``,
    it may say for how long.
    """

    field: Keyword
    kind: Kind
    otherwise: TextField = "everything"
    timed: bool = False

    def criterion(self, value: list[str], reading: Reading) -> Criterion:
        return OneOf(self.field, reading.ids(self.kind, value))

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion | None:
        if time_at(text) is not None:
            asked = read_time(text, reading.today) if self.timed and not prefix else None
            return (
                timed(self.kind, reading.ids(self.kind, [asked.of]), asked, reading)
                if asked and asked.of
                else None
            )
        found = () if prefix else reading.ids(self.kind, [text])
        return OneOf(self.field, found) if found else Words(self.otherwise, text, prefix)

    def meant(self, text: str) -> str:
        return time_meant(self.word, text) if self.timed else f"{self.word}: takes no time; {TAKE_TIMES} do."

    def wrong_at(self, text: str) -> int:
        return time_at(text) or 0

    def terms(self, value: list[str], names: Names) -> list[str]:
        return value

    def shows(self, value: list[str], view: ProfileView, reading: Reading) -> list[str]:
        ids = reading.names.ids
        wanted = {found for name in value for found in ids(self.kind, name)}
        return [text for text in self.reads(view) if wanted & set(ids(self.kind, text))]


@dataclass(frozen=True, kw_only=True)
class Placed(Known):
    """Places, each with all that lies in it."""

    kind: Kind = "place"

    def shows(self, value: list[str], view: ProfileView, reading: Reading) -> list[str]:
        ids = reading.names.ids
        wanted = [found for name in value for found in ids("place", name)]
        inside = ((text, here) for text in self.reads(view) for here in ids("place", text))
        return [t for t, here in inside if any(here == w or here.startswith(f"{w}/") for w in wanted)]


@dataclass(frozen=True, kw_only=True)
class Choice(Rule):
    """Values as they are written, of a few that there are or of ids; one is enough.

    The boolean language takes any id where nothing is ``among``.
    """

    field: Keyword
    among: tuple[str, ...] = ()

    def criterion(self, value: list[str], reading: Reading) -> Criterion:
        return OneOf(self.field, tuple(value))

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion | None:
        if not self.among:
            return None if prefix else self.criterion([text], reading)
        found = tuple(c for c in self.among if c == text.lower() or (prefix and c.startswith(text.lower())))
        return OneOf(self.field, found) if found else None

    def choices(self) -> tuple[str, ...]:
        return self.among


@dataclass(frozen=True, kw_only=True)
class Countries(Rule):
    """Countries of residence, by code or name; one is enough."""

    def criterion(self, value: list[str], reading: Reading) -> Criterion:
        codes = {one: country_code(one) for one in value}
        reading.unresolved += [one for one, code in codes.items() if code is None]
        return OneOf("countries", tuple(code or one.upper() for one, code in codes.items()))

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion | None:
        return None if prefix or country_code(text) is None else self.criterion([text], reading)

    def meant(self, text: str) -> str:
        within = resolve_place(text)
        if within:
            return f'{with_label(within)} is in {self.word}:{within.country_code}; location:"{text}" finds who lives there.'
        return f"Write {self.word}:DE or {self.word}:Germany; {self.word}:{UNKNOWN_COUNTRY} finds whose country is unknown."


def country_code(text: str) -> str | None:
    """Return the code of a country by code or name; None of what is none."""
    if text.upper() == UNKNOWN_COUNTRY:
        return UNKNOWN_COUNTRY
    found = place(text.upper()) or resolve_place(text)
    return found.country_code if found and found.kind == "country" else None


@dataclass(frozen=True, kw_only=True)
class Degree(Rule):
    """A degree, which counts as the lower ones too."""

    among: tuple[str, ...]

    def criterion(self, value: str, reading: Reading) -> Criterion:
        return OneOf("degree", (value,))

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion | None:
        named = degree_of(text)
        level = text.lower() if text.lower() in self.among else named[0] if named else None
        return self.criterion(level, reading) if level else None

    def choices(self) -> tuple[str, ...]:
        return self.among


@dataclass(frozen=True, kw_only=True)
class Yes(Rule):
    """Whether a profile has a mark."""

    field: Keyword
    mark: str

    def criterion(self, value: bool, reading: Reading) -> Criterion:
        held = OneOf(self.field, (self.mark,))
        return held if value else NoneOf((held,))

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion | None:
        said = text.lower()
        return None if prefix or said not in self.choices() else self.criterion(said == "yes", reading)

    def choices(self) -> tuple[str, ...]:
        return ("yes", "no")


@dataclass(frozen=True, kw_only=True)
class AtLeast(Rule):
    """A number not below a value; its field in the boolean language takes both limits."""

    number: Number

    def criterion(self, value: float, reading: Reading) -> Criterion:
        return Between(self.number, least=value)

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion | None:
        limits = None if prefix else read_limits(text)
        return Between(self.number, *limits) if limits else None

    def meant(self, text: str) -> str:
        return limits_meant(self.word, text)


@dataclass(frozen=True, kw_only=True)
class AtMost(Rule):
    """A number not above a value."""

    number: Number

    def criterion(self, value: float, reading: Reading) -> Criterion:
        return Between(self.number, most=value)


@dataclass(frozen=True, kw_only=True)
class MonthsSince(Rule):
    """Months from a beginning to now, the first and this one counted; ``least`` or at most so many.

    Its field in the boolean language takes both limits.
    """

    number: Number
    least: bool

    def criterion(self, value: int, reading: Reading) -> Criterion:
        return self._within(value, None, reading) if self.least else self._within(None, value, reading)

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion | None:
        limits = None if prefix else read_limits(text)
        return self._within(*whole(limits), reading) if limits else None

    def meant(self, text: str) -> str:
        return limits_meant(self.word, text)

    def _within(self, least: int | None, most: int | None, reading: Reading) -> Criterion:
        began = tuple(None if months is None else reading.month - months + 1 for months in (most, least))
        return Between(self.number, *began)


@dataclass(frozen=True, kw_only=True)
class DaysSince(Rule):
    """Something that happened at most so many days ago."""

    number: Number

    def criterion(self, value: int, reading: Reading) -> Criterion:
        return Between(self.number, least=reading.today.toordinal() - value)

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion | None:
        days = int(text) if not prefix and re.fullmatch(r"\d{1,4}", text, re.A) else None
        return None if days is None else self.criterion(days, reading)

    def meant(self, text: str) -> str:
        return f"Write the number of days alone: {self.word}:30."
