"""Which names stand for the person, so that masking can hide them and nothing else."""

from collections.abc import Callable
from functools import lru_cache

from servers.evaluator.core.masking import guess_name
from servers.evaluator.core.render import PROFILE_SOURCE
from shared.taxonomy import Taxonomy, find_certificates, find_industries, find_places, resolve_language
from shared.wire.profile import Profile


def names_of(profile: Profile, sources: list[tuple[str, str]], taxonomy: Taxonomy) -> list[str]:
    """Return the person's full name, and the single names in it that are no word of any profession."""
    written = [text for source_id, text in sources if source_id != PROFILE_SOURCE]
    full = profile.basics.name or next((name for text in written if (name := guess_name(text))), None)
    if not full:
        return []
    if profile.basics.name is None and not _may_be_a_name(full, taxonomy):
        return []
    single = [part.strip(".,'\"()") for part in full.split()]
    return [full, *(part for part in single if len(part) > 2 and not _is_a_term(part, taxonomy))]


def _may_be_a_name(line: str, taxonomy: Taxonomy) -> bool:
    """Tell whether a first line that looks like a name is none of a place or a trade.

    People are called Paris and Florence: a place of one word beside a word that is none may be a name.
    """
    places = find_places(line)
    if not any(find(line) for find in _finders(taxonomy)):
        return True
    others = any(find(line) for find in _finders(taxonomy) if find is not find_places)
    return not others and len(places) == 1 and len(places[0].text.split()) == 1 and "," not in line


@lru_cache(maxsize=16384)
def _is_a_term(word: str, taxonomy: Taxonomy) -> bool:
    known = taxonomy.resolve_skill(word) or resolve_language(word)
    return bool(known or any(find(word) for find in _finders(taxonomy)))


def _finders(taxonomy: Taxonomy) -> tuple[Callable[[str], object], ...]:
    return (
        taxonomy.find_skills,
        taxonomy.find_occupations,
        find_places,
        find_industries,
        find_certificates,
    )
