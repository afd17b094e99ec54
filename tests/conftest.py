"""Fixtures that every test may ask for."""

pytest_plugins = [
    "tests.support.engines",
    "tests.support.means",
    "tests.support.nats_cluster",
    "tests.support.vllm",
]
