"""Simulated markets in which sourcing spends evaluations: who is found, by what plan, with how many."""
