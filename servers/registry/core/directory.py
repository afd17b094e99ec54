"""Following units: probing, holding them to their cards, pinning, registering."""

import asyncio
from collections.abc import Iterable, Mapping

from servers.registry.core.comparing import differences, digest
from servers.registry.core.finding import Wanted, find
from servers.registry.core.models import (
    INSTALLATION,
    Card,
    FoundSkill,
    SkillPage,
    UnitInfo,
    UnitList,
    UnitState,
)
from servers.registry.core.ports import Announcer, Ledger, Prober
from servers.registry.core.reading import checked_url, read_skills
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, HiremeshError, InvalidInput, NotFound, Unavailable
from shared.wire.partners import Access, DataClass, NoAccess, Partner, PartnerSkill, data_taken
from shared.wire.planning import Planning, Risk

SMOOTHING = 0.3  # weight of the newest probe in the latency average
AT_ONCE = 8
_SEEN = ("status", "latency_ms", "last_seen", "last_probe", "failure", "differences", "card")

Key = tuple[str, str]


class Directory:
    """All units of this installation, and those that tenants registered.

    A tenant sees the installation's units and its own registered ones; nobody else's exist for it.

    Args:
        known: the units of the catalogue, with the card that ships with the code as ``accepted``.
    """

    def __init__(
        self, known: Iterable[UnitState], prober: Prober, ledger: Ledger, announcer: Announcer, clock: Clock
    ) -> None:
        self._units = {unit.key: unit for unit in known}
        self._shipped: dict[Key, Card | None] = {key: unit.accepted for key, unit in self._units.items()}
        self._pins: dict[Key, Card] = {}
        self._skills: dict[Key, tuple[str, list[FoundSkill]]] = {}
        self._prober = prober
        self._ledger = ledger
        self._announcer = announcer
        self._clock = clock

    async def restore(self) -> None:
        """Take up what was known before a restart."""
        self._pins = await self._ledger.pins()
        for kept in await self._ledger.load():
            now = self._units.get(kept.key)
            if now is not None:
                seen = {field: getattr(kept, field) for field in _SEEN}
                accepted = self._accepted(now, kept.card) if kept.card is not None else now.accepted
                self._units[kept.key] = now.model_copy(update=seen | {"accepted": accepted})
            elif kept.origin == "registered":
                self._units[kept.key] = kept

    async def probe_all(self, tenant: str | None = None) -> None:
        """Probe every unit once, several at a time; with ``tenant`` those it sees."""
        turn = asyncio.Semaphore(AT_ONCE)

        async def probe(unit: UnitState) -> None:
            async with turn:
                await self._probe(unit)

        units = list(self._units.values()) if tenant is None else self._seen_by(tenant)
        await asyncio.gather(*(probe(unit) for unit in units))

    async def probe(self, name: str, tenant: str = INSTALLATION) -> UnitInfo:
        """Probe one unit, and tell others if its state changed. Raises NotFound."""
        return await self._probe(self._unit(name, tenant))

    def list_units(self, tenant: str = INSTALLATION) -> UnitList:
        """Return all units that a tenant sees, by name."""
        return UnitList(units=[self._info(unit) for unit in self._seen_by(tenant)])

    @property
    def all_up(self) -> bool:
        """Whether no unit of the installation is down or still unknown."""
        own = [unit for unit in self._units.values() if unit.origin == "catalogue"]
        return all(unit.status in ("active", "quarantined") for unit in own)

    def search(
        self,
        tenant: str = INSTALLATION,
        *,
        query: str = "",
        produces: str | None = None,
        requires: str | None = None,
        risk: Risk | None = None,
        plannable: bool | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> SkillPage:
        """Find skills of units that are as accepted. Raises InvalidInput."""
        wanted = Wanted(query=query, produces=produces, requires=requires, risk=risk, plannable=plannable)
        units = [unit for unit in self._seen_by(tenant) if unit.status != "quarantined"]
        skills = [skill for unit in units for skill in self._skills_of(unit)]
        return find(skills, wanted, limit, cursor)

    def get(self, id: str, tenant: str = INSTALLATION) -> FoundSkill:
        """Return one skill. Raises NotFound, Conflict when its unit is quarantined."""
        name = id.partition(".")[0]
        unit = next((one for one in self._seen_by(tenant) if one.name == name), None)
        skill = next((one for one in self._skills_of(unit) if one.id == id), None) if unit else None
        if unit is None or skill is None:
            raise NotFound(f"there is no skill {id!r}", field="id", fix="Use search_skills.")
        if unit.status == "quarantined":
            raise Conflict(
                f"{unit.name} is quarantined: {len(unit.differences)} differences from its accepted card",
                field="id",
                fix="Look at list_units, and pin_unit if the new card is right.",
            )
        return skill

    def partner(self, name: str, tenant: str) -> Partner:
        """Return how a tenant calls a unit that it registered. Raises NotFound."""
        unit = self._registered(name, tenant)
        return Partner(
            **unit.model_dump(include=Partner.model_fields.keys() - {"skills"}),
            skills={
                skill.name: PartnerSkill(risk=skill.planning.risk, takes=sorted(takes))
                for skill, takes in self._terms(unit)
            },
        )

    async def pin(self, name: str, by: str, tenant: str = INSTALLATION) -> UnitInfo:
        """Accept the card that the unit has now. Raises NotFound, Unavailable when it does not answer."""
        await self.probe(name, tenant)
        unit = self._unit(name, tenant)
        if unit.status == "down" or unit.card is None:
            raise Unavailable(f"{name} does not answer, so there is nothing to accept", retry_after=5.0)
        self._pins[unit.key] = unit.card
        await self._ledger.pin(unit, unit.card, by)
        return await self._probe(unit)

    async def register(
        self,
        name: str,
        url: str,
        by: str,
        tenant: str,
        *,
        access: Access | None = None,
        data: Iterable[DataClass] = (),
        planning: Mapping[str, Planning] | None = None,
    ) -> UnitInfo:
        """Add a unit of another organisation for a tenant, and accept its card.

        ``access`` is how it is called, ``data`` what it may receive, ``planning`` what is to be known of
        skills whose card says nothing. Raises Conflict, InvalidInput, Denied, Unavailable.
        """
        if any(unit.name == name for unit in self._seen_by(tenant)):
            raise Conflict(f"there is a unit {name!r} already", field="name", fix="Choose another name.")
        url = checked_url(url)
        unit = UnitState(
            name=name,
            kind=await self._prober.kind_at(url),
            url=url,
            origin="registered",
            registered_by=by,
            tenant=tenant,
            access=access or NoAccess(),
            data=sorted({*data}),
            planning=dict(planning or {}),
        )
        found = await self._prober.probe(unit)
        skills = {skill.name for skill in read_skills(name, unit.kind, found.card)}
        if not skills:
            raise InvalidInput("the card there offers no skill", field="url")
        if unknown := sorted(unit.planning.keys() - skills):
            raise InvalidInput(f"there is no skill {unknown[0]!r}", field="planning")
        self._units[unit.key] = unit.model_copy(update={"accepted": found.card})
        self._pins[unit.key] = found.card
        await self._ledger.pin(unit, found.card, by)
        return await self.probe(name, tenant)

    async def retire(self, name: str, tenant: str) -> None:
        """Take a registered unit away, at once and for good. Raises NotFound."""
        unit = self._registered(name, tenant)
        await self._ledger.remove(unit)
        for known in (self._units, self._pins, self._skills):
            known.pop(unit.key, None)
        await self._announcer.changed(name, "retired")

    async def _probe(self, before: UnitState) -> UnitInfo:
        after = await self._probed(before)
        if before.key not in self._units:
            return self._info(after)  # it was retired meanwhile
        self._units[after.key] = after
        await self._ledger.save(after)
        if (before.status, _digest(before.card)) != (after.status, _digest(after.card)):
            await self._announcer.changed(after.name, after.status)
        return self._info(after)

    async def _probed(self, unit: UnitState) -> UnitState:
        now = self._clock.now()
        try:
            found = await self._prober.probe(unit)
        except HiremeshError as error:
            return unit.model_copy(update={"status": "down", "last_probe": now, "failure": error.message})
        accepted = self._accepted(unit, found.card)
        drift = differences(accepted, found.card) if accepted is not None else []
        latency = found.latency_ms
        if unit.latency_ms is not None:
            latency = SMOOTHING * latency + (1 - SMOOTHING) * unit.latency_ms
        return unit.model_copy(
            update={
                **found.model_dump(include={"endpoint", "protocol_version", "streaming"}),
                "status": "quarantined" if drift or accepted is None else "active",
                "latency_ms": latency,
                "last_seen": now,
                "last_probe": now,
                "failure": None if accepted is not None else "no card was ever accepted",
                "differences": drift,
                "card": found.card,
                "accepted": accepted,
            }
        )

    def _accepted(self, unit: UnitState, live: Card) -> Card | None:
        """Return the accepted card that the unit is held to: the one it matches, else the latest."""
        candidates = [self._pins.get(unit.key), self._shipped.get(unit.key)]
        known = [card for card in candidates if card is not None]
        return next((card for card in known if digest(card) == digest(live)), known[0] if known else None)

    def _skills_of(self, unit: UnitState) -> list[FoundSkill]:
        """Return the skills of the accepted card that the unit may be called for."""
        state = {"available": unit.status == "active", "latency_ms": unit.latency_ms}
        return [
            skill.model_copy(update=state)
            for skill, takes in self._terms(unit)
            if unit.origin == "catalogue" or takes <= set(unit.data)
        ]

    def _terms(self, unit: UnitState) -> list[tuple[FoundSkill, frozenset[DataClass]]]:
        """Return each skill of the accepted card with the classes of data that a call of it carries."""
        if unit.accepted is None:
            return []
        mark = digest(unit.accepted)  # reading a card once is enough
        if self._skills.get(unit.key, ("", []))[0] != mark:
            self._skills[unit.key] = (mark, read_skills(unit.name, unit.kind, unit.accepted, unit.planning))
        skills = self._skills[unit.key][1]
        own = frozenset(fact for skill in skills for fact in skill.planning.produces.values())
        return [(skill, data_taken(skill.planning, own)) for skill in skills]

    def _info(self, unit: UnitState) -> UnitInfo:
        withheld = [
            f"{skill.name}: {', '.join(sorted(takes - set(unit.data)))}"
            for skill, takes in self._terms(unit)
            if unit.origin == "registered" and not takes <= set(unit.data)
        ]
        return UnitInfo(
            **unit.model_dump(include=UnitInfo.model_fields.keys() - {"skills", "differences", "withheld"}),
            skills=len(self._skills_of(unit)),
            differences=unit.differences,
            withheld=withheld,
        )

    def _seen_by(self, tenant: str) -> list[UnitState]:
        """Return the units a tenant sees, by name; the installation's own stand before any other's."""
        seen = {key[1]: unit for key, unit in self._units.items() if key[0] == tenant}
        seen |= {key[1]: unit for key, unit in self._units.items() if key[0] == INSTALLATION}
        return [seen[name] for name in sorted(seen)]

    def _unit(self, name: str, tenant: str) -> UnitState:
        for unit in self._seen_by(tenant):
            if unit.name == name:
                return unit
        known = ", ".join(unit.name for unit in self._seen_by(tenant))
        raise NotFound(f"there is no unit {name!r}", field="name", fix=f"Units: {known}.")

    def _registered(self, name: str, tenant: str) -> UnitState:
        unit = self._unit(name, tenant)
        if unit.origin != "registered":
            raise NotFound(f"{name} was not registered", field="name")
        return unit


def _digest(card: Card | None) -> str:
    return digest(card) if card is not None else ""
