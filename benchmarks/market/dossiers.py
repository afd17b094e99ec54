"""Invented lives as the candidates unit gives them: dossiers, and its feed's lines."""

from random import Random
from typing import Any

from benchmarks.market.careers import Person, Position, live
from benchmarks.market.world import World, lines
from shared.wire.changes import CandidateChange
from shared.wire.profile import Dossier, Profile
from supervisor.sample_pool.world import cities, coin_name

Raw = dict[str, Any]  # one JSON Resume object, validated as a whole: five times as fast
_SECOND = ("English", "Spanish", "French", "German", "Portuguese", "Mandarin Chinese", "Arabic")
_FLUENCY = ("A2", "B1", "B2", "C1")


def dossier_of(world: World, number: int) -> Dossier:
    """Return the dossier of person ``number``; it has no source texts."""
    person = live(world, number)
    flags = ["do_not_contact"] if person.do_not_contact else []
    profile = Profile.model_validate(_profile(world, person))
    return Dossier(candidate_id=person.candidate_id, profile=profile, sources=[], flags=flags)


def change_lines(world: World, numbers: range) -> list[str]:
    """Return the feed's JSON lines of these people; person *i* is change *i* + 1."""
    made = ((number, dossier_of(world, number)) for number in numbers)
    return [
        CandidateChange(seq=number + 1, candidate_id=one.candidate_id, dossier=one).model_dump_json()
        for number, one in made
    ]


def month(number: int) -> str:
    """Return a month as ``2021-04``."""
    return f"{number // 12}-{number % 12 + 1:02d}"


def _profile(world: World, person: Person) -> Raw:
    rng = Random(person.number)
    given, family = coin_name(rng)
    home, newest = world.places[person.place], person.positions[-1]
    summary = _said(world, rng, "summaries", newest) if rng.random() < 0.5 else None
    return {
        "basics": {
            "name": f"{given} {family}",
            "label": _said(world, rng, "headlines", newest),
            "email": f"{given}.{family}.{person.number}@mail.example".lower(),
            "summary": summary,
            "location": {"city": home.name, "region": home.region, "country_code": home.country_code},
        },
        "work": [_work(world, rng, job) for job in reversed(person.positions)],
        "education": [
            {
                "institution": world.schools[person.school],
                "area": person.subject,
                "study_type": person.degree,
                "end_date": month(person.graduated),
            }
        ],
        "skills": [{"name": world.labels[skill]} for skill in person.skills],
        "certificates": _certificates(rng),
        "languages": _languages(rng, home.languages),
    }


def _said(world: World, rng: Random, kind: str, job: Position) -> str:
    """Return a sentence of the list ``kind`` on a job."""
    sentences = lines(kind)
    used = job.skills or job.trade.core
    skill = world.labels[used[int(rng.random() * len(used))]] if used else job.trade.titles[0]
    return sentences[int(rng.random() * len(sentences))].format(skill=skill, title=job.title)


def _work(world: World, rng: Random, job: Position) -> Raw:
    company, place = world.companies[job.company], world.places[job.place]
    return {
        "name": company.name,
        "position": job.title,
        "location": f"Remote, {place.country}" if job.remote else place.label,
        "industry": company.industry,
        "start_date": month(job.start),
        "end_date": None if job.end is None else month(job.end - 1),
        "current": job.end is None,
        "highlights": list(dict.fromkeys(_said(world, rng, "did", job) for _ in range(3))),
    }


def _certificates(rng: Random) -> list[Raw]:
    names = lines("certificates")
    return [{"name": names[int(rng.random() * len(names))]}] if rng.random() < 0.15 else []


def _languages(rng: Random, spoken: tuple[str, ...]) -> list[Raw]:
    names = cities().language_names
    known = {names[spoken[0]]: "Native"}
    if rng.random() < 0.7:
        level = _FLUENCY[int(rng.random() * 4)]
        known.setdefault(_SECOND[int(rng.random() ** 2 * len(_SECOND))], level)
    return [{"language": name, "fluency": fluency} for name, fluency in known.items()]
