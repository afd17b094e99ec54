"""What is wanted, unwanted, liked or no condition: each mention's side by the words between it and the one before."""

from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import Literal

from servers.recruiter_search.core.wording.lexicon import (
    ALTERNATIVE,
    BREAKS,
    FRAME,
    JOINING,
    LIKED_AFTER,
    LISTS,
    NEEDED_AFTER,
    NEEDLESS_AFTER,
    NEGATES,
    WISHES,
    tokens_of,
)
from servers.recruiter_search.core.wording.mentions import JOB, Mention

Side = Literal["filters", "exclude", "prefer", "nothing"]
Link = Literal["or", "list", "beside", "break"]
_ONLY = ("only", "just")
_TAILS = frozenset(("background", "experience", "knowledge", "skills"))
"""What may end a mention before the next: "Java experience or Kotlin"."""
_NEEDS = frozenset(("need", "needed", "require", "required", "necessary", "mandatory", "essential"))


@dataclass(frozen=True)
class Placed:
    """A mention on its side. ``before`` are the lower-case words between it and the mention before it, to which
    ``link`` joins it."""

    mention: Mention
    side: Side
    link: Link
    before: tuple[str, ...]


@dataclass(frozen=True)
class Run:
    """Words in ``[start, end)`` that nothing is understood by; ``stuck``: they stand right before a mention;
    ``either``: a mention stands beside them as an alternative."""

    start: int
    end: int
    side: Side
    stuck: bool = False
    either: bool = False


@dataclass(frozen=True)
class _Gap:
    """The words between two mentions, and what they do to the one after them."""

    words: tuple[str, ...]
    link: Link
    negates: bool
    wishes: bool
    runs: tuple[Run, ...]


def sided(text: str, mentions: list[Mention]) -> tuple[list[Placed], list[Run]]:
    """Return the mentions on their sides, and the words of ``text`` that nothing is understood by."""
    placed: list[Placed] = []
    runs: list[Run] = []
    reached, before = 0, None
    for mention in mentions:
        gap = _gap(text, reached, max(reached, mention.start), before)
        runs += gap.runs
        placed.append(_placed(mention, gap, before))
        after = text[mention.end :]
        unneeded = NEEDED_AFTER.match(after) if placed[-1].side == "exclude" else None
        if needless := unneeded or NEEDLESS_AFTER.match(after):
            _turn_back(placed, "nothing")
        liked = None if needless else LIKED_AFTER.match(after)
        if liked:
            _turn_back(placed, "prefer")
        told = needless or liked
        before = None if told else placed[-1]  # nothing goes on with what words after it turned
        reached = max(reached, mention.end + (told.end() if told else 0))
    runs += _gap(text, reached, len(text), before).runs
    return _alternatives(_unlisted(placed)), runs


def _placed(mention: Mention, gap: _Gap, before: Placed | None) -> Placed:
    side: Side = "filters"
    if gap.negates:
        side = "nothing" if gap.wishes else "exclude"
    elif gap.wishes:
        side = "prefer"
    elif before and _inherits(mention, gap, before):
        side = before.side
    return Placed(mention, side, gap.link, gap.words)


def _inherits(mention: Mention, gap: _Gap, before: Placed) -> bool:
    """Return whether a mention goes on with the one before: in a list of its kind, or one phrase with it."""
    one, other = before.mention.kind, mention.kind
    if gap.link == "beside":
        phrase = JOB | {"skill"}
        return one in phrase and other in phrase
    if gap.link == "break":
        return False
    alike = one == other or {one, other} <= JOB
    return alike or (before.side == "prefer" and "," not in gap.words)


def _turn_back(placed: list[Placed], side: Side) -> None:
    """Turn the last mention, and those in one list with it: "Kafka and Spark are a plus"."""
    for at in range(len(placed) - 1, -1, -1):
        placed[at] = replace(placed[at], side=side)
        alike = at > 0 and placed[at - 1].mention.kind == placed[at].mention.kind
        if not alike or placed[at].link not in ("or", "list") or "," in placed[at].before:
            return


def _unlisted(placed: list[Placed]) -> list[Placed]:
    """Take out of what is unwanted what only a comma adds to it: "no recruiters, nurses in London".

    A list says so at its end, "no recruiters, nurses or cooks"; names of employers go on.
    """
    found = [*placed]
    for at in range(len(found) - 1, 0, -1):
        one, before = found[at], found[at - 1]
        by_comma = "," in one.before and set(one.before) <= JOINING | {","}
        by_comma = by_comma and one.side == before.side == "exclude"
        goes_on = (
            at + 1 < len(found) and found[at + 1].side == "exclude" and found[at + 1].link in ("or", "list")
        )
        if by_comma and not goes_on and (one.mention.kind != "company" or one.before != (",",)):
            found[at] = replace(one, side="filters", link="break")
    return found


def _alternatives(placed: list[Placed]) -> list[Placed]:
    """Read the commas of a list that ends in "or" as that: "Java, Kotlin or Scala"."""
    found = [*placed]
    for at in range(len(found) - 2, 0, -1):
        one, following = found[at], found[at + 1]
        commas = one.link == "list" and set(one.before) <= {",", "in", "from", "at"}
        if commas and following.link == "or" and found[at - 1].mention.kind == one.mention.kind:
            found[at] = replace(one, link="or")
    return found


def _gap(text: str, start: int, end: int, before: Placed | None) -> _Gap:
    tokens = tokens_of(text[start:end])
    words = tuple(word for word, _, _ in tokens)
    runs = _runs(text, tokens, start, end, before)
    last = _last(words, NEGATES, (*BREAKS, ","))
    negates = last is not None and words[last + 1 : last + 2] not in [(one,) for one in _ONLY]
    if not (negates and end < len(text)):
        runs += _loose(tokens, start)
    needless = negates and last is not None and not _NEEDS.isdisjoint(words[last + 1 :])
    wishes = needless or _last(words, WISHES, tuple(BREAKS)) is not None
    return _Gap(words, _link(words, bool(runs)), negates, wishes, runs)


def _loose(tokens: list[tuple[str, int, int]], offset: int) -> tuple[Run, ...]:
    """Return the negations of nothing that is known or unread, such as "with no certificates"."""
    found: list[Run] = []
    part: list[tuple[str, int, int]] = []
    for token in [*tokens, (".", 0, 0)]:
        if token[0] not in BREAKS and token[0] != ",":
            part.append(token)
            continue
        words = [word for word, _, _ in part]
        at = next((i for i, word in enumerate(words) if word in NEGATES), None)
        plain = at is not None and all(word in FRAME for word in words[at:])
        if at is not None and plain and words[at + 1 : at + 2] not in ([], *([one] for one in _ONLY)):
            found.append(Run(offset + part[at][1], offset + part[-1][2], "nothing"))
        part = []
    return tuple(found)


def _last(words: tuple[str, ...], sought: frozenset[str], ending: tuple[str, ...]) -> int | None:
    """Return where the last of ``sought`` stands, unless something after it ends what it begins."""
    at = next((i for i in range(len(words) - 1, -1, -1) if words[i] in sought), None)
    if at is None:
        return None
    after = words[at + 2 :] if words[at + 1 : at + 2] == ("also",) else words[at + 1 :]
    return None if any(word in ending for word in after) else at


def _link(words: tuple[str, ...], unread: bool) -> Link:
    said = set(words) - JOINING - _TAILS
    if not words:
        return "beside"
    if unread or not said or said & (BREAKS | NEGATES - {"nor"}):
        return "break"
    if said & (ALTERNATIVE | {"nor"}) and said <= ALTERNATIVE | LISTS | {"nor"}:
        return "or"
    return "list" if said <= LISTS else "break"


def _runs(
    text: str, tokens: list[tuple[str, int, int]], offset: int, end: int, before: Placed | None
) -> tuple[Run, ...]:
    """Return the unread words of a gap, those side by side together."""
    found: list[Run] = []
    side: Side = "filters"
    if before and before.side == "exclude" and tokens and tokens[0][0] in ALTERNATIVE | {"nor"}:
        side = "exclude"
    groups = [
        (unread, list(part))
        for unread, part in groupby(tokens, lambda token: token[0] not in FRAME and token[0][0].isalnum())
    ]
    for at, (unread, group) in enumerate(groups):
        if unread:
            either = (before is not None and at == 1 and _alternates(groups[0][1])) or (
                end < len(text) and at == len(groups) - 2 and _alternates(groups[-1][1])
            )
            first, last = offset + group[0][1], offset + group[-1][2]
            stuck = not text[last:end].strip() and last < end
            last_side = _after(text[last:], side)
            found.append(
                Run(first, last, last_side, stuck and side == "exclude", either and last_side == "filters")
            )
            continue
        for word, _, _ in group:
            if word in NEGATES:
                side = "exclude"
            elif word in WISHES:
                side = "prefer"
            elif word in BREAKS or word == ",":
                side = "filters"
    return tuple(found)


def _alternates(tokens: list[tuple[str, int, int]]) -> bool:
    words = {word for word, _, _ in tokens}
    return bool(words & ALTERNATIVE) and words <= ALTERNATIVE | JOINING | _TAILS | {","}


def _after(text: str, side: Side) -> Side:
    """Return the side of unread words by what follows them: "night shifts welcome"."""
    if NEEDLESS_AFTER.match(text) or (side == "exclude" and NEEDED_AFTER.match(text)):
        return "nothing"
    return "prefer" if LIKED_AFTER.match(text) else side


def chains(placed: list[Placed], links: frozenset[Link]) -> list[list[int]]:
    """Return the places of the mentions, those that ``links`` join together; each stands in one chain."""
    joined: list[list[int]] = [[0]] if placed else []
    for (at, before), (_, one) in pairwise(enumerate(placed)):
        if one.link in links and one.side == before.side:
            joined[-1].append(at + 1)
        else:
            joined.append([at + 1])
    return joined
