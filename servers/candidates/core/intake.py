"""Taking people in: each file or record becomes a candidate, joins one, asks a question or is refused."""

import asyncio
import base64
import binascii

from servers.candidates.core.importers.batch import Batch, Refused
from servers.candidates.core.importers.documents import read_file
from servers.candidates.core.importers.records import KINDS, format_of, read_records
from servers.candidates.core.importing import plan_import
from servers.candidates.core.incoming import Incoming, hashed_record
from servers.candidates.core.models import (
    Imported,
    ImportReport,
    ImportStatus,
    JsonObject,
    RecordFormat,
    RefusalList,
)
from servers.candidates.core.ports import CandidateStore, Records
from shared.kernel.clock import Clock
from shared.kernel.cursors import read_cursor, write_cursor
from shared.kernel.errors import InvalidInput
from shared.kernel.principal import Principal, signed


class Intake:
    """The importing verbs. Importing the same content from the same source again changes nothing."""

    def __init__(self, store: CandidateStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def import_records(
        self,
        caller: Principal,
        records: list[JsonObject],
        source: str,
        form: RecordFormat,
        mapping: dict[str, str],
    ) -> ImportReport:
        """Take in JSON records of one format. What was imported before is told by its hash, unread."""
        chosen = format_of(records, source) if form == "auto" else form
        hashed = [(index, *hashed_record(record)) for index, record in enumerate(records)]
        async with self._store.begin(caller.tenant) as held:
            before = await held.unchanged(KINDS[chosen], source, [h for _, _, h in hashed])
        fresh = [entry for entry in hashed if entry[2] not in before]
        batch = read_records(fresh, chosen, source, mapping)
        known = [_unchanged(index, before[h]) for index, _, h in hashed if h in before]
        return await self._take(caller, batch, known)

    async def import_document(
        self, caller: Principal, name: str, content: str, mapping: dict[str, str]
    ) -> ImportReport:
        """Take in one file, given as Base64. A file that cannot be read is one refusal."""
        try:
            data = base64.b64decode(content, validate=True)
        except (binascii.Error, ValueError) as error:
            raise InvalidInput(
                "it is not Base64.", field="content_base64", fix="Encode the file's bytes as Base64."
            ) from error
        try:
            batch = await asyncio.to_thread(read_file, name, data, mapping)
        except InvalidInput as error:
            batch = Batch(refused=[(0, Refused(name, error.message, error.fix))])
        return await self._take(caller, batch, [])

    async def refusals(self, caller: Principal, cursor: str | None, limit: int) -> RefusalList:
        """Return what was refused, newest first."""
        before = read_cursor(cursor, caller.tenant, "refusals")
        async with self._store.begin(caller.tenant) as records:
            found = await records.refusals(before, limit + 1)
        more = len(found) > limit
        next_cursor = write_cursor(found[limit - 1].refusal_id, caller.tenant, "refusals") if more else None
        return RefusalList(refusals=found[:limit], next_cursor=next_cursor)

    async def _take(self, caller: Principal, batch: Batch, items: list[Imported]) -> ImportReport:
        now = self._clock.now()
        async with self._store.begin(caller.tenant) as records:
            if batch.people:
                await records.lock_feed()
                repeated, people = await _split_repeated(records, batch.people)
                items += repeated
                changes = plan_import(people, await records.known([p for _, p in people]), now)
                items += changes.outcomes
                seq = await records.apply(changes, now, caller.subject)
                if seq is not None:
                    await records.tell("changed", {"seq": seq})
                if changes.updated:
                    await records.tell(
                        "profiles_changed", {"candidate_ids": [*changes.updated], **signed(caller)}
                    )
            if batch.refused:
                await records.add_refusals([(r.name, r.reason, r.fix) for _, r in batch.refused], now)
        items += [
            Imported(index=i, status="refused", name=r.name, reason=r.reason, fix=r.fix)
            for i, r in batch.refused
        ]
        return _report(items, batch)


async def _split_repeated(
    records: Records, people: list[tuple[int, Incoming]]
) -> tuple[list[Imported], list[tuple[int, Incoming]]]:
    """Part what this source brought before, or brings twice in this batch, from what is new.

    Asked again under the feed's lock: another import may have brought it since.
    """
    by_source: dict[tuple[str, str], list[str]] = {}
    for _, person in people:
        by_source.setdefault((person.kind, person.name), []).append(person.content_hash)
    seen: dict[tuple[str, str, str], str] = {}
    for (kind, name), hashes in by_source.items():
        for hashed, candidate_id in (await records.unchanged(kind, name, hashes)).items():
            seen[kind, name, hashed] = candidate_id
    repeated: list[Imported] = []
    new: list[tuple[int, Incoming]] = []
    for index, person in people:
        mark = (person.kind, person.name, person.content_hash)
        if mark in seen:
            repeated.append(_unchanged(index, seen[mark] or None, person.label))
        else:
            seen[mark] = ""
            new.append((index, person))
    return repeated, new


def _unchanged(index: int, candidate_id: str | None, name: str = "") -> Imported:
    return Imported(index=index, status="unchanged", candidate_id=candidate_id, name=name)


def _report(items: list[Imported], batch: Batch) -> ImportReport:
    def count(status: ImportStatus) -> int:
        return sum(1 for item in items if item.status == status)

    return ImportReport(
        created=count("created"),
        merged=count("merged"),
        unchanged=count("unchanged"),
        questions=count("question"),
        refused=count("refused"),
        ignored=sorted(batch.ignored),
        mapping=batch.mapping,
        items=sorted(items, key=lambda item: item.index),
    )
