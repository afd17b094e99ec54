"""Whatever the searches find: nobody twice, never too many, and a round that broke off is run again alike."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from servers.sourcing.core.finding import Finding
from servers.sourcing.core.models import FindCandidatesRequest, FindCandidatesResult, SearchArguments
from shared.kernel.errors import Unavailable
from shared.taxonomy import Taxonomy
from shared.wire.facts import ShortlistCurrent
from tests.support.sourcing import REF, FakeShelf, FakeSources, Matches, Watcher, role, shortlist, skill
from tests.support.units import ADA

ROLE = role(skill("q1", "python"), skill("q2", "apache-spark"))
markets = st.integers(0, 10_000)


def _market(seed: int) -> Matches:
    """Each query finds some of 80 people, the better ones by chance."""
    people = [f"c{i:02d}" for i in range(80)]

    def found(arguments: SearchArguments) -> list[str]:
        chance = Random(f"{seed}:{arguments.model_dump_json()}")
        return chance.sample(people, chance.choice((0, 3, 20, 60)))

    return found


async def _run(
    seed: int, batch: int, killed: frozenset[int] = frozenset(), unheard: frozenset[int] = frozenset()
) -> list[FindCandidatesResult]:
    """Return the answers of eight rounds, each by a process of its own; of some the first one is killed at the end,
    before it is stored or before its answer is heard."""
    shelf, sources, answers = FakeShelf(), FakeSources(ROLE, _market(seed)), list[FindCandidatesResult]()
    good: list[str] = []

    async def find(feedback: ShortlistCurrent | None) -> FindCandidatesResult:
        state = answers[-1].state if answers else None
        request = FindCandidatesRequest(requirements=REF, feedback=feedback, state=state, batch=batch)
        return await Finding(shelf, sources, Taxonomy.compact()).find(ADA, request, Watcher())

    for number in range(8):
        feedback = [None, shortlist(len(good), good)][bool(answers)]
        shelf.ends_before_storing = number in killed
        for _ in killed & {number}:
            with pytest.raises(Unavailable):
                await find(feedback)
        for _ in unheard & {number}:
            await find(feedback)
        answers.append(await find(feedback))
        good += [c for c in answers[-1].found.candidate_ids if Random(f"{seed}:{c}").random() < 0.2]
    return answers


@settings(max_examples=12, deadline=None)
@given(seed=markets, batch=st.integers(1, 40))
async def test_nobody_is_handed_on_twice_and_a_round_never_brings_more_than_asked(
    seed: int, batch: int
) -> None:
    rounds = [answer.found.candidate_ids for answer in await _run(seed, batch)]
    everybody = [candidate for brought in rounds for candidate in brought]
    assert len(set(everybody)) == len(everybody)
    assert all(len(brought) <= batch for brought in rounds)


@settings(max_examples=8, deadline=None)
@given(
    seed=markets,
    batch=st.integers(5, 40),
    killed=st.frozensets(st.integers(0, 7), min_size=1, max_size=3),
    unheard=st.frozensets(st.integers(0, 7), min_size=1, max_size=3),
)
async def test_rounds_that_broke_off_and_were_run_again_bring_the_same_people(
    seed: int, batch: int, killed: frozenset[int], unheard: frozenset[int]
) -> None:
    def story(answers: list[FindCandidatesResult]) -> list[tuple[list[str], str, str]]:
        return [(one.found.candidate_ids, one.summary, one.reason) for one in answers]

    assert story(await _run(seed, batch, killed, unheard)) == story(await _run(seed, batch))


@settings(max_examples=6, deadline=None)
@given(seed=markets)
async def test_a_search_ends_when_everybody_found_was_handed_on_or_too_little_is_expected(seed: int) -> None:
    answers = await _run(seed, 40)
    assert answers[-1].exhausted
    assert {query.status for query in answers[-1].queries} <= {"dry", "set_aside"}
