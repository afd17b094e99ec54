"""Where profiles are indexed: Tantivy, in process."""

from servers.recruiter_search.store.tantivy.index import TantivyIndex

__all__ = ["TantivyIndex"]
