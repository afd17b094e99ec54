"""The rules engine: deterministic, pure, and free of protocol and I/O."""
