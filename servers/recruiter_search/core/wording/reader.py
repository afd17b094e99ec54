"""Words to a query, by rules over the taxonomy."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace

from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.wording.building import built
from servers.recruiter_search.core.wording.known import projects_named
from servers.recruiter_search.core.wording.languages import InEnglish, in_english
from servers.recruiter_search.core.wording.mentions import UNSURE, Mention, find_mentions, named
from servers.recruiter_search.core.wording.models import LONGEST, Doubt, QueryFromWords, UnreadWords
from servers.recruiter_search.core.wording.naming import Labels
from servers.recruiter_search.core.wording.proposals import Proposer, grounded
from servers.recruiter_search.core.wording.protected import Protected, find_protected
from servers.recruiter_search.core.wording.sheet import Sheet
from servers.recruiter_search.core.wording.sides import Run, sided
from servers.recruiter_search.core.wording.writing import in_boolean, nothing_asked
from shared.kernel.errors import HiremeshError, InvalidInput
from shared.taxonomy.employers import without_legal_form

Called = Callable[[str], Awaitable[list[str]]]
_NO_WORD = re.compile(
    r"(?:[\d\W]+\w?\W*)+|near (?:me|us|here|by)|january|february|march|april|june|july|august|september|october|"
    r"november|december",
    re.I,
)
"""Numbers and months alone, and places that nobody names: no record is found or left out by them."""
_BLANK = ";"
"""Stands where refused words stood: nothing is joined across them."""


async def ask_words(
    words: str, names: Names, proposer: Proposer | None, called: Called | None = None
) -> QueryFromWords:
    """Return the query that ``words`` ask for; what the rules cannot read, ``proposer`` may. Raises InvalidInput.

    ``called`` returns the ids of the projects of a name; None: they are known by their ids alone.
    """
    projects, unsaid = await _projects(words, called)
    by_rules = read_words(words, names, projects=projects)
    by_rules.notes += unsaid
    if proposer is None or not by_rules.unread:
        return by_rules
    text = one_line(words)
    proposals, note = await proposer.propose(text, [one.words for one in by_rules.unread])
    proposed, dropped = grounded(proposals, text, by_rules.unread, names)
    read = read_words(words, names, proposed, projects)
    read.notes += unsaid
    told = {"engine": f"rules and {proposer.name}", "notes": [*read.notes, *dropped]}
    return read.model_copy(update=told if not note else {"notes": [*read.notes, note]})


async def _projects(words: str, called: Called | None) -> tuple[dict[str, str], list[str]]:
    """Return the ids of the projects that words name, each of one project alone, and what could not be asked."""
    found: dict[str, str] = {}
    if called is None:
        return found, []
    for name in projects_named(one_line(words)):
        try:
            ids = await called(name)
        except HiremeshError as error:
            return found, [f"Projects could not be asked for “{name}”: {error.message}"]
        if len(ids) == 1:
            found[name] = ids[0]
    return found, []


def read_words(
    words: str,
    names: Names,
    proposed: Sequence[Mention] = (),
    projects: Mapping[str, str] | None = None,
) -> QueryFromWords:
    """Return the query that ``words`` ask for, with how each was read; ``proposed`` are readings beside the rules',
    ``projects`` the ids of projects by name.

    A word either sets a condition that is told, or is told as unread; none is dropped. Raises InvalidInput.
    """
    text = one_line(words)
    if not text or len(text) > LONGEST:
        raise InvalidInput(f"say whom you look for in 1 to {LONGEST} characters", field="words")
    told, protected = _lawful(text, names)
    plain = told.text
    by_model = [_placed_in(told, one) for one in proposed]
    found = [*(_named_as_typed(one, told) for one in find_mentions(plain, names.taxonomy)), *by_model]
    mentions = sorted(found, key=lambda one: (one.start, one.end))
    placed, runs = sided(plain, mentions)
    if by_name := [one for run in runs if (one := named(plain, run.start, run.end, names))]:
        placed, runs = sided(plain, sorted([*mentions, *by_name], key=lambda one: one.start))
    if either := [run for run in runs if run.either]:
        spans = [(run.start, run.end) for run in either]
        phrases = [Mention(*span, "phrase", told.words(*span), (UNSURE,)) for span in spans]
        found = [*(one.mention for one in placed), *phrases]
        placed, runs = sided(plain, sorted(found, key=lambda one: one.start))
    sheet = built(told, placed, Labels(names, projects))
    unread, doubts = _unread(told, runs)
    unread += [_kept_in(sheet, told, run) for run in either]
    query = _with_unread(sheet.query(), unread)
    expression, left = in_boolean(query)
    notes = ["Nothing is asked: everybody is found."] if nothing_asked(query) else []
    return QueryFromWords(
        query=query,
        read=sheet.read,
        unread=unread,
        doubts=[*sheet.doubts, *doubts],
        refused=[one.why for one in protected],
        expression=expression,
        not_in_expression=left,
        notes=notes,
    )


def one_line(words: str) -> str:
    """Return the words as places in them are counted."""
    return " ".join(words.split())


def _lawful(text: str, names: Names) -> tuple[InEnglish, list[Protected]]:
    """Return ``text`` in English with blanks for what may not be asked, and that, as it was typed."""
    plain, protected = _without_protected(text, names)
    told = replace(in_english(plain), typed=text)
    if told.text == plain:
        return told, protected
    english, more = _without_protected(told.text, names)
    for one in more:
        start, end = told.span(one.start, one.end)
        why = one.why.model_copy(update={"words": text[start:end]})
        protected.append(Protected(start, end, why))
    return replace(told, text=english), sorted(protected, key=lambda one: one.start)


def _placed_in(told: InEnglish, typed: Mention) -> Mention:
    start, end = told.place_of(typed.start, typed.end)
    return replace(typed, start=start, end=end)


def _named_as_typed(one: Mention, told: InEnglish) -> Mention:
    """Return a mention with its name as it was typed, where words of the name were put in English."""
    typed = told.words(one.start, one.end)
    if one.kind not in ("company", "school") or typed == told.text[one.start : one.end]:
        return one
    return replace(one, value=without_legal_form(typed))


def _without_protected(text: str, names: Names) -> tuple[str, list[Protected]]:
    """Return ``text`` with blanks for what may not be asked, and that; a refusal tells of one place at a time."""
    protected: list[Protected] = []
    while found := find_protected(text, names.taxonomy):
        protected += found
        for one in found:
            text = text[: one.start] + _BLANK + " " * (one.end - one.start - 1) + text[one.end :]
    return text, sorted(protected, key=lambda one: one.start)


def _unread(told: InEnglish, runs: list[Run]) -> tuple[list[UnreadWords], list[Doubt]]:
    unread: list[UnreadWords] = []
    doubts: list[Doubt] = []
    for run in runs:
        words, kept = told.words(run.start, run.end), run.side
        if _NO_WORD.fullmatch(words):
            kept = "nothing"
        elif run.side == "filters":
            kept = "text"
        elif run.side == "nothing":
            said = "it is not searched: what is to be left out is not known"
            doubts.append(Doubt(words=words, taken=said, otherwise="name what nobody is to have"))
        elif run.stuck:
            kept = "nothing"
            doubts.append(
                Doubt(
                    words=words,
                    taken="it is not searched: all of what follows it are left out",
                    otherwise=f"say “not” right before what is unwanted, without “{words}”",
                )
            )
        elif run.side == "exclude":
            doubts.append(
                Doubt(words=words, taken="whose record has these words is left out", otherwise="leave it out")
            )
        start, end = told.span(run.start, run.end)
        unread.append(UnreadWords.model_validate({"words": words, "start": start, "end": end, "kept": kept}))
    return unread, doubts


def _kept_in(sheet: Sheet, told: InEnglish, run: Run) -> UnreadWords:
    """Return words that stand in the query as they are, beside what they are an alternative of."""
    start, end = told.span(run.start, run.end)
    kept = next((one.part for one in sheet.read if one.start <= start and end <= one.end), "nothing")
    words = told.typed[start:end]
    return UnreadWords.model_validate({"words": words, "start": start, "end": end, "kept": kept})


def _with_unread(query: SearchQuery, unread: list[UnreadWords]) -> SearchQuery:
    by_part = {
        part: [one.words for one in unread if one.kept == part] for part in ("text", "exclude", "prefer")
    }
    exclude = query.exclude.model_copy(update={"words": [*query.exclude.words, *by_part["exclude"]]})
    prefer = query.prefer.model_copy(update={"words": [*query.prefer.words, *by_part["prefer"]]})
    text = " ".join(by_part["text"]) or None
    return query.model_copy(update={"text": text, "exclude": exclude, "prefer": prefer})
