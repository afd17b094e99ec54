"""Sourcing in the whole stack: whom it remembers, whom it never shows again, and what it owes a recruiter's words."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, aclosing
from typing import Any

import pytest

from shared.edge.units import Units
from shared.kernel.ids import new_id
from supervisor.cli._operator import operator
from supervisor.cli._signed_in import signed_in_units
from supervisor.launch import Deployment
from tests.support.sourcing import role, skill
from tests.support.whole_stack import POSTING, Recruiter, interrupts, said, shortlist

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

ENGINEERS = 40
ROLE = role(skill("q1", "python"), skill("q2", "sql"), location=None, country_code=None, work_mode="remote")


def person(name: str, title: str, *skills: str, **basics: str) -> dict[str, Any]:
    """Return somebody fictional, as JSON Resume."""
    work = {"name": "Madeup Freight", "position": title, "startDate": "2016-03", "endDate": "2024-06"}
    told = [{"name": one} for one in skills]
    return {"basics": {"name": name, "label": title, **basics}, "work": [work], "skills": told}


class Organisation:
    """An organisation of the test's own, with a pool of its own."""

    def __init__(self, units: Units) -> None:
        self._units = units

    async def tool(self, unit: str, tool: str, **arguments: Any) -> dict[str, Any]:
        return await self._units.call_tool(unit, tool, arguments, dict[str, Any], timeout=120)

    async def take_in(self, *people: dict[str, Any]) -> list[str]:
        """Import people, and return their ids once they are searchable."""
        report = await self.tool(
            "candidates", "import_profiles", items=list(people), source="pool", format="json_resume"
        )
        changes = await self.tool("candidates", "list_changes", limit=500)
        await self.tool("recruiter_search", "index_status", at_least_seq=changes["next"])
        return [one["candidate_id"] for one in report["items"]]

    async def opens(self) -> dict[str, Any]:
        """Return an approved role of a new project."""
        created = await self.tool("projects", "create_project", requirements=ROLE.model_dump(mode="json"))
        return (await self.tool("projects", "approve_requirements", project=created["project"]))["approved"]

    async def changes(self, ref: dict[str, Any]) -> dict[str, Any]:
        """Return a changed role of the same project, approved."""
        wanted = ROLE.model_copy(update={"title": "Data Engineer, Platform"}).model_dump(mode="json")
        project, last = ref["project_id"], ref["revision"]
        await self.tool(
            "projects", "revise_requirements", project_id=project, requirements=wanted, expected_revision=last
        )
        newer = {"project_id": project, "revision": last + 1}
        return (await self.tool("projects", "approve_requirements", project=newer))["approved"]

    async def moves(self, ref: dict[str, Any], candidate_id: str, *stages: str) -> None:
        for stage in stages:
            whom = {"project_id": ref["project_id"], "candidate_id": candidate_id}
            await self.tool("projects", "move_stage", **whom, to_stage=stage, reason="so they decided")

    async def rounds(self, ref: dict[str, Any]) -> tuple[list[str], list[dict[str, Any]]]:
        """Search until there is nobody further; return everybody handed on, in order, and the answers."""
        answers: list[dict[str, Any]] = []
        while not answers or not answers[-1]["exhausted"]:
            state = {"state": answers[-1]["state"]} if answers else {}
            answers.append(
                await self._units.send(
                    "sourcing",
                    "find_candidates",
                    {"requirements": ref, "batch": 100, **state},
                    dict[str, Any],
                    timeout=60,
                )
            )
        return [one for answer in answers for one in answer["found"]["candidate_ids"]], answers


@pytest.fixture
async def organisation(deployment: Deployment) -> AsyncIterator[Organisation]:
    async with AsyncExitStack() as closing:
        issuer = await closing.enter_async_context(operator(deployment.folder.path))
        signed_in = signed_in_units(issuer, deployment.run.units, new_id("org"), "person:ada", "*.decide")
        yield Organisation(await closing.enter_async_context(signed_in))


async def test_a_runner_up_is_found_for_the_next_role_and_whom_people_rejected_there_is_never_shown_again(
    organisation: Organisation, deployment: Deployment
) -> None:
    crowd = [person(f"Fictional Engineer{n:02}", "Data Engineer", "Python", "SQL") for n in range(ENGINEERS)]
    silver, twin, *_ = await organisation.take_in(
        person("Perdita Silverthorn", "Librarian", "SQL"),
        person("Orla Wexcombe", "Data Engineer", "Python", "SQL", email="orla@mail.example"),
        *crowd,
    )
    [double] = await organisation.take_in(
        person("Orla Wexcombe", "Data Engineer", "Python", "SQL", email="wexcombe@mail.example")
    )
    await organisation.moves(await organisation.opens(), silver, "interview", "rejected")
    here = await organisation.opens()
    await organisation.moves(here, double, "screening", "rejected")
    [question] = (await organisation.tool("candidates", "possible_duplicates"))["questions"]
    await organisation.tool(
        "candidates", "resolve_duplicate", question_id=question["question_id"], resolution="merge"
    )

    found, answers = await organisation.rounds(here)
    [runners_up] = [one for one in answers[0]["queries"] if one["id"] == "past_projects:runners_up"]
    await organisation.moves(here, silver, "rejected")
    await organisation.moves(here, found[0], "rejected")
    await deployment.kill("sourcing")
    await deployment.ready("sourcing")
    again, changed = await organisation.rounds(await organisation.changes(here))

    assert sorted(found) == sorted(set(found))
    assert (silver in found, len(found), runners_up["brought"]) == (True, ENGINEERS + 1, 1)
    assert not {twin, double} & {*found, *again}
    assert sorted(again) == sorted({*found} - {silver, found[0]})
    assert "2 found before stay out: rejected" in changed[0]["summary"]


async def test_people_are_ranked_by_what_a_person_approved_for_the_project_and_each_hit_says_so(
    organisation: Organisation,
) -> None:
    await organisation.take_in(person("Fictional Engineer", "Data Engineer", "Python", "SQL"))
    here = await organisation.opens()
    weights = {"recency": 3.0, "words": 1.0}
    await organisation.tool(
        "projects", "approve_ranking", project_id=here["project_id"], weights=weights, reason="They answer"
    )
    _, answers = await organisation.rounds(here)
    approved = await organisation.tool("projects", "get_ranking", project_id=here["project_id"])
    given = {name: weight for name, weight in approved["weights"].items() if weight is not None}
    hits = await organisation.tool("recruiter_search", "search_candidates", text="python", ranking=given)

    told = "Ranked as ada approved for this project: words counts 1, recency counts 3 (They answer)."
    assert told in answers[0]["changes"]
    parts = hits["hits"][0]["score_parts"]
    assert parts["recency"] == pytest.approx(0.75, abs=0.2)
    assert sum(parts.values()) == pytest.approx(hits["hits"][0]["score"])


async def test_a_sourcing_unit_killed_in_the_middle_of_a_round_repeats_nobody_and_loses_nobody_and_aims_as_asked(
    recruiter: Recruiter, units: Units, deployment: Deployment
) -> None:
    asked = await recruiter.say(f"{POSTING}\nOnly the best few.")
    before, killed = deployment.pid("sourcing"), 0
    events: list[dict[str, Any]] = []
    async with aclosing(recruiter.client.answer(recruiter.thread, interrupts(asked), True, "")) as shown:
        async for event in shown:
            events.append(event)
            if "Searching: " in str(event.get("content", "")) and not killed:
                await deployment.kill("sourcing")
                killed += 1
    answer = said(await recruiter.say("Which searches did you run?"))
    project = {"project_id": shortlist(events).project_id}
    told = await units.send("sourcing", "explain_search", project, dict[str, Any])
    whole = await units.call_tool("projects", "get_shortlist", {**project, "limit": 100}, dict[str, Any])
    brought: list[str] = []
    for number in range(1, len(told["rounds"]) + 1):
        page = {"search_id": told["search_id"], "round": number}
        brought += (await units.send("sourcing", "get_found", page, dict[str, Any]))["candidate_ids"]

    assert (killed, deployment.pid("sourcing") != before) == (1, True)
    assert len(brought) == len(set(brought)) == told["shown"]
    assert {one["candidate_id"] for one in whole["entries"]} == set(brought)
    assert told["aim"] == "precise"
    assert answer.strip() == told["text"]
