"""Thousands of candidates in the background: pieces in Postgres, processes that draft, room for people."""
