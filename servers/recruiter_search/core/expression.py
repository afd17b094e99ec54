"""The boolean language that recruiters type, parsed to a tree.

``AND`` binds before ``OR``; words side by side are joined by AND; ``NOT`` takes what follows it.
``"several words"`` is a phrase, ``engin*`` a prefix, ``title:nurse``, ``title:"data engineer"`` and
``skill:(python OR java)`` look in one field. Only upper-case operators count. Errors point at the
character.
"""

import re
from dataclasses import dataclass
from difflib import get_close_matches

from shared.kernel.errors import InvalidInput

MAX_LENGTH = 2000
MAX_DEPTH = 20

FIELDS = {
    "title": "any position's title",
    "current_title": "the title of the newest position",
    "company": "any employer",
    "current_company": "the newest employer",
    "past_company": "earlier employers",
    "school": "schools and universities",
    "skill": "a skill, by any of its names",
    "degree": "bachelor, master, doctorate, …, at least",
    "field_of_study": "what was studied",
    "certificate": "certificates and licences",
    "language": "a language spoken",
    "industry": "industries worked in",
    "occupation": "a kind of job, by any of its names",
    "seniority": "intern, junior, mid, senior, lead, manager, director, executive",
    "location": "city, region or country of residence",
}
REFUSED_FIELDS = {
    **dict.fromkeys(
        ("age", "birthday", "birth_date", "born", "graduation_year", "graduated"),
        "age, and what gives it away,",
    ),
    **dict.fromkeys(("gender", "sex", "pronouns"), "gender"),
    **dict.fromkeys(("nationality", "citizenship", "ethnicity", "race", "origin"), "origin"),
    **dict.fromkeys(("religion", "faith"), "religion"),
    **dict.fromkeys(("marital_status", "married", "children", "family", "pregnant"), "family"),
    **dict.fromkeys(("disability", "health"), "health"),
    **dict.fromkeys(("photo", "picture"), "a photo"),
    **dict.fromkeys(("name", "first_name", "last_name", "surname"), "a name"),
}


@dataclass(frozen=True)
class Word:
    text: str
    prefix: bool = False


@dataclass(frozen=True)
class Phrase:
    text: str


@dataclass(frozen=True)
class InField:
    field: str
    node: "Node"


@dataclass(frozen=True)
class Not:
    node: "Node"


@dataclass(frozen=True)
class And:
    nodes: tuple["Node", ...]


@dataclass(frozen=True)
class Or:
    nodes: tuple["Node", ...]


Node = Word | Phrase | InField | Not | And | Or


def parse_expression(text: str) -> Node:
    """Return the tree of ``text``. Raises InvalidInput for ``expression``, a caret under the fault."""
    if len(text) > MAX_LENGTH:
        raise InvalidInput(
            f"the expression has {len(text)} characters; {MAX_LENGTH} are allowed", field="expression"
        )
    return _Parser(text).parse()


@dataclass(frozen=True)
class _Token:
    kind: str  # "(", ")", "AND", "OR", "NOT", "word", "phrase", "field", "end"
    text: str
    at: int


_TOKEN = re.compile(
    r"""\s+ | (?P<bracket>[()]) | "(?P<phrase>[^"]*)(?P<closed>"?)
      | (?P<field>[A-Za-z_]+): | (?P<word>[^\s()"]+)""",
    re.VERBOSE,
)


def _tokens(text: str) -> list[_Token]:
    plain = text.translate(str.maketrans("“”„«»", '"""""'))
    found: list[_Token] = []
    for match in _TOKEN.finditer(plain):
        at = match.start()
        if match["bracket"]:
            found.append(_Token(match["bracket"], match["bracket"], at))
        elif match["phrase"] is not None:
            if not match["closed"]:
                raise _fault(text, at, "this quote is never closed", 'Add the closing ".')
            found.append(_Token("phrase", match["phrase"], at))
        elif match["field"]:
            found.append(_Token("field", match["field"], at))
        elif match["word"]:
            word = match["word"]
            found.append(_Token(word if word in ("AND", "OR", "NOT") else "word", word, at))
    return [*found, _Token("end", "", len(text))]


class _Parser:
    """Recursive descent: or → and → not → operand."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = _tokens(text)
        self._next = 0
        self._depth = 0

    def parse(self) -> Node:
        if self._peek.kind == "end":
            raise self._error(self._peek, "the expression is empty", "Type at least one word.")
        node = self._either()
        if self._peek.kind == ")":
            raise self._error(self._peek, "this bracket was never opened", "Remove it or open one.")
        return node

    @property
    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        token = self._peek
        self._next += 1
        return token

    def _either(self) -> Node:
        nodes = [self._all()]
        while self._peek.kind == "OR":
            self._take()
            nodes.append(self._all())
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def _all(self) -> Node:
        nodes = [self._maybe_not()]
        while self._peek.kind not in ("OR", ")", "end"):
            if self._peek.kind == "AND":
                self._take()
            nodes.append(self._maybe_not())
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def _maybe_not(self) -> Node:
        if self._peek.kind != "NOT":
            return self._operand()
        self._take()
        self._deeper()
        node = Not(self._maybe_not())
        self._depth -= 1
        return node

    def _operand(self) -> Node:
        token = self._take()
        match token.kind:
            case "(":
                return self._group(token)
            case "phrase":
                return Phrase(self._searchable(token))
            case "word":
                return self._word(token)
            case "field":
                return self._field(token)
            case "end":
                before = self._tokens[max(self._next - 2, 0)]
                raise self._error(before, f"something must follow {before.text}", "Add a word after it.")
            case _:
                raise self._error(
                    token,
                    f"a word, a phrase or a bracket is expected here, not {token.text}",
                    f'Write "{token.text.lower()}" in quotes if you mean the word.'
                    if token.kind.isalpha()
                    else "Put something between the brackets.",
                )

    def _group(self, opening: _Token) -> Node:
        self._deeper()
        node = self._either()
        if self._peek.kind != ")":
            raise self._error(opening, "this bracket is never closed", "Add the closing bracket.")
        self._take()
        self._depth -= 1
        return node

    def _word(self, token: _Token) -> Node:
        text = token.text.rstrip("*")
        if "*" in text:
            star = token.at + token.text.index("*")
            raise _fault(self._text, star, "a * works at the end of a word only", "Move it to the end.")
        if text != token.text:
            if len(text) < 2:
                raise self._error(token, "a prefix needs at least two characters", "Type more of the word.")
            return Word(self._searchable(_Token("word", text, token.at)), prefix=True)
        return Word(self._searchable(token))

    def _field(self, token: _Token) -> Node:
        name = token.text.lower()
        if name in REFUSED_FIELDS:
            raise self._error(
                token,
                f"{REFUSED_FIELDS[name]} is no ground for selection and cannot be searched",
                "Search for what the work needs.",
            )
        if name not in FIELDS:
            near = get_close_matches(name, FIELDS, 1)
            hint = f"Did you mean {near[0]}:?" if near else f"Fields: {', '.join(FIELDS)}."
            raise self._error(token, f"there is no field {token.text}:", hint)
        if self._peek.kind in ("field", "AND", "OR", "NOT", "end", ")"):
            raise self._error(token, f"{token.text}: needs a value", f'Write {token.text}:word or "…".')
        return InField(name, self._operand())

    def _searchable(self, token: _Token) -> str:
        if not any(char.isalnum() for char in token.text):
            raise self._error(token, "there is nothing to search for here", "Use letters or digits.")
        return token.text.strip()

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(
                self._peek, f"brackets go deeper than {MAX_DEPTH} levels", "Use fewer brackets."
            )

    def _error(self, token: _Token, problem: str, fix: str) -> InvalidInput:
        return _fault(self._text, token.at, problem, fix)


def _fault(text: str, at: int, problem: str, fix: str) -> InvalidInput:
    """Quote at most 60 characters around the fault, with a caret under it."""
    line = re.sub(r"\s", " ", text)
    start = max(0, at - 40)
    shown = line[start : start + 60]
    caret = " " * (at - start) + "^"
    return InvalidInput(f"{problem} (character {at + 1})\n{shown}\n{caret}", field="expression", fix=fix)
