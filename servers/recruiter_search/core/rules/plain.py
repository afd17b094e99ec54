"""Rules of one field: words, known names, choices, numbers and times since."""

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
from servers.recruiter_search.core.names import Kind, Names
from servers.recruiter_search.core.reading import holds_words
from servers.recruiter_search.core.results import ProfileView
from servers.recruiter_search.core.rules.base import Reading, Rule
from shared.taxonomy.degrees import degree_of


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

    ``otherwise`` is where the boolean language looks for a word that nothing is known for.
    """

    field: Keyword
    kind: Kind
    otherwise: TextField = "everything"

    def criterion(self, value: list[str], reading: Reading) -> Criterion:
        return OneOf(self.field, reading.ids(self.kind, value))

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion:
        found = () if prefix else reading.ids(self.kind, [text])
        return OneOf(self.field, found) if found else Words(self.otherwise, text, prefix)

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
    """Values as they are written, of a few that there are or of ids; one is enough."""

    field: Keyword
    among: tuple[str, ...] = ()
    upper: bool = False

    def criterion(self, value: list[str], reading: Reading) -> Criterion:
        return OneOf(self.field, tuple(one.upper() if self.upper else one for one in value))

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion | None:
        found = tuple(c for c in self.among if c == text.lower() or (prefix and c.startswith(text.lower())))
        return OneOf(self.field, found) if found else None

    def choices(self) -> tuple[str, ...]:
        return self.among


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


@dataclass(frozen=True, kw_only=True)
class AtLeast(Rule):
    """A number not below a value."""

    number: Number

    def criterion(self, value: float, reading: Reading) -> Criterion:
        return Between(self.number, least=value)


@dataclass(frozen=True, kw_only=True)
class AtMost(Rule):
    """A number not above a value."""

    number: Number

    def criterion(self, value: float, reading: Reading) -> Criterion:
        return Between(self.number, most=value)


@dataclass(frozen=True, kw_only=True)
class MonthsSince(Rule):
    """Months from a beginning to now, the first and this one counted; ``least`` or at most so many."""

    number: Number
    least: bool

    def criterion(self, value: int, reading: Reading) -> Criterion:
        began = reading.month - value + 1
        return Between(self.number, most=began) if self.least else Between(self.number, least=began)


@dataclass(frozen=True, kw_only=True)
class DaysSince(Rule):
    """Something that happened at most so many days ago."""

    number: Number

    def criterion(self, value: int, reading: Reading) -> Criterion:
        return Between(self.number, least=reading.today.toordinal() - value)
