"""The registry's ledger in Postgres."""

from psycopg.types.json import Jsonb

from servers.registry.core.models import Card, UnitState
from shared.storage import Database, load_queries

_queries = load_queries("servers.registry")


class PostgresLedger:
    """Keeps units and accepted cards; nothing here belongs to a tenant."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def load(self) -> list[UnitState]:
        """Return all units that were ever seen or registered."""
        async with self._database.transaction(None) as connection:
            rows = await (await connection.execute(_queries.load_units)).fetchall()
        return [UnitState.model_validate(row) for row in rows]

    async def save(self, unit: UnitState) -> None:
        """Keep the state of one unit."""
        fields = unit.model_dump(exclude={"differences", "card", "accepted"}) | {
            "differences": Jsonb([one.model_dump() for one in unit.differences]),
            "card": Jsonb(unit.card) if unit.card is not None else None,
            "accepted": Jsonb(unit.accepted) if unit.accepted is not None else None,
        }
        async with self._database.transaction(None) as connection:
            await connection.execute(_queries.save_unit, fields)

    async def pins(self) -> dict[str, Card]:
        """Return the cards that people accepted, by unit."""
        async with self._database.transaction(None) as connection:
            rows = await (await connection.execute(_queries.load_pins)).fetchall()
        return {row["name"]: row["card"] for row in rows}

    async def pin(self, name: str, card: Card, by: str) -> None:
        """Accept a card in the name of ``by``."""
        async with self._database.transaction(None) as connection:
            await connection.execute(_queries.save_pin, {"name": name, "card": Jsonb(card), "by": by})
