"""Builds the people of the suite from a seed, each with the questions whose answers are known."""

from collections import Counter
from dataclasses import replace
from random import Random

from benchmarks.evaluation.cases import Case, Identity, Job, Person, Sheet
from benchmarks.evaluation.facts import (
    HISTORIES,
    MEETS,
    NO_EVIDENCE,
    NOT_MET,
    PARTIAL,
    RUNGS,
    Facts,
    career,
    lives,
    paper,
    question,
    seniority_case,
    spoken,
    study,
    years_cases,
)
from benchmarks.evaluation.trades import Skill, Trade, trades
from benchmarks.evaluation.wording import (
    ASKS,
    ASSISTED,
    BUSINESS,
    COURSES,
    FILLERS,
    HOBBIES,
    NAMES,
    NEGATED,
    OTHERS,
    PRONOUNS,
    STREETS,
    WISHED,
)
from shared.wire.evaluation import Verdict
from shared.wire.requirements import Qualification, QualificationKind

PEOPLE = 325
SEED = 11
VOLUMES = ("sparse", "usual", "verbose")
STATES: dict[str, Verdict] = {
    "plain words": MEETS,
    "listed": MEETS,
    "synonym": MEETS,
    "narrower": MEETS,
    "other language": MEETS,
    "near miss": PARTIAL,
    "course": PARTIAL,
    "assisted": PARTIAL,
    "negated": NOT_MET,
    "wished": NO_EVIDENCE,
    "somebody else's": NO_EVIDENCE,
    "employer's business": NO_EVIDENCE,
    "homonym": NO_EVIDENCE,
    "not said": NO_EVIDENCE,
}
"""How a résumé may speak of a skill, and what is true then."""
_LETTER = {
    "plain words": "p",
    "synonym": "s",
    "narrower": "n",
    "other language": "f",
    "near miss": "c",
    "homonym": "h",
}
_OFTEN_HAD = frozenset(
    {"shift planning", "rota and staff training", "Excel", "vehicle safety checks", "unit testing"}
)
"""What people of another trade may well have done without calling it so."""


class _Draft:
    """A person in the making."""

    def __init__(self, jobs: list[Job], own: int) -> None:
        self.lines: list[list[str]] = [list(job.lines) for job in jobs]
        self.jobs, self.own = jobs, own
        self.summary: list[str] = []
        self.skills: list[str] = []
        self.papers: list[str] = []
        self.remarks: list[str] = []

    def work(self, rng: Random, line: str) -> str:
        self.lines[rng.randrange(self.own)].append(line)
        return f"line:{line}"


def build(people: int = PEOPLE, seed: int = SEED) -> list[Person]:
    """Return the people. The same arguments always give the same people."""
    used: Counter[str] = Counter()
    return [_person(number, seed, used) for number in range(people)]


def _person(number: int, seed: int, used: Counter[str]) -> Person:
    rng = Random(f"{seed}:{number}")
    known = trades()
    trade = known[number % len(known)]
    turn = number // len(known) + number
    rung, history = RUNGS[turn % len(RUNGS)], HISTORIES[(turn // 2) % len(HISTORIES)]
    volume = VOLUMES[turn % len(VOLUMES)]
    jobs, own = career(rng, trade, rung, history)
    draft, facts = _Draft(jobs, own), Facts()
    cases = _skill_cases(rng, trade, draft, used)
    cases += _foreign_case(rng, trade)
    facts.cases += years_cases(rng, trade, jobs, own, history)
    facts.cases.append(seniority_case(rung))
    study(rng, facts, trade, rung)
    paper(rng, facts, trade)
    lives(rng, facts)
    if volume != "sparse" or rng.random() < 0.5:
        spoken(rng, facts)
    _fill(rng, draft, volume)
    who = _identity(rng, number)
    traits = {rung, history, volume, "non-ASCII name" if not who.name.isascii() else "ASCII name"}
    traits |= {"several languages"} if any(one.scenario == "other language" for one in cases) else set[str]()
    sheet = Sheet(
        id=f"p{number:04}",
        trade=trade.name,
        identity=who,
        headline=jobs[0].title,
        jobs=tuple(replace(job, lines=tuple(lines)) for job, lines in zip(jobs, draft.lines, strict=True)),
        layout=rng.randrange(4),
        structured=number % 2 == 1,
        home=facts.home,
        summary=(*draft.summary, *facts.summary),
        degree=facts.degree,
        skills=tuple(draft.skills),
        papers=(*facts.papers, *draft.papers),
        languages=tuple(facts.languages),
        remarks=tuple(draft.remarks),
        traits=frozenset(traits),
    )
    return Person(sheet, tuple(_numbered([*cases, *facts.cases])))


def _numbered(cases: list[Case]) -> list[Case]:
    return [
        replace(one, qualification=one.qualification.model_copy(update={"id": f"q{number}"}))
        for number, one in enumerate(cases, start=1)
    ]


def _identity(rng: Random, number: int) -> Identity:
    group = sorted(NAMES)[number % len(NAMES)]
    street, postcode = rng.choice(STREETS)
    return Identity(
        name=rng.choice(NAMES[group]),
        group=group,
        pronouns=PRONOUNS[group.split()[-1]],
        photo=f"https://photos.example/{number}.jpg" if rng.random() < 0.5 else None,
        street=street,
        postcode=postcode,
    )


def _skill_cases(rng: Random, trade: Trade, draft: _Draft, used: Counter[str]) -> list[Case]:
    """Give each skill of the trade a state that was used least so far; ask for each, and for two at once."""
    cases: list[Case] = []
    had: list[tuple[Skill, Case]] = []
    silent: list[Skill] = []
    taken: set[str] = set()
    for skill in rng.sample(trade.skills, len(trade.skills)):
        possible = [
            state
            for state in STATES
            if state not in taken and (state not in _LETTER or _LETTER[state] in skill.says)
        ]
        state = min(possible, key=lambda one: (used[one], rng.random()))
        used[state] += 1
        taken.add(state)
        proof = _write(rng, state, skill, trade, draft)
        proofs = (proof,) if STATES[state] != "no_evidence" else ()
        case = Case(state, _asks(rng, skill.name), STATES[state], proofs, (skill.name,))
        cases.append(case)
        if case.expected is MEETS and state != "other language":
            had.append((skill, case))
        if state == "not said":
            silent.append(skill)
    if had and silent:
        names, proofs = (had[0][0].name, silent[0].name), had[0][1].proofs
        both = f"{names[0]} and {names[1]}"
        cases.append(Case("one of two", _asks(rng, both, match="all"), PARTIAL, proofs, names))
        either = f"{names[1]} or {names[0]}"
        cases.append(Case("either", _asks(rng, either), MEETS, proofs, names))
    if len(had) > 1:
        (one, first), (other, second) = had[:2]
        asks = _asks(rng, f"{one.name} and {other.name}", match="all")
        proofs, names = (*first.proofs, *second.proofs), (one.name, other.name)
        cases.append(Case("both of two", asks, MEETS, proofs, names))
    return cases


def _asks(rng: Random, what: str, **parameters: object) -> Qualification:
    return question(rng.choice(ASKS).format(what), QualificationKind.SKILL, **parameters)


def _write(rng: Random, state: str, skill: Skill, trade: Trade, draft: _Draft) -> str:
    """Write what a state says into the draft; return the key of its place, empty where nothing is written."""
    name = skill.name
    if state == "homonym":
        draft.remarks.append(skill.says["h"])
        return f"line:{skill.says['h']}"
    if state in _LETTER:
        return draft.work(rng, skill.says[_LETTER[state]])
    if state in ("somebody else's", "employer's business", "assisted"):
        forms = {"somebody else's": OTHERS, "employer's business": BUSINESS, "assisted": ASSISTED}[state]
        line = rng.choice(forms).format(name, trade.colleague)
        return draft.work(rng, line[0].upper() + line[1:])
    where = {
        "listed": draft.skills,
        "course": draft.papers,
        "negated": draft.summary,
        "wished": draft.summary,
    }
    if state not in where:
        return ""
    forms = {"listed": ("{0}",), "course": COURSES, "negated": NEGATED, "wished": WISHED}[state]
    line = rng.choice(forms).format(name)
    line = line[0].upper() + line[1:]
    where[state].append(line)
    return f"line:{line}"


def _foreign_case(rng: Random, trade: Trade) -> list[Case]:
    """Ask for a skill of quite another trade."""
    others = [
        skill.name
        for other in trades()
        if other.part != trade.part
        for skill in other.skills
        if skill.name not in _OFTEN_HAD
    ]
    other = rng.choice(others)
    return [Case("another trade's", _asks(rng, other), NO_EVIDENCE, (), (other,))]


def _fill(rng: Random, draft: _Draft, volume: str) -> None:
    """Add lines that say nothing of what is asked, and put the lines of each position into any order."""
    each = {"sparse": 0, "usual": 2, "verbose": 7}[volume]
    fillers = rng.sample(FILLERS, len(FILLERS))
    for lines in draft.lines:
        lines += [fillers.pop() for _ in range(min(each, len(fillers)))]
        rng.shuffle(lines)
    if draft.skills:
        draft.skills += rng.sample(("Teamwork", "Punctuality", "First aid at work", "Touch typing"), 2)
        rng.shuffle(draft.skills)
    if volume == "verbose":
        draft.remarks += rng.sample(HOBBIES, 3)
