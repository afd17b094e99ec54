"""One matcher for each kind of qualification: pure functions from a record to a finding."""

from collections.abc import Callable

from servers.evaluator.core.findings import Finding
from servers.evaluator.core.matchers.certificate import match_certificate
from servers.evaluator.core.matchers.education import match_education
from servers.evaluator.core.matchers.eligibility import match_eligibility
from servers.evaluator.core.matchers.experience import match_experience
from servers.evaluator.core.matchers.industry import match_industry
from servers.evaluator.core.matchers.language import match_language
from servers.evaluator.core.matchers.location import match_location
from servers.evaluator.core.matchers.seniority import match_seniority
from servers.evaluator.core.matchers.skill import match_skill
from servers.evaluator.core.matchers.statement import match_statement
from servers.evaluator.core.record import Record
from servers.evaluator.core.role import Role
from shared.wire.requirements import Qualification, QualificationKind

Matcher = Callable[[Qualification, Record, Role], Finding]

MATCHERS: dict[QualificationKind, Matcher] = {
    QualificationKind.SKILL: match_skill,
    QualificationKind.EXPERIENCE: match_experience,
    QualificationKind.SENIORITY: match_seniority,
    QualificationKind.EDUCATION: match_education,
    QualificationKind.CERTIFICATE: match_certificate,
    QualificationKind.LANGUAGE: match_language,
    QualificationKind.LOCATION: match_location,
    QualificationKind.INDUSTRY: match_industry,
    QualificationKind.ELIGIBILITY: match_eligibility,
    QualificationKind.OTHER: match_statement,
}
