"""Answering questions about the market: whom they are about, what is asked of talent_insights, what is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.edge.units import UnitCalls
from shared.kernel.errors import HiremeshError, InvalidInput
from supervisor.core.market import Insight, MarketQuestion
from supervisor.core.models import Fact
from supervisor.core.talent_query import TalentQuery
from supervisor.exchange import Exchange
from supervisor.market.card import KIND, Basis, MarketCard, Note, Table, card_text
from supervisor.market.segment import Whom, whom_of
from supervisor.market.views import VIEWS, Answer
from supervisor.talent.store import Shown, TalentSearches
from supervisor.talent.units import TalentUnits, why_refused
from supervisor.views.requirements import FACT

UNIT = "talent_insights"
OF_WORK: frozenset[Insight] = frozenset({"supply_over_time", "talent_flows", "workforce_trends"})
"""Which ask about ``work``; the others ask about people, as ``segment``."""
COMPARED: dict[Insight, tuple[str, str]] = {
    "talent_supply": ("by", "skill occupation function seniority country region place company work_mode"),
    "best_places": ("level", "place region country"),
    "remote_share": ("by", "occupation function seniority country company"),
    "talent_flows": ("kind", "company place"),
    "workforce_trends": ("by", "company function occupation seniority country place"),
    "market_signals": ("by", "company function occupation seniority country place"),
    "posted_pay": ("by", "occupation function seniority country place"),
}
"""What an insight calls what it compares by, and what that may be."""
WHOM = "Say whom it is about, such as “what would dropping SQL do to the pool of data engineers in Berlin?”."
MOST = 12


class Market:
    """Answers as the current principal."""

    def __init__(self, units: UnitCalls) -> None:
        self._units = units
        self._talent = TalentUnits(units)

    async def answer(
        self, exchange: Exchange, question: MarketQuestion, facts: Mapping[str, Fact], shown: Shown | None
    ) -> None:
        """Answer in the conversation and close the turn.

        Who is named is what is talked about from then on, unless a role is worked on.

        Args:
            facts: what is known of the role that is worked on; empty where there is none.
            shown: the search that is talked about.
        """
        try:
            about = await self._about(question, facts.get(FACT), shown)
            card = await self._card(question, about)
        except HiremeshError as error:
            await exchange.reply(f"I cannot tell that of the market: {error}")
            return
        stage = exchange.stage
        if not facts and (about.search or not shown):
            searches = TalentSearches(exchange.connection, exchange.tenant)
            await searches.put(
                exchange.agent, stage.thread, about.search or Shown(query=TalentQuery(), asked=[card.title])
            )
            if not about.search:
                await searches.put_aside(exchange.agent, stage.thread)
        await stage.card(KIND, card.shown(), card_text(card), f"{stage.turn}:{KIND}")
        await stage.finished()

    async def _about(self, question: MarketQuestion, role: Fact | None, shown: Shown | None) -> "About":
        """Return whom a question is about. Raises InvalidInput where that cannot be told."""
        if question.talked_of and role and not (shown and shown.on_table):
            answer = await self._ask("role_market", {"requirements": role.value})
            market: dict[str, Any] = answer["market"]
            return About(Whom(market["asked_as"], market["not_counted"]), market=market)
        words = question.whom or (shown.title if question.talked_of and shown else "")
        if not words:
            if question.talked_of:
                raise InvalidInput("nobody is talked about yet", fix=WHOM)
            return About(Whom())
        reading = await self._talent.read(words)
        whom = whom_of(reading.query)
        if not whom.segment:
            raise InvalidInput(f"no work, skill, place or employer is known in “{words}”", fix=WHOM)
        search = Shown(query=reading.asked, asked=[words]) if question.whom and not reading.refused else None
        return About(whom, [Note(words=one.words, says=why_refused(one)) for one in reading.refused], search)

    async def _card(self, question: MarketQuestion, about: "About") -> MarketCard:
        if question.insight == "role_market" and about.market:
            return _role_card(about.market)
        insight: Insight = "pool_what_if" if question.insight == "role_market" else question.insight
        whom = about.whom.of_work() if insight in OF_WORK else about.whom
        given, by = _given(insight, question, whom)
        answer = await self._ask(insight, given)
        if insight == "best_places" and not question.by and not answer["places"]:
            # Of few people no city can be told, but perhaps a country.
            answer = await self._ask(insight, given | {"level": "country"})
        view, basis = VIEWS[insight], Basis.model_validate(answer["basis"])
        tables = [_first(table) for table in view.tables(answer)]
        if question.change:
            tables = [_marked(table, question.change) for table in tables]
        told = [view.told(answer), _of_change(question.change, tables), view.empty if not tables else ""]
        return MarketCard(
            title=view.title,
            told=" ".join(one for one in told if one),
            tables=tables,
            basis=basis,
            left=[*whom.left, *by],
            refused=about.refused,
            then=[f"find me {question.whom}"] if question.whom else [],
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


def _given(insight: Insight, question: MarketQuestion, whom: Whom) -> tuple[dict[str, Any], list[str]]:
    """Return the tool's arguments, and by what it cannot compare."""
    if insight == "adjacent_skills":
        return {"skill": question.focus, "limit": MOST}, []
    given: dict[str, Any] = {}
    if insight not in ("pool_what_if", "supply_over_time"):
        given["limit"] = MOST
    if insight != "market_signals":
        given["work" if insight in OF_WORK else "segment"] = whom.segment
    if question.focus:
        given["focus"] = question.focus
    if insight == "workforce_trends" and question.growth:
        given["sort"] = "growth"
    by = question.by or _usual(insight, whom)
    name, known = COMPARED.get(insight, ("", ""))
    if by in known.split():
        given[name] = by
        return given, []
    return given, [f"by {by.replace('_', ' ')}"] if question.by else []


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
        f"still {people}." if gained == "+0" else f"{people} ({gained})."
    )
