"""The market in a database: DuckDB by default, the same named questions for ClickHouse."""

from servers.talent_insights.store.duckdb_market import DuckDBMarket

__all__ = ["DuckDBMarket"]
