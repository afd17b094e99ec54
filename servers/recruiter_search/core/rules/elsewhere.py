"""Rules of what no profile says and another unit knows; it is asked before the query is compiled."""

from dataclasses import dataclass

from servers.recruiter_search.core.answers import Asked
from servers.recruiter_search.core.criteria import Criterion, Keyword, OneOf, Written
from servers.recruiter_search.core.rules.base import Reading, Rule


@dataclass(frozen=True, kw_only=True)
class KnownElsewhere(Rule):
    """One of those whom another unit's answer names."""

    field: Keyword | Written

    def criterion(self, value: Asked, reading: Reading) -> Criterion:
        return OneOf(self.field, reading.answers.of(value))
