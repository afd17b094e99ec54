"""The boolean language that recruiters type, parsed to a tree.

``AND`` binds before ``OR``; words side by side are joined by AND; ``NOT`` takes what follows it.
``"several words"`` is a phrase, ``engin*`` a prefix, ``title:nurse``, ``title:"data engineer"`` and
``skill:(python OR java)`` look in one field, ``years:>=5`` and ``years:2..5`` limit a number,
``skill:python>=3y@2y`` says for how long and how lately. Only upper-case operators count. Errors point
at the character and say what would be right; ``hints`` tell what parses and yet probably means something
else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache

from servers.recruiter_search.core.models import language_fields
from servers.recruiter_search.core.refusals import refusal
from shared.kernel.errors import InvalidInput

MAX_LENGTH = 2000
MAX_DEPTH = 20

OWN_FIELDS = {
    "position": "one and the same position, such as position:(title:engineer AND company:cobalt years:>=3)",
    "held": "within position:( ) only: now, past, or @2y for still held two years ago",
}


@cache
def fields() -> dict[str, str]:
    """Return the fields that may stand before a colon, each with what it means."""
    return {name: meaning for name, (meaning, _) in language_fields().items()} | OWN_FIELDS


@dataclass(frozen=True)
class Word:
    text: str
    prefix: bool = False
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Phrase:
    text: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class InField:
    name: str
    node: "Node"
    at: int = field(default=0, compare=False)


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


def leaves(node: Node, within: str = "") -> Iterator[tuple[str, Word | Phrase]]:
    """Yield the words of ``node``, each with the field that it is looked for in; empty: everywhere."""
    match node:
        case And(nodes) | Or(nodes):
            for part in nodes:
                yield from leaves(part, within)
        case InField(name, inner):
            yield from leaves(inner, name)
        case Not(inner):
            yield from leaves(inner, within)
        case Word() | Phrase():
            yield within, node


def hints(text: str) -> list[str]:
    """Return what in ``text``, which parses, was probably meant otherwise."""
    told: list[str] = []
    for token in _tokens(text):
        if token.kind == "word" and token.text.lower() in ("and", "or", "not"):
            operator = token.text.upper()
            told.append(
                f"{token.text} is searched as a word here; write {operator} for the operator"
                f"{_pointed(text, token.at)}"
            )
    return told


def written(node: Node) -> str:
    """Return ``node`` as it is typed."""
    match node:
        case Word(text, prefix):
            return f"{text}*" if prefix else text
        case Phrase(text):
            return f'"{text}"'
        case InField(name, inner):
            return (
                f"{name}:({written(inner)})" if isinstance(inner, InField) else f"{name}:{_bracketed(inner)}"
            )
        case Not(inner):
            return f"NOT {_bracketed(inner)}"
        case And(nodes):
            return " AND ".join(_bracketed(part) for part in nodes)
        case Or(nodes):
            return " OR ".join(_bracketed(part) for part in nodes)


def _bracketed(node: Node) -> str:
    return f"({written(node)})" if isinstance(node, And | Or) else written(node)


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
                raise fault(text, at, "this quote is never closed", 'Add the closing ".')
            found.append(_Token("phrase", match["phrase"], at))
        elif match["field"]:
            found.append(_Token("field", match["field"], at))
        elif match["word"]:
            word = match["word"]
            found.append(_Token(word if word in ("AND", "OR", "NOT") else "word", word, at))
    return [*found, _Token("end", "", len(text))]


_FOREIGN = tuple(
    (re.compile(pattern), problem, fix)
    for pattern, problem, fix in (
        (r"&&|^&$", "{} is no operator here", "Write AND."),
        (r"\|\||^\|$", "{} is no operator here", "Write OR."),
        (r"^[-!](?=\w)|^!$", "{} is no operator here", "Write NOT {}."),
        (r"^\+(?=\w)", "{} is no operator here", "Every word is demanded as it is: write {}."),
        (r"^['‘’`‚](?=\w)", "single quotes make no phrase", 'Write "{}…" in double quotes.'),
        (r"^[\[{]", "{} is no bracket here", "Use round brackets."),
    )
)


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
                return Phrase(self._searchable(token), token.at)
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
        self._plain(token)
        text = token.text.rstrip("*")
        if "*" in text:
            star = token.at + token.text.index("*")
            raise fault(self._text, star, "a * works at the end of a word only", "Move it to the end.")
        if text != token.text and len(text) < 2:
            raise self._error(token, "a prefix needs at least two characters", "Type more of the word.")
        return Word(self._searchable(_Token("word", text, token.at)), text != token.text, token.at)

    def _plain(self, token: _Token) -> None:
        """Refuse what other languages mean something by and this one would search for as it stands."""
        for pattern, problem, fix in _FOREIGN:
            if found := pattern.search(token.text):
                at = token.at + found.start()
                rest = token.text[found.end() :].strip("'’*") or "…"
                raise fault(self._text, at, problem.format(found.group()), fix.format(rest))
        before = self._tokens[self._next - 2] if self._next > 1 else None
        if token.text.startswith(":") and before and before.text.lower() in fields():
            fix = f"Write {before.text}:{token.text[1:] or '…'} without a space."
            raise self._error(token, "a field's colon follows it at once", fix)

    def _field(self, token: _Token) -> Node:
        name = token.text.lower()
        if refused := refusal(name):
            raise self._error(token, *refused)
        if name not in fields():
            near = get_close_matches(name, fields(), 1)
            hint = f"Did you mean {near[0]}:?" if near else f"Fields: {', '.join(fields())}."
            raise self._error(token, f"there is no field {token.text}:", hint)
        if self._peek.kind in ("field", "AND", "OR", "NOT", "end", ")"):
            raise self._error(token, f"{token.text}: needs a value", f'Write {token.text}:word or "…".')
        return InField(name, self._operand(), token.at)

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
        return fault(self._text, token.at, problem, fix)


def fault(text: str, at: int, problem: str, fix: str) -> InvalidInput:
    """Return the refusal of ``text`` that points at its character ``at``."""
    return InvalidInput(f"{problem}{_pointed(text, at)}", field="expression", fix=fix)


def _pointed(text: str, at: int) -> str:
    """Quote at most 60 characters around a place, with a caret under it."""
    line = re.sub(r"\s", " ", text)
    start = max(0, at - 40)
    caret = " " * (at - start) + "^"
    return f" (character {at + 1})\n{line[start : start + 60]}\n{caret}"
