"""Candidates: records, résumés, sources, notes, engagement, do-not-contact."""
