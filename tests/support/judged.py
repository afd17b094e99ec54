"""Judging sample people by single qualifications, for tests of the rules engine."""

from datetime import date
from typing import Any

from servers.evaluator.core.engine import RulesEngine
from servers.evaluator.core.reader import read_statement
from shared.resume import parse_resume
from shared.taxonomy import Taxonomy
from shared.wire.evaluation import Evaluation, Judgement
from shared.wire.profile import Dossier, Profile, Work
from shared.wire.requirements import Qualification, Requirements
from tests.support.people import dossier

AS_OF = date(2026, 5, 4)


def engine() -> RulesEngine:
    """Return the engine on the packaged taxonomy, in May 2026."""
    return RulesEngine(Taxonomy.compact(), AS_OF)


def asked(*statements: str | Qualification, **role: Any) -> Requirements:
    """Return requirements made of sentences and qualifications."""
    qualifications = [
        read_statement(one, f"q{number}", Taxonomy.compact()) if isinstance(one, str) else one
        for number, one in enumerate(statements, start=1)
    ]
    return Requirements(title=role.pop("title", "Role"), qualifications=qualifications, **role)


def resume(text: str) -> Dossier:
    """Return a dossier of a résumé's text alone, read as a partner's is."""
    profile = parse_resume(text, "src_1")
    return dossier(profile=profile, text=text)


def person(*work: Work, **profile: Any) -> Dossier:
    """Return a dossier of a profile alone."""
    return dossier(profile=Profile(work=list(work), **profile))


def evaluation(who: Dossier, *statements: str | Qualification, **role: Any) -> Evaluation:
    """Judge one person."""
    return engine().judge(asked(*statements, **role), who)


def judgement(who: Dossier, statement: str | Qualification, **role: Any) -> Judgement:
    """Judge one person by one qualification."""
    return evaluation(who, statement, **role).judgements[0]


def verdict(who: Dossier, statement: str | Qualification, **role: Any) -> str:
    """Return the verdict on one qualification."""
    return judgement(who, statement, **role).verdict.value
