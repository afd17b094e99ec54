"""Fixtures that every test may ask for, and which tests run in the same process."""

import pytest

pytest_plugins = [
    "tests.support.engines",
    "tests.support.means",
    "tests.support.nats_cluster",
    "tests.support.vllm",
]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests in one process of those that test side by side, and all that share one vLLM in the same."""
    sharing = {item.path for item in items if "vllm" in getattr(item, "fixturenames", ())}
    for item in items:
        item.add_marker(pytest.mark.xdist_group("vllm" if item.path in sharing else item.path.stem))
