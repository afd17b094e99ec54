"""What changed between two revisions of a project's requirements."""

from typing import Any

from servers.projects.core.models import Change
from shared.kernel.errors import InvalidInput
from shared.wire.requirements import Qualification, Requirements

_NOT_COMPARED = {"qualifications", "engine"}


def check_requirements(requirements: Requirements) -> None:
    """Raise InvalidInput where requirements cannot be worked with: none at all, or ambiguous ids."""
    if not requirements.title.strip():
        raise InvalidInput("a role needs a title", field="requirements.title")
    if not requirements.qualifications:
        raise InvalidInput(
            "nothing is asked of candidates",
            field="requirements.qualifications",
            fix="Add at least one qualification.",
        )
    seen: set[str] = set()
    for qualification in requirements.qualifications:
        if qualification.id in seen:
            raise InvalidInput(
                f"the id {qualification.id} is used twice", field="requirements.qualifications"
            )
        seen.add(qualification.id)


def diff_requirements(before: Requirements, after: Requirements) -> list[Change]:
    """Return the differences, fields first, then qualifications in the order of the newer document.

    Moving a qualification to another place in the list is not a change.
    """
    old, new = before.model_dump(mode="json"), after.model_dump(mode="json")
    fields = [name for name in Requirements.model_fields if name not in _NOT_COMPARED]
    changes = _changed_fields("", old, new, fields)
    return changes + _changed_qualifications(before.qualifications, after.qualifications)


def _changed_fields(prefix: str, old: dict[str, Any], new: dict[str, Any], fields: list[str]) -> list[Change]:
    return [
        Change(path=f"{prefix}{name}", kind="changed", before=old[name], after=new[name])
        for name in fields
        if old[name] != new[name]
    ]


def _changed_qualifications(before: list[Qualification], after: list[Qualification]) -> list[Change]:
    old = {one.id: one.model_dump(mode="json") for one in before}
    new = {one.id: one.model_dump(mode="json") for one in after}
    changes: list[Change] = []
    for key, value in new.items():
        if key in old:
            fields = [name for name in Qualification.model_fields if name != "id"]
            changes += _changed_fields(f"qualifications/{key}/", old[key], value, fields)
        else:
            changes.append(Change(path=f"qualifications/{key}", kind="added", after=value))
    gone = [
        Change(path=f"qualifications/{key}", kind="removed", before=value)
        for key, value in old.items()
        if key not in new
    ]
    return changes + gone
