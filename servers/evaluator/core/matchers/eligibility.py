"""What the law asks for the work itself: work permits and the like. A profile says it in so many words, or not at all."""

import re

from servers.evaluator.core.findings import Finding, Hit, no_evidence
from servers.evaluator.core.record import Record
from servers.evaluator.core.role import Role
from shared.taxonomy import find_places, place, place_contains, resolve_place
from shared.wire.evaluation import Verdict
from shared.wire.requirements import Qualification

_SAID = re.compile(
    r"\b(?:(?:legally )?(?:authori[sz]ed|eligible|entitled|permitted) to work|(?:valid |unrestricted )?work (?:permit|"
    r"authori[sz]ation)|right to work|employment authori[sz]ation)\b[^.;\n]{0,60}",
    re.I,
)
_DENIED = re.compile(
    r"\b(?:no|not|without|need(?:s|ed)?|requir(?:e|es|ed|ing)|pending|expired|apply|applied)\b[^.;\n]{0,30}$",
    re.I,
)
_WORK = re.compile(r"\bwork\b|\bemployment\b", re.I)


def match_eligibility(qualification: Qualification, record: Record, role: Role) -> Finding:
    """Judge permission to work by what the profile says of it. Citizenship is masked, and never inferred."""
    if not _WORK.search(qualification.statement):
        return no_evidence("not read from a profile: to be asked and checked when hiring", 0.9)
    wanted = [found for text in qualification.places if (found := place(text) or resolve_place(text))]
    wanted = wanted or [one.place for one in find_places(qualification.statement)]
    for text in record.texts.values():
        for match in _SAID.finditer(text.masked):
            if _DENIED.search(text.masked, max(0, match.start() - 40), match.start()):
                continue
            named = [one.place for one in find_places(match.group())]
            if wanted and not any(place_contains(one, other) for one in named for other in wanted):
                continue
            return Finding(Verdict.MEETS, "says so", 0.7, (Hit(text.id, match.start(), match.end()),))
    return no_evidence("the profile does not say: to be asked", 0.9)
