"""May this caller use this skill? Cedar decides, from the policy files beside this module.

A deployment adds its own ``*.cedar`` files by folder. Every file is validated against the schema when
the engine is made, so a policy that misspells an attribute stops the start, not a call.
"""

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cedarpy

from shared.kernel.errors import InvalidInput
from shared.kernel.principal import Principal
from shared.wire.planning import Risk

_FOLDER = Path(__file__).parent / "policies"
_CACHE = 8192
_FIXES = {
    "assistants-need-an-approval": (
        "Ask with projects.request_approval, and pass the approval_id where the skill takes one."
    ),
    "models-are-the-platform-teams": "Ask for a token with the scope models.decide.",
    "partners-get-what-was-agreed": "Register the partner with the classes of data that it may receive.",
}


@dataclass(frozen=True)
class Decision:
    """The engine's answer.

    Attributes:
        allowed: whether the call may go on.
        policies: the ``@id`` of each policy that decided, sorted; empty where nothing permitted.
        reason: one sentence that may be shown to the caller.
        fix: what the caller would need, or None.
    """

    allowed: bool
    policies: tuple[str, ...]
    reason: str
    fix: str | None = None


@dataclass(frozen=True)
class PartnerTerms:
    """Whose partner a skill belongs to, what a call of it carries, and what it may receive."""

    tenant: str
    takes: frozenset[str]
    agreed: frozenset[str]


class PolicyEngine:
    """Decides calls; the same inputs always give the same decision, so decisions are cached."""

    def __init__(self, *extra_folders: Path) -> None:
        schema = (_FOLDER / "schema.cedarschema").read_text("utf-8")
        texts: list[str] = []
        for folder in (_FOLDER, *extra_folders):
            for path in sorted(folder.glob("*.cedar")):
                texts.append(_checked(path, schema))
        self._schema = cedarpy.Schema.from_str(schema)
        self._policies = cedarpy.PolicySet.from_str("\n".join(texts))
        self._decided: OrderedDict[tuple[object, ...], Decision] = OrderedDict()

    def decide(
        self,
        principal: Principal,
        unit: str,
        skill: str,
        risk: Risk,
        *,
        approved: bool = False,
        terms: PartnerTerms | None = None,
    ) -> Decision:
        """Return whether ``principal`` may use ``unit.skill``, whose risk is ``risk``.

        ``approved``: the call carries an approval, which the skill itself will check. ``terms``: the unit
        is another organisation's.
        """
        key = (principal.model_copy(update={"token": ""}), unit, skill, risk, approved, terms)
        known = self._decided.get(key)
        if known is not None:
            self._decided.move_to_end(key)
            return known
        decision = self._decide(principal, unit, skill, risk, approved, terms)
        self._decided[key] = decision
        if len(self._decided) > _CACHE:
            self._decided.popitem(last=False)
        return decision

    def _decide(
        self,
        principal: Principal,
        unit: str,
        skill: str,
        risk: Risk,
        approved: bool,
        terms: PartnerTerms | None,
    ) -> Decision:
        caller = {"type": "Caller", "id": principal.subject}
        resource = {"type": "PartnerSkill" if terms else "Skill", "id": f"{unit}.{skill}"}
        request = {
            "principal": caller,
            "action": {"type": "Action", "id": risk},
            "resource": resource,
            "context": {"exact": f"{unit}.{risk}", "wide": f"*.{risk}", "approved": approved},
        }
        answer = cedarpy.is_authorized(
            request, self._policies, _entities(principal, caller, resource, unit, terms), self._schema
        )
        named = answer.diagnostics.id_annotations_by_reason
        policies = tuple(sorted(named.get(reason, reason) for reason in answer.diagnostics.reasons))
        if answer.diagnostics.errors:
            return Decision(False, policies, "a policy could not be evaluated")
        if answer.allowed:
            return Decision(True, policies, "permitted")
        if policies:
            forbidden = f"policy {', '.join(policies)} forbids {risk} on {unit}.{skill}"
            return Decision(False, policies, forbidden, _FIXES.get(policies[0]))
        return Decision(
            False,
            (),
            f"no scope permits {risk} on {unit}.{skill}",
            f"Ask for a token with the scope {unit}.{risk}.",
        )


def _checked(path: Path, schema: str) -> str:
    text = path.read_text("utf-8")
    result = cedarpy.validate_policies(text, schema)
    if not result.validation_passed:
        found = "; ".join(str(error) for error in result.errors)
        raise InvalidInput(f"policy file {path.name} does not fit the schema: {found}")
    return text


def _entities(
    principal: Principal,
    caller: dict[str, str],
    resource: dict[str, str],
    unit: str,
    terms: PartnerTerms | None,
) -> list[dict[str, Any]]:
    owner = {"type": "Unit", "id": unit}
    agreed = (
        {"tenant": terms.tenant, "takes": sorted(terms.takes), "agreed": sorted(terms.agreed)}
        if terms
        else {}
    )
    return [
        {
            "uid": caller,
            "attrs": {
                "kind": principal.kind,
                "tenant": principal.tenant,
                "delegated": principal.actor is not None,
                "assisted": principal.assisted,
                "scopes": sorted(principal.scopes),
            },
            "parents": [],
        },
        {"uid": resource, "attrs": agreed, "parents": [owner]},
        {"uid": owner, "attrs": {}, "parents": []},
    ]
