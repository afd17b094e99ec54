"""What other units answered of filters whose data they have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b

from servers.recruiter_search.core.values import InStage, KnownGrowth, KnownHeadcount
from shared.kernel.errors import InvalidInput

Asked = KnownHeadcount | KnownGrowth | InStage
"""A filter's value that another unit is asked about."""


def question(asked: Asked) -> str:
    """Return a value as text, the same of equal values."""
    return f"{type(asked).__name__} {asked.model_dump_json()}"


@dataclass(frozen=True)
class Answers:
    """Whom a query's filters name by what other units know.

    Args:
        named: question → employers as profiles write them, or ids of people.
        says: of each question how it was understood, what the answer stands on, and what it leaves out.
    """

    named: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    says: tuple[str, ...] = ()

    def of(self, asked: Asked) -> tuple[str, ...]:
        """Return what an answer names. Raises InvalidInput where nobody was asked."""
        named = self.named.get(question(asked))
        if named is None:
            raise InvalidInput(
                "company figures and stages are what other units know today, so they can be searched by, not kept",
                fix="Keep the search without them, or give the employers as current_companies, the people as candidate_ids.",
            )
        return named

    @cached_property
    def digest(self) -> str:
        """What tells these answers from others; empty where nothing was asked."""
        if not self.named:
            return ""
        return blake2b(repr(sorted(self.named.items())).encode(), digest_size=8).hexdigest()
