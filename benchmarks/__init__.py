"""Performance and quality measures: ``python -m benchmarks.<name>`` prints a table, then one JSON line."""
