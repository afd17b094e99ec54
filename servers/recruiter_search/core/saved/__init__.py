"""Searches that people keep, and who is new in them."""
