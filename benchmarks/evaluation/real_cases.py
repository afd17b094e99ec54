"""Pairs of real résumés and real demands, kept as references: none of their text is in this repository."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.evaluation.cases import NOW
from benchmarks.evaluation.engines import TfIdf
from servers.evaluator.core.engine import RulesEngine
from servers.evaluator.core.passages import split_passages
from servers.evaluator.core.reader import read_statement
from servers.evaluator.core.record import Record
from servers.intake.core.draft import Intake
from servers.intake.core.models import DraftRequest
from shared.kernel.errors import InvalidInput
from shared.resume import parse_resume
from shared.taxonomy import Taxonomy
from shared.wire.evaluation import Verdict
from shared.wire.profile import Dossier, SourceText
from shared.wire.requirements import Qualification, Requirements

HERE = Path(__file__).parent
CASES, LABELS = HERE / "real_cases.jsonl", HERE / "real_labels.jsonl"
RESUMES = "resumes/resumes.jsonl"
POSTINGS = ("postings/public_service.jsonl", "postings/skillspan_train.jsonl")
SOURCE = "resume"
WANTED = 320
EACH = 3
"""At most so many pairs of one résumé, and three times as many of one posting."""
LENGTHS = (14, 170)
POSTINGS_READ = 220
SEED = 5
LOOKED_AT = 3
"""Each third case."""
Row = dict[str, Any]


@dataclass(frozen=True)
class RealCase:
    """A résumé by its id, and a demand by its posting's file, id and characters ``[start, end)`` there."""

    id: str
    resume: str
    file: str
    posting: str
    start: int
    end: int
    drawn: str


@dataclass(frozen=True)
class Label:
    """What a reader said of a case in one pass, with the characters of the résumé that show it."""

    case: str
    reading: str
    label: Verdict
    spans: tuple[tuple[int, int], ...] = ()


class RealData:
    """The data folder. Raises FileNotFoundError where it is absent."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.resumes = {row["id"]: str(row["text"]) for row in self._rows(RESUMES)}

    def _rows(self, name: str) -> list[Row]:
        return [json.loads(line) for line in (self._folder / name).read_text("utf-8").splitlines()]

    @cached_property
    def postings(self) -> dict[tuple[str, str], str]:
        """Return the text of each posting, by file and id."""
        public, lines = POSTINGS
        found = {(public, row["id"]): str(row["body_markdown"]) for row in self._rows(public)}
        return found | {(lines, row["id"]): "\n".join(row["lines"]) for row in self._rows(lines)}

    def statement(self, case: RealCase) -> str:
        """Return what a case asks for."""
        return " ".join(self.postings[case.file, case.posting][case.start : case.end].split())

    def dossier(self, resume: str) -> Dossier:
        """Return a résumé as an imported document is read."""
        text = self.resumes[resume]
        source = SourceText(
            id=SOURCE, kind="resume", name="résumé", text=text, first_seen=datetime(2026, 1, 5, tzinfo=UTC)
        )
        return Dossier(candidate_id=resume, profile=parse_resume(text, SOURCE), sources=[source])

    def masked(self, resume: str) -> str:
        """Return a résumé as a judge may see it; every place is the same place in the text."""
        return Record(self.dossier(resume), Taxonomy.compact(), date(*NOW, 1)).texts[SOURCE].masked


def is_looked_at(case: str) -> bool:
    """Tell whether rules may be mended by a case. What they reach is told of the others, at which nobody looks."""
    return int(case.removeprefix("r")) % LOOKED_AT == 0


def asked(statement: str, key: str = "q1") -> Qualification:
    """Return a demand as the evaluator reads plain sentences."""
    return read_statement(statement, key, Taxonomy.compact(), "must_have")


async def demands(data: RealData) -> list[RealCase]:
    """Return the demands that intake finds in the postings, as cases that have no résumé yet."""
    intake, found, seen = Intake(Taxonomy.compact()), list[RealCase](), set[str]()
    keys = list(data.postings)
    public = [key for key in keys if key[0] == POSTINGS[0]]
    others = [key for key in keys if key[0] != POSTINGS[0]]
    for file, posting in [*public, *Random(SEED).sample(others, min(POSTINGS_READ, len(others)))]:
        text = data.postings[file, posting]
        try:
            drafted = await intake.draft(DraftRequest(text=text))
        except InvalidInput:
            continue
        for one in drafted.requirements.qualifications:
            quote = one.quote
            if quote is None or not LENGTHS[0] <= quote.end - quote.start <= LENGTHS[1]:
                continue
            words = " ".join(text[quote.start : quote.end].split())
            if words.lower() not in seen and "<" not in words:
                seen.add(words.lower())
                found.append(RealCase("", "", file, posting, quote.start, quote.end, ""))
    return found


def draw(data: RealData, known: Sequence[RealCase], wanted: int = WANTED) -> list[RealCase]:
    """Pair résumés with demands: a fifth each of what the rules call by each verdict, and of likely paraphrases.

    Only what is drawn depends on the rules; what is true is for people to say.
    """
    rng, strata = Random(SEED), ("meets", "partial", "not_met", "no_evidence", "alike")
    engine = RulesEngine(Taxonomy.compact(), date(*NOW, 1))
    pools: dict[str, list[RealCase]] = {name: [] for name in strata}
    for resume in sorted(data.resumes):
        some = rng.sample(list(known), min(40, len(known)))
        statements = [data.statement(one) for one in some]
        questions = [asked(text, f"q{number}") for number, text in enumerate(statements)]
        judged = engine.judge(Requirements(title="", qualifications=questions), data.dossier(resume))
        alike = _alike(data.masked(resume), statements)
        for one, judgement, likeness in zip(some, judged.judgements, alike, strict=True):
            name = str(judgement.verdict)
            if name == "no_evidence" and likeness > 0.15:
                name = "alike"
            pools[name].append(RealCase("", resume, one.file, one.posting, one.start, one.end, name))
    return _taken(rng, pools, wanted)


def _alike(text: str, statements: Sequence[str]) -> list[float]:
    passages = [text[start:end] for start, end in split_passages(text)]
    likeness = TfIdf()
    return [max(likeness(statement, passages), default=0.0) if passages else 0.0 for statement in statements]


def _taken(rng: Random, pools: dict[str, list[RealCase]], wanted: int) -> list[RealCase]:
    """Take from the pools in turn, few of one résumé or posting, until there are enough."""
    of_resume: dict[str, int] = {}
    of_posting: dict[str, int] = {}
    chosen: list[RealCase] = []
    for pool in pools.values():
        rng.shuffle(pool)
    while len(chosen) < wanted and any(pools.values()):
        for pool in pools.values():
            while pool:
                one = pool.pop()
                if of_resume.get(one.resume, 0) < EACH and of_posting.get(one.posting, 0) < 3 * EACH:
                    of_resume[one.resume] = of_resume.get(one.resume, 0) + 1
                    of_posting[one.posting] = of_posting.get(one.posting, 0) + 1
                    chosen.append(one)
                    break
    rng.shuffle(chosen)
    return [
        RealCase(f"r{number:03}", one.resume, one.file, one.posting, one.start, one.end, one.drawn)
        for number, one in enumerate(chosen[:wanted], start=1)
    ]


def write(path: Path, rows: Iterable[RealCase | Label]) -> None:
    """Write one JSON line each."""
    text = "".join(json.dumps(asdict(row), ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


def read_cases() -> list[RealCase]:
    """Return the cases that were drawn."""
    return [RealCase(**json.loads(line)) for line in CASES.read_text("utf-8").splitlines()]


def read_labels() -> list[Label]:
    """Return what readers said."""
    lines = LABELS.read_text("utf-8").splitlines() if LABELS.exists() else []
    rows = [json.loads(line) for line in lines]
    return [
        Label(row["case"], row["reading"], Verdict(row["label"]), tuple((a, b) for a, b in row["spans"]))
        for row in rows
    ]
