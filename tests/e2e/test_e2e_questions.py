"""Asking about a shortlist on the whole stack: by place, by name, by qualification, and after a restart."""

import pytest

from supervisor.launch import Deployment
from tests.support.whole_stack import POSTING, Recruiter, said, shortlist

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


async def test_why_a_candidate_is_listed_is_answered_with_verdicts_and_quotes_also_after_a_restart(
    recruiter: Recruiter, deployment: Deployment
) -> None:
    card = shortlist(await recruiter.approve(await recruiter.say(POSTING)))
    third = card.candidates[2]
    proven = next(one for one in third.judgements if one.quotes)

    by_place = said(await recruiter.say("Why is candidate 3 a match?"))
    by_name = said(await recruiter.say(f"Why is {third.name} a match?"))
    of_one = said(await recruiter.say("What shows that the third candidate knows SQL?"))
    await deployment.kill("supervisor")
    later = said(await recruiter.say("Why is candidate 3 a match?"))

    assert by_place == by_name == later
    assert f"3. {third.name}" in by_place
    assert all(one.statement in by_place and one.reason in by_place for one in third.judgements)
    assert proven.quotes[0].text.strip() in by_place
    assert "Good knowledge of SQL" in of_one


async def test_a_place_that_nobody_has_is_said_so(recruiter: Recruiter) -> None:
    await recruiter.approve(await recruiter.say(POSTING))

    assert "There is no candidate 999" in said(await recruiter.say("Why is candidate 999 not a match?"))
