"""Labelled résumés: what the résumé parser and the taxonomy find, against the labels' tokens."""

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.extraction_scores import ExactMatching, Score, Spans, tokens_within
from shared.resume import parse_resume
from shared.taxonomy import PhraseMatcher, Taxonomy, find_degrees, find_places, tokenise
from shared.wire.profile import Profile, Span

# "Years of Experience" labels date ranges as written; a profile keeps them as ISO dates, so they are left out.
LABELS = (
    "Tech Tools",
    "Job Specific Skills",
    "Soft Skills",
    "All skills",
    "Designation",
    "Companies worked at",
    "Degree",
    "College Name",
    "Location",
    "Name",
    "Email Address",
)
Label = tuple[int, int, str]
_ESCAPED = re.compile(r"(?:\\x[0-9a-f]{2})+")
_SKILLS = ("Tech Tools", "Job Specific Skills", "Soft Skills")
_KINDS = {"technology": "Tech Tools", "soft": "Soft Skills"}


def found_spans(text: str) -> dict[str, Spans]:
    """Return what Hiremesh finds in a résumé, by label."""
    found: dict[str, Spans] = {label: [] for label in LABELS}
    taxonomy = Taxonomy.compact()
    for mention in taxonomy.find_skills(text):
        label = _KINDS.get(taxonomy.skill(mention.skill).kind, "Job Specific Skills")
        found[label].append((mention.start, mention.end))
        found["All skills"].append((mention.start, mention.end))
    found["Designation"] = [(title.start, title.end) for title in taxonomy.find_occupations(text)]
    found["Location"] = [(place.start, place.end) for place in find_places(text)]
    found["Degree"] = [(degree.start, degree.end) for degree in find_degrees(text)]
    _from_profile(parse_resume(text, "resume"), text, found)
    return found


def _from_profile(profile: Profile, text: str, found: dict[str, Spans]) -> None:
    whole = Span(source="resume", start=0, end=len(text))
    for job in profile.work:
        found["Designation"] += _first(text, job.span or whole, job.position)
        found["Companies worked at"] += _first(text, job.span or whole, job.name)
    found["Designation"] += _places(text, whole, profile.basics.label)
    for study in profile.education:
        found["College Name"] += _first(text, study.span or whole, study.institution)
        found["Degree"] += _first(text, study.span or whole, study.study_type)
        found["Degree"] += _first(text, study.span or whole, study.area)
    found["Name"] += _places(text, whole, profile.basics.name)
    found["Email Address"] += _places(text, whole, profile.basics.email)


def _places(text: str, within: Span, value: str | None) -> Spans:
    """Return where a value is written, whatever the letters' case and the blanks between its words."""
    if not value:
        return []
    pattern = re.compile(r"\s+".join(map(re.escape, value.split())), re.IGNORECASE)
    return [match.span() for match in pattern.finditer(text, within.start, within.end)]


def _first(text: str, within: Span, value: str | None) -> Spans:
    return _places(text, within, value)[:1]


class ExactTitles:
    """The peer for titles: ESCO occupations and O*NET titles, matched exactly."""

    def __init__(self, folder: Path) -> None:
        titles: list[str] = []
        with (folder / "esco" / "occupations.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                titles += [row["PREFERREDLABEL"], *row["ALTLABELS"].splitlines()]
        with (folder / "onet" / "Alternate Titles.txt").open(encoding="utf-8", newline="") as file:
            titles += [row["Alternate Title"] for row in csv.DictReader(file, delimiter="\t")]
        self._matcher = PhraseMatcher((title, None) for title in titles)

    def __call__(self, text: str) -> Spans:
        tokens = tokenise(text)
        return [(tokens.starts[a], tokens.ends[b - 1]) for a, b, _ in self._matcher.longest(tokens)]


def measure_resumes(rows: Iterable[dict[str, Any]], taxonomies: Path) -> dict[tuple[str, str], Score]:
    """Score rules on every label, and the peer on skills and titles where its taxonomies are there."""
    scores = {(label, "rules"): Score() for label in LABELS}
    peers = (ExactMatching(taxonomies), ExactTitles(taxonomies)) if taxonomies.exists() else None
    for row in rows:
        text, labels = unescaped(str(row["text"]), row["labels"])
        gold = _gold(labels)
        for label, spans in found_spans(text).items():
            scores[label, "rules"].add(tokens_within(text, gold[label]), tokens_within(text, spans))
        if peers:
            exact = peers[0](text)
            found = {"All skills": [*exact["skills"], *exact["knowledge"]], "Designation": peers[1](text)}
            for label, spans in found.items():
                score = scores.setdefault((label, "exact ESCO + O*NET"), Score())
                score.add(tokens_within(text, gold[label]), tokens_within(text, spans))
    return scores


def unescaped(text: str, labels: list[Label]) -> tuple[str, list[Label]]:
    """Return a text whose escaped UTF-8 bytes are characters again, as an import reads it, and its labels."""
    pieces: list[str] = []
    shifts: list[tuple[int, int]] = []
    reached = shift = 0
    for match in _ESCAPED.finditer(text):
        character = bytes.fromhex(match.group().replace("\\x", "")).decode("utf-8", errors="replace")
        pieces += [text[reached : match.start()], character]
        reached = match.end()
        shift += len(match.group()) - len(character)
        shifts.append((match.end(), shift))
    pieces.append(text[reached:])

    def moved(place: int) -> int:
        return place - max((by for end, by in shifts if end <= place), default=0)

    return "".join(pieces), [(moved(start), moved(end), label) for start, end, label in labels]


def _gold(labels: list[Label]) -> dict[str, Spans]:
    gold: dict[str, Spans] = {label: [] for label in LABELS}
    for start, end, label in labels:
        gold.setdefault(label, []).append((start, end))
        if label in _SKILLS:
            gold["All skills"].append((start, end))
    return gold
