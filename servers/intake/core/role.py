"""What a posting says of the role as a whole: title, seniority, place, way of working, employment."""

import re
from dataclasses import dataclass

from servers.intake.core.header import header_mode, header_parts, header_place
from servers.intake.core.sections import Posting, heading_kind
from shared.taxonomy import Place, Taxonomy, find_industries, find_places, industry_of, seniority_of
from shared.wire.requirements import Seniority, WorkMode

_TITLE_FACTS = ("title", "job title", "position title", "position", "role title", "job", "vacancy", "role")
_EMPLOYMENT_FACTS = ("employment type", "job type", "work schedule", "type", "contract type", "schedule",
                     "working hours", "appointment type")  # fmt: skip
_LONGEST = 90
# In a long text a single word such as "driver" or "server" may be anything but the role.
_SENTENCE_LONG = 400
_PLACE_FACTS = ("location", "locations", "duty location", "job location", "work location", "city",
                "place of work", "office location", "region", "where")  # fmt: skip
_HIRING = re.compile(
    r"\b(?:looking for|seeking|hiring|searching for|recruiting|recruit|want|need|position as|"
    r"position of|role of|join us as|join .{0,40} as|"
    r"is looking to hire|find|vacancy for|opening for|as)\s+(?:an? |our next |our new |our |one |the |"
    r"two |some )?\s*"
    r"(?P<title>[^.,;:!?\n()]{3,80})",
    re.I,
)
# A title that no taxonomy knows: words in capitals that end in what somebody can be.
_UNKNOWN_TITLE = re.compile(
    r"(?:[A-Z][\w&/+#.-]* ){1,4}(?:Manager|Engineer|Developer|Specialist|Officer|Assistant|Analyst|"
    r"Consultant|Lead|"
    r"Director|Coordinator|Representative|Technician|Scientist|Researcher|Worker|Operator|Nurse|"
    r"Designer|Architect|"
    r"Advisor|Adviser|Administrator|Supervisor|Executive|Agent|Associate|Expert|Head|Trainer|Planner)\b"
)
_NOT_IN_TITLE = frozenset(
    (
        "a",
        "an",
        "the",
        "we",
        "our",
        "for",
        "as",
        "you",
        "seek",
        "hire",
        "and",
        "or",
        "of",
        "to",
        "full-time",
        "part-time",
    )
)
_NOISE = re.compile(
    r"<[A-Z_]+>|\(\s*[mwfdxhi](?:\s*[/|*,]\s*(?:[mwfdxhi*]|div|all genders|gn)\.?)+\s*\)|"
    r"\b[mwfdx](?:\s?/\s?[mwfdx]){1,3}\b|\(all genders?\)|"
    r"\b(?:gs|ses)[- ]?\d{4}[- ]\d{2}\b|,?\s*\bgs[- ]?\d{1,2}\b(?:\s*[-/]\s*\d+)?|\s+-\s+perm\b|"
    r"\bgs-?\d{4}-?\d*\b|^\W+|\bjob (?:description|title)\s*:?|\bcareer opportunity\b",
    re.I,
)
_TITLE_END = re.compile(
    r"\s+(?:to|who|with|for|that|in|at|on|based|within|where|and join|\bjoin|located|\d+%|from|able|by|"
    r"is|of the)\b|\s+[-–|@]\s+|,|\s*\(|\s*/\s*(?=remote)",
    re.I,
)
_REMOTE = re.compile(
    r"\b(?:fully |100% |completely )?remote(?:ly)?(?:[- ](?:first|friendly|ok|okay|possible|work|"
    r"position|role|job|only|based))?\b|"
    r"\bwork from (?:home|anywhere)\b|\bhome[- ]based\b|\banywhere in (?:the )?\w|\bdistributed team\b|"
    r"\bvirtual (?:position|location)\b|\btelecommut\w+",
    re.I,
)
_NOT_REMOTE = re.compile(
    r"\b(?:no|not|non|without|isn['’]t|is not)[- ](?:\w+ ){0,3}(?:remote|home[- ]?office|telework)|"
    r"\bremote (?:work )?(?:is )?(?:not|un)\s?\w*|"
    r"\b(?:managing|support(?:ing)?|lead(?:ing)?|with|of|for) remote (?:teams?|users?|sites?|employees|"
    r"staff|access|workers?)|\bremote (?:access|sensing|monitoring|desktop|control|"
    r"teams?|users?|sites?|support|servers?|locations?|areas?|procedure|patient|diagnos\w+|islands?)\b",
    re.I,
)
_FULLY_REMOTE = re.compile(
    r"\b(?:fully|100 ?%|completely|entirely|exclusively|only)[- ]remote|\bremote[- ]only\b", re.I
)
_HYBRID = re.compile(
    r"\bhybrid (?:work|model|role|position|working|office|set[- ]?up|remote)|\bhybrid\b(?=\s*(?:[,.)]|"
    r"$))|\b(?:\d|one|two|three|four) days? (?:a|per) week (?:in|at|on|from) (?:the |our )?(?:office|"
    r"site|home)|"
    r"\bpartly remote|\bpartially remote|\b(?:partial|occasional|some) (?:remote|home[- ]?office)|"
    r"\bhome[- ]?office (?:optional|possible|days?|option)|\boption to work from home|"
    r"\bremote work / home office optional",
    re.I,
)
_ON_SITE = re.compile(
    r"\b(?:on[- ]?site|in[- ]office|in[- ]person|in the office|office[- ]based)\b(?!\s*(?:customer|"
    r"client|support|visit|gym|parking|canteen|childcare|cafeteria|interview|training|audits?|"
    r"inspections?|installation))",
    re.I,
)
_FULL_TIME_OFFICE = re.compile(
    r"\b(?:5|five) days (?:a|per) week (?:in|at|from) (?:the |our )?(?:[\w-]+ )?office|"
    r"\b(?:in|at|from) (?:the |our )(?:[\w-]+ )?office,? (?:5|five) days (?:a|per) week|\b(?:fully|100 ?%|only|"
    r"strictly) (?:on[- ]?site|in[- ]office)|\b(?:must|required to) (?:be|work) (?:on[- ]?site|"
    r"in the office)(?: (?:daily|every day|full[- ]time))?",
    re.I,
)
_EMPLOYMENT = (
    ("internship", r"\binternship\b|\bintern\b(?!al)"),
    ("apprenticeship", r"\bapprenticeship\b"),
    ("part-time", r"\bpart[- ]time\b"),
    ("full-time", r"\bfull[- ]?time\b|\b(?:40|37\.5|38|39)[- ]hours? (?:a |per )?week"),
    ("contract",
        r"\b(?:contract(?:or)? (?:position|role|job|basis)|freelance|fixed[- ]term|"
        r"temporary (?:position|contract|role|appointment)|limited[- ]term|term appointment)\b"),
    ("permanent",
        r"\b(?:permanent (?:position|role|contract|employment|appointment)|unlimited contract|"
        r"permanent\b)"),
)  # fmt: skip


@dataclass(slots=True)
class Role:
    """What is known of the role; None where the posting does not say."""

    title: str | None = None
    occupations: tuple[str, ...] = ()
    seniority: Seniority | None = None
    location: str | None = None
    place: Place | None = None
    work_mode: WorkMode | None = None
    employment_type: str | None = None
    industry: str | None = None
    remote_and_on_site: bool = False


def read_role(posting: Posting, taxonomy: Taxonomy) -> Role:
    """Read the role as a whole out of a posting or a sentence."""
    role = Role()
    role.title = title_of(posting, taxonomy)
    occupation = taxonomy.resolve_occupation(role.title) if role.title else None
    role.occupations = (occupation.id,) if occupation else ()
    stated = _fact(posting, ("experience level", "seniority", "career level", "level", "seniority level"))
    role.seniority = (seniority_of(role.title) if role.title else None) or (
        seniority_of(stated) if stated else None
    )
    header = header_parts(posting)
    role.location, role.place = _location(posting, role.title, header)
    role.work_mode, role.remote_and_on_site = _work_mode(_working(posting))
    role.work_mode = header_mode(header) or role.work_mode
    role.employment_type = _employment(posting)
    role.industry = _industry(posting)
    return role


def _fact(posting: Posting, names: tuple[str, ...]) -> str | None:
    return next((posting.facts[name] for name in names if posting.facts.get(name, "").strip()), None)


def title_of(posting: Posting, taxonomy: Taxonomy) -> str | None:
    """Return the title of the role: a named field, a title line, or what the text says is sought."""
    lines = [line.strip(" *_") for line in posting.readable.splitlines() if line.strip(" *_#")]
    headed = clean_title(lines[0].lstrip("# ")) if lines and re.match(r"#\s", lines[0]) else ""
    if headed and heading_kind(headed) is None and len(headed) <= _LONGEST:
        return headed
    first = clean_title(lines[0]) if lines else ""
    alone = len(lines) > 1 and len(first) <= _LONGEST and not lines[0].endswith((".", "!", "?"))
    known = taxonomy.find_occupations(first) or seniority_of(first) or _UNKNOWN_TITLE.fullmatch(first)
    named = bool(first) and alone and bool(known)
    further = next((value for label, value in posting.facts.items() if "title" in label.split()), None)
    for stated in (
        _fact(posting, _TITLE_FACTS[:3]),
        first if named else None,
        _fact(posting, _TITLE_FACTS),
        further,
    ):
        if stated and (title := clean_title(stated)) and len(title) <= _LONGEST:
            return title
    sought = _sought(posting.readable[:6000], taxonomy)
    if sought:
        return sought
    short = len(posting.readable) < _SENTENCE_LONG
    mentions = [m for m in taxonomy.find_occupations(posting.readable[:3000]) if short or " " in m.text]
    return _named(posting.readable, mentions[0].start, mentions[0].end) if mentions else None


def _sought(text: str, taxonomy: Taxonomy) -> str | None:
    for match in _HIRING.finditer(text):
        reach = _TITLE_END.split(match.group("title"), maxsplit=1)[0]
        mentions = taxonomy.find_occupations(reach)
        if mentions:
            start = match.start("title")
            return _named(text, start + mentions[0].start, start + mentions[0].end)
        if unknown := _UNKNOWN_TITLE.match(reach.strip()):
            return clean_title(unknown.group())
    return None


def _named(text: str, start: int, end: int) -> str:
    """Return an occupation found in running text as a title, with the level and speciality before it."""
    before = re.search(r"((?:[\w/+#.&-]+ ){0,3})$", text[max(0, start - 50) : start])
    words = before.group(1).split() if before else []
    kept: list[str] = []
    for word in reversed(words):
        if word.lower() in _NOT_IN_TITLE or not (seniority_of(word) or word[:1].isupper()):
            break
        kept.insert(0, word)
    name = text[start:end]
    if name.islower():
        name = re.sub(r"(?<=[^s])s$", "", name)
        name = name[:1].upper() + name[1:] if not kept else name
    title = clean_title(" ".join([*kept, name]))
    return title[:1].upper() + title[1:]


def clean_title(text: str) -> str:
    """Return a title without codes, genders in brackets, placeholders and surrounding marks."""
    plain = _NOISE.sub(" ", text.replace("**", " "))
    plain = re.sub(r"\(\s*\)", " ", re.sub(r"\s+", " ", plain))
    return plain.strip(" -–—:|,*_\"'.#/")


def _location(posting: Posting, title: str | None, header: list[str]) -> tuple[str | None, Place | None]:
    stated = _fact(posting, _PLACE_FACTS)
    alone = header_place(header)
    brief = posting.readable if len(posting.readable) < _SENTENCE_LONG else None
    for text in (stated, alone.text if alone else None, title, _about_place(posting.readable), brief):
        mentions = find_places(text) if text else []
        if mentions:
            best = min(mentions, key=lambda mention: ("city", "region", "country").index(mention.place.kind))
            return best.text.strip(" ,("), best.place
    return None, None


def _about_place(text: str) -> str | None:
    found = re.search(
        r"\b(?:located|based|office|position is|job is|role is|join us|headquarter\w*|team|vacancy|"
        r"work) (?:\w+ ){0,4}?(?:in|at) ([^.\n;]{2,60})|"
        r"\bin (?:the )?([A-Z][\w.é-]+(?:,? [A-Z][\w.]+){0,2})",
        text,
    )
    return (found.group(1) or found.group(2)) if found else None


def _working(posting: Posting) -> str:
    """Return the text that may speak of the way of working; a company's praise of itself rarely does."""
    kept = [posting.readable[s.start : s.end] for s in posting.sections if s.kind not in ("legal", "apply")]
    return "\n".join(kept)


def _work_mode(text: str) -> tuple[WorkMode | None, bool]:
    """Return the way of working, and whether the text demands both remote and full-time office work."""
    remote_text = _NOT_REMOTE.sub(" ", text)
    remote, hybrid = bool(_REMOTE.search(remote_text)), bool(_HYBRID.search(text))
    both = bool(_FULLY_REMOTE.search(remote_text)) and bool(_FULL_TIME_OFFICE.search(text))
    if hybrid:
        return "hybrid", both
    if remote:
        on_site = bool(_ON_SITE.search(text))
        return ("hybrid" if on_site and not _FULLY_REMOTE.search(remote_text) else "remote"), both
    return ("on_site" if _ON_SITE.search(text) else None), both


def _employment(posting: Posting) -> str | None:
    stated = _fact(posting, _EMPLOYMENT_FACTS)
    for text in (stated, posting.readable):
        if text:
            for name, pattern in _EMPLOYMENT:
                if re.search(pattern, text, re.I):
                    return name
    return None


def _industry(posting: Posting) -> str | None:
    stated = _fact(posting, ("industry", "sector", "industries"))
    if stated and (found := industry_of(stated)):
        return found
    about = " ".join(posting.readable[s.start : s.end] for s in posting.sections if s.kind == "about")
    counts: dict[str, int] = {}
    for mention in find_industries(about):
        counts[mention.industry] = counts.get(mention.industry, 0) + 1
    best = max(counts, key=lambda key: counts[key], default=None)
    return best if best and counts[best] >= 2 else None
