"""A small pool of invented people who differ in everything that can be filtered by."""

from datetime import UTC, date, datetime

from shared.wire.changes import CandidateChange
from shared.wire.profile import (
    Basics,
    Certificate,
    Dossier,
    Education,
    LanguageItem,
    Place,
    Profile,
    SkillItem,
    Work,
)
from shared.wire.standing import Engaged, Standing

TODAY = date(2026, 6, 1)
NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

_ANN = Profile(
    basics=Basics(
        name="Ann Voss",
        label="Data engineer, open to work",
        summary="Builds ledgers.",
        location=Place(city="Berlin", country_code="DE"),
    ),
    work=[
        Work(
            name="Cobalt Works",
            position="Senior Data Engineer",
            industry="Fintech",
            location="Berlin (hybrid)",
            start_date="2022-01",
            current=True,
            highlights=["Tuned Spark jobs in Python"],
        ),
        Work(
            name="Kestrel Foods",
            position="Data Analyst",
            location="Munich",
            start_date="2018-01",
            end_date="2021-12",
            highlights=["Wrote SQL reports"],
        ),
    ],
    education=[Education(institution="Ashford University", study_type="MSc", area="Computer Science")],
    skills=[SkillItem(name="Python"), SkillItem(name="Tableau")],
    languages=[LanguageItem(language="German", fluency="C1")],
    certificates=[Certificate(name="AWS Certified Developer", issuer="Cirrus Academy")],
)
_BOB = Profile(
    basics=Basics(name="Bob Reed", label="Java Developer", location=Place(city="Paris", country_code="FR")),
    work=[
        Work(
            name="Umber Bank",
            position="Java Developer",
            industry="Banking",
            location="Remote",
            start_date="2026-01",
            current=True,
            highlights=["Kept Java services up"],
        ),
        Work(
            name="Umber Bank GmbH",
            position="Software Tester",
            industry="Banking",
            start_date="2020-01",
            end_date="2025-12",
            highlights=["Automated tests in Python"],
        ),
    ],
    skills=[SkillItem(name="Java")],
    languages=[LanguageItem(language="German", fluency="A2")],
)
_CAT = Profile(
    basics=Basics(
        name="Cat Hale", label="Registered Nurse", location=Place(city="Potsdam", country_code="DE")
    ),
    work=[
        Work(
            name="Umberfield Clinic",
            position="Registered Nurse",
            location="Potsdam, on-site",
            start_date="2010-01",
            current=True,
        )
    ],
    education=[Education(institution="Willow College", study_type="BSc", area="Nursing")],
    certificates=[Certificate(name="LPN licence")],
)
_DAN = Profile(
    basics=Basics(name="Dan Moor", label="Head of Sales"),
    work=[Work(name="Amber Mills", position="Head of Sales")],
)

PROFILES = {"ann": _ANN, "bob": _BOB, "cat": _CAT, "dan": _DAN}
FLAGS = {"bob": ["hidden_text"]}
STANDING = {
    "ann": Standing(
        sources=["resume", "csv"],
        changed_at=datetime(2026, 5, 30, tzinfo=UTC),
        engagement=[
            Engaged(kind="contacted", at=datetime(2026, 5, 20, tzinfo=UTC), project_id="proj_1"),
            Engaged(kind="replied", at=datetime(2026, 5, 21, tzinfo=UTC), project_id="proj_1"),
        ],
    ),
    "bob": Standing(
        sources=["greenhouse"],
        changed_at=datetime(2025, 1, 1, tzinfo=UTC),
        engagement=[Engaged(kind="contacted", at=datetime(2024, 1, 1, tzinfo=UTC))],
    ),
    "cat": Standing(engagement=[Engaged(kind="applied", at=NOON, project_id="proj_2")]),
}


def changes() -> list[CandidateChange]:
    """Return the pool as the candidates unit tells of it."""
    return [
        CandidateChange(
            seq=seq,
            candidate_id=name,
            dossier=Dossier(candidate_id=name, profile=profile, sources=[], flags=FLAGS.get(name, [])),
            standing=STANDING.get(name, Standing()),
        )
        for seq, (name, profile) in enumerate(PROFILES.items(), 1)
    ]
