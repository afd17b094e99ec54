"""Writes a sheet out as a résumé, and notes where each fact stands; reads or composes the dossier of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.evaluation.cases import Job, Page, Sheet, Span
from benchmarks.evaluation.wording import COUNTRIES, SUMMARIES
from shared.resume import parse_resume
from shared.wire.profile import (
    Basics,
    Certificate,
    Dossier,
    Education,
    Place,
    Profile,
    SkillItem,
    SourceText,
    Work,
)
from shared.wire.profile import Span as Where

SOURCE = "resume"
SEEN = datetime(2026, 1, 5, tzinfo=UTC)
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """How a page looks: headings, bullets, dates and the head of a position."""

    headings: dict[str, str]
    bullet: str
    date: Callable[[int], str]
    joined: str
    now: str
    head: str


def _headings(case: Callable[[str], str], **own: str) -> dict[str, str]:
    names = {
        "summary": "profile", "work": "work experience", "education": "education", "skills": "skills",
        "papers": "certificates", "languages": "languages", "remarks": "interests",
    }  # fmt: skip
    return {key: case(own.get(key, name)) for key, name in names.items()}


def _long(at: int) -> str:
    return f"{MONTHS[at % 12]} {at // 12}"


LAYOUTS = (
    Layout(_headings(str.upper), "- ", _long, " - ", "Present", "{title}, {employer}\n{dates}"),
    Layout(
        _headings(str.title, work="employment history", papers="licences and certificates"),
        "• ",
        lambda at: f"{MONTHS[at % 12][:3]} {at // 12}",
        " – ",
        "present",
        "{title}\n{employer} | {dates}",
    ),
    Layout(
        _headings(str.capitalize, summary="about me", work="professional experience"),
        "* ",
        lambda at: f"{at % 12 + 1:02}/{at // 12}",
        " – ",
        "today",
        "{dates}\n{title}, {employer}",
    ),
    Layout(
        _headings(str.title, summary="summary", work="experience"),
        "- ",
        lambda at: f"{at // 12}-{at % 12 + 1:02}",
        " to ",
        "now",
        "{employer}\n{title} ({dates})",
    ),
)


class _Writer:
    """Lines in order, with the places of those that were given a key."""

    def __init__(self) -> None:
        self.text = ""
        self.places: dict[str, Span] = {}

    def put(self, line: str, key: str | None = None, *, before: str = "") -> None:
        start = len(self.text) + len(before)
        self.text += f"{before}{line}\n"
        if key:
            self.places[key] = start, start + len(line)

    def gap(self) -> None:
        self.text += "\n"


def render(sheet: Sheet) -> Page:
    """Return the page of a sheet. Equal sheets make equal pages."""
    layout, page = LAYOUTS[sheet.layout], _Writer()
    _head(sheet, page)
    if sheet.summary:
        _section(page, layout, "summary")
        for line in sheet.summary:
            page.put(line, f"line:{line}")
    if sheet.jobs:
        _section(page, layout, "work")
        for number, job in enumerate(sheet.jobs):
            _job(page, layout, number, job)
    _rest(sheet, page, layout)
    profile = _profile(sheet, page) if sheet.structured else parse_resume(page.text, SOURCE)
    source = SourceText(id=SOURCE, kind="resume", name="résumé", text=page.text, first_seen=SEEN)
    dossier = Dossier(candidate_id=f"cand_{sheet.id}", profile=profile, sources=[source])
    return Page(dossier, page.text, page.places)


def _head(sheet: Sheet, page: _Writer) -> None:
    who = sheet.identity
    page.put(who.name)
    page.put(sheet.headline)
    if sheet.home:
        city, country = sheet.home
        page.put(f"{who.street}, {who.postcode}")
        page.put(f"{city}, {COUNTRIES[country]}", "home")
    page.put(f"Phone: +00 555 0100 | Email: {sheet.id}@mail.example")
    page.put(f"Pronouns: {'/'.join(who.pronouns)}")
    if who.photo:
        page.put(f"Photo: {who.photo}")
    they, them = who.pronouns
    line = SUMMARIES[sheet.layout % len(SUMMARIES)]
    page.gap()
    page.put(line.format(name=who.name, they=they.capitalize(), them=them))


def _section(page: _Writer, layout: Layout, key: str) -> None:
    page.gap()
    page.put(layout.headings[key])


def _job(page: _Writer, layout: Layout, number: int, job: Job) -> None:
    last = layout.now if job.end is None else layout.date(job.end - 1)
    dates = f"{layout.date(job.start)}{layout.joined}{last}"
    page.put(layout.head.format(title=job.title, employer=job.employer, dates=dates), f"job:{number}")
    for line in job.lines:
        page.put(line, f"line:{line}", before=layout.bullet)
    page.places[f"whole:{number}"] = page.places[f"job:{number}"][0], len(page.text) - 1
    page.gap()


def _rest(sheet: Sheet, page: _Writer, layout: Layout) -> None:
    if one := sheet.degree:
        _section(page, layout, "education")
        remark = f", {one.remark}" if one.remark else ""
        page.put(f"{one.study_type} in {one.area}, {one.school}, {one.year}{remark}", "degree")
    for key, lines in (
        ("skills", sheet.skills),
        ("papers", sheet.papers),
        ("languages", sheet.languages),
        ("remarks", sheet.remarks),
    ):
        if lines:
            _section(page, layout, key)
            for line in lines:
                page.put(line, f"line:{line}", before=layout.bullet)


def _profile(sheet: Sheet, page: _Writer) -> Profile:
    """Return the profile as a system of record would hand it over."""

    def where(key: str) -> Where:
        start, end = page.places[key]
        return Where(source=SOURCE, start=start, end=end)

    home = Place(city=sheet.home[0], country_code=sheet.home[1]) if sheet.home else None
    one = sheet.degree
    return Profile(
        basics=Basics(
            name=sheet.identity.name,
            label=sheet.headline,
            summary="\n".join(sheet.summary) or None,
            location=home,
        ),
        work=[
            Work(
                name=job.employer,
                position=job.title,
                start_date=_iso(job.start),
                end_date=None if job.end is None else _iso(job.end - 1),
                current=job.end is None,
                highlights=list(job.lines),
                span=where(f"whole:{number}"),
            )
            for number, job in enumerate(sheet.jobs)
        ],
        education=[
            Education(
                institution=one.school,
                area=one.area,
                study_type=one.study_type,
                end_date=str(one.year),
                span=where("degree"),
            )
        ]
        if one
        else [],
        skills=[SkillItem(name=name, span=where(f"line:{name}")) for name in sheet.skills],
        certificates=[Certificate(name=name, span=where(f"line:{name}")) for name in sheet.papers],
    )


def _iso(at: int) -> str:
    return f"{at // 12}-{at % 12 + 1:02}"
