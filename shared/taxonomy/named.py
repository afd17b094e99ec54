"""Certificates and industries: named things found by their spellings."""

from functools import cache

from shared.taxonomy.matcher import PhraseMatcher
from shared.taxonomy.model import CertificateMention, IndustryMention, NamedEntry
from shared.taxonomy.skill_data import data_lines, names
from shared.taxonomy.text import Tokens, slug, tokenise


class NamedFinder:
    """Finds named entries; ``=`` before an alias demands that spelling, a final ``+`` must be there.

    An alias in capitals is found in small letters too, but not where they only look like its plural.
    """

    def __init__(self, file: str) -> None:
        self.entries: dict[str, NamedEntry] = {}
        for line in data_lines(file):
            label, aliases, group = (*(part.strip() for part in line.split(";")), "", "")[:3]
            self.entries[slug(label)] = NamedEntry(slug(label), label, names(aliases), group)
        self._matcher = PhraseMatcher(
            [
                (
                    alias.lstrip("="),
                    (entry.id, alias if alias[0] == "=" or alias[-1] == "+" or alias.isupper() else None),
                )
                for entry in self.entries.values()
                for alias in (entry.label, *entry.aliases)
            ]
        )

    def resolve(self, name: str) -> str | None:
        """Return the id of the entry written ``name``, or None."""
        found = self._matcher.lookup(name)
        return name if name in self.entries else (found[0][0] if found else None)

    def find(self, text: str) -> list[tuple[int, int, str]]:
        """Return (start, end, id) of the mentions in ``text``, left to right."""
        tokens = tokenise(text)
        spans: list[tuple[int, int, str]] = []
        for first, after, spellings in self._matcher.longest(tokens):
            start, end = _extent(tokens, first, after, text)
            written = text[start:end]
            fitting = next((i for i, exact in spellings if exact is None or _fits(exact, written)), None)
            if fitting:
                spans.append((start, end, fitting))
        return spans


def _fits(demanded: str, written: str) -> bool:
    if demanded.startswith("="):
        return demanded[1:] == written
    # The plural of an abbreviation is not any word that ends alike: LEEDs, but not Leeds.
    return demanded.lower() == written.lower() or demanded == written.removesuffix("s")


def _extent(tokens: Tokens, first: int, after: int, text: str) -> tuple[int, int]:
    end = tokens.ends[after - 1]
    return tokens.starts[first], end + 1 if text[end : end + 1] == "+" else end


@cache
def _certificates() -> NamedFinder:
    return NamedFinder("certificates.txt")


@cache
def _industries() -> NamedFinder:
    return NamedFinder("industries.txt")


def find_certificates(text: str) -> list[CertificateMention]:
    """Return the certificates, licences and clearances that ``text`` mentions."""
    return [CertificateMention(s, e, text[s:e], i) for s, e, i in _certificates().find(text)]


def resolve_certificate(name: str) -> str | None:
    """Return the id of the certificate written ``name``, or None."""
    return _certificates().resolve(name)


def certificate(certificate_id: str) -> NamedEntry | None:
    """Return the certificate with this id, or None."""
    return _certificates().entries.get(certificate_id)


def find_industries(text: str) -> list[IndustryMention]:
    """Return the industries that ``text`` mentions."""
    return [IndustryMention(s, e, text[s:e], i) for s, e, i in _industries().find(text)]


def industry(industry_id: str) -> NamedEntry | None:
    """Return the industry with this id, or None."""
    return _industries().entries.get(industry_id)


def industry_of(text: str) -> str | None:
    """Return the industry that ``text`` (an employer, a sector's name) mentions first, or None."""
    found = _industries().resolve(text)
    if found:
        return found
    mentions = find_industries(text)
    return mentions[0].industry if mentions else None
