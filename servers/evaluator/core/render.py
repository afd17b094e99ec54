"""Writes out a profile that came without any text, so that there is something to quote from."""

from shared.wire.profile import Profile, Span, Work

PROFILE_SOURCE = "profile"


def render_profile(profile: Profile) -> tuple[Profile, str]:
    """Return the profile with its items' places in the text, and that text. Equal profiles, equal texts."""
    copy = profile.model_copy(deep=True)
    page = _Page()
    basics = copy.basics
    place = basics.location
    page.add(basics.name or "")
    page.add(basics.label or "")
    if place:
        page.add(", ".join(part for part in (place.city, place.region, place.country_code) if part))
    page.add(basics.summary or "")
    for job in copy.work:
        job.span = page.add(*_job(job), apart=True)
    for study in copy.education:
        degree = " in ".join(part for part in (study.study_type, study.area) if part)
        parts = (degree, study.institution, _period(study.start_date, study.end_date, False))
        study.span = page.add(", ".join(part for part in parts if part), *study.courses, apart=True)
    for skill in copy.skills:
        detail = ", ".join(skill.keywords)
        skill.span = page.add(f"- {skill.name}: {detail}" if detail else f"- {skill.name}")
    for paper in copy.certificates:
        parts = (paper.name, paper.issuer, paper.date)
        paper.span = page.add("- " + ", ".join(part for part in parts if part))
    for language in copy.languages:
        said = f": {language.fluency}" if language.fluency else ""
        language.span = page.add(f"- {language.language}{said}")
    for project in copy.projects:
        lines = (project.name or "", project.description or "", *project.highlights, *project.keywords)
        project.span = page.add(*lines, apart=True)
    return copy, page.text()


def _job(job: Work) -> list[str]:
    head = ", ".join(part for part in (job.position, job.name, job.location, job.industry) if part)
    dates = _period(job.start_date, job.end_date, job.current)
    return [head, dates, job.summary or "", *(f"- {one}" for one in job.highlights)]


def _period(start: str | None, end: str | None, current: bool) -> str:
    last = "present" if current else end
    return " – ".join(part for part in (start, last) if part)


class _Page:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._length = 0

    def add(self, *lines: str, apart: bool = False) -> Span:
        """Write the lines that are not empty; ``apart`` leaves a blank line before them."""
        if apart and self._lines:
            self._lines.append("")
            self._length += 1
        start = self._length
        for line in lines:
            if line.strip():
                flat = " ".join(line.split())
                self._lines.append(flat)
                self._length += len(flat) + 1
        return Span(source=PROFILE_SOURCE, start=start, end=max(start, self._length - 1))

    def text(self) -> str:
        return "\n".join(self._lines)
