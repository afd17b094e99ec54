"""Whether a demand may be made at all: protected attributes and what stands in for them."""

from shared.lawful.check import Check, SafetyCheck

__all__ = ["Check", "SafetyCheck"]
