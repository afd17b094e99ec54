"""The registry's ledger in Postgres."""

from psycopg.types.json import Jsonb

from servers.registry.core.models import Card, UnitState
from shared.storage import Database, load_queries

_queries = load_queries("servers.registry")


class PostgresLedger:
    """Keeps units and accepted cards of all tenants: the registry probes them all, and tells each its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> list[UnitState]:
        """Return all units that were ever seen or registered."""
        async with self._database.transaction(None) as connection:
            rows = await (await connection.execute(_queries.load_units)).fetchall()
        return [UnitState.model_validate(row) for row in rows]

    async def save(self, unit: UnitState) -> None:
        """Keep the state of one unit."""
        documents = {"differences", "card", "accepted", "access", "data", "planning"}
        kept = unit.model_dump(mode="json", include=documents)
        fields = unit.model_dump(exclude=documents) | {
            name: None if value is None else Jsonb(value) for name, value in kept.items()
        }
        async with self._database.transaction(unit.tenant) as connection:
            await connection.execute(_queries.save_unit, fields)

    async def pins(self) -> dict[tuple[str, str], Card]:
        """Return the cards that people accepted, by tenant and unit."""
        async with self._database.transaction(None) as connection:
            rows = await (await connection.execute(_queries.load_pins)).fetchall()
        return {(row["tenant"], row["name"]): row["card"] for row in rows}

    async def pin(self, unit: UnitState, card: Card, by: str) -> None:
        """Accept a card in the name of ``by``."""
        fields = {"tenant": unit.tenant, "name": unit.name, "card": Jsonb(card), "by": by}
        async with self._database.transaction(unit.tenant) as connection:
            await connection.execute(_queries.save_pin, fields)

    async def remove(self, unit: UnitState) -> None:
        """Forget a registered unit and the cards that were accepted of it."""
        fields = {"tenant": unit.tenant, "name": unit.name}
        async with self._database.transaction(unit.tenant) as connection:
            await connection.execute(_queries.remove_unit, fields)
            await connection.execute(_queries.remove_pins, fields)
