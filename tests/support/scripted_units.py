"""Units that answer from a script, for tests of the supervisor alone. They count their effects."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter

from shared.kernel.call import outgoing_idempotency_key
from shared.kernel.errors import Conflict, HiremeshError, NotFound
from shared.kernel.principal import current_principal
from shared.wire.planning import Skill

Answer = Callable[[dict[str, Any], int], Any]


class ScriptedUnits:
    """The registry, the approvals of projects, and any skill given in ``answers``.

    ``answers`` maps ``unit.skill`` to ``(arguments, number of the call) -> result``; a result that is a
    HiremeshError is raised. ``effects`` counts what was done for each idempotency key.
    """

    def __init__(self, skills: list[Skill] | HiremeshError, answers: dict[str, Answer]) -> None:
        self.skills = skills
        self.answers = answers
        self.calls: Counter[str] = Counter()
        self.effects: Counter[tuple[str, str | None]] = Counter()
        self.arguments: list[tuple[str, dict[str, Any]]] = []
        self.approvals: dict[str, dict[str, Any]] = {}

    async def call_tool(
        self, unit: str, tool: str, arguments: dict[str, Any], returns: Any, *, timeout: float = 30
    ) -> Any:
        known = {
            "registry.search_skills": self._search_skills,
            "projects.request_approval": self._request_approval,
            "projects.get_approval": self._get_approval,
            "projects.decide_approval": self._decide_approval,
        }.get(f"{unit}.{tool}")
        result = known(arguments) if known else self._answer(f"{unit}.{tool}", arguments)
        return TypeAdapter(returns).validate_python(result)

    async def send(
        self,
        unit: str,
        skill: str,
        input: Any,
        returns: Any,
        *,
        on_progress: Any = None,
        timeout: float = 600,
        **_: Any,
    ) -> Any:
        return TypeAdapter(returns).validate_python(self._answer(f"{unit}.{skill}", input))

    def _answer(self, skill: str, arguments: dict[str, Any]) -> Any:
        if skill not in self.answers:
            raise NotFound(f"nothing is scripted for {skill}")
        self.calls[skill] += 1
        self.arguments.append((skill, arguments))
        result = self.answers[skill](arguments, self.calls[skill])
        if isinstance(result, HiremeshError):
            raise result
        self.effects[skill, outgoing_idempotency_key()] += 1
        return result

    def _search_skills(self, _: dict[str, Any]) -> Any:
        if isinstance(self.skills, HiremeshError):
            raise self.skills
        return {"skills": [skill.model_dump(mode="json") for skill in self.skills]}

    def _request_approval(self, arguments: dict[str, Any]) -> Any:
        key = outgoing_idempotency_key() or ""
        approval = {"approval_id": f"appr_{key}", "status": "pending", "reason": None, **arguments}
        return self.approvals.setdefault(approval["approval_id"], approval)

    def _get_approval(self, arguments: dict[str, Any]) -> Any:
        return self.approvals[arguments["approval_id"]]

    def _decide_approval(self, arguments: dict[str, Any]) -> Any:
        approval = self.approvals[arguments["approval_id"]]
        if approval["status"] != "pending":
            raise Conflict("already decided")
        approval |= {
            "status": "approved" if arguments["approve"] else "refused",
            "reason": arguments["reason"],
            "by": current_principal().subject,
        }
        return approval
