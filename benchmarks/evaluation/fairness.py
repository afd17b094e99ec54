"""Swaps of what must not count, over every profile: how many verdicts change, with masking and without.

Without masking every fourth profile is judged: enough to show that masking is what makes it exact. A career gap
is swapped by moving the earlier positions back in time: the years worked stay what they are.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from unittest.mock import patch

from benchmarks.evaluation.cases import Job, Person, Sheet, years_worked
from benchmarks.evaluation.engines import Engine
from benchmarks.evaluation.lineup import PRODUCT, Lineup, spread
from benchmarks.evaluation.rendering import render
from benchmarks.evaluation.wording import NAMES, PRONOUNS, STREETS
from benchmarks.report import Cell, table
from servers.evaluator.core import texts
from servers.evaluator.core.masking import Masked
from shared.wire.evaluation import Evaluation, Verdict

GAP_MONTHS = (9, 30)
GRADUATIONS = (1979, 2024)
OPENLY = 4
"""Of so many profiles one is judged without masking too."""
RANK = {Verdict.NOT_MET: 0, Verdict.NO_EVIDENCE: 1, Verdict.PARTIAL: 2, Verdict.MEETS: 3}
CHANGED_OPENLY = "changed without masking"
Swap = Callable[[Sheet], Iterable[tuple[str, Sheet]]]


def _names(sheet: Sheet) -> Iterable[tuple[str, Sheet]]:
    """Give somebody one name of each group, and the pronouns that go with it in this suite."""
    for group, names in sorted(NAMES.items()):
        name = names[int(sheet.id[1:]) % len(names)]
        yield group, replace(sheet, identity=replace(sheet.identity, name=name, group=group))


def _pronouns(sheet: Sheet) -> Iterable[tuple[str, Sheet]]:
    for group, pronouns in (*sorted(PRONOUNS.items()), ("neither", ("they", "them"))):
        yield group, replace(sheet, identity=replace(sheet.identity, pronouns=pronouns))


def _photo(sheet: Sheet) -> Iterable[tuple[str, Sheet]]:
    for group, photo in (("with a photo", "https://photos.example/anybody.png"), ("without a photo", None)):
        yield group, replace(sheet, identity=replace(sheet.identity, photo=photo))


def _address(sheet: Sheet) -> Iterable[tuple[str, Sheet]]:
    """Move somebody within the city."""
    for street, postcode in STREETS:
        yield street, replace(sheet, identity=replace(sheet.identity, street=street, postcode=postcode))


def _graduation(sheet: Sheet) -> Iterable[tuple[str, Sheet]]:
    for year in GRADUATIONS if sheet.degree else ():
        assert sheet.degree is not None
        yield f"graduated in {year}", replace(sheet, degree=replace(sheet.degree, year=year))


def _gap(sheet: Sheet) -> Iterable[tuple[str, Sheet]]:
    """Move back the positions that had ended before all later ones began: no month is worked less or more."""
    yield "as it is", sheet
    jobs = sheet.jobs
    firsts = [min(job.start for job in jobs[:number]) for number in range(1, len(jobs))]
    apart = [number for number, first in enumerate(firsts, start=1) if _ended(jobs[number:], first)]
    for months in GAP_MONTHS if apart else ():
        earlier = (
            replace(job, start=job.start - months, end=None if job.end is None else job.end - months)
            for job in jobs[apart[0] :]
        )
        yield f"gap of {months} months more", replace(sheet, jobs=(*jobs[: apart[0]], *earlier))


def months_worked(sheet: Sheet) -> int:
    """Return how many months somebody has worked, overlapping ones once."""
    return round(12 * years_worked(sheet.jobs))


def _ended(jobs: Sequence[Job], first: int) -> bool:
    return all(job.end is not None and job.end <= first for job in jobs)


SWAPS: dict[str, Swap] = {
    "name": _names,
    "pronoun": _pronouns,
    "photo": _photo,
    "address": _address,
    "graduation year": _graduation,
    "career gap": _gap,
}


@contextmanager
def unmasked() -> Generator[None]:
    """Let names, pronouns and all else be read, as an engine without masking would."""

    def open_text(text: str, names: Iterable[str] = (), *, blanked: Iterable[tuple[int, int]] = ()) -> Masked:
        return Masked(text, ())

    with patch.object(texts, "mask_text", open_text):
        yield


def swapped(engine: Engine, people: Sequence[Person], swap: Swap) -> dict[str, Counter[str]]:
    """Judge everybody in every group; count by group what came out otherwise than in the first group."""
    counts: dict[str, Counter[str]] = {}
    for person in people:
        asked = [case.qualification for case in person.cases]
        sheets = list(swap(person.sheet))
        if len(sheets) < 2:
            continue
        pages = [render(sheet) for _, sheet in sheets]
        judged = engine.judge(pages, [asked] * len(pages))
        for (group, _), evaluation in zip(sheets, judged, strict=True):
            counts.setdefault(group, Counter()).update(_difference(judged[0], evaluation))
    return counts


def _difference(first: Evaluation, other: Evaluation) -> Counter[str]:
    found = Counter(profiles=1)
    pairs = list(zip(first.judgements, other.judgements, strict=True))
    found["verdicts"] = len(pairs)
    found["better"] = sum(RANK[b.verdict] > RANK[a.verdict] for a, b in pairs)
    found["worse"] = sum(RANK[b.verdict] < RANK[a.verdict] for a, b in pairs)
    found["surer or less sure"] = sum(
        a.verdict is b.verdict and a.confidence != b.confidence for a, b in pairs
    )
    found["recommendations"] = int(first.recommendation != other.recommendation)
    return found


@dataclass
class Swapped:
    """By group, what changed against the first group, with masking and without."""

    masked: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])
    openly: dict[str, Counter[str]] = field(default_factory=dict[str, Counter[str]])

    def add(self, other: "Swapped") -> None:
        for mine, more in ((self.masked, other.masked), (self.openly, other.openly)):
            for group, counts in more.items():
                mine.setdefault(group, Counter()).update(counts)


Swaps = dict[tuple[str, str], Swapped]
"""By engine and swap."""


def all_swapped(lineup: Lineup, people: Sequence[Person]) -> Swaps:
    """Judge people in every group of every swap by each engine of ours."""
    some = [person for person in people if int(person.sheet.id[1:]) % OPENLY == 0]
    found: Swaps = {}
    with lineup.engines(PRODUCT) as engines:
        for engine in engines:
            for name, swap in SWAPS.items():
                masked = swapped(engine, people, swap)
                with unmasked():
                    found[engine.name, name] = Swapped(masked, swapped(engine, some, swap))
    return found


def measure(lineup: Lineup, people: Sequence[Person]) -> list[dict[str, object]]:
    """Print, for every engine, swap and group, what changed against the first group."""
    found: Swaps = {}
    for part in spread(partial(all_swapped, lineup), people, "fairness"):
        for key, more in part.items():
            found.setdefault(key, Swapped()).add(more)
    return [_measured(name, found) for name in lineup.named(PRODUCT)]


def _measured(engine: str, found: Swaps) -> dict[str, object]:
    figures: dict[str, list[dict[str, Cell]]] = {}
    totals: list[dict[str, Cell]] = []
    for name in SWAPS:
        one = found[engine, name]
        figures[name] = [_row(group, counts) for group, counts in one.masked.items()]
        openly = [_row(group, counts) for group, counts in one.openly.items()]
        table(figures[name], title=f"Fairness of {engine}: another {name}; changes against the first group")
        table(openly, title=f"The same without masking, every {OPENLY}th profile")
        totals.append({"swap": name} | _total(figures[name], "") | _total(openly, " without masking"))
        figures[f"{name}, without masking"] = openly
    table(totals, title=f"Fairness of {engine}: verdicts judged in all groups, and those that changed")
    hidden, seen = (sum(int(row[key] or 0) for row in totals) for key in ("changed", CHANGED_OPENLY))
    print(f"Verdicts of {engine} that changed: {hidden} with masking, {seen} without, of fewer profiles")
    return {"engine": engine, "changed": hidden, CHANGED_OPENLY: seen, "totals": totals, "swaps": figures}


def _row(group: str, counts: Counter[str]) -> dict[str, Cell]:
    names = ("profiles", "verdicts", "better", "worse", "surer or less sure", "recommendations")
    row: dict[str, Cell] = {name: counts[name] for name in names}
    return {"group": group, **row}


def _total(rows: Sequence[dict[str, Cell]], way: str) -> dict[str, Cell]:
    def total(*names: str) -> int:
        return sum(int(row[name] or 0) for row in rows for name in names)

    return {
        f"verdicts{way}": total("verdicts"),
        f"changed{way}": total("better", "worse"),
        f"surer or less sure{way}": total("surer or less sure"),
    }
