"""What the role as a whole says, for the matchers that need it."""

from dataclasses import dataclass

from shared.wire.requirements import Requirements, Seniority, WorkMode


@dataclass(frozen=True, slots=True)
class Role:
    """The parts of requirements that are not qualifications."""

    title: str = ""
    seniority: Seniority | None = None
    location: str | None = None
    country_code: str | None = None
    work_mode: WorkMode | None = None

    @classmethod
    def of(cls, requirements: Requirements) -> "Role":
        return cls(
            title=requirements.title,
            seniority=requirements.seniority,
            location=requirements.location,
            country_code=requirements.country_code,
            work_mode=requirements.work_mode,
        )
