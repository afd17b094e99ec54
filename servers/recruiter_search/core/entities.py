"""What of a career, and of a query, carries meaning: short texts with weights, whose vectors are averaged.

A person's texts are skills, kinds of work and titles held; never names, employers, schools or places, and
nothing protected: titles are taken without what they say of somebody's gender.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from servers.recruiter_search.core.career import Job
from servers.recruiter_search.core.models import Filters, SearchQuery
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.values import Experience
from shared.taxonomy.named import industry
from shared.taxonomy.places import find_places

SHARES = {"work": 0.45, "skills": 0.45, "industries": 0.1}
"""What kinds of work, skills and industries count for, however many of each there are."""
MOST = 60
SCALE = 1000
"""Weights are whole: of a person they add up to about this."""
LONGEST = 60
_FADING_YEARS = 5
_MOST_YEARS = 6
_SOFT = 0.3
_LISTED = 0.5
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]|(?:\s+(?:at|for|bei|chez|presso)\s|[@|•·,;:]|\s[-–—/]\s).*$", re.I)
_TRADES = (
    "sales|chair|fore|crafts|trades|business|camera|handy|repair|fire|police|drafts|draughts|fisher|door|journey|"
    "spokes|watch|ombuds|service|work|lines|delivery|post|mail|bar|congress|alder|council|boat|sports|stunt|dray"
)
_GENDERED = (
    (re.compile(rf"\b({_TRADES})(?:wo)?m[ae]n\b", re.I), r"\1person"),
    (re.compile(r"(?<=er)(?:[*:_/-]?in)\b|(?<=eur)(?:[*:_/-]?in)\b|(?<=tor)(?:[*:_/-]?in)\b", re.I), ""),
    (re.compile(r"\b(wait)ress\b", re.I), r"\1er"),
    (re.compile(r"\b(act)ress\b", re.I), r"\1or"),
    (re.compile(r"\b(host|steward|manager)ess\b", re.I), r"\1"),
    (re.compile(r"\b(direc|proprie|execu)(?:tress|trice|trix)\b", re.I), r"\1tor"),
    (re.compile(r"\b(?:mr|mrs|ms|miss|sir|madam|lady|male|female|man|woman|men|women)\b\.?", re.I), ""),
)


class Entities:
    """Finds them with one taxonomy. Keeps what it learnt of titles, bounded."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._titled = lru_cache(16384)(plain_title)

    def of(
        self, jobs: Sequence[Job], in_position: Sequence[Iterable[str]], shown: Mapping[str, int], now: int
    ) -> dict[str, int]:
        """Return the texts that carry a career's meaning, weighted: what was done long and lately weighs more.

        Args:
            in_position: skill ids shown in each of ``jobs``.
            shown: all skills shown, with how often.
            now: this month.
        """
        work, skills, industries = (defaultdict[str, float](float) for _ in range(3))
        for job, done in zip(jobs, in_position, strict=True):
            weight = _weight(job, now)
            if job.work.position and (title := self._titled(_without(job.work.position, job.work.name))):
                work[title] += weight
            for occupation in job.occupations:
                work[self._names.taxonomy.occupation(occupation).label] += weight
            for one in job.industries:
                if entry := industry(one):
                    industries[entry.label] += weight
            for skill in sorted(done):  # a set has another order in another process, and sums with it
                skills[skill] += weight
        for skill, times in shown.items():
            skills[skill] += _LISTED + 0.1 * min(times, 5)
        known = {self._label(skill): weight * self._worth(skill) for skill, weight in skills.items()}
        return _weighted({"work": work, "skills": known, "industries": industries})

    def _label(self, skill: str) -> str:
        return self._names.taxonomy.skill(skill).label

    def _worth(self, skill: str) -> float:
        return _SOFT if self._names.taxonomy.skill(skill).kind == "soft" else 1.0


def _without(title: str, company: str | None) -> str:
    if not company or company.lower() not in title.lower():
        return title
    return re.sub(re.escape(company), " ", title, flags=re.IGNORECASE)


def plain_title(title: str) -> str:
    """Return a title as it is meant: without place, asides and gender; empty where nothing is left."""
    text = _ASIDE.sub(" ", title)
    for found in reversed(find_places(text)):
        text = text[: found.start] + " " + text[found.end :]
    for pattern, neutral in _GENDERED:
        text = pattern.sub(neutral, text)
    plain = " ".join(word for word in text.lower().split() if any(c.isalpha() for c in word))
    return plain if len(plain) <= LONGEST else ""


def sought(query: SearchQuery, names: Names) -> dict[str, float]:
    """Return the texts that say what a query means, with weights: its free text, and what its filters name."""
    found: dict[str, float] = {}
    if query.text and query.text.strip():
        found[" ".join(query.text.split())] = 1.0
    for filters, weight in ((query.filters, 0.5), (query.prefer, 0.25)):
        for text in _named(filters, names):
            found[text] = max(found.get(text, 0.0), weight)
    return found


def _named(filters: Filters, names: Names) -> Iterable[str]:
    """Yield titles, kinds of work, skills and industries that filters name."""
    asked = [*filters.skills, *filters.skills_all, *(one for group in filters.skill_groups for one in group)]
    for skill in asked:
        yield _labelled(skill.of if isinstance(skill, Experience) else skill, names)
    for position in filters.positions:
        yield from (*position.titles, *(_labelled(skill, names) for skill in position.skills))
    yield from (*filters.titles, *filters.current_titles, *filters.past_titles)
    for occupation in (*filters.occupations, *filters.current_occupations, *filters.past_occupations):
        yield from (_occupation(one, names) for one in names.ids("occupation", occupation))
    for one in (*filters.industries, *filters.current_industries):
        yield from (entry.label for id in names.ids("industry", one) if (entry := industry(id)))


def _labelled(skill: str, names: Names) -> str:
    ids = names.ids("skill", skill)
    return names.taxonomy.skill(ids[0]).label if ids else skill


def _occupation(id: str, names: Names) -> str:
    return names.taxonomy.occupation(id).label


def _weight(job: Job, now: int) -> float:
    """Return what a position counts for: by its full years, halved with every five since it ended."""
    if job.span is None:
        return 1.0
    first, last = job.span
    years = min((last - first + 1) / 12, _MOST_YEARS)
    return (1 + years) * 0.5 ** (max(0, now - last) / 12 / _FADING_YEARS)


def _weighted(kinds: Mapping[str, Mapping[str, float]]) -> dict[str, int]:
    """Share out the weight among kinds, then among what there is of each; what is too light is left out."""
    there = {kind: texts for kind, texts in kinds.items() if texts}
    shares = sum(SHARES[kind] for kind in there)
    found: dict[str, int] = defaultdict(int)
    for kind, texts in there.items():
        total = sum(texts.values())
        for text, weight in texts.items():
            found[text] += round(SCALE * SHARES[kind] / shares * weight / total)
    heaviest = sorted(found.items(), key=lambda one: (-one[1], one[0]))[:MOST]
    return {text: weight for text, weight in heaviest if weight > 0}
