"""Talent insights on an invented market, beside PostgreSQL on the same rows."""
