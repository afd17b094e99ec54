"""How agents and their messages look in a terminal."""

import sys
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

LONGEST_TEXT = 400
WIDTH = 160
COLOURS = {"idle": "dim", "working": "green", "paused": "yellow", "retired": "dim"}
MARKS = {"done": "✓", "running": "▸", "retrying": "↻", "failed": "✗", "denied": "✗"}
SPEAKERS = {"ROLE_USER": "[bold]recruiter[/]", "ROLE_AGENT": "[cyan]agent[/]"}


def console() -> Console:
    """Return where to print; where nobody looks at a screen, lines are long."""
    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)


def show_list(agents: list[dict[str, Any]]) -> None:
    """Print agents, one a line."""
    table = Table(box=None, pad_edge=False)
    for column in ("agent", "state", "open runs", "waiting", "messages", "last message"):
        table.add_column(
            column, justify="right" if column in ("open runs", "waiting", "messages") else "left"
        )
    for one in agents:
        table.add_row(
            escape(one["agent"]),
            _state(one["state"]),
            str(one["open_runs"]),
            str(one["waiting"]),
            str(one["messages"]),
            _time(one["last_message_at"]),
        )
    console().print(table)


def show_agent(agent: dict[str, Any]) -> None:
    """Print all that there is to see of an agent."""
    box = agent["mailbox"]
    reason = f" ({escape(box['reason'])})" if box["reason"] else ""
    until = f" until {_time(agent['paused_until'])}" if agent["paused_until"] else ""
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_row("[bold]agent[/]", f"{escape(agent['agent'])}, {_state(agent['state'])}{reason}{until}")
    facts.add_row("since", _time(agent["created_at"]))
    facts.add_row("mailbox", _mailbox(box))
    for work in agent["work"]:
        why = f", {escape(work['reason'])}" if work["reason"] else ""
        facts.add_row("", "")
        facts.add_row("works on", f"[bold]{escape(work['goal'])}[/]: {work['status']}{why}")
        facts.add_row("", f"[dim]{work['run']} in conversation {escape(work['thread'])}[/]")
        for number, step in enumerate(work["plan"]):
            facts.add_row("plan" if number == 0 else "", _step(step))
        for number, asked in enumerate(work["waiting"]):
            text = f": {escape(asked['text'])}" if asked["text"] else ""
            line = f"{asked['kind']} {asked['id']} for {escape(asked['step'])}{text}, since {_time(asked['since'])}"
            facts.add_row("waits for" if number == 0 else "", line)
    facts.add_row("", "")
    for number, wish in enumerate(agent["memory"] or [None]):
        said = f"“{escape(wish)}”" if wish else "nothing beyond its roles"
        facts.add_row("remembers" if number == 0 else "", said)
    for number, error in enumerate(agent["errors"] or [None]):
        line = (
            f"{_time(error['at'])}  {escape(error['where'])}: {escape(error['error'])}" if error else "none"
        )
        facts.add_row("last errors" if number == 0 else "", line)
    console().print(facts)


def show_messages(page: dict[str, Any]) -> None:
    """Print messages in their order, and the cursors that lead on."""
    at = console()
    for one in page["messages"]:
        message = one["message"]
        who = SPEAKERS.get(message["role"], escape(message["role"]))
        status = "" if one["status"] in ("handled", "noted") else f"  [yellow]{one['status']}[/]"
        cause = f" after #{one['causation_id'].rpartition('#')[2]}" if one["causation_id"] else ""
        place = f"#{one['seq']}{cause}, {escape(one['correlation_id'] or 'no conversation')}"
        at.print(f"{_time(one['sent_at'])}  {who}  [dim]{place}[/]{status}")
        at.print(f"    {escape(_words(message))}")
    at.print(f"[dim]older: --cursor {page['older']}[/]" if page["older"] else "[dim]that is the first[/]")
    at.print(f"[dim]newer: --cursor {page['newer']}[/]")


def _mailbox(box: dict[str, Any]) -> str:
    now = ", one in hand now" if box["handling"] else ""
    then = f", next at {_time(box['next_at'])}" if box["next_at"] else ""
    return f"{escape(box['name'])}: {box['messages']} messages, {box['waiting']} waiting{now}{then}"


def _step(step: dict[str, Any]) -> str:
    mark = MARKS.get(step["status"], "·")
    since = f" since {_time(step['since'])}" if step["status"] == "running" and step["since"] else ""
    status = step["status"].replace("_", " ")
    return f"{mark} {escape(step['title'])} [dim]{escape(step['unit'])}, {status}{since}[/]"


def _words(message: dict[str, Any]) -> str:
    """Return what a message says: its texts, or else what its data is about."""
    texts = [part["text"] for part in message["parts"] if "text" in part]
    told = " ".join(texts) or ", ".join(
        str(part["data"].get("type", "data")) for part in message["parts"] if "data" in part
    )
    told = " ".join(told.split())
    return told if len(told) <= LONGEST_TEXT else f"{told[:LONGEST_TEXT]}…"


def _state(state: str) -> str:
    return f"[{COLOURS[state]}]{state}[/]"


def _time(at: str | None) -> str:
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M:%S}" if at else ""
