"""State in PostgreSQL: tenant-bound transactions, named queries, migrations and the roles they run under.

Each unit owns a schema of its own name and signs in as ``hiremesh_<unit>``, a role that can read no other
unit's schema. Tables belong to ``hiremesh_owner``, which nobody signs in as. Where a shared package keeps
tables (``shared/<name>/migrations``), every unit may use the schema and the migration itself says what they
may do there: ``grant select, insert on message to hiremesh_unit``.
"""

from shared.storage.database import Connection, Database
from shared.storage.queries import Queries, load_queries
from shared.storage.records import TenantRecords, TenantStore

__all__ = ["Connection", "Database", "Queries", "TenantRecords", "TenantStore", "load_queries"]
