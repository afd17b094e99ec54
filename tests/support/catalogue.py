"""A small catalogue of skills, shaped like the real one, for planning tests."""

from shared.wire.planning import Cost, Planning, Risk, Skill


def skill(
    id: str,
    *,
    requires: dict[str, str] | None = None,
    optional: dict[str, str] | None = None,
    produces: dict[str, str] | None = None,
    risk: Risk = "read",
    seconds: float = 1.0,
) -> Skill:
    """Return a skill named ``unit.name`` with the given planning data."""
    unit, name = id.split(".")
    planning = Planning(
        requires=requires or {},
        optional=optional or {},
        produces=produces or {},
        risk=risk,
        cost=Cost(seconds=seconds),
    )
    return Skill(
        unit=unit,
        name=name,
        protocol="mcp",
        title=name.replace("_", " ").capitalize(),
        description=name,
        input_schema={"type": "object"},
        planning=planning,
    )


def hiring_catalogue() -> list[Skill]:
    """Return the skills of the main job, from a role's brief to a complete shortlist."""
    return [
        skill(
            "intake.draft_requirements",
            requires={"text": "role.brief"},
            optional={"changes": "role.changes"},
            produces={"requirements": "requirements.draft"},
        ),
        skill(
            "projects.create_project",
            requires={"requirements": "requirements.draft"},
            produces={"project": "project.ref"},
            risk="write",
        ),
        skill(
            "projects.approve_requirements",
            requires={"project": "project.ref"},
            produces={"approved": "requirements.approved"},
            risk="decide",
        ),
        skill(
            "sourcing.find_candidates",
            requires={"requirements": "requirements.approved"},
            optional={"feedback": "shortlist.current", "state": "sourcing.state"},
            produces={
                "found": "candidates.found",
                "state": "sourcing.state",
                "exhausted": "sourcing.exhausted",
            },
            risk="write",
        ),
        skill(
            "evaluator.evaluate_candidates",
            requires={"requirements": "requirements.approved", "candidates": "candidates.found"},
            produces={"evaluated": "candidates.evaluated"},
            risk="write",
        ),
        skill(
            "projects.update_shortlist",
            requires={"requirements": "requirements.approved", "evaluated": "candidates.evaluated"},
            optional={"exhausted": "sourcing.exhausted"},
            produces={"shortlist": "shortlist.current", "complete": "shortlist.complete"},
            risk="write",
        ),
    ]
