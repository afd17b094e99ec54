"""By what means a run could show what depends on what the machine permits: said at its end."""

from collections.abc import Callable

import pytest

Means = Callable[[str], None]
MEANS = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def means(pytestconfig: pytest.Config) -> Means:
    """``means("two nodes: network namespaces")``."""
    return pytestconfig.stash.setdefault(MEANS, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in sorted(set(config.stash.get(MEANS, []))):
        terminalreporter.write_line(line)
