"""Clause by clause: what each does to the result, and how a hit shows that it holds."""

from collections.abc import Sequence
from dataclasses import replace

from servers.recruiter_search.core.compile import TEXT, Clause, Compiled
from servers.recruiter_search.core.ports import Found, IndexQuery, ProfileIndex
from servers.recruiter_search.core.results import ClauseCount, ClauseCounts, Match

PASSAGES = 3


def matches(compiled: Compiled, hit: Found, highlights: Sequence[str]) -> list[Match]:
    """Return what of the query a hit satisfies: every clause of it, and what is liked and shown.

    Whoever is found beside those of whom the free text holds is said to be near in meaning instead.
    """
    view = hit.view
    found: list[Match] = []
    for clause in compiled.clauses:
        if clause.path == TEXT and not hit.said:
            found.append(Match(clause="meaning", says=f"near in meaning: {clause.says}", passages=[]))
            continue
        shown = list(highlights) if clause.path == TEXT else clause.shows(view)
        found.append(_match(clause, shown))
    liked = ((clause, clause.shows(view)) for clause in compiled.liked)
    return found + [_match(clause, shown) for clause, shown in liked if shown]


def _match(clause: Clause, shown: Sequence[str]) -> Match:
    passages = list(dict.fromkeys(shown))[:PASSAGES]
    return Match(clause=clause.path, says=clause.says, passages=passages)


async def counted_clauses(index: ProfileIndex, tenant: str, compiled: Compiled) -> ClauseCounts:
    """Return the size of the result, and for each clause how many satisfy it alone and all others."""
    clauses, query = compiled.clauses, compiled.query
    alone = [replace(query, must=(clause.criterion,)) for clause in clauses]
    without = [replace(query, must=query.must[:i] + query.must[i + 1 :]) for i in range(len(clauses))]
    asked: list[IndexQuery] = [query, replace(query, must=()), *alone, *without]
    total, everybody, *rest = await index.totals(tenant, asked)
    counts = [
        ClauseCount(clause=clause.path, says=clause.says, alone=one, without=other, term=clause.term)
        for clause, one, other in zip(clauses, rest[: len(clauses)], rest[len(clauses) :], strict=True)
    ]
    return ClauseCounts(
        total=total,
        everybody=everybody,
        clauses=counts,
        told=_told(total, counts),
        unresolved=compiled.unresolved,
        hints=compiled.hints,
        elsewhere=[*compiled.answers.says],
    )


def _told(total: int, counts: Sequence[ClauseCount]) -> str:
    if not counts:
        return f"Nothing is asked: everybody is found, {total:,} people."
    impossible = [count for count in counts if count.alone == 0]
    if impossible:
        return f"Nobody at all satisfies {impossible[0].says}."
    found = "1 person" if total == 1 else f"{total:,} people"
    tightest = max(counts, key=lambda count: count.without)
    if tightest.without > total:
        return f"{found}; without {tightest.says}: {tightest.without:,}."
    if total == 0:
        return "Nobody satisfies everything, and no single clause is to blame: drop two of them."
    return f"{found}; no clause could be dropped to find more."
