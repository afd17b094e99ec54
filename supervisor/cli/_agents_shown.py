"""How agents and their messages look in a terminal."""

import sys
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

LONGEST_TEXT = 400
WIDTH = 160
COLOURS = {"idle": "dim", "working": "green", "paused": "yellow", "retiring": "yellow", "retired": "dim"}
MARKS = {"done": "✓", "running": "▸", "retrying": "↻", "failed": "✗", "denied": "✗"}
SPEAKERS = {"ROLE_USER": "[bold]recruiter[/]", "ROLE_AGENT": "[cyan]agent[/]"}


def console() -> Console:
    """Return where to print; where nobody looks at a screen, lines are long."""
    return Console(width=None if sys.stdout.isatty() else WIDTH, highlight=False)


def show_list(page: dict[str, Any]) -> None:
    """Print agents, one a line, and on the first page how many there are."""
    table = Table(box=None, pad_edge=False)
    for column in ("agent", "state", "open runs", "waiting", "messages", "last message"):
        table.add_column(
            column, justify="right" if column in ("open runs", "waiting", "messages") else "left"
        )
    for one in page["agents"]:
        table.add_row(
            escape(one["agent"]),
            _state(one["state"]),
            str(one["open_runs"]),
            str(one["waiting"]),
            str(one["messages"]),
            _time(one["last_message_at"]),
        )
    at = console()
    at.print(table)
    if counts := page["counts"]:
        told = ", ".join(f"{number:,} {state}" for state, number in counts.items() if number)
        at.print(f"[dim]{sum(counts.values()):,} in all{': ' if told else ''}{told}[/]")


def show_agent(agent: dict[str, Any]) -> None:
    """Print all that there is to see of an agent."""
    box = agent["mailbox"]
    reason = f" ({escape(box['reason'])})" if box["reason"] else ""
    until = f" until {_time(agent['paused_until'])}" if agent["paused_until"] else ""
    facts = Table(box=None, show_header=False, pad_edge=False)
    facts.add_row("[bold]agent[/]", f"{escape(agent['agent'])}, {_state(agent['state'])}{reason}{until}")
    facts.add_row("since", _time(agent["created_at"]))
    _add(facts, "mailbox", [_mailbox(box)])
    _add(facts, "behind it", [_mailbox(one) for one in agent["background"]])
    for work in agent["work"]:
        _add_work(facts, work)
    facts.add_row("", "")
    wishes = [f"“{escape(wish)}”" for wish in agent["memory"]]
    _add(facts, "remembers", wishes or ["nothing beyond its roles"])
    _add(facts, "is told", [escape(line) for line in agent["rules"]])
    if agent["untold"]:
        facts.add_row("", f"{agent['untold']} events wait for the next digest")
    facts.add_row("", "")
    errors = [
        f"{_time(one['at'])}  {escape(one['where'])}: {escape(one['error'])}" for one in agent["errors"]
    ]
    _add(facts, "last errors", errors or ["none"])
    console().print(facts)


def _add_work(facts: Table, work: dict[str, Any]) -> None:
    why = f", {escape(work['reason'])}" if work["reason"] else ""
    facts.add_row("", "")
    facts.add_row("works on", f"[bold]{escape(work['goal'])}[/]: {work['status']}{why}")
    facts.add_row("", f"[dim]{work['run']} in conversation {escape(work['thread'])}[/]")
    _add(facts, "steps", [_step(step) for step in work["steps"]])
    _add(facts, "waits for", [_waiting(asked) for asked in work["waiting"]])


def _add(facts: Table, name: str, lines: list[str]) -> None:
    for number, line in enumerate(lines):
        facts.add_row(name if number == 0 else "", line)


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
    oldest = f", the oldest since {_time(box['oldest_at'])}" if box["oldest_at"] else ""
    tried = f", tried {box['attempts']}x" if box["attempts"] > 1 else ""
    then = f", next at {_time(box['next_at'])}" if box["next_at"] else ""
    error = box["last_error"]
    failed = f"; last error {_time(error['at'])}: {escape(error['error'])}" if error else ""
    counts = f"{box['messages']} messages, {box['waiting']} waiting"
    return f"{escape(box['name'])}: {counts}{oldest}{now}{tried}{then}{failed}"


def _step(step: dict[str, Any]) -> str:
    mark = MARKS.get(step["status"], "·")
    since = f" since {_time(step['since'])}" if step["status"] == "running" and step["since"] else ""
    tried = f", tried {step['attempts']}x" if step["attempts"] > 1 else ""
    said = f": {escape(_short(step['said']))}" if step["said"] else ""
    status = step["status"].replace("_", " ")
    return f"{mark} {escape(step['title'])} [dim]{escape(step['unit'])}, {status}{since}{tried}{said}[/]"


def _waiting(asked: dict[str, Any]) -> str:
    text = f": {escape(_short(asked['text']))}" if asked["text"] else ""
    return f"{asked['kind']} {asked['id']} for {escape(asked['step'])}{text}, since {_time(asked['since'])}"


def _words(message: dict[str, Any]) -> str:
    """Return what a message says: its texts, or else what its data is about."""
    texts = [part["text"] for part in message["parts"] if "text" in part]
    told = " ".join(texts) or ", ".join(
        str(part["data"].get("type", "data")) for part in message["parts"] if "data" in part
    )
    return _short(told)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"


def _state(state: str) -> str:
    return f"[{COLOURS[state]}]{state}[/]"


def _time(at: str | None) -> str:
    return f"{datetime.fromisoformat(at).astimezone():%Y-%m-%d %H:%M:%S}" if at else ""
