"""Facts that arithmetic or a list settles: careers, degrees, certificates, languages, homes, with their questions."""

from dataclasses import dataclass, field
from random import Random
from typing import Any

from benchmarks.evaluation.cases import NOW, Case, Degree, Job, month, years_worked
from benchmarks.evaluation.trades import Trade
from benchmarks.evaluation.wording import (
    CITIES,
    COUNTRIES,
    EMPLOYERS_FIRST,
    EMPLOYERS_LAST,
    LANGUAGES,
    LEVEL_WORDS,
    LEVELS,
    OLD_TRADES,
    OTHER_FIELDS,
    SCHOOLS,
)
from shared.wire.evaluation import Verdict
from shared.wire.requirements import Qualification, QualificationKind, Seniority

MEETS, PARTIAL, NOT_MET, NO_EVIDENCE = (
    Verdict.MEETS,
    Verdict.PARTIAL,
    Verdict.NOT_MET,
    Verdict.NO_EVIDENCE,
)
RUNGS = ("entry", "professional", "senior", "lead", "executive")
HISTORIES = ("steady", "gap", "overlap", "career changer")
_JOBS = {"entry": 1, "professional": 2, "senior": 3, "lead": 3, "executive": 4}
_MONTHS = {
    "entry": (7, 16),
    "professional": (20, 38),
    "senior": (32, 48),
    "lead": (40, 60),
    "executive": (50, 80),
}
ENOUGH, CLEARLY_LESS, LESS = 0.9, 0.4, (0.62, 0.85)


@dataclass
class Facts:
    """What is written of somebody, with the questions that it answers."""

    cases: list[Case] = field(default_factory=list[Case])
    degree: Degree | None = None
    papers: list[str] = field(default_factory=list[str])
    languages: list[str] = field(default_factory=list[str])
    home: tuple[str, str] | None = None
    summary: list[str] = field(default_factory=list[str])


def question(statement: str, kind: QualificationKind, **parameters: Any) -> Qualification:
    """Return a qualification; what its sentence says beyond the parameters, the engine reads itself."""
    return Qualification(id="q", statement=statement, kind=kind, **parameters)


def employer(rng: Random) -> str:
    """Return an invented firm."""
    return f"{rng.choice(EMPLOYERS_FIRST)} {rng.choice(EMPLOYERS_LAST)}"


def career(rng: Random, trade: Trade, rung: str, history: str) -> tuple[list[Job], int]:
    """Return positions, the newest first, and how many of them are in the trade."""
    now, count = month(*NOW), _JOBS[rung] + (history != "steady" and rung == "entry")
    start, jobs = now + 1, list[Job]()
    for number in range(count):
        end = None if number == 0 else start
        length = rng.randint(*_MONTHS[rung])
        if number == 1 and history == "gap":
            start = end = start - rng.randint(14, 40)
        if number == 1 and history == "overlap" and end is not None:
            end = min(end + rng.randint(10, max(11, (now - start) * 3 // 4)), now)
        start -= length
        title = trade.ladder[max(0, RUNGS.index(rung) - number)]
        jobs.append(Job(title, employer(rng), start, end))
    if history == "career changer":
        for title, line in rng.sample(OLD_TRADES, 2):
            end, start = start, start - rng.randint(24, 60)
            jobs.append(Job(title, employer(rng), start, end, (line,)))
    return jobs, count


def years_cases(rng: Random, trade: Trade, jobs: list[Job], own: int, history: str) -> list[Case]:
    """Ask for years in all and in the trade: enough, somewhat less, and clearly less."""
    scenario = {
        "steady": "years",
        "gap": "years with a gap",
        "overlap": "years that overlap",
        "career changer": "years after a career change",
    }[history]
    heads = tuple(f"job:{number}" for number in range(len(jobs)))
    have, inside = years_worked(tuple(jobs)), years_worked(tuple(jobs[:own]))
    cases: list[Case] = []
    for asked, verdict in _asked(rng, have):
        statement = f"At least {asked} years of professional experience"
        cases.append(
            Case(
                scenario,
                question(statement, QualificationKind.EXPERIENCE, years=float(asked)),
                verdict,
                heads,
            )
        )
    wanted = [one for one in _asked(rng, inside) if one[1] is not NOT_MET]
    for asked, verdict in wanted[:1]:
        statement = f"{asked}+ years of experience as a {trade.ladder[1].lower()}"
        asks = question(statement, QualificationKind.EXPERIENCE, years=float(asked))
        cases.append(Case(scenario, asks, verdict, heads[:own]))
    return cases


def _asked(rng: Random, have: float) -> list[tuple[int, Verdict]]:
    """Return two numbers of years with what is true of them; numbers too close to call are never asked."""
    found: list[tuple[int, Verdict]] = []
    for asked in range(1, 31):
        share = have / asked
        if share >= 1 / ENOUGH and share <= 3:
            found.append((asked, MEETS))
        elif LESS[0] <= share <= LESS[1]:
            found.append((asked, PARTIAL))
        elif 0.2 <= share <= CLEARLY_LESS:
            found.append((asked, NOT_MET))
    by_verdict = {verdict: [one for one in found if one[1] is verdict] for _, verdict in found}
    chosen = rng.sample(sorted(by_verdict), min(2, len(by_verdict)))
    return [rng.choice(by_verdict[verdict]) for verdict in chosen]


def seniority_case(rung: str) -> Case:
    """Ask for a level that the titles state, or are clearly below."""
    wanted: dict[str, tuple[Seniority, Verdict]] = {
        "entry": ("director", NOT_MET),
        "professional": ("junior", MEETS),
        "senior": ("senior", MEETS),
        "lead": ("senior", MEETS),
        "executive": ("lead", MEETS),
    }
    level, verdict = wanted[rung]
    asks = question(f"Has worked at {level} level", QualificationKind.SENIORITY, seniority=level)
    return Case("seniority", asks, verdict, tuple(f"job:{number}" for number in range(6)))


def study(rng: Random, facts: Facts, trade: Trade, rung: str) -> None:
    """Write a degree, or none, and ask for one."""
    state = rng.choice(("held", "higher", "lower", "unfinished", "other field", "none"))
    asks = question(f"Bachelor's degree in {trade.study}", QualificationKind.EDUCATION, degree="bachelor")
    if state == "none":
        facts.cases.append(Case("degree", asks, NO_EVIDENCE))
        return
    year = NOW[0] - {"entry": 2, "professional": 7, "senior": 12, "lead": 16, "executive": 25}[rung]
    written, area, remark, verdict = {
        "held": ("Bachelor of Science", trade.study, "", MEETS),
        "higher": (rng.choice(("Master of Science", "PhD")), trade.study, "", MEETS),
        "lower": ("High school diploma", "general studies", "", NOT_MET),
        "unfinished": ("Bachelor of Science", trade.study, "not completed", PARTIAL),
        "other field": ("Bachelor of Arts", rng.choice(OTHER_FIELDS), "", PARTIAL),
    }[state]
    facts.degree = Degree(written, area.title(), rng.choice(SCHOOLS), year, remark)
    facts.cases.append(Case("degree", asks, verdict, ("degree",)))


def paper(rng: Random, facts: Facts, trade: Trade) -> None:
    """Write a certificate as held, expired, in preparation or not at all, and ask for it."""
    line, verdict, scenario = rng.choice(
        (
            (f"{trade.paper}, issued May 2023", MEETS, "certificate held"),
            (f"{trade.paper} (valid until 2029)", MEETS, "certificate held"),
            (f"{trade.paper}, expired in March 2019, not renewed", NOT_MET, "certificate expired"),
            (f"{trade.paper}: lapsed 2020", NOT_MET, "certificate expired"),
            (
                f"Preparing for the {trade.paper}, exam planned for autumn",
                PARTIAL,
                "certificate in preparation",
            ),
            ("", NO_EVIDENCE, "certificate not named"),
        )
    )
    asks = question(trade.paper, QualificationKind.CERTIFICATE, certificates=[trade.paper])
    if line:
        facts.papers.append(line)
    facts.cases.append(Case(scenario, asks, verdict, (f"line:{line}",) if line else ()))


def spoken(rng: Random, facts: Facts) -> None:
    """Write two or three languages with levels, and ask for one of them and for another."""
    known = rng.sample(LANGUAGES, rng.choice((2, 3)))
    levels = [rng.choice(LEVELS) for _ in known]
    for (name, _), level in zip(known, levels, strict=True):
        written = rng.choice((f"{name} ({level})", f"{name}: {LEVEL_WORDS[level]} ({level})"))
        facts.languages.append(written)
    (name, code), have = known[0], levels[0]
    wanted = rng.choice(("A2", "B2", "C1"))
    behind = LEVELS.index(wanted) - LEVELS.index(have)
    verdict = MEETS if behind <= 0 else PARTIAL if behind == 1 else NOT_MET
    facts.cases.append(
        Case("language level", _speaks(name, code, wanted), verdict, (f"line:{facts.languages[0]}",))
    )
    name, code = rng.choice([one for one in LANGUAGES if one not in known])
    if rng.random() < 0.5:
        facts.summary.append(f"Would love to learn {name} as well.")
    facts.cases.append(Case("language not spoken", _speaks(name, code, "B1"), NO_EVIDENCE))


def _speaks(name: str, code: str, level: str) -> Qualification:
    statement = f"{name} at {level} level or better"
    return question(statement, QualificationKind.LANGUAGE, language=code, language_level=level)


def lives(rng: Random, facts: Facts) -> None:
    """Write a home, or none, and ask for a place."""
    country = rng.choice(sorted(CITIES))
    city = rng.choice(CITIES[country])
    other = rng.choice([one for one in sorted(CITIES) if one != country])
    away = rng.choice(CITIES[other])
    state = rng.choice(("there", "country", "moves", "stays", "unsaid"))
    facts.home = None if state == "unsaid" else (city, country)
    if state in ("there", "country"):
        asked, verdict, proof = (city if state == "there" else COUNTRIES[country]), MEETS, "home"
    elif state == "moves":
        line = f"Willing to relocate to {away}."
        facts.summary.append(line)
        asked, verdict, proof = away, MEETS, f"line:{line}"
    elif state == "stays":
        line = "Not willing to relocate."
        facts.summary.append(line)
        asked, verdict, proof = away, NOT_MET, f"line:{line}"
    else:
        asked, verdict, proof = away, NO_EVIDENCE, ""
    asks = question(f"Based in {asked}", QualificationKind.LOCATION, places=[asked])
    proofs = tuple(one for one in (proof, "home" if state == "stays" else "") if one)
    facts.cases.append(Case("place", asks, verdict, proofs))
