"""Talent insights: supply, demand, flows, growth and pay over the whole pool, never about one person."""
