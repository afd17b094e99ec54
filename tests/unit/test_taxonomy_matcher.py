"""Phrases are found leftmost first, longest first, and never overlap."""

from hypothesis import given
from hypothesis import strategies as st

from shared.taxonomy.matcher import PhraseMatcher
from shared.taxonomy.text import Tokens

WORDS = st.lists(st.sampled_from(("", "a", "b", "c")), max_size=12)
PHRASES = st.sets(st.lists(st.sampled_from(("a", "b", "c")), min_size=1, max_size=4).map(tuple), max_size=8)


def _found(phrases: set[tuple[str, ...]], forms: list[str]) -> list[tuple[int, int, list[str]]]:
    """Say it plainly: at each word that is free, the longest phrase that stands there."""
    found: list[tuple[int, int, list[str]]] = []
    for first in range(len(forms)):
        here = [p for p in phrases if tuple(forms[first : first + len(p)]) == p]
        if here and (not found or first >= found[-1][1]):
            longest = max(here, key=len)
            found.append((first, first + len(longest), [" ".join(longest)]))
    return found


@given(phrases=PHRASES, forms=WORDS)
def test_the_longest_phrase_is_found_wherever_a_word_is_free(
    phrases: set[tuple[str, ...]], forms: list[str]
) -> None:
    matcher = PhraseMatcher((" ".join(phrase), " ".join(phrase)) for phrase in phrases)
    assert list(matcher.longest(Tokens(forms, [], []))) == _found(phrases, forms)
