"""Hits as OpenSearch answers them."""

from typing import Any

from servers.recruiter_search.core.models import Sort
from servers.recruiter_search.core.ports import Found
from servers.recruiter_search.core.profile_view import of_fields
from servers.recruiter_search.core.results import ProfileView
from servers.recruiter_search.store.opensearch.layout import VIEW


def view_in(hit: dict[str, Any]) -> ProfileView:
    """Return what a hit shows."""
    return of_fields(hit["_source"][VIEW])


def found_in(hit: dict[str, Any], sort: Sort) -> Found:
    """Return a hit of a result in the order of ``sort``."""
    view = view_in(hit)
    return Found(view.candidate_id, round(hit["sort"][0], 4) if sort == "relevance" else 1.0, view)
