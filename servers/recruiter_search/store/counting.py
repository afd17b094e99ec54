"""Counts of a result by facet, in the aggregations that Tantivy and OpenSearch both speak."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from servers.recruiter_search.core.results import FacetName

COMPANY_FACET = "company_facet"
YEAR_STEPS = (0, 2, 5, 10, 15, 20)
_FIELDS: dict[FacetName, str] = {"current_company": COMPANY_FACET}


def aggregations(names: Iterable[FacetName], size: int) -> dict[str, Any]:
    """Return what to ask of the engine: of each facet the ``size`` most frequent values."""
    return {name: _aggregation(name, size) for name in names}


def counted(answer: Mapping[str, Any], names: Sequence[FacetName]) -> dict[FacetName, list[tuple[str, int]]]:
    """Return the engine's answer: each facet's values with their counts."""
    return {
        name: [(str(b["key"]), int(b["doc_count"])) for b in answer[name]["buckets"] if b["doc_count"]]
        for name in names
    }


def _aggregation(name: FacetName, size: int) -> dict[str, Any]:
    if name == "years":
        ends = (*YEAR_STEPS[1:], None)
        ranges = [
            {"key": f"{low}+" if high is None else f"{low}-{high}", "from": low}
            | ({"to": high} if high else {})
            for low, high in zip(YEAR_STEPS, ends, strict=True)
        ]
        return {"range": {"field": "years", "ranges": ranges}}
    return {"terms": {"field": _FIELDS.get(name, name), "size": size}}
