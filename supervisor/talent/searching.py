"""Searches in a conversation: begun, changed, gone on in, saved; every one shown as it was understood."""

from collections.abc import Awaitable, Iterable

from shared.edge.units import UnitCalls
from shared.kernel.errors import HiremeshError, InvalidInput
from supervisor.core.goals import headline, shortlist_goal
from supervisor.core.models import Goal
from supervisor.core.searching import (
    Change,
    Drop,
    Edit,
    FollowUp,
    MakeRole,
    More,
    News,
    Save,
    Silence,
    looked_for,
    read_follow_up,
    typed,
)
from supervisor.core.talent_query import TalentQuery
from supervisor.environment.attending import Attending
from supervisor.exchange import Exchange
from supervisor.talent.card import KIND, Counted, Note, SearchCard, card_text
from supervisor.talent.store import Shown, TalentSearches
from supervisor.talent.units import Counts, Page, Reading, TalentUnits, Words, why_refused

NOTHING_ASKED = "So nothing is left to search for. Say whom you look for by what the work needs."
NOT_REQUIRED = (
    "Requirements name what the work needs: “{}” stays in the words of the role, and nobody is judged by it."
)
NOT_SAVED = "This search is not saved yet. Say “tell me when new ones come” and I save it with alerts."


class Searching:
    """Searches the pool as the current principal.

    Args:
        units: how recruiter_search is reached.
        attending: knows when a recruiter wants to be told of new matches.
    """

    def __init__(self, units: UnitCalls, attending: Attending) -> None:
        self._talent = TalentUnits(units)
        self._attending = attending

    async def shown(self, exchange: Exchange) -> Shown | None:
        """Return the search that the conversation is about, if there is one."""
        return await _store(exchange).search(exchange.agent, exchange.stage.thread)

    async def hear(self, exchange: Exchange, shown: Shown, text: str) -> Goal | bool:
        """Take in what a message makes of the search; return whether it said anything, or the role to begin."""
        meant = read_follow_up(text, on_table=shown.on_table)
        if meant is None:
            await _store(exchange).put_aside(exchange.agent, exchange.stage.thread)
            return False
        if isinstance(meant, MakeRole):
            if unwanted := shown.query.unwanted():
                said = NOT_REQUIRED.format("; ".join(unwanted))
                await exchange.stage.say(said, key=f"{exchange.stage.turn}:unwanted")
            return shortlist_goal(shown.title)
        await self._tried(exchange, self._follow_up(exchange, shown, meant))
        return True

    async def begin(self, exchange: Exchange, text: str) -> None:
        """Search for whom a message looks for, and show the query as it was understood."""
        await self._tried(exchange, self._begin(exchange, text))

    async def _tried(self, exchange: Exchange, work: Awaitable[None]) -> None:
        """Say it where the search cannot be reached, rather than have the message wait for it."""
        try:
            await work
        except HiremeshError as error:
            if not error.retryable:
                raise
            await exchange.reply(f"I cannot search now: {error}")

    async def _begin(self, exchange: Exchange, text: str) -> None:
        if (expression := typed(text)) is not None:
            await self._edit(exchange, Shown(query=TalentQuery()), expression)
            return
        whom = looked_for(text)
        reading = await self._talent.read(whom)
        if reading.asked.empty:
            await exchange.reply(_nothing_read(reading))
            return
        asked = [] if reading.refused else [whom]
        await self._show(exchange, Shown(query=reading.asked, asked=asked), reading)

    async def _follow_up(self, exchange: Exchange, shown: Shown, meant: FollowUp) -> None:
        match meant:
            case Edit(expression=expression):
                await self._edit(exchange, shown, expression)
            case Change():
                await self._change(exchange, shown, meant)
            case Drop(words=words):
                await self._drop(exchange, shown, words)
            case More():
                await self._more(exchange, shown)
            case Save():
                await self._save(exchange, shown, meant)
            case Silence() if shown.saved:
                kept = await self._talent.silence(shown.saved)
                await exchange.reply(f"I no longer tell you of new matches of “{kept.search.name}”.")
            case News() if shown.saved:
                await self._news(exchange, shown.saved)
            case _:
                await exchange.reply(NOT_SAVED)

    async def _edit(self, exchange: Exchange, shown: Shown, expression: str) -> None:
        reading = await self._talent.read(expression)
        if reading.refused:
            refused = "\n".join(f"- “{one.words}”: {why_refused(one)}" for one in reading.refused)
            raise InvalidInput(f"nobody may be selected by this:\n{refused}", field="query")
        changed = shown.query.with_typed(expression)
        await self._show(exchange, shown.model_copy(update={"query": changed, "asked": []}), None)

    async def _change(self, exchange: Exchange, shown: Shown, change: Change) -> None:
        reading = await self._talent.read(change.words)
        other = reading.asked
        if other.empty:
            await exchange.reply(f"{_nothing_read(reading)} The search stays as it was.")
            return
        if change.how == "or" or (change.how == "also" and other.only_places()):
            widened = shown.query.widened(other)
            if widened is None and change.how == "or":
                await exchange.reply(
                    f"“{change.words}” is an alternative to nothing that is asked. To ask for it as well, say “only "
                    f"{change.words}”. The search stays as it was."
                )
                return
            query, changed = widened or shown.query.narrowed(other)
        else:
            query, changed = shown.query.narrowed(other)
        said = f"{'or ' if change.how == 'or' else ''}{change.words}"
        asked = [] if reading.refused else [*shown.asked, said]
        after = shown.model_copy(update={"query": query, "asked": asked})
        await self._show(exchange, after, reading, changed or ["That was asked already"], shown.total)

    async def _drop(self, exchange: Exchange, shown: Shown, words: str) -> None:
        same = (await self._talent.read(words)).asked
        query, changed = shown.query.without(words, same)
        if not changed:
            conditions = [*shown.query.terms, *(one.says for one in shown.query.beside())]
            listed = "\n".join(f"- {one}" for one in conditions)
            await exchange.reply(f"No condition is called “{words}”. There are:\n{listed}")
            return
        after = shown.model_copy(update={"query": query, "asked": []})
        await self._show(exchange, after, None, changed, shown.total)

    async def _more(self, exchange: Exchange, shown: Shown) -> None:
        if not shown.seen:
            await self._show(exchange, shown, None)
            return
        if shown.cursor is None:
            await exchange.reply(f"That was everybody: {shown.total:,}.")
            return
        page = await self._talent.page(shown.query, shown.cursor)
        card = _card(shown, page, first=shown.seen + 1)
        await self._put(exchange, shown, card, page)

    async def _show(
        self,
        exchange: Exchange,
        search: Shown,
        reading: Reading | None,
        changed: Iterable[str] = (),
        before: int | None = None,
    ) -> None:
        counts = await self._talent.counts(search.query)
        query = search.query.model_copy(update={"terms": counts.terms or search.query.terms})
        page = await self._talent.page(query, None)
        # What was dropped, typed or refused is not said any more: then the conditions are its name.
        search = search.model_copy(
            update={"query": query, "seen": 0, "asked": search.asked or [query.brief()]}
        )
        card = _card(search, page).model_copy(
            update={
                "changed": [*changed],
                "before": before,
                "told": counts.told,
                "clauses": [
                    Counted(says=one.says, alone=one.alone, without=one.without) for one in counts.clauses
                ],
                **_understood(reading, counts),
            }
        )
        await self._put(exchange, search, card, page)

    async def _put(self, exchange: Exchange, search: Shown, card: SearchCard, page: Page) -> None:
        """Keep the search as what is talked about, show its card and close the turn."""
        seen = search.seen + len(page.hits)
        kept = search.model_copy(update={"total": page.total, "seen": seen, "cursor": page.next_cursor})
        await _store(exchange).put(exchange.agent, exchange.stage.thread, kept)
        await _tell(exchange, card)

    async def _save(self, exchange: Exchange, shown: Shown, save: Save) -> None:
        name = save.name or headline(shown.title)
        known = await self._talent.named(name)
        try:
            kept = await self._talent.save(name, shown.query, known, alerts=save.alerts)
        except InvalidInput as error:  # it finds too many to tell of
            await exchange.reply(f"I could not save it: {error}")
            return
        after = shown.model_copy(update={"saved": kept.search.search_id})
        await _store(exchange).put(exchange.agent, exchange.stage.thread, after)
        when = await self._when(exchange) if save.alerts else "I do not tell of new ones."
        await exchange.reply(
            f"Saved as “{kept.search.name}”; {kept.total:,} match today. {when} Ask “who is new?” whenever you like."
        )

    async def _when(self, exchange: Exchange) -> str:
        rules = (await self._attending.hours(exchange.connection, exchange.tenant, exchange.agent)).rules
        match rules.of("matches"):
            case "at_once":
                return "I tell you here as soon as somebody comes to match; “stop alerts” ends that."
            case "digest":
                return (
                    f"Who comes to match is in your digest at {rules.digest:%H:%M}; say “tell me at once about new matches” "
                    "to hear sooner, “stop alerts” to end it."
                )
            case "never":
                return "You asked not to be told of matches; say “tell me at once about new matches” to change that."

    async def _news(self, exchange: Exchange, search_id: str) -> None:
        news = await self._talent.news(search_id)
        if news is None:
            await exchange.reply("Nobody new matches so far.")
            return
        card = SearchCard(title=f"New in “{news.name}”", total=news.unseen, hits=news.hits)
        await _tell(exchange, card)
        await self._talent.seen(search_id, [one.candidate_id for one in news.hits])


def _store(exchange: Exchange) -> TalentSearches:
    return TalentSearches(exchange.connection, exchange.tenant)


async def _tell(exchange: Exchange, card: SearchCard) -> None:
    stage = exchange.stage
    await stage.card(KIND, card.model_dump(mode="json"), card_text(card), f"{stage.turn}:{KIND}")
    await stage.finished()


def _card(search: Shown, page: Page, first: int = 1) -> SearchCard:
    return SearchCard(
        asked=search.title,
        expression=search.query.expression,
        beside=[one.says for one in search.query.beside()],
        total=page.total,
        near=page.beside,
        hits=page.hits,
        first=first,
        more=page.next_cursor is not None,
    )


def _understood(reading: Reading | None, counts: Counts) -> dict[str, list[Note] | list[str]]:
    """Return how words were taken, and what may mean something else than it says."""
    notes = [f"Nothing is known by the name “{name}”." for name in counts.unresolved]
    notes += [*counts.hints, *counts.elsewhere]
    if reading is None:
        return {"notes": notes}
    return {
        "read": [
            Note(words=one.words, says=f"{'not ' if one.part == 'exclude' else ''}{one.says}")
            for one in reading.read
        ],
        "unread": [Note(words=one.words, says=_kept(one)) for one in reading.unread],
        "doubts": [
            Note(words=one.words, says=f"{one.taken}; otherwise {one.otherwise}") for one in reading.doubts
        ],
        "refused": [Note(words=one.words, says=why_refused(one)) for one in reading.refused],
        "notes": [*reading.notes, *notes],
    }


def _kept(one: Words) -> str:
    return "searched as free words" if one.kept == "text" else "not searched"


def _nothing_read(reading: Reading) -> str:
    """Say why words set no condition."""
    refused = [f"“{one.words}” is not searched: {why_refused(one)}" for one in reading.refused]
    if refused:
        return "\n\n".join([*refused, NOTHING_ASKED])
    return "I understood no condition in that."
