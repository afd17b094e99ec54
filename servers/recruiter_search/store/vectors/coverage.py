"""Of how many people likeness in meaning is known."""

from tantivy import FieldType, Query, Searcher

from servers.recruiter_search.store.tantivy.ranked import total_of
from servers.recruiter_search.store.tantivy.schema import MARK, schema
from servers.recruiter_search.store.vectors.meanings import People


def coverage(people: People, searcher: Searcher) -> float:
    """Return the share of those whose profiles say something of it who have a vector, from 0 to 1."""
    if people.is_level:
        total, missing = searcher.num_docs - 1, people.waiting  # one document is the index's state
    else:
        said = Query.range_query(schema(), MARK, FieldType.Unsigned, 1, 2**64 - 1)
        total = total_of(searcher.search(said, 1))
        missing = total - (len(people.vectors) if people.vectors is not None else 0)
    return 1 - min(max(missing, 0), total) / total if total > 0 else 1.0
