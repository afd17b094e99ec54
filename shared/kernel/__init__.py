"""Errors, ids, clock and principal: the vocabulary below every other shared package."""
