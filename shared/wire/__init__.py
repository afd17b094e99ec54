"""The published language: the typed documents that cross a protocol boundary between units.

Data only, no behaviour beyond validation; a change here is a change of contract.
"""
