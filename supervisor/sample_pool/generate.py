"""Turn invented lives into profiles, as untidy as real ones: aliases, gaps, missing dates, typos."""

from bisect import bisect
from collections.abc import Iterator
from datetime import date
from itertools import accumulate
from random import Random
from typing import Any

from shared.wire.profile import Profile
from supervisor.sample_pool import phrases
from supervisor.sample_pool.life import Job, Life, live
from supervisor.sample_pool.tables import Degree, load_careers
from supervisor.sample_pool.world import cities, coin_name, school_towns

TODAY = date(2026, 6, 1)

Raw = dict[str, Any]  # one JSON Resume object, validated as a whole at the end: five times as fast


def generate_pool(seed: int, count: int, *, today: date = TODAY) -> Iterator[Profile]:
    """Yield ``count`` fictional profiles. Person *i* depends on ``seed``, *i* and ``today`` only,
    so a smaller pool is the beginning of a larger one."""
    careers = list(load_careers().values())
    cumulative = list(accumulate(career.weight for career in careers))
    now = today.year * 12 + today.month - 1
    for i in range(count):
        rng = Random(f"{seed}:{i}")  # noqa: S311 - reproducible, not secret
        career = careers[bisect(cumulative, rng.random() * cumulative[-1])]
        yield Profile.model_validate(_profile(rng, live(rng, career, now), i, now))


def _profile(rng: Random, life: Life, number: int, now: int) -> Raw:
    draw = rng.random()
    sparse = draw < 0.05
    skills = list(life.known)
    rng.shuffle(skills)
    newest = life.jobs[-1].title if life.jobs else life.career.ladder[0][0]
    given, family = coin_name(rng)
    name = f"{given} {family}"
    address = f"{given}.{family}{number}@mail.example".lower()
    home = life.city
    return {
        "basics": {
            "name": name,
            "label": _fill(rng, phrases.HEADLINES, life, skills) if life.jobs else newest,
            "email": address,
            "phone": f"555-01{number % 100:02d}" if rng.random() < 0.6 else None,
            "summary": None if sparse or rng.random() < 0.12 else _fill(rng, phrases.SUMMARIES, life, skills),
            "location": {"city": home.name, "region": home.region, "country_code": home.country_code},
        },
        "work": [_work(rng, job, sparse) for job in reversed(life.jobs)],
        "education": _education(rng, life, now),
        "skills": [] if 0.05 < draw < 0.09 else _skills(rng, life, sparse),
        "certificates": _certificates(rng, life, now),
        "languages": _languages(rng, life),
    }


def _month(month: int, *, coarse: bool = False) -> str:
    return str(month // 12) if coarse else f"{month // 12}-{month % 12 + 1:02d}"


def _work(rng: Random, job: Job, sparse: bool) -> Raw:
    draw = rng.random()
    coarse, undated = 0.02 < draw < 0.08, draw < 0.02
    return {
        "name": job.firm,
        "position": job.title,
        "location": job.city.label if rng.random() < 0.8 else None,
        "industry": job.industry,
        "start_date": None if undated else _month(job.start, coarse=coarse),
        "end_date": None if undated or job.end is None else _month(job.end - 1, coarse=coarse),
        "current": job.end is None,
        "highlights": [] if sparse else _highlights(rng, job),
    }


def _highlights(rng: Random, job: Job) -> list[str]:
    r = rng.random
    wanted = 2 + int(r() * 2.6) + (1 if job.end is None else 0)
    start, templates = int(r() * 1000), job.career.did
    step = (7, 11, 13)[int(r() * 3)]  # apart, since alike sentences stand side by side
    chosen = dict.fromkeys(templates[(start + k * step) % len(templates)] for k in range(wanted))
    lines = [_sentence(rng, template, job) for template in chosen]
    if r() < 0.012:
        lines[0] = _typo(rng, lines[0])
    return lines


def _sentence(rng: Random, template: str, job: Job) -> str:
    r, things = rng.random, job.career.things
    skills = job.skills or [job.career.core[0].name]
    first = int(r() * len(skills))
    thing = things[int(r() * len(things))].replace("{n}", str(int(3 + r() * 40)))
    return template.format(
        skill=_spelt(rng, skills[first]),
        skill2=skills[(first + 1 + int(r() * (len(skills) - 1))) % len(skills)],
        thing=thing,
        pct=10 + int(r() * 55),
        n=int(3 + r() * 40),
        team=3 + int(r() * 9),
        months=3 + int(r() * 16),
    )


def _spelt(rng: Random, skill: str) -> str:
    alias = phrases.ALIASES.get(skill)
    return alias if alias and rng.random() < 0.15 else skill


def _typo(rng: Random, text: str) -> str:
    at = 5 + int(rng.random() * max(1, len(text) - 10))
    if not text[at : at + 2].isalpha():
        return text
    return text[:at] + text[at + 1 : at + 2] + text[at : at + 1] + text[at + 2 :]


def _fill(rng: Random, templates: tuple[str, ...], life: Life, skills: list[str]) -> str:
    job = life.jobs[-1] if life.jobs else None
    three = [*skills, *(s.name for s in life.career.core), "teamwork", "planning", "writing"][:3]
    title = job.title if job else life.career.ladder[0][0]
    thing = life.career.things[int(rng.random() * len(life.career.things))].replace("{n}", "several")
    return templates[int(rng.random() * len(templates))].format(
        Title=title,
        title=title if title[:2].isupper() else title[0].lower() + title[1:],
        a_title=f"{'an' if title[0] in 'AEIOU' else 'a'} {title}",
        years=max(1, round(life.years)),
        industry=job.industry if job else life.career.industries[0],
        field=life.career.field,
        firm=job.firm if job else "several employers",
        firms=len({j.firm for j in life.jobs}) or 1,
        since=life.jobs[0].start // 12 if life.jobs else "this year",
        skill=three[0],
        skill2=three[1],
        skill3=three[2],
        thing=thing,
    )


def _skills(rng: Random, life: Life, sparse: bool) -> list[Raw]:
    items: list[Raw] = []
    for name, years in life.known.items():
        if rng.random() < (0.6 if sparse else 0.1):
            continue
        level = next(label for least, label in phrases.LEVELS if years >= least)
        shown = level if rng.random() < 0.7 else None
        items.append({"name": _spelt(rng, name), "level": shown})
    return items


def _education(rng: Random, life: Life, now: int) -> list[Raw]:
    career = life.career
    draw = rng.random()
    first = career.degrees[int(draw * draw * len(career.degrees))]  # the usual ones stand first
    taken = [_study(rng, career.schools, first, life.graduated)]
    if first.level in ("master", "doctorate"):
        before = Degree("bachelor", first.subject, 36)
        taken.append(_study(rng, career.schools, before, life.graduated - first.months - 1))
    elif first.level == "bachelor" and rng.random() < 0.22:
        finished = life.graduated + (24 if rng.random() < 0.5 else 36 + int(rng.random() * 60))
        if finished < now:  # beside the job
            taken.insert(0, _study(rng, career.schools, Degree("master", first.subject, 30), finished))
    return taken if rng.random() > 0.04 else []


def _study(rng: Random, schools: tuple[str, ...], degree: Degree, end: int) -> Raw:
    names = {"bachelor": phrases.BACHELORS, "master": phrases.MASTERS}.get(degree.level)
    label = names[int(rng.random() * len(names))] if names else phrases.STUDY[degree.level]
    school = schools[int(rng.random() * len(schools))]
    towns = school_towns()
    undated = rng.random() < 0.05
    return {
        "institution": school.format(town=towns[int(rng.random() * len(towns))]),
        "area": degree.subject,
        "study_type": label,
        "start_date": None if undated else _month(end - degree.months, coarse=True),
        "end_date": None if undated else _month(end, coarse=True),
    }


def _certificates(rng: Random, life: Life, now: int) -> list[Raw]:
    career = life.career
    held = [{"name": name, "date": _month(life.graduated + 2)} for name in career.licences]
    if life.years > 1.5:
        for name in career.certificates:
            if rng.random() < 0.16 + 0.004 * life.years:
                month = now - int(rng.random() * min(life.years, 8) * 12)
                held.append({"name": name, "date": _month(month)})
    return held


def _languages(rng: Random, life: Life) -> list[Raw]:
    names = cities().language_names
    spoken: dict[str, str] = {}
    for i, code in enumerate(life.city.languages):
        if i == 0 or rng.random() < 0.8:
            spoken[names[code]] = "Native" if i == 0 else "C1"
    levels = phrases.SECOND_LANGUAGE_LEVELS
    if "English" not in spoken and rng.random() < 0.85:
        spoken["English"] = levels[2 + int(rng.random() * (len(levels) - 2))]
    if rng.random() < 0.25:
        others = ("Spanish", "French", "German", "Portuguese", "Italian", "Mandarin Chinese", "Arabic")
        spoken.setdefault(others[int(rng.random() * len(others))], levels[int(rng.random() * len(levels))])
    return [{"language": k, "fluency": v} for k, v in spoken.items()]
