"""Recruiter search on an invented market, beside bare Tantivy and PostgreSQL on the same people."""
