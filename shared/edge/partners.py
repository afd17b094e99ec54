"""The door outwards: may this call leave, with which credentials, and a line in the audit log either way.

A partner has no door of ours in front of it, so the caller decides in its place, by the same policies.
"""

import time
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import httpx2

from shared.audit.entry import AuditEntry
from shared.edge.calls import Endpoint
from shared.edge.credentials import Credentials, Secrets
from shared.edge.door import Audit
from shared.edge.lines import Lines
from shared.edge.outside import OutsideTransport
from shared.edge.policy import PartnerTerms, PolicyEngine
from shared.edge.settings import UnitSettings
from shared.kernel.errors import Conflict, Denied, HiremeshError, NotFound
from shared.kernel.principal import Principal, current_principal
from shared.wire.partners import Partner, PartnerSkill

FRESH_SECONDS = 10.0  # how long a withdrawn partner may still be called if word of it is lost
Ask = Callable[[str], Awaitable[Partner]]


class Outside:
    """Screened connections and the operator's secrets; what the registry and callers of partners share."""

    def __init__(self, settings: UnitSettings) -> None:
        private = settings.partners_on_private_networks
        plain = OutsideTransport(lambda: httpx.AsyncHTTPTransport(trust_env=False), allow_private=private)
        modern = OutsideTransport(lambda: httpx2.AsyncHTTPTransport(trust_env=False), allow_private=private)
        self.http = httpx.AsyncClient(transport=plain, trust_env=False)
        self.lines = Lines(modern, plain)
        secrets = Secrets(settings.partner_secrets, settings.partner_secrets_file)
        self.credentials = Credentials(secrets, settings.issuer_url, self.http)

    async def aclose(self) -> None:
        """Close all connections."""
        await self.lines.aclose()
        await self.http.aclose()


class Partners:
    """Resolves a partner's skill to where it is called, or refuses; remembers partners for some seconds.

    Args:
        outside: how they are reached.
        policy: decides, with the terms of the registration in the request.
        audit: records each call that leaves and each refusal.
    """

    def __init__(self, outside: Outside, policy: PolicyEngine, audit: Audit) -> None:
        self.lines = outside.lines
        self._credentials = outside.credentials
        self._policy = policy
        self._audit = audit
        self._known: dict[tuple[str, str], tuple[Partner, float]] = {}

    async def on_change(self, _: dict[str, Any]) -> None:
        """Ask the registry again before the next call, and issuers too: it says that something changed."""
        self._known.clear()
        self._credentials.forget()

    async def endpoint(self, name: str, skill: str, ask: Ask) -> Endpoint:
        """Return where ``skill`` is called, with the partner's own token; the decision is on record.

        Raises NotFound, Conflict for a quarantined partner, Denied by policy, InvalidInput without a secret.
        """
        caller = current_principal()
        partner = await self._partner(caller, name, ask)
        offered = partner.skills.get(skill)
        if offered is None:
            raise NotFound(f"{name} has no skill {skill!r}", field="skill")
        try:
            token = await self._admitted(caller, partner, skill, offered)
        except HiremeshError as error:
            await self._record(caller, partner, skill, offered, refused=error)
            raise
        await self._record(caller, partner, skill, offered)
        return Endpoint(
            name,
            partner.endpoint,
            token,
            own=False,
            protocol_version=partner.protocol_version,
            streaming=partner.streaming,
        )

    async def _partner(self, caller: Principal, name: str, ask: Ask) -> Partner:
        key = (caller.tenant, name)
        partner, asked_at = self._known.get(key, (None, 0.0))
        if partner is None or time.monotonic() - asked_at > FRESH_SECONDS:
            partner = await ask(name)
            self._known[key] = (partner, time.monotonic())
        return partner

    async def _admitted(
        self, caller: Principal, partner: Partner, skill: str, offered: PartnerSkill
    ) -> str | None:
        terms = PartnerTerms(partner.tenant, frozenset(offered.takes), frozenset(partner.data))
        decision = self._policy.decide(caller, partner.name, skill, offered.risk, terms=terms)
        if not decision.allowed:
            raise Denied(decision.reason, fix=decision.fix)
        if partner.status == "quarantined":
            raise Conflict(
                f"{partner.name} is quarantined: it is not what was accepted",
                fix="Look at list_units, and pin_unit if the new card is right.",
            )
        return await self._credentials.token(partner.tenant, partner.access)

    async def _record(
        self,
        caller: Principal,
        partner: Partner,
        skill: str,
        offered: PartnerSkill,
        *,
        refused: HiremeshError | None = None,
    ) -> None:
        await self._audit.record(
            AuditEntry(
                tenant=caller.tenant,
                subject=caller.subject,
                actor=caller.actor,
                unit=partner.name,
                skill=skill,
                risk=offered.risk,
                outcome="denied" if refused else "allowed",
                reason=refused.message if refused else "left the installation",
                detail={
                    "to": urlsplit(partner.endpoint).netloc,
                    "data": " ".join(sorted(offered.takes)) or "none",
                },
            )
        )
