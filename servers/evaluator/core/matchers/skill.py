"""Skills: proven by the same, a narrower or an implying one; a near one is partial; a wish is nothing."""

import re
from dataclasses import dataclass, replace

from servers.evaluator.core.findings import Finding, Hit, no_evidence
from servers.evaluator.core.matchers.several import names_beside, parts_of
from servers.evaluator.core.matchers.statement import is_denied, match_statement
from servers.evaluator.core.record import Record, SkillFound
from servers.evaluator.core.role import Role
from servers.evaluator.core.words import terms_of
from shared.wire.evaluation import Verdict
from shared.wire.requirements import Qualification

_WEIGHT = {"used": 1.0, "said": 0.8, "listed": 0.6}
_CONFIDENCE = {"used": 0.95, "said": 0.85, "listed": 0.7}
_HOW = {"used": "used in a position", "said": "named in the profile", "listed": "listed among the skills"}
_HEAD = re.compile(r"\W*(?:[\w&/-]+\W+){1,4}?(?<=[\w*]):\s")
_SHOWN_BY = {
    "teamwork": ("people-management",),
    "communication": ("presentation-skills", "negotiation", "stakeholder-management"),
}
"""What cannot be done without a soft skill, and so shows it where it was done."""
INCIDENTAL = 7
"""A statement with so many words besides its skills asks for more than the skills."""
ENOUGH_OF_THE_REST = 2
CLOSE_TO_ENOUGH = 0.5
"""The share of the things asked for that something close must be shown of, where none itself is."""
NEAR = 0.55
"""Related skills with less weight than this are too far to mention."""


@dataclass(frozen=True, slots=True)
class _One:
    """The outcome for one wanted skill."""

    label: str
    finding: Finding
    listed: bool = True
    """Whether the taxonomy knows it; a mere word is something close at best."""


def match_skill(qualification: Qualification, record: Record, role: Role) -> Finding:
    """Judge a skill qualification; one without known skills is judged by its words."""
    known = [skill for skill in qualification.skills if record.taxonomy.has_skill(skill)]
    if not known:
        return match_statement(qualification, record, role)
    parts = parts_of(qualification.statement, known, qualification.match, record.taxonomy)
    outcomes = [_one_of(part, record) for part in parts]
    if all(len(part) == 1 for part in parts):
        beside = names_beside(qualification.statement, known, record.taxonomy)
        outcomes += [_One(name, _named(name, record), listed=False) for name in beside]
    finding = outcomes[0].finding if len(outcomes) == 1 else _all_of(outcomes)
    return _weighed(finding, qualification.statement, known, record)


def _one_of(skills: tuple[str, ...], record: Record) -> _One:
    """Judge alternatives."""
    outcomes = [_One(record.taxonomy.skill(skill).label, judge_skill(skill, record)) for skill in skills]
    if len(outcomes) == 1:
        return outcomes[0]
    return _One(_names([one.label for one in outcomes], "or"), _any_of(outcomes))


def _named(name: str, record: Record) -> Finding:
    """Look for a name that the taxonomy does not know."""
    wanted = _stems(name)
    for source, start, terms in record.passage_terms:
        found = [one for one in terms if one.stem in wanted]
        if {one.stem for one in found} == wanted and not is_denied(
            record.texts[source].masked, start, found[0].start
        ):
            hits = (Hit(source, found[0].start, found[0].end, 0.5),)
            return Finding(Verdict.MEETS, f"names {name}", 0.7, hits, loose=True)
    return no_evidence(f"the profile does not mention {name}")


def _weighed(finding: Finding, statement: str, skills: list[str], record: Record) -> Finding:
    """A trade that a long statement names by the way is a part of it, unless the profile speaks of the rest."""
    taxonomy = record.taxonomy
    # "Communication: you speak to many": what follows tells what is meant by it.
    statement = statement.partition(":")[0] if _HEAD.match(statement) else statement
    if finding.verdict is not Verdict.MEETS or any(taxonomy.skill(s).kind == "technology" for s in skills):
        return finding
    named = [taxonomy.skill(skill).label for skill in skills]
    named += [one.text for one in taxonomy.find_skills(statement, acts=True) if one.skill in skills]
    rest = _stems(statement) - _stems(" ".join(named))
    if len(rest) < INCIDENTAL:
        return finding
    told: set[str] = set()
    for hit in finding.hits:
        text = record.texts[hit.source]
        start, end = text.passages.around(hit.start) or (hit.start, hit.end)
        told |= _stems(text.masked[start:end])
    if len(rest & told) >= ENOUGH_OF_THE_REST:
        return finding
    reason = f"{finding.reason}; nothing is said of the rest"
    return Finding(Verdict.PARTIAL, reason, finding.confidence * 0.7, finding.hits)


def _stems(text: str) -> set[str]:
    return {one.stem for one in terms_of(text)}


def judge_skill(wanted: str, record: Record) -> Finding:
    """Judge one skill."""
    entry = record.taxonomy.skill(wanted)
    mentions = record.skills_for(wanted)
    shown = [one for one in mentions if one.how in _WEIGHT]
    if shown:
        return _shown(wanted, entry.label, entry.kind == "soft", shown, record)
    denied = [one for one in mentions if one.how == "denied" and one.skill == wanted]
    if denied:
        return Finding(
            Verdict.NOT_MET, f"the profile says that {entry.label} is missing", 0.8, _hits(denied, wanted)
        )
    done = [
        one for other in _SHOWN_BY.get(wanted, ()) for one in record.skills_for(other) if one.how == "used"
    ]
    if done:
        via = record.taxonomy.skill(done[0].skill).label
        return Finding(
            Verdict.MEETS, f"shows {entry.label} through {via}", 0.6, _hits(done, wanted), loose=True
        )
    near = _near(wanted, record)
    if near:
        return near
    if any(one.how == "wished" for one in mentions):
        return no_evidence(f"{entry.label} is only named as something to learn", 0.75)
    return no_evidence(f"the profile does not mention {entry.label}")


def _shown(wanted: str, label: str, soft: bool, shown: list[SkillFound], record: Record) -> Finding:
    best = max(shown, key=lambda one: (_WEIGHT[one.how], one.skill == wanted))
    hits = _hits(shown, wanted)
    if best.how == "listed" and record.stuffed:
        return Finding(Verdict.PARTIAL, f"{label} stands in a list too long to prove anything", 0.4, hits)
    if soft and best.how != "used":
        return Finding(Verdict.MEETS, f"says so: {label.lower()}", 0.6, hits, loose=True)
    via = "" if best.skill == wanted else f" through {record.taxonomy.skill(best.skill).label}"
    places = len({one.position.index for one in shown if one.position and one.how == "used"})
    often = f" in {places} positions" if places > 1 else f", {_HOW[best.how]}"
    confidence = _CONFIDENCE[best.how] - (0.05 if via else 0.0)
    loose = best.how != "used"
    return Finding(Verdict.MEETS, f"shows {label}{via}{often}", confidence, hits, loose)


def _near(wanted: str, record: Record) -> Finding | None:
    """Return a partial finding for the nearest related skill that is really shown."""
    for other, weight in record.taxonomy.related(wanted):
        if weight < NEAR:
            break
        shown = [one for one in record.skills if one.skill == other and one.how in ("used", "said")]
        if shown:
            label, have = record.taxonomy.skill(wanted).label, record.taxonomy.skill(other).label
            reason = f"no mention of {label}, but of {have}, which is close to it"
            return Finding(Verdict.PARTIAL, reason, 0.4 + 0.2 * weight, _hits(shown, other))
    return None


def _hits(found: list[SkillFound], wanted: str) -> tuple[Hit, ...]:
    """Return the mentions as hits: used before said before listed, recent positions first."""
    hits: list[Hit] = []
    for one in found:
        weight = _WEIGHT.get(one.how, 0.5) + (0.05 if one.skill == wanted else 0.0)
        if one.position:
            weight -= 0.005 * min(one.position.index, 20)
            if one.position.header_end > one.start:
                # A title that names the skill says less than a line about what was done with it.
                weight -= 0.02
        hits.append(Hit(one.source, one.start, one.end, weight))
    return tuple(hits)


def _any_of(outcomes: list[_One]) -> Finding:
    order = (Verdict.MEETS, Verdict.PARTIAL, Verdict.NO_EVIDENCE, Verdict.NOT_MET)
    best = min(outcomes, key=lambda one: (order.index(one.finding.verdict), -one.finding.confidence))
    if best.finding.verdict in (Verdict.MEETS, Verdict.PARTIAL):
        return best.finding
    names = _names([one.label for one in outcomes], "or")
    if all(one.finding.verdict is Verdict.NOT_MET for one in outcomes):
        return best.finding
    return no_evidence(f"the profile does not mention {names}")


def _all_of(outcomes: list[_One]) -> Finding:
    met = [one for one in outcomes if one.finding.verdict is Verdict.MEETS]
    part = [one for one in outcomes if one.finding.verdict is Verdict.PARTIAL]
    rest = [one for one in outcomes if one not in met and one not in part]
    hits = _one_of_each([*met, *part])
    # What is close to one of many things is close to little of what is asked.
    is_shown = any(one.listed for one in met)
    if not is_shown and (not met + part or len(met + part) < CLOSE_TO_ENOUGH * len(outcomes)):
        return _any_of(rest or outcomes)
    confidence = min(one.finding.confidence for one in (*met, *part))
    shows = _names([one.label for one in met], "and")
    if len(met) == len(outcomes):
        loose = any(one.finding.loose for one in met)
        return Finding(Verdict.MEETS, f"shows {shows}", confidence, hits, loose)
    lacks = _names([one.label for one in rest], "or")
    parts = [f"shows {shows}"] if met else []
    parts += [one.finding.reason for one in part[:1]]
    parts += [f"no evidence of {lacks}"] if rest else []
    return Finding(Verdict.PARTIAL, "; ".join(parts), confidence * 0.9, hits)


def _one_of_each(outcomes: list[_One]) -> tuple[Hit, ...]:
    """Return the best hits of all, the best of each before the second best of any."""
    ranked = [sorted(one.finding.hits, key=lambda hit: -hit.weight)[:3] for one in outcomes]
    return tuple(
        replace(hit, weight=hit.weight + (1.0 if place == 0 else 0.0))
        for hits in ranked
        for place, hit in enumerate(hits)
    )


def _names(labels: list[str], word: str) -> str:
    if len(labels) < 2:
        return "".join(labels)
    return f"{', '.join(labels[:-1])} {word} {labels[-1]}"
