"""Answering questions about the market: whom they are about, what is asked of talent_insights, what is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from shared.edge.units import UnitCalls
from shared.kernel.clock import Clock
from shared.kernel.errors import HiremeshError, InvalidInput
from shared.kernel.months import month_of, month_written
from shared.taxonomy.places import place, with_label
from supervisor.core.market import Change, Insight, MarketQuestion
from supervisor.core.models import Fact
from supervisor.core.talent_query import TalentQuery
from supervisor.exchange import Exchange
from supervisor.market.card import KIND, Basis, MarketCard, Note, Table, card_text
from supervisor.market.following import COMPARED, FOCUSED, NOBODY, WORK, Asked, changed, months_back, takes
from supervisor.market.segment import OF_WHAT, Whom, whom_of
from supervisor.market.store import MarketQuestions
from supervisor.market.views import FEW, VIEWS, Answer
from supervisor.talent.store import Shown, TalentSearches
from supervisor.talent.units import Reading, TalentUnits, why_refused
from supervisor.views.requirements import FACT

UNIT = "talent_insights"
WHOM = "Say whom it is about, such as “what would dropping SQL do to the pool of data engineers in Berlin?”."
MOST = 12


class Market:
    """Answers as the current principal."""

    def __init__(self, units: UnitCalls, clock: Clock) -> None:
        self._units = units
        self._talent = TalentUnits(units)
        self._clock = clock

    async def taken(self, exchange: Exchange) -> Asked | None:
        """Return the question that was last talked about; only another answer makes it so again."""
        return await _questions(exchange).take(exchange.agent, exchange.stage.thread)

    async def answer(
        self, exchange: Exchange, question: MarketQuestion, facts: Mapping[str, Fact], shown: Shown | None
    ) -> None:
        """Answer in the conversation and close the turn.

        Who is named is what is talked about from then on, unless a role is worked on.

        Args:
            facts: what is known of the role that is worked on; empty where there is none.
            shown: the search that is talked about.
        """
        last = await self.taken(exchange)
        if question.talked_of and last and last.question.focus and question.insight in FOCUSED:
            question = replace(question, focus=last.question.focus, talked_of=False)
        try:
            about = await self._about(question, facts.get(FACT), shown)
            asked = Asked.of(question, about.whom)
            card = await self._card(asked, about)
        except HiremeshError as error:
            await exchange.reply(f"I cannot tell that of the market: {error}")
            return
        if not facts and (about.search or not shown):
            await self._talked_of(exchange, about.search, card.title)
        await self._tell(exchange, asked, card)

    async def follow(self, exchange: Exchange, asked: Asked, change: Change, *, role: bool) -> None:
        """Answer the question that was asked last with one thing changed, or say why that cannot be.

        Args:
            role: whether a role is worked on, which stays what is talked about.
        """
        try:
            reading, other = await self._read(change.words) if change.words else (None, Whom())
            refused = _refused(reading)
            if refused and not other.segment:
                raise InvalidInput(f"“{refused[0].words}”: {refused[0].says}")
            after, told = changed(asked, change, other, self._clock.now().date())
            words = after.whom.in_words() if after.segment != asked.segment else ""
            about = await self._named(words, after.whom, refused)
            card = await self._card(after, about)
        except HiremeshError as error:
            await _questions(exchange).put(exchange.agent, exchange.stage.thread, asked)
            await exchange.reply(f"I cannot change that of the last answer: {error}")
            return
        if about.search and not role:
            await self._talked_of(exchange, about.search, card.title)
        await self._tell(exchange, after, card.model_copy(update={"changed": told}))

    async def _tell(self, exchange: Exchange, asked: Asked, card: MarketCard) -> None:
        """Show an answer, keep its question as what is talked about, and close the turn."""
        stage = exchange.stage
        await _questions(exchange).put(exchange.agent, stage.thread, asked)
        await stage.card(KIND, card.shown(), card_text(card), f"{stage.turn}:{KIND}")
        await stage.finished()

    async def _talked_of(self, exchange: Exchange, search: Shown | None, title: str) -> None:
        """Keep a search as what is talked about; without one, a conversation that is called by a title."""
        searches, thread = TalentSearches(exchange.connection, exchange.tenant), exchange.stage.thread
        await searches.put(exchange.agent, thread, search or Shown(query=TalentQuery(), asked=[title]))
        if not search:
            await searches.put_aside(exchange.agent, thread)

    async def _about(self, question: MarketQuestion, role: Fact | None, shown: Shown | None) -> "About":
        """Return whom a question is about. Raises InvalidInput where that cannot be told."""
        if question.talked_of and role and not (shown and shown.on_table):
            answer = await self._ask("role_market", {"requirements": role.value})
            market: dict[str, Any] = answer["market"]
            left = [("", one) for one in market["not_counted"]]
            return About(await self._called(Whom(market["asked_as"], left)), market=market)
        words = question.whom or (shown.title if question.talked_of and shown else "")
        if not words:
            if question.talked_of:
                raise InvalidInput("nobody is talked about yet", fix=WHOM)
            return About(Whom())
        reading, whom = await self._read(words)
        if not whom.segment:
            raise InvalidInput(f"no work, skill, place or employer is known in “{words}”", fix=WHOM)
        if question.change and question.whom:
            # What would be dropped is asked for till then, whether that is said or not.
            whom.also((await self._read(question.change))[1])
        search = Shown(query=reading.asked, asked=[words]) if question.whom and not reading.refused else None
        return About(whom, _refused(reading), search)

    async def _read(self, words: str) -> tuple[Reading, Whom]:
        """Return words as they are read, and whom they name. Raises InvalidInput where who that is stays unknown.

        What is known of "farriers in Vienna" is a place, and figures of all who live there are no answer.
        """
        reading = await self._talent.read(words)
        whom = whom_of(reading.query)
        if (unknown := reading.query.get("text")) and whom.segment and not whom.segment.keys() & OF_WHAT:
            raise InvalidInput(f"no work, skill or employer is known in “{unknown}”", fix=WHOM)
        return reading, whom

    async def _called(self, whom: Whom) -> Whom:
        """Return whom a role asks for by the names that recruiter_search knows them by, where it knows all of them."""
        where = place(whom.segment.get("place", ""))
        given = whom.segment | ({"place": with_label(where)} if where else {})
        named = whom_of((await self._talent.read(Whom(given).in_words())).query).segment
        same = named.keys() == given.keys() and len(named.get("skills", [])) == len(given.get("skills", []))
        return Whom(named if same else given, whom.unsaid)

    async def _named(self, words: str, whom: Whom, refused: list[Note]) -> "About":
        """Return whom a question is about who are now called by these words, to be searched for where these say it."""
        reading = await self._talent.read(words) if words and whom.segment and not refused else None
        again = whom_of(reading.query) if reading else Whom()
        if reading is None or (again.segment, again.others) != (whom.segment, whom.others):
            return About(whom, refused)
        return About(whom, refused, Shown(query=reading.asked, asked=[words]))

    async def _card(self, asked: Asked, about: "About") -> MarketCard:
        question = asked.question
        if question.insight == "role_market" and about.market:
            return _role_card(about.market)
        insight: Insight = "pool_what_if" if question.insight == "role_market" else question.insight
        cards = [
            await self._one(insight, question, whom) for whom in about.whom.within(takes(insight)).each()
        ]
        then = [f"find me {about.search.title}"] if about.search else []
        return _together(cards).model_copy(update={"refused": about.refused, "then": then})

    async def _one(self, insight: Insight, question: MarketQuestion, whom: Whom) -> MarketCard:
        today = self._clock.now().date()
        given, left, months = _given(insight, question, whom, today)
        answer = await self._ask(insight, given)
        if insight == "best_places" and not question.by and not answer["places"]:
            # Of few people no city can be told, but perhaps a country.
            answer = await self._ask(insight, given | {"level": "country"})
        if months and "points" in answer:
            since = month_written(month_of(today) - months)
            answer["points"] = [point for point in answer["points"] if point["month"] >= since]
        view, basis = VIEWS[insight], Basis.model_validate(answer["basis"])
        tables = [_first(table) for table in view.tables(answer)]
        if question.change:
            tables = [_marked(table, question.change) for table in tables]
        told = [view.told(answer), _of_change(question.change, tables), view.empty if not tables else ""]
        return MarketCard(
            title=f"{view.title}, {question.focus}" if question.focus else view.title,
            told=" ".join(one for one in told if one),
            tables=tables,
            basis=basis,
            left=[*whom.left, *left],
        )

    async def _ask(self, insight: Insight, given: dict[str, Any]) -> dict[str, Any]:
        return await self._units.call_tool(UNIT, insight, given, dict[str, Any])


@dataclass(frozen=True)
class About:
    """Whom a question is about; ``search`` looks for the same people, ``market`` is what was told of a role."""

    whom: Whom
    refused: list[Note] = field(default_factory=list[Note])
    search: Shown | None = None
    market: dict[str, Any] | None = None


def _questions(exchange: Exchange) -> MarketQuestions:
    return MarketQuestions(exchange.connection, exchange.tenant)


def _refused(reading: Reading | None) -> list[Note]:
    return [Note(words=one.words, says=why_refused(one)) for one in (reading.refused if reading else [])]


def _given(
    insight: Insight, question: MarketQuestion, whom: Whom, today: date
) -> tuple[dict[str, Any], list[str], int]:
    """Return the tool's arguments, what of the question it cannot do, and how many months back it looks; 0: as ever."""
    if insight == "adjacent_skills":
        return {"skill": question.focus, "limit": MOST}, [], 0
    given: dict[str, Any] = {}
    left, months = list[str](), 0
    if insight not in ("pool_what_if", "supply_over_time"):
        given["limit"] = MOST
    if insight not in NOBODY:
        given["work" if insight in WORK else "segment"] = whom.segment
    if question.focus:
        given["focus"] = question.focus
    if insight == "workforce_trends" and question.growth:
        given["sort"] = "growth"
    by = question.by or _usual(insight, whom)
    name, known = COMPARED.get(insight, ("", ""))
    if by in known.split():
        given[name] = by
    elif question.by:
        left.append(f"by {by.replace('_', ' ')}")
    if question.span:
        try:
            months = months_back(insight, question.span, today)
        except InvalidInput as error:
            left.append(f"that time: {error}")
    if months and insight == "talent_flows":
        given["months"] = months
    return given, left, months


def _usual(insight: Insight, whom: Whom) -> str:
    """Return what is compared where nobody says by what: what is not asked for already."""
    if insight == "talent_supply":
        return "place" if "place" in whom.segment else "country"
    if insight in ("posted_pay", "remote_share") and "occupation" in whom.segment:
        return "country"
    return ""


def _role_card(market: Answer) -> MarketCard:
    pool: Answer = market["pool"]
    answer: Answer = {
        "people": pool["people"],
        "relax": pool["relax"],
        "places": market["best_places"],
        "pay": market["pay"],
        "open_postings": market["open_postings"],
    }
    view, basis = VIEWS["role_market"], Basis.model_validate(pool["basis"])
    return MarketCard(
        title=view.title,
        told=view.told(answer),
        tables=[_first(table) for table in view.tables(answer)],
        basis=basis,
        left=[*market["not_counted"]],
    )


def _together(cards: list[MarketCard]) -> MarketCard:
    """Return answers to one question about alternatives as one: each table is headed by whom it is about."""
    first, *others = cards
    if not others:
        return first
    bases = [card.basis for card in cards]
    about = {"about": "; ".join(basis.about for basis in bases), "n": None}
    whole = {
        "hidden": sum(basis.hidden for basis in bases),
        "complete": all(basis.complete for basis in bases),
    }
    tables = [
        table.model_copy(update={"heading": ": ".join(filter(None, [card.basis.about, table.heading]))})
        for card in cards
        for table in card.tables
    ]
    told = " ".join(f"{card.basis.about}: {card.told}" for card in cards if card.told)
    basis = first.basis.model_copy(update=about | whole)
    return first.model_copy(update={"told": told, "tables": tables, "basis": basis})


def _first(table: Table) -> Table:
    return table.model_copy(update={"rows": table.rows[:MOST]})


def _marked(table: Table, change: str) -> Table:
    """Mark the row that says what becomes of the pool without what was named."""
    named, says = change.casefold(), [row[0].casefold() for row in table.rows]
    alone = [
        n for n, one in enumerate(says) if one.startswith("drop ") and " and " not in one and named in one
    ]
    at = says.index(f"drop {named}") if f"drop {named}" in says else next(iter(alone), None)
    return table.model_copy(update={"marked": at})


def _of_change(change: str, tables: list[Table]) -> str:
    if not change:
        return ""
    row = next((table.rows[table.marked] for table in tables if table.marked is not None), None)
    if row is None:
        return f"“{change}” is no demand that people are counted by."
    what, people, gained = row
    return f"{what[:1].upper()}{what[1:]}: " + (
        f"still {people}." if gained == "+0" else f"{people}." if gained == FEW else f"{people} ({gained})."
    )
