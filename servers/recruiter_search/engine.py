"""Which engine profiles are indexed in: Tantivy in this process, or the OpenSearch that is named; and whether
likeness in meaning ranks."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import ValidationError

from servers.recruiter_search.core.understanding import Understanding
from servers.recruiter_search.embeddings import open_encoder
from servers.recruiter_search.settings import SearchSettings
from servers.recruiter_search.store import TantivyIndex
from servers.recruiter_search.store.vectors.beside import PeopleBeside
from servers.recruiter_search.store.vectors.describing import Describing
from servers.recruiter_search.store.vectors.meanings import Meanings
from shared.edge.settings import misconfigured
from shared.kernel.errors import InvalidInput

if TYPE_CHECKING:  # an extra: imported where it is asked for
    from servers.recruiter_search.store.opensearch import OpenSearchIndex


async def open_engine(
    folder: Path, closing: AsyncExitStack
) -> "tuple[TantivyIndex | OpenSearchIndex, Understanding]":
    """Open the index that the settings name, and what reads the meaning of queries where a model is named.

    Tantivy's index is below ``folder``, people's vectors are beside it; OpenSearch holds both, and beside ``folder``
    are the vectors of texts alone. Raises InvalidInput, Unavailable.
    """
    encoder = open_encoder()
    if encoder is None:
        index = await open_index(folder)
        closing.push_async_callback(index.aclose)
        return index, Understanding(None)
    closing.push_async_callback(encoder.aclose)
    meanings = Meanings(folder.with_name(f"{folder.name}_vectors"), encoder.model)
    index = await open_index(folder, meanings)
    closing.push_async_callback(index.aclose)
    people = PeopleBeside(index, meanings) if isinstance(index, TantivyIndex) else index
    describing = Describing(people, meanings, encoder)
    closing.push_async_callback(describing.aclose)
    await describing.start()
    return index, Understanding(encoder)


async def open_index(folder: Path, meanings: Meanings | None = None) -> "TantivyIndex | OpenSearchIndex":
    """Open the index that the settings name; Tantivy's is below ``folder``. Raises InvalidInput, Unavailable."""
    try:
        settings = SearchSettings()
    except ValidationError as error:
        raise misconfigured(error) from None
    url = settings.search_url.get_secret_value()
    if not url:
        return TantivyIndex(folder, meanings)
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
    return await OpenSearchIndex.open(url, layout, meanings.model if meanings else None)
