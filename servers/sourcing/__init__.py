"""Sourcing: plans searches for a role, runs them, and refines them by what came of their results."""
