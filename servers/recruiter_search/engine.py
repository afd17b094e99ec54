"""Which engine profiles are indexed in: Tantivy in this process, or the OpenSearch that is named."""

from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from servers.recruiter_search.settings import SearchSettings
from servers.recruiter_search.store import TantivyIndex
from shared.edge.settings import misconfigured
from shared.kernel.errors import InvalidInput

if TYPE_CHECKING:  # an extra: imported where it is asked for
    from servers.recruiter_search.store.opensearch import OpenSearchIndex


async def open_index(folder: Path) -> "TantivyIndex | OpenSearchIndex":
    """Open the index that the settings name; Tantivy's is below ``folder``. Raises InvalidInput, Unavailable."""
    try:
        settings = SearchSettings()
    except ValidationError as error:
        raise misconfigured(error) from None
    url = settings.search_url.get_secret_value()
    if not url:
        return TantivyIndex(folder)
    try:
        from servers.recruiter_search.store.opensearch import OpenSearchIndex
        from servers.recruiter_search.store.opensearch.layout import Layout
    except ModuleNotFoundError as missing:
        raise InvalidInput(
            f"OpenSearch needs {missing.name}, which is not installed",
            field="HIREMESH_SEARCH_URL",
            fix="Run pip install 'hiremesh[opensearch]'.",
        ) from None
    layout = Layout(settings.search_prefix, settings.search_shards, settings.search_tenant_shards)
    return await OpenSearchIndex.open(url, layout)
