"""Where profiles are indexed that outgrow one machine: OpenSearch."""

from servers.recruiter_search.store.opensearch.index import OpenSearchIndex

__all__ = ["OpenSearchIndex"]
