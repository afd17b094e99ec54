"""Showing a conversation in a terminal: the plan as it runs, progress, what is said, the shortlist."""

import re
import time
from collections.abc import AsyncIterator
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table

from shared.wire.requirements import Requirements
from supervisor.cli._chat_client import Event
from supervisor.views.requirements import requirements_text
from supervisor.views.shortlist import MARKS, RECOMMENDATIONS, ListedCandidate, ShortlistCard, headline

COLOURS = {"meets": "green", "partial": "yellow", "not_met": "red", "no_evidence": "bright_black"}
MATCH_COLOURS = {
    "strong_match": "green",
    "good_match": "green",
    "possible_match": "yellow",
    "not_a_match": "red",
}
PLAN_MARKS = {
    "done": "✓",
    "running": "▸",
    "failed": "✗",
    "denied": "✗",
    "retrying": "↻",
    "awaiting_approval": "?",
    "awaiting_answer": "?",
}
CARDS = re.compile(":(requirements|shortlist):")


class Terminal:
    """Prints AG-UI events as they come and remembers what the last turn waits for."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.interrupts: list[Event] = []
        self.error: str | None = None
        self._plan: list[str] = []
        self._began: dict[str, float] = {}
        self._progress = ""
        self._text = ""
        self._recalling = False

    async def show(self, events: AsyncIterator[Event]) -> None:
        """Print the events of a turn."""
        self.interrupts, self.error = [], None
        async for event in events:
            self._show(event)

    async def recall(self, events: AsyncIterator[Event]) -> None:
        """Print what was shown before, with what the person said to it."""
        self._recalling = True
        await self.show(events)
        self._recalling = False

    def _show(self, event: Event) -> None:
        match event:
            case {"type": "STATE_SNAPSHOT", "snapshot": {"plan": plan}}:
                self._show_plan(plan)
            case {"type": "STEP_STARTED", "stepName": step}:
                self._began[step] = time.monotonic()
                self.console.print(f"[bold cyan]▸[/] {escape(step)}")
            case {"type": "STEP_FINISHED", "stepName": step}:
                took = time.monotonic() - self._began.pop(step, time.monotonic())
                self.console.print(f"[green]✓[/] {escape(step)} [dim]({took:.1f} s)[/]")
            case {"type": "ACTIVITY_SNAPSHOT", "activityType": "progress", "content": content}:
                self._show_progress(content)
            case {"type": "ACTIVITY_SNAPSHOT", "activityType": "shortlist", "content": card}:
                self._show_shortlist(ShortlistCard.model_validate(card))
            case {"type": "ACTIVITY_SNAPSHOT", "activityType": "requirements", "content": content}:
                self._print(requirements_text(Requirements.model_validate(content)))
            case {"type": "RUN_STARTED", "input": {"messages": [*_, {"content": str(text)}]}} if (
                self._recalling
            ):
                self.console.print(f"[bold]you[/]: {escape(text)}", highlight=False)
            case {"type": "TEXT_MESSAGE_CONTENT", "messageId": message, "delta": delta}:
                # A card's words repeat it, for clients that show no cards.
                self._text += "" if CARDS.search(message) else delta
            case {"type": "TEXT_MESSAGE_END"} if self._text:
                self._print(self._text)
                self._text = ""
            case {"type": "RUN_FINISHED"}:
                self.interrupts = event.get("outcome", {}).get("interrupts", [])
            case {"type": "RUN_ERROR", "message": message}:
                self.error = message
                self.console.print(f"[red]{escape(message)}[/]")
            case _:
                pass

    def _print(self, text: str) -> None:
        self.console.print(Padding(Markdown(text), (0, 0, 1, 0)))

    def _show_plan(self, plan: dict[str, Any]) -> None:
        """Print the plan when steps were added; progress on known steps shows in their own lines."""
        keys = [step["key"] for step in plan["steps"]]
        if not keys or set(keys) <= set(self._plan):
            self._plan = keys
            return
        title = "Plan, changed" if self._plan else "Plan"
        self._plan = keys
        table = Table(title=title, title_justify="left", box=None, show_header=False, padding=(0, 1))
        for step in plan["steps"]:
            mark = PLAN_MARKS.get(step["status"], "·")
            table.add_row(
                mark, escape(step["title"]), f"[dim]{step['unit']}[/]", f"[dim]{escape(step['why'])}[/]"
            )
        self.console.print(table)

    def _show_progress(self, content: dict[str, Any]) -> None:
        count = f" {content['done']}/{content['total']}" if content.get("total") else ""
        line = f"  {content['text']}{count}"
        if line != self._progress:
            self._progress = line
            self.console.print(escape(line), style="dim", highlight=False)

    def _show_shortlist(self, card: ShortlistCard) -> None:
        self.console.rule("Shortlist")
        self.console.print(f"{headline(card)} Judged by {card.engine}.", highlight=False)
        for candidate in card.candidates:
            self.console.print(_candidate(candidate))


def _candidate(candidate: ListedCandidate) -> Panel:
    table = Table(box=None, show_header=False, padding=(0, 1), expand=True)
    table.add_column(width=1)
    table.add_column(ratio=2)
    table.add_column(ratio=3)
    for judgement in candidate.judgements:
        colour = COLOURS[judgement.verdict]
        optional = "" if judgement.importance == "must_have" else " [dim](nice to have)[/]"
        quotes = "\n".join(f"[italic]“{escape(quote.text.strip())}”[/]" for quote in judgement.quotes[:2])
        said = f"[dim]{escape(judgement.reason)}[/]" + (f"\n{quotes}" if quotes else "")
        table.add_row(
            f"[{colour}]{MARKS[judgement.verdict]}[/]", escape(judgement.statement) + optional, said
        )
    who = " · ".join(part for part in (candidate.name, candidate.headline, candidate.place) if part)
    colour = MATCH_COLOURS.get(candidate.recommendation, "bright_black")
    match = f"[{colour}]{RECOMMENDATIONS[candidate.recommendation]}[/]"
    title = f"{candidate.rank}. {match} · {escape(who or candidate.candidate_id)}"
    flags = f"flags: {', '.join(candidate.flags)}" if candidate.flags else None
    return Panel(table, title=title, title_align="left", subtitle=flags, border_style="dim")
