"""PostgreSQL, NATS and vLLM as child processes, for machines that have no engines of their own.

Each engine owns one folder: its data, its port, its secret, its log and its lock. It listens on
127.0.0.1 only, ends with its parent, and repairs on start whatever an earlier kill -9 left behind.
"""

from shared.engines.nats import EmbeddedNats
from shared.engines.postgres import EmbeddedPostgres
from shared.engines.vllm import EmbeddedVllm

__all__ = ["EmbeddedNats", "EmbeddedPostgres", "EmbeddedVllm"]
