"""A structured profile as a text that a person can read and that evidence can be quoted from."""

from shared.wire.profile import Education, Place, Profile, Span, Work


def render(profile: Profile, source_id: str) -> str:
    """Return the canonical text of a profile and set each item's span to where it stands there.

    The same profile always gives the same text. Contact data stays out of it: nothing is judged by it.
    """
    page = _Page(source_id)
    basics = profile.basics
    if basics.name:
        page.line(basics.name)
    if basics.label:
        page.line(basics.label)
    if place := place_text(basics.location):
        page.line(f"Location: {place}")
    page.section("SUMMARY")
    page.paragraph(basics.summary)
    page.section("EXPERIENCE")
    for job in profile.work:
        job.span = page.item(_job_lines(job))
    page.section("EDUCATION")
    for study in profile.education:
        study.span = page.item(_study_lines(study))
    page.section("SKILLS")
    for skill in profile.skills:
        line = skill.name
        if skill.keywords:
            line += f": {', '.join(skill.keywords)}"
        if skill.level:
            line += f" ({skill.level})"
        skill.span = page.item([f"- {line}"], spaced=False)
    page.section("CERTIFICATES")
    for paper in profile.certificates:
        parts = [paper.name, paper.issuer, paper.date]
        paper.span = page.item([f"- {', '.join(part for part in parts if part)}"], spaced=False)
    page.section("LANGUAGES")
    for language in profile.languages:
        fluency = f": {language.fluency}" if language.fluency else ""
        language.span = page.item([f"- {language.language}{fluency}"], spaced=False)
    page.section("PROJECTS")
    for project in profile.projects:
        dates = period(project.start_date, project.end_date)
        lines = [" | ".join(part for part in (project.name, dates) if part)]
        lines += [project.description or "", *(f"- {item}" for item in project.highlights)]
        if project.keywords:
            lines.append(f"Technologies: {', '.join(project.keywords)}")
        project.span = page.item(lines)
    return page.text()


def place_text(place: Place | None) -> str:
    """Return a place on one line, the most particular first."""
    if place is None:
        return ""
    parts = (place.city, place.region, place.country_code)
    return ", ".join(part for part in parts if part)


def period(start: str | None, end: str | None, *, current: bool = False) -> str:
    """Return ``2019-04 – 2021-03``, ``2019-04 – present``, one date alone, or nothing."""
    until = end or ("present" if current else "")
    if start and until:
        return f"{start} – {until}"
    if until and not start:
        return f"until {until}"
    return start or ""


def _job_lines(job: Work) -> list[str]:
    head = " at ".join(part for part in (job.position, job.name) if part)
    dates = period(job.start_date, job.end_date, current=job.current)
    lines = [" | ".join(part for part in (head, job.location, job.industry, dates) if part)]
    return [*lines, job.summary or "", *(f"- {item}" for item in job.highlights)]


def _study_lines(study: Education) -> list[str]:
    degree = " in ".join(part for part in (study.study_type, study.area) if part)
    parts = (degree, study.institution, period(study.start_date, study.end_date), study.score)
    lines = [" | ".join(part for part in parts if part)]
    if study.courses:
        lines.append(f"Courses: {', '.join(study.courses)}")
    return lines


class _Page:
    """Collects lines and knows at which character each one begins."""

    def __init__(self, source_id: str) -> None:
        self._source_id = source_id
        self._blocks: list[str] = []
        self._length = 0
        self._heading: str | None = None

    def line(self, text: str) -> None:
        """Append a line, or several that are joined already."""
        self._blocks.append(text)
        self._length += len(text) + 1

    def section(self, heading: str) -> None:
        """Name the section to come; the heading is written only if something follows."""
        self._heading = heading

    def paragraph(self, text: str | None) -> None:
        if text and text.strip():
            self._begin(spaced=False)
            self.line(text.strip())

    def item(self, lines: list[str], *, spaced: bool = True) -> Span:
        """Append an entry and return where it stands."""
        self._begin(spaced=spaced)
        start = self._length
        block = "\n".join(lines)
        if "\n\n" in block or block != block.strip():
            block = "\n".join(filter(None, map(str.strip, block.splitlines())))
        self.line(block)
        return Span(source=self._source_id, start=start, end=self._length - 1)

    def text(self) -> str:
        return "\n".join(self._blocks)

    def _begin(self, *, spaced: bool) -> None:
        if self._heading is None:
            if spaced:
                self.line("")
            return
        if self._blocks:
            self.line("")
        self.line(self._heading)
        self._heading = None
