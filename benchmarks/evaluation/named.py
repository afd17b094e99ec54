"""Which skills the judge's training data name: what it was taught, beside what is new to it.

The tables are only looked up here. Nothing goes from them into the suite, or from the suite into them.
"""

import re
from functools import cache
from itertools import chain

from benchmarks.evaluation.cases import Case
from servers.evaluator.judge_model.data.facts import world

_BETWEEN = re.compile(r"[\W_]+")


def normal(name: str) -> str:
    """Return a name without letter case and marks."""
    return _BETWEEN.sub(" ", name.lower()).strip()


@cache
def taught() -> frozenset[str]:
    """Return every name in the tables, of what is asked for there and of what is narrower, broader or near."""
    said = chain.from_iterable(
        (*fact.names, *fact.narrower, *fact.broader, *fact.adjacent) for fact in world().facts
    )
    return frozenset(map(normal, said))


def is_taught(case: Case) -> bool:
    """Tell whether the tables name any of the skills that a case asks for."""
    return any(normal(name) in taught() for name in case.skills)
