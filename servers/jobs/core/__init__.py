"""Postings and what belongs to them. No protocol, no I/O."""
