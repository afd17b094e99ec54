"""Searching the pool in a conversation: what is on the table, how it changes, and how it is shown."""

from supervisor.talent.store import TalentSearches as TalentSearches
