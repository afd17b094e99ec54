"""Rules of what no profile says and another unit knows; it is asked before the query is compiled."""

import re
from dataclasses import dataclass
from typing import get_args

from pydantic import ValidationError

from servers.recruiter_search.core.answers import Asked
from servers.recruiter_search.core.criteria import Criterion, Keyword, OneOf, Written
from servers.recruiter_search.core.limits import limits_meant, read_limits, whole
from servers.recruiter_search.core.rules.base import Reading, Rule, offer
from servers.recruiter_search.core.values import InStage, KnownGrowth, KnownHeadcount
from shared.kernel.errors import InvalidInput
from shared.wire.standing import Stage

STAGES: tuple[Stage, ...] = get_args(Stage)
_IN_STAGE = re.compile(r"(?P<project>[^\s/]+)/(?P<at>[^\s/]+)")


@dataclass(frozen=True, kw_only=True)
class KnownElsewhere(Rule):
    """One of those whom another unit's answer names."""

    field: Keyword | Written

    def criterion(self, value: Asked, reading: Reading) -> Criterion:
        return OneOf(self.field, reading.answers.of(value))

    def asked(self, text: str) -> Asked | None:
        """Return what ``text`` of the boolean language asks; None where it can mean nothing."""
        raise NotImplementedError

    def leaf(self, text: str, prefix: bool, reading: Reading) -> Criterion | None:
        asked = None if prefix else self.asked(text)
        return None if asked is None else self.criterion(asked, reading)


@dataclass(frozen=True, kw_only=True)
class EmployerFigure(KnownElsewhere):
    """The newest employer has a figure within limits, as talent_insights tells."""

    field: Keyword | Written = "company_facet"
    of: type[KnownHeadcount] | type[KnownGrowth]

    def asked(self, text: str) -> KnownHeadcount | KnownGrowth | None:
        limits = read_limits(text)
        if limits is None:
            return None
        least, most = whole(limits) if self.of is KnownHeadcount else limits
        try:
            return self.of.model_validate({"at_least": least, "at_most": most})
        except (InvalidInput, ValidationError):
            return None

    def meant(self, text: str) -> str:
        return limits_meant(self.word, text)


@dataclass(frozen=True, kw_only=True)
class StandsIn(KnownElsewhere):
    """Somebody stands in one of a project's stages, as projects tells."""

    field: Keyword | Written = "candidate_id"

    def asked(self, text: str) -> InStage | None:
        said = _IN_STAGE.fullmatch(text)
        at = said["at"].lower().split(",") if said else []
        return (
            InStage.model_validate({"project_id": said["project"], "at": at})
            if said and {*at} <= {*STAGES}
            else None
        )

    def meant(self, text: str) -> str:
        project, _, at = text.partition("/")
        wrong = next((one for one in at.lower().split(",") if one not in STAGES), "") if at else ""
        if wrong:
            return offer(wrong, STAGES)
        return f"Write {self.word}:{project if project.startswith('proj_') else 'proj_0197…'}/interview: a project's id and stages."
