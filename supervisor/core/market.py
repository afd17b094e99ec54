"""What a message asks of the talent market: which figures, and about whom.

Rules read how a question is put; whom it is about stays in the person's words, which recruiter_search reads as it
reads the words of a search.
"""

import re
from dataclasses import dataclass
from typing import Literal

Insight = Literal[
    "pool_what_if",
    "talent_supply",
    "supply_over_time",
    "best_places",
    "remote_share",
    "talent_flows",
    "workforce_trends",
    "market_signals",
    "adjacent_skills",
    "emerging_skills",
    "school_pipelines",
    "posted_pay",
    "role_market",
]
"""Named as the tools that answer them."""
LONGEST = 300
"""Characters of a message that may be a question."""


@dataclass(frozen=True)
class MarketQuestion:
    """A question about the market.

    Attributes:
        whom: the words that say whom it is about; empty: everybody, or whoever is talked about.
        by: what to compare, in talent_insights' words; empty: what the insight compares by itself.
        focus: one employer, city or skill that it asks about.
        change: the demand whose absence it asks about.
        talked_of: it is about the role or search that is talked about.
        growth: what grows most comes first.
    """

    insight: Insight
    whom: str = ""
    by: str = ""
    focus: str = ""
    change: str = ""
    talked_of: bool = False
    growth: bool = False


_DIMENSIONS = {
    "skill": r"skills?",
    "occupation": r"occupations?|jobs?|titles?",
    "function": r"functions?|departments?|fields?",
    "seniority": r"seniorit(?:y|ies)|levels?",
    "country": r"countr(?:y|ies)",
    "region": r"regions?|states?",
    "place": r"cit(?:y|ies)|places?|towns?|locations?",
    "company": r"compan(?:y|ies)|employers?|firms?",
    "work_mode": r"work modes?",
}
_SCHOOLS = r"(?:schools?|universit(?:y|ies)|colleges?)"
_COMPANIES, _PLACES, _REGIONS = (_DIMENSIONS[name] for name in ("company", "place", "region"))
_WHERE = rf"(?:{_PLACES}|{_REGIONS}|{_DIMENSIONS['country']})"
_BY = re.compile(
    rf"\s+(?:by|per|in each|for each|broken down by)\s+(?P<by>{'|'.join(_DIMENSIONS.values())})\s*$", re.I
)
_OPENING = re.compile(
    r"^\s*(?:(?:please|and|so|ok(?:ay)?,?)\s+)*(?:(?:can|could|would) you\s+)?"
    r"(?:(?:show|tell|give)\s+(?:me|us)\s+|(?:i|we)(?:'d| would)? (?:like|want|need) to (?:know|see)\s+)?",
    re.I,
)
_IS = r"(?:what(?:'s|\s+is|\s+are)\s+|how (?:is|are|big|high)\s+(?:is\s+|are\s+)?)?(?:the\s+|our\s+)?"
_WE = r"(?:should|could|can|do|would|must|shall)\s+(?:we|i|you)\s+(?:best\s+)?"
_OF = r"(?:for|of|to|among|amongst|in|at|with|from)"
_HIRE = r"(?:hire|recruit|find|source|look for|get|open|locate|build|set up|start|hiring|finding|opening)"
_WHOM = r"(?:our\s+)?(?P<whom>.+?)"
_DROPPING = (
    r"(?:drop(?:s|ped|ping)?|relax(?:ed|ing)?|leav(?:e|ing) out|left out|loosen(?:ed|ing)?|lift(?:ed|ing)?|"
    r"remov(?:e|ed|ing)|did(?:n't| not) (?:ask for|need|require)|without)"
)
_PATTERNS: tuple[tuple[Insight, str], ...] = (
    (
        "pool_what_if",
        rf"(?:what\b|how (?:many|much) more\b|how (?:would|does|do)\b).{{0,60}}?\b{_DROPPING}\s+(?:the\s+)?(?P<change>.+?)"
        r"(?:\s+(?:do|mean|bring|change|give|gain|help|affect|cost)\b(?:\s+(?:us|me))?)?"
        r"(?:\s+(?:to|for)\s+(?:the\s+)?(?:pool|search|market|number|role))?(?:\s+(?:of|for)\s+(?P<whom>.+))?",
    ),
    (
        "pool_what_if",
        r"(?:which|what)\s+(?:of (?:the|our|these)\s+)?(?:requirements?|conditions?|demands?|must-haves?|qualifications?)"
        rf"\s+(?:costs?|cuts?|loses?|narrows?|limits?|excludes?|hurts?)\b.*?(?:\s+(?:for|of)\s+{_WHOM})?",
    ),
    ("pool_what_if", rf"{_IS}(?:size of (?:the|our)\s+)?(?:talent\s+)?pool\s+(?:of|for)\s+{_WHOM}"),
    (
        "posted_pay",
        rf"(?:what|how much)\s+(?:do|does|is|are|should)\s+(?:we pay\s+)?{_WHOM}\s+(?:earn|make|cost|get paid|paid|get)"
        r"(?P<rest>\s+(?:in|at|for|with)\s.+)?",
    ),
    ("posted_pay", rf"(?:what|how much)\s+{_WE}(?:pay|offer)\s+(?:to\s+)?{_WHOM}"),
    (
        "posted_pay",
        rf"{_IS}(?:usual\s+|typical\s+|average\s+|median\s+|market\s+)?(?:pay|salar(?:y|ies)|wages?|compensation)"
        rf"(?:\s+(?:range|band)s?)?\s+{_OF}\s+{_WHOM}",
    ),
    (
        "school_pipelines",
        rf"(?:which|what)\s+{_SCHOOLS}\s+(?:do|did)\s+{_WHOM}\s+(?:come|graduate|stem)\s+from(?P<rest>\s.+)?",
    ),
    ("school_pipelines", rf"(?:which|what)\s+{_SCHOOLS}\s+(?:feed|produce|train|teach|have)\s+{_WHOM}"),
    ("school_pipelines", rf"where (?:did|do)\s+{_WHOM}\s+(?:study|graduate)"),
    (
        "talent_flows",
        rf"(?:who|where|(?:which|what|from which|to which)\s+(?P<by>{_COMPANIES}|{_PLACES}))\s+(?:do|does|did)\s+"
        r"(?P<focus>\S.{0,60}?)\s+(?:win|lose|hire|get|poach|take)\s+"
        r"(?:(?:its |their |our )?(?:people|talent|staff|employees|(?P<whom>\S.*?))\s+)?(?:from|to)",
    ),
    (
        "talent_flows",
        rf"(?:(?:from |to )?(?:which|what)\s+(?P<by>{_COMPANIES}|{_PLACES})|where)\s+(?:do|did|does)\s+{_WHOM}\s+"
        r"(?:come from|go(?: to)?|leave for|move(?: to| from| between)?|join from|come)(?:\s+next)?(?P<rest>\s+(?:in|at)\s.+)?",
    ),
    (
        "talent_flows",
        rf"{_IS}(?:talent\s+)?(?:flows?|moves|movements?)(?:\s+of talent)?(?:\s+between\s+(?P<by>{_COMPANIES}|{_PLACES}))?"
        rf"(?:\s+{_OF}\s+{_WHOM})?",
    ),
    (
        "emerging_skills",
        rf"(?:(?:which|what)\s+(?:are\s+)?(?:the\s+)?)?{_IS}(?:emerging|trending|rising|growing|new|up-and-coming|hot)\s+skills"
        rf"(?:\s+{_OF}\s+{_WHOM})?",
    ),
    (
        "emerging_skills",
        r"(?:which|what)\s+skills\s+(?:are|do)\s+(?:emerging|trending|rising|growing|new|coming up|in fashion)"
        rf"(?:\s+{_OF}\s+{_WHOM})?",
    ),
    (
        "adjacent_skills",
        r"(?:(?:which|what)\s+(?:other\s+)?)?skills\s+(?:that\s+)?(?:(?:are|is)\s+)?"
        r"(?:go(?:es)? with|related to|adjacent to|similar to|close to|next to|near)\s+(?P<focus>.+?)",
    ),
    (
        "adjacent_skills",
        r"what else\s+(?:do|can)\s+(?:people|those)\s+(?:who|with|that)\s+(?:know|have|can|use|do)?\s*(?P<focus>.+?)\s+"
        r"(?:know|have|do|use|show|bring)",
    ),
    (
        "remote_share",
        rf"(?:what share|how many|what (?:percentage|proportion|part)|which share)\s+of\s+{_WHOM}\s+"
        r"(?:work|works|are|is)\s+(?:remotely|remote|from home)(?P<rest>\s.+)?",
    ),
    ("remote_share", rf"{_IS}(?:remote (?:share|work)|share of remote (?:work|people))(?:\s+{_OF}\s+{_WHOM})?"),
    (
        "market_signals",
        rf"(?:(?:who|(?:which|what)\s+(?P<by>{_COMPANIES}|{_PLACES}|functions?))\s+(?:is|are|was|were|has|have)\s+)"
        r"(?:been\s+)?(?:laying (?:people\s+)?off|laid (?:people\s+)?off|letting people go|let people go)(?:\s+.*)?",
    ),
    ("market_signals", rf"{_IS}(?:recent\s+|latest\s+)?(?:layoffs|lay-offs|market signals)(?:\s+lately|\s+recently)?"),
    (
        "workforce_trends",
        rf"(?:who|(?:which|what)\s+(?P<by>{_COMPANIES}|functions?|{_WHERE}))\s+(?:is|are)\s+(?:growing|hiring|shrinking|"
        rf"expanding)(?:\s+(?:the\s+)?(?:fastest|most|quickest))?(?:\s+(?:{_OF}\s+)?{_WHOM})?",
    ),
    ("workforce_trends", rf"{_IS}fastest[ -]growing\s+(?P<by>{_COMPANIES}|functions?|{_WHERE})(?:\s+{_OF}\s+{_WHOM})?"),
    (
        "workforce_trends",
        rf"{_IS}(?:attrition|turnover|headcount|hiring|tenure|growth|workforce)(?:\s+(?:rates?|trends?))?"
        rf"(?:\s+(?:at\s+(?P<focus>.+?)|{_OF}\s+{_WHOM}))?",
    ),
    (
        "best_places",
        rf"where\s+{_WE}{_HIRE}(?:\s+(?:an?|the|our)?\s*(?:new\s+)?(?:office|team|role|site|hub|location|branch)s?)?"
        rf"(?:\s+(?:for|of|with))?\s+{_WHOM}",
    ),
    (
        "best_places",
        rf"(?:(?:which|what)\s+(?:are|is)?\s*)?{_IS}(?:best\s+)(?P<by>{_WHERE})\s+(?:(?:to|for)\s+)?(?:{_HIRE}\s+)?{_WHOM}",
    ),
    (
        "best_places",
        rf"(?:which|what|in which)\s+(?P<by>{_WHERE})\s+(?:have|has|hold|are there)\s+(?:the\s+)?(?:most\s+)?{_WHOM}",
    ),
    ("best_places", rf"where\s+(?:do|are)\s+(?:most\s+|the\s+|most of the\s+)*{_WHOM}\s+(?:live|sit|work|based|located)"),
    (
        "supply_over_time",
        rf"how\s+(?:has|have|did|does)\s+(?:the\s+)?(?:number|supply|pool|count)\s+of\s+{_WHOM}\s+"
        r"(?:changed?|grown|grow|developed?|evolved?)(?:\s+.*)?",
    ),
    ("supply_over_time", rf"{_IS}(?:supply|number)\s+of\s+{_WHOM}\s+over\s+(?:time|the\s+.+)"),
    (
        "role_market",
        r"(?:how (?:is|does)|what(?:'s| is))?\s*(?:the\s+)?market(?:\s+looks?(?:\s+like)?)?"
        r"(?:\s+(?:for|of)\s+(?:this|the|that|my|our) (?:role|job|position))?",
    ),
    ("talent_supply", rf"{_IS}(?:talent\s+)?(?:supply|demand|market)(?:\s+and\s+(?:supply|demand))?\s+(?:of|for)\s+{_WHOM}"),
    ("talent_supply", rf"how\s+(?:scarce|rare|common|sought|wanted|hard to find)\s+(?:is|are)\s+{_WHOM}"),
    ("talent_supply", rf"how many\s+(?:people|postings)\s+(?:are there\s+)?per\s+(?:posting|person)\s+(?:for|of)\s+{_WHOM}"),
)  # fmt: skip
_READERS: tuple[tuple[Insight, re.Pattern[str]], ...] = tuple(
    (insight, re.compile(pattern, re.I)) for insight, pattern in _PATTERNS
)
_COUNTED = re.compile(
    rf"how many\s+{_WHOM}(?:\s+(?:do we have|have we got|are there|are known))?(?P<rest>\s+(?:in|at|with|from)\s.+)?",
    re.I,
)
_GROWING = re.compile(r"\b(?:growing|growth|expanding|fastest)\b", re.I)
_NOBODY = re.compile(r"^(?:candidates?|person|people|number|no\.?)\s*#?\d|^(?:you|he|she|i|we)\b", re.I)
_EVERYBODY = re.compile(
    r"^(?:all )?(?:people|candidates|everybody|everyone|anybody|talents?|professionals|staff|employees)$",
    re.I,
)
_TALKED_OF = re.compile(
    r"^(?:us|it|this|that|they|them|these|those|the|(?:this|the|that|my|our) (?:role|search|pool|job))$", re.I
)


def read_market(text: str) -> MarketQuestion | None:
    """Return what a message asks of the market; None where it asks for something else."""
    asked = _OPENING.sub("", text.strip(), count=1).rstrip(" ?.!\n")
    if not asked or len(asked) > LONGEST or "\n" in asked:
        return None
    by = ""
    if found := _BY.search(asked):
        by, asked = _dimension(found["by"]), asked[: found.start()]
    for insight, reader in _READERS:
        if match := reader.fullmatch(asked):
            question = _question(insight, match, by)
            return None if _NOBODY.match(question.whom) else question
    if by and (match := _COUNTED.fullmatch(asked)):
        return _question("talent_supply", match, by)
    return None


def _question(insight: Insight, match: re.Match[str], by: str) -> MarketQuestion:
    said = {name: (value or "").strip() for name, value in match.groupdict().items()}
    whom = f"{said.get('whom', '')} {said.get('rest', '')}".strip()
    talked_of = _TALKED_OF.match(whom) is not None or (
        not whom and insight in ("pool_what_if", "role_market")
    )
    return MarketQuestion(
        insight,
        whom="" if talked_of or _EVERYBODY.match(whom) else whom,
        by=by or (_dimension(said["by"]) if said.get("by") else ""),
        focus="" if said.get("focus", "").casefold() in {"we", "i", "us"} else said.get("focus", ""),
        change=said.get("change", ""),
        talked_of=talked_of,
        growth=_GROWING.search(match[0]) is not None,
    )


def _dimension(word: str) -> str:
    return next(name for name, pattern in _DIMENSIONS.items() if re.fullmatch(pattern, word.strip(), re.I))
