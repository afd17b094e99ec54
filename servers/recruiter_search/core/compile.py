"""From what a caller asks to criteria an index can run: names resolved, aliases opened, rules applied."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from servers.recruiter_search.core.criteria import (
    AllOf,
    AnyOf,
    Between,
    Criterion,
    Keyword,
    NoneOf,
    OneOf,
    TextField,
    Weighted,
    Words,
)
from servers.recruiter_search.core.document import DEGREES, DO_NOT_CONTACT
from servers.recruiter_search.core.expression import (
    And,
    InField,
    Node,
    Not,
    Or,
    Phrase,
    Word,
    parse_expression,
)
from servers.recruiter_search.core.models import Filters, Preferences, SearchQuery
from servers.recruiter_search.core.ports import IndexQuery
from shared.kernel.errors import InvalidInput
from shared.taxonomy import Taxonomy
from shared.taxonomy.degrees import degree_of, find_fields_of_study
from shared.taxonomy.languages import resolve_language
from shared.taxonomy.named import find_industries, industry, resolve_certificate
from shared.taxonomy.places import find_places, place, resolve_place

_STOP = frozenset(
    """a an and any are as at be by for from has have in into is it must need needs of on or our someone that
    the their they this to we who will with you your person people candidate candidates looking want least
    years year experience experienced""".split()  # noqa: SIM905 - a paragraph reads better than 50 lines
)
PLACE_BOOST = 12.0  # a place in a query means there, not a word that happens to occur
_BOOST: tuple[tuple[TextField, float], ...] = (("title", 3.0), ("skill_names", 2.0), ("everything", 1.0))


@dataclass
class Compiled:
    """The query for the index, the words that a hit's sentences are picked by, and what is unknown."""

    query: IndexQuery
    terms: list[str] = field(default_factory=list[str])
    unresolved: list[str] = field(default_factory=list[str])


class Compiler:
    """Compiles queries with one taxonomy."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy

    def compile(self, query: SearchQuery) -> Compiled:
        """Return ``query`` in the index's terms. Raises InvalidInput naming the field at fault."""
        return _Run(self._taxonomy).compile(query)


class _Run:
    """One compilation, gathering terms and unknown names on the way."""

    def __init__(self, taxonomy: Taxonomy) -> None:
        self._taxonomy = taxonomy
        self._terms: list[str] = []
        self._unresolved: list[str] = []

    def compile(self, query: SearchQuery) -> Compiled:
        must = self._filters(query.filters)
        should: list[Weighted] = []
        if query.expression and query.expression.strip():
            wanted = self._node(parse_expression(query.expression), "everything")
            must.append(wanted)
            should.extend(_scoring(wanted))
        if query.text and query.text.strip():
            self._text(query.text, must, should)
        should.extend(self._preferences(query.prefer))
        built = IndexQuery(tuple(must), tuple(should), query.sort)
        return Compiled(built, list(dict.fromkeys(self._terms)), list(dict.fromkeys(self._unresolved)))

    # Filters.

    def _filters(self, f: Filters) -> list[Criterion]:
        must: list[Criterion] = []
        must.extend(self._skill(name) for name in f.skills_all)
        for group in (f.skills_any, *f.skill_groups):
            if group:
                must.append(AnyOf(tuple(self._skill(name) for name in group)))
        pairs: list[tuple[Keyword, list[str], Callable[[str], str | None]]] = [
            ("occupations", f.occupations, self._occupation_id),
            ("current_occupations", f.current_occupations, self._occupation_id),
            ("places", f.locations, _place_id),
            ("countries", f.countries, str.upper),
            ("seniority", list(f.seniority), str),
            ("certificates", f.certificates, resolve_certificate),
            ("industries", f.industries, _industry_id),
            ("candidate_id", f.candidate_ids, str),
        ]
        for keyword, names, resolve in pairs:
            if names:
                must.append(OneOf(keyword, self._resolved(names, resolve)))
        if f.fields_of_study:
            ids = tuple(i for name in f.fields_of_study for i in self._study(name))
            must.append(OneOf("fields_of_study", ids))
        must.extend(self._scalar_filters(f))
        return must

    def _scalar_filters(self, f: Filters) -> list[Criterion]:
        must: list[Criterion] = []
        if f.min_years is not None and f.max_years is not None and f.min_years > f.max_years:
            raise InvalidInput("min_years is above max_years", field="filters.min_years")
        if f.min_years is not None or f.max_years is not None:
            must.append(Between("years", f.min_years, f.max_years))
        if f.degree:
            must.append(OneOf("degree", (f.degree,)))
        for spoken in f.languages:
            code = spoken.code.lower()
            must.append(OneOf("languages", (f"{code}:{spoken.at_least}" if spoken.at_least else code,)))
        if f.exclude_candidate_ids:
            must.append(NoneOf((OneOf("candidate_id", tuple(f.exclude_candidate_ids)),)))
        if not f.include_do_not_contact:
            must.append(NoneOf((OneOf("flags", (DO_NOT_CONTACT,)),)))
        return must

    def _resolved(self, names: Iterable[str], resolve: Callable[[str], str | None]) -> tuple[str, ...]:
        ids: list[str] = []
        for name in names:
            found = resolve(name)
            if found is None:
                self._unresolved.append(name)
            else:
                ids.append(found)
        return tuple(dict.fromkeys(ids))

    def _skill(self, name: str) -> Criterion:
        """A skill by id or name: whoever has it or something proving it; an unknown one by its words."""
        self._terms.append(name)
        found = self._taxonomy.resolve_skill(name)
        if found is None:
            self._unresolved.append(name)
            return Words("everything", name)
        self._terms.extend(self._spellings(found))
        return OneOf("skills", (found,))

    def _spellings(self, skill: str) -> list[str]:
        entry = self._taxonomy.skill(skill)
        return [entry.label, *(alias.lstrip("=?") for alias in entry.aliases)]

    def _occupation_id(self, name: str) -> str | None:
        if any(entry.id == name for entry in self._taxonomy.occupations):
            return name
        entry = self._taxonomy.resolve_occupation(name)
        return entry.id if entry else None

    def _study(self, name: str) -> list[str]:
        found = find_fields_of_study(name.replace("-", " "))
        if not found:
            self._unresolved.append(name)
        return [name, *found]

    # The boolean expression.

    def _node(self, node: Node, where: TextField) -> Criterion:
        match node:
            case And(nodes):
                return AllOf(tuple(self._node(part, where) for part in nodes))
            case Or(nodes):
                return AnyOf(tuple(self._node(part, where) for part in nodes))
            case Not(inner):
                return NoneOf((self._without_terms(inner, where),))
            case InField(name, inner):
                return self._in_field(name, inner)
            case Word(text, prefix):
                return self._word(text, where, prefix=prefix)
            case Phrase(text):
                return self._word(text, where, prefix=False)

    def _without_terms(self, node: Node, where: TextField) -> Criterion:
        kept = list(self._terms)
        built = self._node(node, where)
        self._terms = kept
        return built

    def _word(self, text: str, where: TextField, *, prefix: bool) -> Criterion:
        self._terms.append(text)
        words = Words(where, text, prefix)
        skill = (
            None
            if prefix or where not in ("everything", "skill_names")
            else self._taxonomy.resolve_skill(text)
        )
        if skill is None:
            return words
        self._terms.extend(self._spellings(skill))
        return AnyOf((words, OneOf("shown_skills", (skill,))))

    def _in_field(self, name: str, inner: Node) -> Criterion:
        match name:
            case "title" | "current_title" | "company" | "current_company" | "past_company" | "school":
                return self._node(inner, name)
            case _:
                return self._each(inner, lambda text, prefix: self._keyword(name, text, prefix=prefix))

    def _each(self, node: Node, leaf: Callable[[str, bool], Criterion]) -> Criterion:
        match node:
            case And(nodes):
                return AllOf(tuple(self._each(part, leaf) for part in nodes))
            case Or(nodes):
                return AnyOf(tuple(self._each(part, leaf) for part in nodes))
            case Not(inner):
                return NoneOf((self._each(inner, leaf),))
            case InField(name, inner):
                return self._in_field(name, inner)
            case Word(text, prefix):
                return leaf(text, prefix)
            case Phrase(text):
                return leaf(text, False)

    def _keyword(self, name: str, text: str, *, prefix: bool) -> Criterion:
        self._terms.append(text)
        if name == "skill":
            return Words("skill_names", text, prefix) if prefix else self._skill(text)
        keyword, found = self._known(name, text)
        if not found:
            self._unresolved.append(text)
            return Words("title" if name == "occupation" else "everything", text, prefix)
        return OneOf(keyword, tuple(found))

    def _known(self, name: str, text: str) -> tuple[Keyword, list[str]]:
        def maybe(value: str | None) -> list[str]:
            return [value] if value else []

        match name:
            case "occupation":
                return "occupations", maybe(self._occupation_id(text))
            case "location":
                return "places", maybe(_place_id(text))
            case "language":
                return "languages", maybe(text.lower() if len(text) == 2 else resolve_language(text))
            case "industry":
                return "industries", maybe(_industry_id(text))
            case "certificate":
                return "certificates", maybe(resolve_certificate(text))
            case "field_of_study":
                return "fields_of_study", find_fields_of_study(text)
            case "degree":
                level = text.lower() if text.lower() in DEGREES else (degree_of(text) or (None,))[0]
                return "degree", maybe(level)
            case _:
                return "seniority", [text.lower()]

    # Free text and preferences.

    def _text(self, text: str, must: list[Criterion], should: list[Weighted]) -> None:
        """Most words must occur somewhere; where they occur decides the rank."""
        words = [w for w in dict.fromkeys(text.lower().split()) if w.strip(".,;:!?()") not in _STOP]
        words = [w.strip('.,;:!?()"') for w in words]
        words = [w for w in words if any(char.isalnum() for char in w)][:64]
        self._terms.extend(words)
        parts = tuple(self._either_word(word) for word in words)
        if parts:
            least = len(parts) if len(parts) <= 2 else max(2, (len(parts) * 3 + 4) // 5)
            must.append(AnyOf(parts, least))
        for word in words:
            should.extend(Weighted(Words(where, word), weight) for where, weight in _BOOST)
        for mention in self._taxonomy.find_skills(text):
            self._terms.extend(self._spellings(mention.skill))
            should.append(Weighted(OneOf("shown_skills", (mention.skill,)), 2.0))
        for named in find_places(text):
            should.append(Weighted(OneOf("places", (named.place.id,)), PLACE_BOOST, flat=True))

    def _either_word(self, word: str) -> Criterion:
        skill = self._taxonomy.resolve_skill(word)
        words = Words("everything", word)
        return AnyOf((words, OneOf("skills", (skill,)))) if skill else words

    def _preferences(self, liked: Preferences) -> list[Weighted]:
        should = [Weighted(self._liked_skill(name), 1.0) for name in liked.skills]
        flat: list[tuple[Keyword, list[str], Callable[[str], str | None], float]] = [
            ("occupations", liked.occupations, self._occupation_id, 1.0),
            ("industries", liked.industries, _industry_id, 0.5),
            ("places", liked.locations, _place_id, 1.0),
        ]
        for keyword, names, resolve, weight in flat:
            for found in self._resolved(names, resolve):
                should.append(Weighted(OneOf(keyword, (found,)), weight, flat=True))
        should.extend(Weighted(Words("title", title), 2.0) for title in liked.titles)
        return should

    def _liked_skill(self, name: str) -> Criterion:
        self._terms.append(name)
        found = self._taxonomy.resolve_skill(name)
        if found is None:
            return Words("everything", name)
        self._terms.extend(self._spellings(found))
        return OneOf("shown_skills", (found,))


def _scoring(wanted: Criterion) -> list[Weighted]:
    """Score by the words of an expression that are wanted, not by those that are excluded."""
    match wanted:
        case Words(where, text, prefix):
            more = [] if where != "everything" else [Weighted(Words("title", text, prefix), 3.0)]
            return [Weighted(wanted, 1.0), *more]
        case OneOf():
            return [Weighted(wanted, 1.0)]
        case AllOf(parts) | AnyOf(parts):
            return [scored for part in parts for scored in _scoring(part)]
        case _:
            return []


def _place_id(text: str) -> str | None:
    known = place(text) or resolve_place(text)
    return known.id if known else None


def _industry_id(text: str) -> str | None:
    if industry(text):
        return text
    found = find_industries(text)
    return found[0].industry if found else None
