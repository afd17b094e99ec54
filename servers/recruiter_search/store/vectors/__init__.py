"""People in vectors, in files beside an index: rows, who has which, the nearest, and making those that are missing."""

from servers.recruiter_search.store.vectors.rows import Floats, Keys, Vectors, key_of, keys_of, mark_of

__all__ = ["Floats", "Keys", "Vectors", "key_of", "keys_of", "mark_of"]
