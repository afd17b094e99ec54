"""Swaps of what must not count, over every profile: how many verdicts change, with masking and without.

A career gap is swapped by moving the earlier positions back in time: the years worked stay what they are.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import replace
from unittest.mock import patch

from benchmarks.evaluation.cases import Job, Person, Sheet, years_worked
from benchmarks.evaluation.engines import Engine
from benchmarks.evaluation.rendering import render
from benchmarks.evaluation.wording import NAMES, PRONOUNS, STREETS
from benchmarks.report import Cell, table
from servers.evaluator.core import texts
from servers.evaluator.core.masking import Masked
from shared.wire.evaluation import Evaluation, Verdict

GAP_MONTHS = (9, 30)
GRADUATIONS = (1979, 2024)
RANK = {Verdict.NOT_MET: 0, Verdict.NO_EVIDENCE: 1, Verdict.PARTIAL: 2, Verdict.MEETS: 3}
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


def measure(engine: Engine, people: Sequence[Person]) -> dict[str, object]:
    """Print, for every swap and group, what changed against the first group, and how that is without masking."""
    figures: dict[str, list[dict[str, Cell]]] = {}
    for name, swap in SWAPS.items():
        masked = swapped(engine, people, swap)
        with unmasked():
            openly = swapped(engine, people, swap)
        rows = [_row(group, masked[group], openly[group]) for group in masked]
        table(rows, title=f"Fairness of {engine.name}: another {name}; changes against the first group")
        figures[name] = rows
    changed = sum(
        int(row["better"] or 0) + int(row["worse"] or 0) for rows in figures.values() for row in rows
    )
    print(f"Verdicts that changed with masking: {changed}")
    return {"engine": engine.name, "changed": changed, "swaps": figures}


def _row(group: str, masked: Counter[str], openly: Counter[str]) -> dict[str, Cell]:
    return {
        "group": group,
        "profiles": masked["profiles"],
        "verdicts": masked["verdicts"],
        "better": masked["better"],
        "worse": masked["worse"],
        "surer or less sure": masked["surer or less sure"],
        "recommendations": masked["recommendations"],
        "better without masking": openly["better"],
        "worse without masking": openly["worse"],
    }
