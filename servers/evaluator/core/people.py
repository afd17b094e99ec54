"""Judging a few people who are sent along: one after another, each told as soon as judged.

Before anybody is judged all are looked at, so that what cannot work is said at once and not in the middle.
"""

from typing import Protocol

from pydantic import BaseModel, Field

from servers.evaluator.core.judging import Judging
from servers.evaluator.core.models import Demanded, EvaluateCandidateResult, Person
from shared.kernel.errors import InvalidInput
from shared.kernel.principal import Principal

MOST_PEOPLE = 50


class NamedPerson(Person):
    """One person, given in one of three ways, with a name of the caller's own for them."""

    key: str = Field(
        default="", max_length=200, description="comes back with the verdicts; no part of judging"
    )


class EvaluatePeopleRequest(Demanded):
    """Judge a few people by the same demands, each alone and in this order.

    Demands are given in one of three ways, and each person in one of three, as for one candidate. What is
    sent inline is judged and forgotten.
    """

    people: list[NamedPerson] = Field(min_length=1, max_length=MOST_PEOPLE)


class PersonJudged(EvaluateCandidateResult):
    """One person's evaluation. ``place`` is theirs in the request, from 0, and ``key`` the caller's name for them."""

    place: int
    key: str = ""


class EvaluatePeopleResult(BaseModel):
    """All evaluations, in the order of the request."""

    people: list[PersonJudged]
    summary: str = ""


class PeopleReporter(Protocol):
    """Tells whoever waits."""

    async def person(self, judged: PersonJudged, total: int) -> None: ...


async def evaluate_people(
    judging: Judging, caller: Principal, request: EvaluatePeopleRequest, reporter: PeopleReporter
) -> EvaluatePeopleResult:
    """Judge people in order and tell of each. Raises InvalidInput and NotFound before anybody is judged."""
    _check(request)
    demands = await judging.demands(request)
    dossiers = [
        await judging.person(person, f"people.{place}.") for place, person in enumerate(request.people)
    ]
    total, judged = len(dossiers), list[PersonJudged]()
    for place, (person, dossier) in enumerate(zip(request.people, dossiers, strict=True)):
        stored = person.candidate_id is not None
        one = await judging.judge(caller, demands, dossier, request.requirements_ref, stored=stored)
        judged.append(PersonJudged(place=place, key=person.key, **dict(one)))
        await reporter.person(judged[-1], total)
    return EvaluatePeopleResult(people=judged, summary=f"Judged {total:,} of {total:,}.")


def _check(request: EvaluatePeopleRequest) -> None:
    """Raise InvalidInput where the caller's own names would not tell people apart."""
    first: dict[str, int] = {}
    for place, person in enumerate(request.people):
        if person.key and first.setdefault(person.key, place) != place:
            raise InvalidInput(
                f"people.{first[person.key]} has the same key",
                field=f"people.{place}.key",
                fix="Give each person a key of their own.",
            )
