"""Which engine the market is counted in: DuckDB in this process, or the ClickHouse that is named."""

from pathlib import Path
from typing import TYPE_CHECKING

from servers.talent_insights.settings import InsightSettings
from servers.talent_insights.store import DuckDBMarket
from shared.kernel.errors import InvalidInput

if TYPE_CHECKING:  # an extra: imported where it is asked for
    from servers.talent_insights.store.clickhouse_market import ClickHouseMarket


def open_market(folder: Path, settings: InsightSettings) -> "DuckDBMarket | ClickHouseMarket":
    """Open the market that the settings name; DuckDB's files are below ``folder``. Raises InvalidInput."""
    url = settings.insights_url.get_secret_value()
    if not url:
        return DuckDBMarket(folder, threads=settings.insights_threads)
    try:
        from servers.talent_insights.store.clickhouse_market import ClickHouseMarket
    except ModuleNotFoundError as missing:
        raise InvalidInput(
            f"ClickHouse needs {missing.name}, which is not installed",
            field="HIREMESH_INSIGHTS_URL",
            fix="Run pip install 'hiremesh[clickhouse]'.",
        ) from None
    return ClickHouseMarket(url)
