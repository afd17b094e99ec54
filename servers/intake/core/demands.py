"""What the statements of a text ask for: lawful demands, refused ones, and on what conditions."""

import re
from dataclasses import dataclass, field

from servers.intake.core.checked import LISTED, CheckedReading, stated
from servers.intake.core.reading import read_statement
from servers.intake.core.sections import Posting
from servers.intake.core.selection import is_demand, may_be_other, speaks_of_people
from servers.intake.core.statements import Statement
from shared.lawful import Check, SafetyCheck
from shared.taxonomy import Taxonomy
from shared.wire.requirements import PostingQuote, Qualification, QualificationKind, RefusedQualification

_BRIEF_LENGTH = 400
_SHORTEST = 8


@dataclass(slots=True)
class Demands:
    """What was read: qualifications, refusals, conditions, and lines that a model saw nothing in."""

    drafts: list[Qualification] = field(default_factory=list[Qualification])
    refused: list[RefusedQualification] = field(default_factory=list[RefusedQualification])
    notes: list[str] = field(default_factory=list[str])
    passed_over: list[str] = field(default_factory=list[str])


class DemandReader:
    """Reads demands by rules, or by what was checked of a model's reading."""

    def __init__(self, taxonomy: Taxonomy, check: SafetyCheck) -> None:
        self._taxonomy = taxonomy
        self._check = check

    def read(
        self,
        said: list[Statement],
        original: str,
        posting: Posting,
        reading: CheckedReading | None = None,
        into: Demands | None = None,
    ) -> Demands:
        """Return what ``said`` asks for, added to ``into``. Quotes are cut from ``original``."""
        only_text = not any(section.kind == "required" for section in posting.sections)
        brief = len(posting.original) < _BRIEF_LENGTH and not posting.structured
        read = into or Demands()
        for statement in said:
            verdicts = self._check.findings(statement.text, posting.readable)
            refused = [one for one in verdicts if not one.lawful and (brief or speaks_of_people(statement))]
            read.refused.extend(_refusal(statement, verdict, original) for verdict in refused)
            remaining = _without(statement, refused) if refused else statement
            found: list[Qualification] = []
            if remaining and (brief or is_demand(remaining, only_text=only_text)):
                found = read_statement(
                    remaining, original, self._taxonomy, fallback=may_be_other(remaining), whole=not brief
                )
            if reading and remaining is statement:
                by_rules, found = found, self._stated(statement, original, reading, found, brief=brief)
                if by_rules and not found:
                    read.passed_over.append(statement.text)
            read.drafts.extend(found)
            if remaining and found and verdicts[0].note:
                read.notes.append(f"“{remaining.text[:120]}”: {verdicts[0].note}")
        return read

    def _stated(
        self,
        line: Statement,
        original: str,
        reading: CheckedReading,
        by_rules: list[Qualification],
        *,
        brief: bool,
    ) -> list[Qualification]:
        """Return what a line demands by a model's reading of it; where it has none, what rules can test."""
        parts = reading.parts.get(line.start, [])
        if not parts:
            stays = brief or line.section in LISTED
            return [one for one in by_rules if stays and one.kind != QualificationKind.OTHER]

        def lawful(wording: str) -> bool:
            return self._check(wording).lawful

        return stated(line, parts, original, self._taxonomy, brief=brief, lawful=lawful)


def _refusal(statement: Statement, verdict: Check, original: str) -> RefusedQualification:
    return RefusedQualification(
        text=statement.text[:500],
        attribute=verdict.attribute or "",
        reason=verdict.reason,
        rewording=verdict.rewording,
        quote=PostingQuote(
            start=statement.start, end=statement.end, text=original[statement.start : statement.end]
        ),
    )


def _without(statement: Statement, refused: list[Check]) -> Statement | None:
    """Return the statement without its refused parts, where the rest still asks for something lawful."""
    check = SafetyCheck()
    text = statement.text
    for verdict in refused:
        text = re.sub(rf"\s*{re.escape(verdict.matched)}", " ", text, flags=re.I)
    parts = [part for part in re.split(r",\s+|;\s+|\s+but\s+", text) if check(part).lawful]
    rest = re.sub(r"\s+", " ", ", ".join(parts)).strip(" ,;")
    if len(rest) < _SHORTEST or not check(rest).lawful:
        return None
    return Statement(
        statement.start, statement.end, rest, statement.section, statement.bullet, statement.heading
    )
