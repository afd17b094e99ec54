"""One qualification by rules: what facts settle stands, the rest becomes a question to a judging model."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from servers.evaluator.core.asking import Ask, Asker, Counting, alternatives_of, two_of
from servers.evaluator.core.certainty import as_often_right
from servers.evaluator.core.findings import Finding, no_evidence
from servers.evaluator.core.matchers import MATCHERS
from servers.evaluator.core.matchers.certificate import certificates_asked
from servers.evaluator.core.matchers.experience import is_of_years_alone, positions_shown
from servers.evaluator.core.matchers.skill import judge_skill
from servers.evaluator.core.quotes import make_quotes, verified
from servers.evaluator.core.reader import completed
from servers.evaluator.core.record import Record
from servers.evaluator.core.role import Role
from servers.evaluator.core.versions import ENGINE, JudgeVersion
from shared.taxonomy import SkillMention, asks_nothing
from shared.wire.evaluation import Judgement, Quote, Verdict
from shared.wire.requirements import Qualification, QualificationKind

FACTS = frozenset(
    {
        QualificationKind.SENIORITY,
        QualificationKind.EDUCATION,
        QualificationKind.LANGUAGE,
        QualificationKind.LOCATION,
        QualificationKind.ELIGIBILITY,
    }
)
"""What is settled in code: levels, degrees, places, permits."""
_TO = re.compile(r"\s+of\s+(?:the\s+|our\s+)?(?:[\w-]+\s+)?", re.I)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A judgement by rules; without ``asks`` it stands.

    Several asks are parts that must all be met, or alternatives if ``any_of``; ``met`` has a quote for each further
    part that stands as met. What lists know by name, they find: an answer can show less of it, never more than
    ``at_most``.
    """

    judgement: Judgement
    asks: tuple[Ask, ...] = ()
    met: tuple[Quote, ...] = ()
    any_of: bool = False
    at_most: Verdict = Verdict.MEETS


@dataclass(frozen=True, slots=True)
class Draft:
    """What rules say of one candidate, and what is to be asked.

    Attributes:
        reading: hash of what was read.
        drafted: in the order of the qualifications.
        kept: how many of the judgements stood already.
    """

    candidate_id: str
    reading: str
    flags: list[str]
    drafted: Sequence[Drafted]
    kept: int

    @property
    def asks(self) -> list[Ask]:
        return [ask for one in self.drafted for ask in one.asks]


class Drafting:
    """Drafts judgements on one person. Without a ``judge`` nothing is asked."""

    def __init__(self, record: Record, role: Role, judge: JudgeVersion | None) -> None:
        self._record = record
        self._role = role
        self._asker = Asker(record, judge.passages) if judge else None
        self._asks_all = bool(judge and judge.asks_all)

    def drafted(self, qualification: Qualification) -> Drafted:
        """Judge one qualification by rules, and ask about it unless facts settle it."""
        record, full = self._record, completed(qualification, self._record.taxonomy)
        finding = _empty() if record.is_empty else MATCHERS[full.kind](full, record, self._role)
        finding = as_often_right(full.kind, finding)
        finding, quotes = verified(finding, make_quotes(finding.hits, record.texts), record.texts)
        judgement = Judgement(
            qualification_id=qualification.id,
            statement=qualification.statement,
            importance=qualification.importance,
            verdict=finding.verdict,
            quotes=quotes,
            reason=finding.reason,
            confidence=round(finding.confidence, 2),
            engine=ENGINE,
        )
        if self._asker is None or record.is_empty or _is_fact(full, finding):
            return Drafted(judgement)
        if certificates_asked(full) and not self._asks_all:
            return Drafted(judgement)  # it is held by its name or not at all
        skills = [one for one in full.skills if record.taxonomy.has_skill(one)]
        if any(record.taxonomy.skill(one).kind == "soft" for one in skills):
            return Drafted(judgement)  # examples of it count, not how it is put
        if qualification.match == "all":
            full = full.model_copy(update={"match": "all"})  # of which lists may know one
        if skills and not self._asks_all and self._all_known(full):
            if finding.verdict in (Verdict.NO_EVIDENCE, Verdict.NOT_MET):
                return Drafted(judgement)
            return replace(self._asked(self._asker, judgement, full, skills), at_most=finding.verdict)
        return self._asked(self._asker, judgement, full, skills)

    def _asked(
        self, asker: Asker, judgement: Judgement, full: Qualification, skills: Sequence[str]
    ) -> Drafted:
        """Ask about it as a whole, or about its parts."""
        is_skill, statement = full.kind is QualificationKind.SKILL, full.statement
        things = self._things(statement, skills) if full.match == "all" else {}
        if is_skill and len(things) > 1:
            return self._in_parts(asker, judgement, full, things)
        if is_skill and full.match == "all" and len(skills) < 2:
            parts = self._unless_one(statement, two_of)
        elif is_skill and full.match == "any" and not full.years:
            parts = self._unless_one(statement, alternatives_of)
        else:
            parts = ()
        if parts:
            asks = [asker.ask(self._about(full, part), part) for part in parts]
            return Drafted(judgement, tuple(one for one in asks if one), any_of=full.match == "any")
        ask = asker.ask(full, statement, self._counting(full) if full.years else None)
        return Drafted(judgement, (ask,) if ask else ())

    def _things(self, statement: str, skills: Sequence[str]) -> dict[str, list[str]]:
        """Return what is asked for, each with its skills; what is done to a thing is one with it."""
        taxonomy = self._record.taxonomy
        chains: list[list[SkillMention]] = []
        for one in taxonomy.find_skills(statement, acts=True):
            if one.skill not in skills:
                continue
            if chains and _TO.fullmatch(statement[chains[-1][-1].end : one.start]):
                chains[-1].append(one)
            else:
                chains.append([one])
        things = {
            statement[chain[0].start : chain[-1].end]: [one.skill for one in chain]
            for chain in chains
            if len(chain) > 1
        }
        within = {skill for chained in things.values() for skill in chained}
        return things | {taxonomy.skill(one).label: [one] for one in skills if one not in within}

    def _in_parts(
        self, asker: Asker, judgement: Judgement, full: Qualification, things: Mapping[str, Sequence[str]]
    ) -> Drafted:
        """Ask for each thing by itself: no single passage need speak of all."""
        record = self._record
        asks: list[Ask] = []
        met: list[Quote] = []
        for thing, skills in things.items():
            finding = judge_skill(skills[0], record)
            quotes = make_quotes(finding.hits, record.texts)
            if len(skills) == 1 and finding.verdict is Verdict.MEETS and not finding.loose and quotes:
                met.append(quotes[0])
                continue
            part = full.model_copy(update={"skills": list(skills)})
            if ask := asker.ask(part, thing):
                asks.append(ask)
        return Drafted(judgement, tuple(asks), tuple(met))

    def _all_known(self, full: Qualification) -> bool:
        """Tell whether lists know each of several things that are asked for."""
        parts = self._unless_one(full.statement, two_of if full.match == "all" else alternatives_of)
        return all(self._about(full, part).skills for part in parts)

    def _unless_one(self, statement: str, parts_of: Callable[[str], tuple[str, ...]]) -> tuple[str, ...]:
        """Return the things that are asked for, unless they are one together: research and development."""
        named = self._record.taxonomy.find_skills(statement, acts=True)
        return () if any(parts_of(one.text) for one in named) else parts_of(statement)

    def _about(self, full: Qualification, part: str) -> Qualification:
        """Return the qualification with those of its skills that a part of it names."""
        named = {one.skill for one in self._record.taxonomy.find_skills(part, acts=True)}
        return full.model_copy(update={"skills": [one for one in full.skills if one in named]})

    def _counting(self, full: Qualification) -> Counting:
        positions = self._record.history.positions
        shown = frozenset(one.index for one in positions_shown(full, self._record))
        return Counting(full.years or 0.0, tuple(one.months for one in positions), shown)


def _is_fact(full: Qualification, finding: Finding) -> bool:
    """Tell whether facts settle it: they are of that kind, are added up, or are a paper that lists know.

    What asks nothing is settled, too.
    """
    if is_of_years_alone(full) or (full.kind is QualificationKind.OTHER and asks_nothing(full.statement)):
        return True
    is_listed = full.kind is QualificationKind.CERTIFICATE and finding.verdict is not Verdict.NO_EVIDENCE
    return not finding.loose and (full.kind in FACTS or is_listed)


def _empty() -> Finding:
    return no_evidence("the profile holds no text to judge by", 0.9)
