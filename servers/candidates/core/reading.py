"""Reading what is known: dossiers, lists, the change feed, and where each value came from."""

from servers.candidates.core.merge import origins
from servers.candidates.core.models import (
    Candidate,
    CandidatePage,
    Change,
    ChangePage,
    Dossiers,
    Merged,
    Provenance,
)
from servers.candidates.core.ports import CandidateStore, Records
from shared.kernel.cursors import read_cursor, write_cursor
from shared.kernel.errors import NotFound
from shared.kernel.principal import Principal
from shared.wire.profile import Dossier, SourceText


class Reading:
    """The verbs that change nothing."""

    def __init__(self, store: CandidateStore) -> None:
        self._store = store

    async def dossier(self, caller: Principal, candidate_id: str) -> Dossier:
        """Return one dossier; a merged candidate's id leads to who remains. Raises NotFound."""
        async with self._store.begin(caller.tenant) as records:
            candidate = await find(records, candidate_id)
            texts = await records.texts([candidate.id])
        return _dossier(candidate, texts)

    async def dossiers(self, caller: Principal, candidate_ids: list[str]) -> Dossiers:
        """Return dossiers in the order asked for, each once; ids that are not found apart."""
        wanted = list(dict.fromkeys(candidate_ids))
        async with self._store.begin(caller.tenant) as records:
            found = {c.id: c for c in await records.candidates(wanted)}
            remaining = [c.merged_into for c in found.values() if c.merged_into]
            found |= {c.id: c for c in await records.candidates(remaining)} if remaining else {}
            chosen = {i: _surviving(found, i) for i in wanted}
            texts = await records.texts([c.id for c in chosen.values() if c])
        dossiers = {c.id: _dossier(c, texts) for c in chosen.values() if c}
        missing = [i for i, candidate in chosen.items() if candidate is None]
        return Dossiers(dossiers=list(dossiers.values()), missing=missing)

    async def remaining(self, caller: Principal, candidate_ids: list[str]) -> Merged:
        """Return who remains of those who were merged into somebody else."""
        async with self._store.begin(caller.tenant) as records:
            return Merged(remaining=await records.remaining(candidate_ids))

    async def changes(
        self,
        caller: Principal,
        after: int,
        limit: int,
        *,
        as_lines: bool = False,
        only_ids: bool = False,
    ) -> ChangePage:
        """Return what changed after a number, the latest state of each candidate once, oldest first."""
        async with self._store.begin(caller.tenant) as records:
            lines, reached, last = await records.changes(after, limit, only_ids=only_ids)
        if as_lines:
            return ChangePage(json_lines="\n".join(lines), next=reached, last=last)
        changes = [Change.model_validate_json(line) for line in lines]
        return ChangePage(changes=changes, next=reached, last=last)

    async def listing(
        self, caller: Principal, name: str | None, flag: str | None, cursor: str | None, limit: int
    ) -> CandidatePage:
        """Return candidates, newest first."""
        before = read_cursor(cursor, caller.tenant, name, flag)
        async with self._store.begin(caller.tenant) as records:
            found = await records.listing(before=before, flag=flag, name=name, limit=limit + 1)
        page = found[:limit]
        more = len(found) > limit
        next_cursor = write_cursor(page[-1].candidate_id, caller.tenant, name, flag) if more else None
        return CandidatePage(candidates=page, next_cursor=next_cursor)

    async def provenance(self, caller: Principal, candidate_id: str, field: str | None) -> Provenance:
        """Return where each value was first seen, and by which sources it is confirmed."""
        async with self._store.begin(caller.tenant) as records:
            candidate = await find(records, candidate_id)
            sources = await records.sources([candidate.id])
        return Provenance(candidate_id=candidate.id, fields=origins(sources, field))


async def find(records: Records, candidate_id: str, *, lock: bool = False) -> Candidate:
    """Return a candidate, or who it was merged into. Raises NotFound for unknown and erased ones."""
    wanted: str | None = candidate_id
    # A chain of merges is short; the bound only guards against a circle.
    for _ in range(8):
        found = await records.candidates([wanted], lock=lock) if wanted else []
        if not found:
            break
        if not found[0].deleted:
            return found[0]
        wanted = found[0].merged_into
    raise NotFound(
        "there is no such candidate.", field="candidate_id", fix="List candidates to find the right id."
    )


def _surviving(found: dict[str, Candidate], candidate_id: str) -> Candidate | None:
    candidate = found.get(candidate_id)
    if candidate is not None and candidate.merged_into:
        candidate = found.get(candidate.merged_into)
    return None if candidate is None or candidate.deleted else candidate


def _dossier(candidate: Candidate, texts: dict[str, list[SourceText]]) -> Dossier:
    return Dossier(
        candidate_id=candidate.id,
        revision=candidate.revision,
        profile=candidate.profile,
        sources=texts.get(candidate.id, []),
        flags=candidate.flags,
    )
