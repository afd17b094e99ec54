"""A résumé's text to a profile whose items point at the characters they were read from."""

from shared.resume.abilities import (
    mentioned_skills,
    read_certificates,
    read_skills,
    read_spoken,
)
from shared.resume.contact import read_contact
from shared.resume.injection import planted_in, struck
from shared.resume.lines import Line, lines_of
from shared.resume.sections import Section, SectionKind, sections_of
from shared.resume.studies import read_studies
from shared.resume.work import read_work
from shared.wire.profile import Profile, Work

_LONGEST_SUMMARY = 1500


def parse_resume(text: str, source_id: str) -> Profile:
    """Return what a résumé says, each item with its span in ``text``. What is not said stays empty.

    What is written for a machine is read past: a title with an order behind it is that title.
    """
    text = struck(text, planted_in(text))
    lines = lines_of(text)
    sections = sections_of(lines)
    basics = read_contact(lines)
    work = _work(sections, source_id)
    basics.summary = _summary(sections)
    basics.label = basics.label or next((job.position for job in work if job.current), None)
    skills = read_skills(_lines(sections, "skills"), source_id)
    return Profile(
        basics=basics,
        work=work,
        education=read_studies(_lines(sections, "education"), source_id),
        skills=skills or mentioned_skills(text, source_id),
        certificates=read_certificates(text, _lines(sections, "certificates"), source_id),
        languages=read_spoken(text, _lines(sections, "languages"), source_id),
    )


def _lines(sections: list[Section], kind: SectionKind) -> list[Line]:
    return [line for section in sections if section.kind == kind for line in section.lines]


def _work(sections: list[Section], source_id: str) -> list[Work]:
    """Return the jobs of all work sections; without a dated one, those of sections that are nothing else."""
    found = [job for s in sections if s.kind == "work" for job in read_work(s.lines, source_id)]
    if any(job.start_date for job in found):
        return found
    others = [s for s in sections if s.kind in ("contact", "summary", "other", "skills", "projects")]
    jobs = [job for s in others for job in read_work(s.lines, source_id, lone=False)]
    return [job for job in jobs if job.position] or found


def _summary(sections: list[Section]) -> str | None:
    for section in sections:
        if section.kind == "summary" and section.lines:
            text = "\n".join(line.text for line in section.lines)
            return text[:_LONGEST_SUMMARY].strip() or None
    return None
