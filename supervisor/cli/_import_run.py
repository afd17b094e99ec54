"""Sending parcels to the units that keep them, and adding up what became of them."""

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from shared.edge.units import UnitCalls
from shared.kernel.errors import HiremeshError, InvalidInput
from supervisor.cli._import_sources import Parcel, Unread

# Two calls in flight keep the unit busy while the next batch is made ready.
AT_ONCE = 2
SECONDS_A_CALL = 300.0
LOOK_SECONDS = 0.5
COUNTS = ("created", "merged", "updated", "unchanged", "questions", "refused")


@dataclass
class Tally:
    """What became of everything sent, by kind of thing; ``flagged`` is warning → names."""

    counts: dict[str, dict[str, int]] = field(default_factory=dict[str, dict[str, int]])
    refusals: list[dict[str, str | None]] = field(default_factory=list[dict[str, str | None]])
    flagged: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    ignored: set[str] = field(default_factory=set[str])
    mapping: dict[str, str] = field(default_factory=dict[str, str])

    def add(self, thing: str, **found: int) -> None:
        """Add counts for ``people``, ``postings`` or ``words``."""
        row = self.counts.setdefault(thing, dict.fromkeys(COUNTS, 0))
        for name, count in found.items():
            row[name] += count

    def refuse(self, thing: str, name: str, reason: str, fix: str | None) -> None:
        """Note one refusal."""
        self.add(thing, refused=1)
        self.refusals.append({"name": name, "reason": reason, "fix": fix})

    def report(self, thing: str, source: str, report: dict[str, Any]) -> None:
        """Add a unit's report on a batch from ``source``."""
        self.add(thing, **{name: report[name] for name in COUNTS if name in report and name != "refused"})
        self.ignored.update(report.get("ignored", []))
        self.mapping.update(report.get("mapping", {}))
        for item in report["items"]:
            if item["status"] == "refused":
                self.refuse(thing, item["name"], item["reason"], item["fix"])
            for flag in item.get("flags", []):
                self.flagged.setdefault(flag, []).append(f"{source} ({item['name']})")

    def write_refusals(self, path: Path) -> None:
        """Write the refusals as JSON lines: name, reason, fix."""
        lines = (json.dumps(refusal, ensure_ascii=False) for refusal in self.refusals)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


async def send_all(
    units: UnitCalls,
    parcels: Iterator[Parcel | Unread],
    mapping: dict[str, str],
    advance: Callable[[int], None],
) -> Tally:
    """Send every parcel; ``advance`` hears how many things are done. A refused parcel stops nothing.

    Raises what the units raise when they are down or do not let the caller in.
    """
    tally = Tally()
    slots = asyncio.Semaphore(AT_ONCE)
    try:
        async with asyncio.TaskGroup() as group:
            for parcel in parcels:
                await slots.acquire()
                if isinstance(parcel, Unread):
                    tally.refuse("people", parcel.name, parcel.reason, parcel.fix)
                    advance(1)
                    slots.release()
                    continue
                sending = group.create_task(_send(units, parcel, mapping, tally))
                sending.add_done_callback(lambda _, count=parcel.count: (slots.release(), advance(count)))
    except ExceptionGroup as failed:
        first = next((one for one in _leaves(failed) if isinstance(one, HiremeshError)), None)
        if first is None:
            raise
        raise type(first)(
            f"the import stopped half-way: {first.message}",
            fix="Run it again; what is in is not taken in twice.",
        ) from None
    return tally


async def until_searchable(units: UnitCalls) -> None:
    """Return once the search index holds all that was sent. Raises what the index's unit raises."""
    while True:
        status = await units.call_tool("recruiter_search", "index_status", {}, dict[str, Any], timeout=60)
        if status["caught_up"]:
            return
        await asyncio.sleep(LOOK_SECONDS)


def _leaves(group: ExceptionGroup[Exception]) -> Iterator[Exception]:
    for one in group.exceptions:
        if isinstance(one, ExceptionGroup):
            yield from _leaves(cast("ExceptionGroup[Exception]", one))
        else:
            yield one


async def _send(units: UnitCalls, parcel: Parcel, mapping: dict[str, str], tally: Tally) -> None:
    thing = {"words": "words", "postings": "postings", "posting": "postings"}.get(parcel.kind, "people")
    unit, tool, arguments = _call(parcel, mapping)
    try:
        report = await units.call_tool(unit, tool, arguments, dict[str, Any], timeout=SECONDS_A_CALL)
    except InvalidInput as error:
        tally.refuse(thing, parcel.source, error.message, error.fix)
        return
    if parcel.kind == "words":
        tally.add(thing, created=report["stored"], unchanged=report["unchanged"])
    elif parcel.kind == "posting":
        tally.add(thing, created=int(report["created"]), unchanged=int(not report["created"]))
    else:
        tally.report(thing, parcel.source, report)


def _call(parcel: Parcel, mapping: dict[str, str]) -> tuple[str, str, dict[str, Any]]:
    """Return unit, tool and arguments for a parcel."""
    match parcel.kind:
        case "records":
            form, lines = parcel.content
            arguments = {
                "json_lines": "\n".join(lines),
                "source": parcel.source,
                "format": form,
                "mapping": mapping,
            }
            return "candidates", "import_profiles", arguments
        case "document":
            name, data = parcel.content
            content = base64.b64encode(data).decode()
            return (
                "candidates",
                "import_document",
                {"name": name, "content_base64": content, "mapping": mapping},
            )
        case "postings":
            return "jobs", "import_postings", {"items": parcel.content, "source": parcel.source}
        case "posting":
            return "jobs", "add_posting", {"text": parcel.content}
        case "words":
            return "jobs", "import_taxonomy", parcel.content
