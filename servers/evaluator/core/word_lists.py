"""Lists of words kept in ``word_lists.txt``."""

from functools import cache
from importlib.resources import files


@cache
def _lists() -> dict[str, frozenset[str]]:
    lists: dict[str, set[str]] = {}
    text = files("servers.evaluator.core").joinpath("word_lists.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        name, mark, words = line.partition(":")
        if mark and not line.startswith("#"):
            lists.setdefault(name, set()).update(words.split())
    return {name: frozenset(words) for name, words in lists.items()}


def word_list(name: str) -> frozenset[str]:
    """Return the list of this name. Raises KeyError for an unknown one."""
    return _lists()[name]
