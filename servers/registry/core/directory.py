"""Following units: probing, holding them to their cards, pinning, registering."""

import asyncio
from collections.abc import Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from servers.registry.core.comparing import differences, digest
from servers.registry.core.finding import Wanted, find
from servers.registry.core.models import Card, FoundSkill, SkillPage, UnitInfo, UnitList, UnitState
from servers.registry.core.ports import Announcer, Ledger, Prober
from servers.registry.core.reading import read_skills
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, HiremeshError, InvalidInput, NotFound, Unavailable
from shared.wire.planning import Risk

SMOOTHING = 0.3  # weight of the newest probe in the latency average
AT_ONCE = 8
_SEEN = ("status", "latency_ms", "last_seen", "last_probe", "failure", "differences", "card")


class Directory:
    """All units of this installation and registered ones.

    Args:
        known: the units of the catalogue, with the card that ships with the code as ``accepted``.
    """

    def __init__(
        self, known: Iterable[UnitState], prober: Prober, ledger: Ledger, announcer: Announcer, clock: Clock
    ) -> None:
        self._units = {unit.name: unit for unit in known}
        self._shipped: dict[str, Card | None] = {name: unit.accepted for name, unit in self._units.items()}
        self._pins: dict[str, Card] = {}
        self._skills: dict[str, tuple[str, list[FoundSkill]]] = {}
        self._prober = prober
        self._ledger = ledger
        self._announcer = announcer
        self._clock = clock

    async def restore(self) -> None:
        """Take up what was known before a restart."""
        self._pins = await self._ledger.pins()
        for kept in await self._ledger.load():
            now = self._units.get(kept.name)
            if now is not None:
                seen = {field: getattr(kept, field) for field in _SEEN}
                accepted = self._accepted(now, kept.card) if kept.card is not None else now.accepted
                self._units[kept.name] = now.model_copy(update=seen | {"accepted": accepted})
            elif kept.origin == "registered":
                self._units[kept.name] = kept

    async def probe_all(self) -> None:
        """Probe every unit once, several at a time."""
        turn = asyncio.Semaphore(AT_ONCE)

        async def probe(name: str) -> None:
            async with turn:
                await self.probe(name)

        await asyncio.gather(*(probe(name) for name in list(self._units)))

    async def probe(self, name: str) -> UnitInfo:
        """Probe one unit, and tell others if its state changed. Raises NotFound."""
        before = self._unit(name)
        after = await self._probed(before)
        self._units[name] = after
        await self._ledger.save(after)
        if (before.status, _digest(before.card)) != (after.status, _digest(after.card)):
            await self._announcer.changed(name, after.status)
        return _info(after, len(self._skills_of(after)))

    def list_units(self) -> UnitList:
        """Return all units by name."""
        units = sorted(self._units.values(), key=lambda unit: unit.name)
        return UnitList(units=[_info(unit, len(self._skills_of(unit))) for unit in units])

    @property
    def all_up(self) -> bool:
        """Whether no unit is down or still unknown."""
        return all(unit.status in ("active", "quarantined") for unit in self._units.values())

    def search(
        self,
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
        return find(self._offered(), wanted, limit, cursor)

    def get(self, id: str) -> FoundSkill:
        """Return one skill. Raises NotFound, Conflict when its unit is quarantined."""
        unit = self._units.get(id.partition(".")[0])
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

    async def pin(self, name: str, by: str) -> UnitInfo:
        """Accept the card that the unit has now. Raises NotFound, Unavailable when it does not answer."""
        await self.probe(name)
        unit = self._unit(name)
        if unit.status == "down" or unit.card is None:
            raise Unavailable(f"{name} does not answer, so there is nothing to accept", retry_after=5.0)
        self._pins[name] = unit.card
        await self._ledger.pin(name, unit.card, by)
        return await self.probe(name)

    async def register(self, name: str, url: str, by: str) -> UnitInfo:
        """Add a unit of somebody else and accept its card. Raises Conflict, InvalidInput, Unavailable."""
        if name in self._units:
            raise Conflict(f"there is a unit {name!r} already", field="name", fix="Choose another name.")
        url = _checked(url)
        kind = await self._prober.kind_at(url)
        found = await self._prober.probe(name, kind, url)
        if not read_skills(name, kind, found.card):
            raise InvalidInput("the card there offers no skill", field="url")
        self._units[name] = UnitState(
            name=name, kind=kind, url=url, origin="registered", registered_by=by, accepted=found.card
        )
        self._pins[name] = found.card
        await self._ledger.pin(name, found.card, by)
        return await self.probe(name)

    async def _probed(self, unit: UnitState) -> UnitState:
        now = self._clock.now()
        try:
            found = await self._prober.probe(unit.name, unit.kind, unit.url)
        except HiremeshError as error:
            return unit.model_copy(update={"status": "down", "last_probe": now, "failure": error.message})
        accepted = self._accepted(unit, found.card)
        drift = differences(accepted, found.card) if accepted is not None else []
        latency = found.latency_ms
        if unit.latency_ms is not None:
            latency = SMOOTHING * latency + (1 - SMOOTHING) * unit.latency_ms
        return unit.model_copy(
            update={
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
        candidates = [self._pins.get(unit.name), self._shipped.get(unit.name)]
        known = [card for card in candidates if card is not None]
        return next((card for card in known if digest(card) == digest(live)), known[0] if known else None)

    def _offered(self) -> list[FoundSkill]:
        units = [unit for unit in self._units.values() if unit.status != "quarantined"]
        return [skill for unit in units for skill in self._skills_of(unit)]

    def _skills_of(self, unit: UnitState) -> list[FoundSkill]:
        """Return the skills of the accepted card; reading a card once is enough."""
        if unit.accepted is None:
            return []
        mark = digest(unit.accepted)
        if self._skills.get(unit.name, ("", []))[0] != mark:
            self._skills[unit.name] = (mark, read_skills(unit.name, unit.kind, unit.accepted))
        state = {"available": unit.status == "active", "latency_ms": unit.latency_ms}
        return [skill.model_copy(update=state) for skill in self._skills[unit.name][1]]

    def _unit(self, name: str) -> UnitState:
        if name not in self._units:
            known = ", ".join(sorted(self._units))
            raise NotFound(f"there is no unit {name!r}", field="name", fix=f"Units: {known}.")
        return self._units[name]


def _digest(card: Card | None) -> str:
    return digest(card) if card is not None else ""


def _info(unit: UnitState, skills: int) -> UnitInfo:
    return UnitInfo(
        **unit.model_dump(include=UnitInfo.model_fields.keys() - {"skills", "differences"}),
        skills=skills,
        differences=unit.differences,
    )


def _checked(url: str) -> str:
    """Return a URL that may be fetched: HTTP(S), no credentials, no link-local address."""
    try:
        parts = urlsplit(url.strip())
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise InvalidInput("this is not a URL", field="url") from None
    if parts.scheme not in ("http", "https") or not host:
        raise InvalidInput("only http and https URLs are followed", field="url")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise InvalidInput("give the plain base URL, without credentials, query or fragment", field="url")
    try:
        link_local = ip_address(host).is_link_local
    except ValueError:
        link_local = False  # a name
    if link_local or host.lower() == "metadata.google.internal":
        raise InvalidInput("this address is not followed", field="url")
    return parts.geturl().rstrip("/")
