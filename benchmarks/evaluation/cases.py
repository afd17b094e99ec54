"""What a case consists of: a person as a sheet of facts, one qualification, the verdict that is true, and where."""

from dataclasses import dataclass, field

from shared.wire.evaluation import Verdict
from shared.wire.profile import Dossier
from shared.wire.requirements import Qualification

NOW = (2026, 5)
"""The month in which everybody is judged."""

Span = tuple[int, int]


@dataclass(frozen=True)
class Identity:
    """What must not count. ``street`` is within the city; the city itself is a fact about the person."""

    name: str
    group: str
    pronouns: tuple[str, str] = ("they", "them")
    photo: str | None = None
    street: str = "3 Imaginary Row"
    postcode: str = "00000"


@dataclass(frozen=True)
class Job:
    """One position; months are counted from year 0, ``end`` is the first month after it, None goes on."""

    title: str
    employer: str
    start: int
    end: int | None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class Degree:
    """A study as it is written: what, where, until which year."""

    study_type: str
    area: str
    school: str
    year: int
    remark: str = ""


@dataclass(frozen=True)
class Sheet:
    """All that is true of one person. ``traits`` name what sort of profile it makes."""

    id: str
    trade: str
    identity: Identity
    headline: str
    jobs: tuple[Job, ...]
    layout: int
    structured: bool = False
    home: tuple[str, str] | None = None
    summary: tuple[str, ...] = ()
    degree: Degree | None = None
    skills: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    traits: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Case:
    """One question about one person.

    ``proofs`` are keys of places, one of which shows the verdict; ``skills`` are the names that are asked for.
    """

    scenario: str
    qualification: Qualification
    expected: Verdict
    proofs: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()


@dataclass(frozen=True)
class Page:
    """A sheet as an engine gets it, and where each fact stands in the text."""

    dossier: Dossier
    text: str
    places: dict[str, Span] = field(default_factory=dict[str, Span])


@dataclass(frozen=True)
class Person:
    """A sheet with the questions about it."""

    sheet: Sheet
    cases: tuple[Case, ...]

    @property
    def tuning(self) -> bool:
        """Whether thresholds may be chosen on this person: then nothing is measured on anybody of the trade."""
        return self.sheet.trade in TUNING_TRADES


TUNING_TRADES = frozenset(
    {"Optician", "Solar Installer", "Court Interpreter", "Procurement Manager", "Embedded Software Engineer"}
)


def month(year: int, number: int) -> int:
    """Return a month's number counted from year 0."""
    return year * 12 + number - 1


def years_worked(jobs: tuple[Job, ...]) -> float:
    """Return the years that some jobs cover together, overlapping months once."""
    now = month(*NOW)
    months = {each for job in jobs for each in range(job.start, now + 1 if job.end is None else job.end)}
    return len(months) / 12
