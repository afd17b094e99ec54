"""The check of one demand against the rules in ``rules.toml``."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import cast

from shared.lawful.clean import cleaned, unmarked
from shared.taxonomy import find_languages, language_label

# A demand is judged clause by clause, so that praise of diversity cannot cover a ban after "but".
_CLAUSE = re.compile(
    r"(?<![A-Z]\.[A-Z][.;!?])(?<=[.;!?])\s+|\s+(?:but|however|although|yet|except that|with the exception)\s+",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Check:
    """The outcome: lawful, perhaps with a note, or refused with attribute, reason and rewording."""

    lawful: bool
    attribute: str | None = None
    reason: str = ""
    rewording: str | None = None
    note: str | None = None
    matched: str = ""


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    any: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    context: tuple[re.Pattern[str], ...]
    allows: frozenset[str]
    group: re.Pattern[str] | None
    law: str
    reason: str
    text: str

    def match(self, clause: str) -> re.Match[str] | None:
        found = next((m for pattern in self.any if (m := pattern.search(clause))), None)
        if found is None or any(pattern.search(clause) for pattern in self.unless):
            return None
        return found

    def applies_in(self, context: str) -> bool:
        return not self.context or any(pattern.search(context) for pattern in self.context)


@cache
def _rules() -> tuple[tuple[_Rule, ...], tuple[_Rule, ...]]:
    source = files("shared.lawful").joinpath("rules.toml").read_text(encoding="utf-8")
    data = tomllib.loads(source)
    lawful = tuple(_rule(row, row["name"], row["note"]) for row in data["lawful"])
    refused = tuple(_rule(row, row["attribute"], row["rewording"]) for row in data["refused"])
    return lawful, refused


def _rule(row: dict[str, object], name: str, text: str) -> _Rule:
    group = str(row.get("group", ""))
    return _Rule(
        name,
        (*_compiled(row["any"]), *_about_group(group)),
        _compiled(row.get("unless", [])),
        _compiled(row.get("context", [])),
        frozenset(_strings(row.get("allows", []))),
        re.compile(rf"\b(?:{group})(?![\w’-])", re.I) if group else None,
        str(row.get("law", "")),
        str(row.get("reason", "")),
        text,
    )


def _about_group(group: str) -> tuple[re.Pattern[str], ...]:
    """Return the ways to ask only for a group of people, or to shut it out."""
    if not group:
        return ()
    people = rf"(?:{group})(?![\w’-])"
    return _compiled(
        [
            rf"\b(?:only|no|not|except|excluding|exclusively|strictly|prefer(?:ably|red|ence (?:for|to))?|"
            rf"(?:must|should)(?: not)? be(?: an?)?)\s+(?:an? |the |any )?{people}",
            rf"\b{people}\s+(?:\w+ ){{0,2}}?(?:only|preferred|need not|needn’t|should not|will not|won’t|cannot|"
            r"(?:are|is) not (?:accepted|considered|eligible|welcome|wanted|hired|allowed)|not (?:accepted|considered|"
            r"eligible|welcome|wanted)|excluded)\b",
            rf"\b(?:do(?:es)? not|don’t|won’t|will not|cannot|never|refuse to)\s+(?:hire|employ|accept|consider|recruit|"
            rf"want|take)\b.{{0,30}}\b{people}",
        ]
    )


def _strings(values: object) -> list[str]:
    return [str(value) for value in cast(list[object], values)]


def _compiled(patterns: object) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.I) for pattern in _strings(patterns))


class SafetyCheck:
    """Decides whether a demand may stand. Pure; the same demand always gets the same answer."""

    def __call__(self, demand: str, context: str = "") -> Check:
        """Check one demand. ``context`` is the text around it, where a law may be named that allows it."""
        return self.findings(demand, context)[0]

    def groups(self, wanted: str) -> list[Check]:
        """Return a refusal for each protected group that a description of people names.

        A demand may speak of a group and be lawful; who says whom to search for asks only for those.
        """
        plain = cleaned(wanted)
        _, refused = _rules()
        named = [(rule, found) for rule in refused if rule.group and (found := rule.group.search(plain))]
        return [_refusal(rule, found.group(), plain) for rule, found in named]

    def findings(self, demand: str, context: str = "") -> list[Check]:
        """Return a refusal for each attribute that a demand rests on, or else one lawful check."""
        plain = cleaned(demand)
        refusals: dict[str, Check] = {}
        notes: list[str] = []
        for reading in dict.fromkeys((plain, unmarked(plain))):
            around = f"{cleaned(context)} {reading}"
            for clause in _CLAUSE.split(reading):
                for outcome in _check_clause(clause, around):
                    if outcome.attribute:
                        refusals.setdefault(outcome.attribute, outcome)
                    elif outcome.note:
                        notes.append(outcome.note)
        return list(refusals.values()) or [Check(True, note=" ".join(dict.fromkeys(notes)) or None)]


def _check_clause(clause: str, context: str) -> list[Check]:
    lawful, refused = _rules()
    standing = [rule for rule in lawful if rule.match(clause) and rule.applies_in(context)]
    allowed = {attribute for rule in standing for attribute in rule.allows}
    checks = [Check(True, note=" ".join(rule.text for rule in standing) or None)]
    for rule in refused:
        found = None if allowed & {rule.name, "*"} else rule.match(clause)
        if found:
            checks.append(_refusal(rule, found.group().strip(), clause))
    return checks


def _refusal(rule: _Rule, matched: str, clause: str) -> Check:
    reason = f"{rule.reason} See {rule.law}."
    return Check(False, rule.name, reason, _reworded(rule.text, clause), matched=matched)


def _reworded(template: str, clause: str) -> str:
    if "{language}" not in template:
        return template
    spoken = find_languages(clause + " language")
    label = language_label(spoken[0].language) if spoken else None
    return template.replace("{language}", label or "The language of the work")
