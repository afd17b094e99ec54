"""Finds text in a profile that talks to the judge instead of about the candidate.

What it finds is flagged and left out before anything is read, as if it had never been written.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from servers.evaluator.core.cuts import ITEMS, Cuts, moved
from shared.resume import parse_resume
from shared.resume.injection import instructions_in, parted
from shared.resume.stuffing import Ranges, repeated_words
from shared.wire.profile import Education, Profile, Work

INSTRUCTIONS = "instruction_like_text"
COPIED = "copied_requirements"
STUFFED = "keyword_stuffing"

SHORTEST_PLANTED = 40
"""Characters: a title or an employer that is shorter has no room for an order behind it, and is most of them."""
COPIED_WORDS = 6
"""Statements shorter than this are too likely to be said in good faith."""
COPIED_STATEMENTS = 2
# Without one of these it is a name, of a certificate for instance, which people may well have written.
_GRAMMAR = frozenset({"with", "of", "in", "at", "and", "as", "or", "to", "the", "for", "on", "by", "a", "an"})
_PARTING = re.compile(r"\w")
_LEAD = re.compile(
    r"(?:^|[.!?\n])[ \t]*((?:(?:minimum |basic |preferred |key |job )?(?:requirements?|qualifications?|skills)"
    r"|(?:what|who) (?:we|you)\b[^.:\n]{0,40}|we are looking for|(?:your|the) profile|must[- ]haves?)\s*:?)\W*\Z"
)


@dataclass(frozen=True, slots=True)
class Planted:
    """Text that is no evidence: where it is cut out, and what it is flagged as."""

    cuts: Cuts
    flags: tuple[str, ...]


def planted_in(text: str, statements: Sequence[str]) -> Planted:
    """Return what in ``text`` was written for the judge of these statements."""
    found = {
        INSTRUCTIONS: instructions_in(text),
        COPIED: copied_statements(text, statements),
        STUFFED: repeated_words(text),
    }
    ranges = parted(text, [one for each in found.values() for one in each])
    return Planted(Cuts(tuple(ranges)), tuple(flag for flag, each in found.items() if each))


def without_planted(
    profile: Profile, texts: Mapping[str, str], planted: Mapping[str, Planted], statements: Sequence[str]
) -> Profile:
    """Return the profile as it would be had nobody planted anything in it, or in the texts it was read from.

    Its spans are places in what is left of the texts.
    """
    cuts = {source: one.cuts for source, one in planted.items() if one.cuts.ranges}
    clean = moved(profile, cuts)
    for source in cuts:
        before = parse_resume(texts[source], source)
        after = parse_resume(cuts[source].read(texts[source]), source)
        read = {
            name: getattr(after, name) for name in ITEMS if getattr(profile, name) == getattr(before, name)
        }
        clean = clean.model_copy(update=read)

    def said(value: str | None) -> str | None:
        if not value or len(value) < SHORTEST_PLANTED:
            return value
        return planted_in(value, statements).cuts.read(value)

    def job(one: Work) -> Work:
        return one.model_copy(update={"position": said(one.position), "name": said(one.name)})

    def study(one: Education) -> Education:
        return one.model_copy(update={"area": said(one.area), "institution": said(one.institution)})

    return clean.model_copy(
        update={"work": [*map(job, clean.work)], "education": [*map(study, clean.education)]}
    )


def copied_statements(text: str, statements: Iterable[str]) -> Ranges:
    """Return where ``text`` repeats long statements of the requirements word for word, if several are.

    Where they stand in a row with further statements, those are copied too, however short.
    """
    lowered = text.lower()
    long: Ranges = []
    short: Ranges = []
    for statement in sorted(set(statements)):
        words = re.findall(r"\w+", statement.lower())
        if not words or words[-1] not in lowered:
            continue
        pattern = r"(?<!\w)" + r"\W+".join(map(re.escape, words)) + r"(?!\w)"
        spans = [match.span() for match in re.finditer(pattern, lowered)]
        is_sentence = len(words) >= COPIED_WORDS and not _GRAMMAR.isdisjoint(words)
        (long if is_sentence else short).extend(spans)
    if len(long) < COPIED_STATEMENTS:
        return []
    copied = sorted([*long, *_in_a_row(lowered, long, short)])
    return sorted([*_leads(lowered, copied), *copied])


def _leads(text: str, copied: Ranges) -> Ranges:
    """Return what leads up to a list of copied statements: "What we are looking for: …", "Requirements"."""
    return [(lead.start(1), lead.end(1)) for start, _ in copied if (lead := _LEAD.search(text, 0, start))]


def _in_a_row(text: str, long: Ranges, short: Ranges) -> Ranges:
    """Return the short ones that only marks part from a long one, or from a short one of which this is true.

    One that ends somebody's own sentence is no item of such a row.
    """
    rows: Ranges = []
    short = [one for one in short if not text[: one[0]].rstrip(" \t")[-1:].isalnum()]
    for back in (False, True):
        reached, row = -1, False
        for start, end in sorted([*long, *short], reverse=back):
            near = text[end:reached] if back else text[reached:start]
            row = (start, end) in long or (row and reached >= 0 and not _PARTING.search(near))
            if row and (start, end) not in long:
                rows.append((start, end))
            reached = start if back else end
    return list(dict.fromkeys(rows))
