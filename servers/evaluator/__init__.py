"""Judges candidates qualification by qualification, each verdict with verified quotes."""
