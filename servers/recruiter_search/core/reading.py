"""The parts of a profile that show why it was found."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import lru_cache

from servers.recruiter_search.core.results import PositionView, ProfileView

Reads = Callable[[ProfileView], Iterable[str]]


def nothing(view: ProfileView) -> Iterable[str]:
    """Read nothing: what the rule is about does not stand in a profile."""
    return ()


def job(position: PositionView) -> str:
    """Return a position as people write it, such as ``Data Engineer, Cobalt Works``."""
    return ", ".join(part for part in (position.title, position.company) if part)


def newest(view: ProfileView) -> list[PositionView]:
    """Return the position held now, else the one that began last; none of a profile without any."""
    current = next((p for p in view.positions if p.current), None)
    found = current or max(view.positions, key=lambda p: p.start or "", default=None)
    return [found] if found else []


def earlier(view: ProfileView) -> list[PositionView]:
    """Return the positions before the newest."""
    last = newest(view)
    return [position for position in view.positions if position not in last]


def said(*texts: str | None) -> list[str]:
    """Return those that say something."""
    return [text for text in texts if text]


def titles(positions: Iterable[PositionView]) -> list[str]:
    return said(*(p.title for p in positions))


def companies(positions: Iterable[PositionView]) -> list[str]:
    return said(*(p.company for p in positions))


def industries(positions: Iterable[PositionView]) -> list[str]:
    return said(*(p.industry for p in positions))


def attended(view: ProfileView) -> list[str]:
    return said(*(study.institution for study in view.education))


def degrees(view: ProfileView) -> list[str]:
    return said(*(" ".join(said(study.degree, study.area)) for study in view.education))


def places(view: ProfileView) -> list[str]:
    return said(view.place)


def years(view: ProfileView) -> list[str]:
    return [] if view.years is None else [f"{view.years:g} years of work"]


def held_since(view: ProfileView) -> list[str]:
    """Return since when the present position is held."""
    return [f"{job(p)}, since {p.start}" for p in newest(view) if p.current and p.start]


def passages(view: ProfileView) -> Iterable[str]:
    """Yield what a career says, newest first."""
    for position in view.positions:
        if position.title:
            yield f"{position.title}, {position.company}" if position.company else position.title
        yield from position.highlights
        if position.summary:
            yield from re.split(r"(?<=[.!?])\s+", position.summary)
    if view.summary:
        yield from re.split(r"(?<=[.!?])\s+", view.summary)


@lru_cache(4096)
def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower())
    words = re.findall(r"[\w+#]+", "".join(c for c in plain if not unicodedata.combining(c)))
    return f" {' '.join(words)} "


def holds_words(text: str, words: str, *, prefix: bool = False) -> bool:
    """Tell whether ``text`` has ``words`` side by side, the last one begun only where ``prefix``."""
    sought = _folded(words).rstrip() if prefix else _folded(words)
    return bool(sought.strip()) and sought in _folded(text)
