"""The query language, what is derived from a profile, and following the candidates unit."""
