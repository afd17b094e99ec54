"""Deciding what a batch of incoming people means for what is known already. Pure: facts in, changes out."""

from dataclasses import dataclass, field
from datetime import datetime

from servers.candidates.core.identity import (
    QUESTION_THRESHOLD,
    SHARED_BY_MANY,
    IdentityDigest,
    digest_of,
    likeness,
    name_key,
    names_agree,
    same_person_by_name,
)
from servers.candidates.core.incoming import Incoming
from servers.candidates.core.merge import merge_profiles
from servers.candidates.core.models import FLAG_DO_NOT_CONTACT, Candidate, Imported, Source
from shared.kernel.ids import new_id


@dataclass(slots=True)
class Namesake:
    """A known candidate with the name of somebody incoming."""

    candidate_id: str
    name_key: str
    digest: IdentityDigest


@dataclass(slots=True)
class Known:
    """What the store holds that could concern a batch.

    Attributes:
        holders: identifier → ids of the candidates that have it.
        candidates: the candidates among those holders, by id.
        sources: their sources, replaced ones too, by candidate id.
        namesakes: candidates by name key.
        suppressed: identifiers of erased people who must not be contacted.
    """

    holders: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    candidates: dict[str, Candidate] = field(default_factory=dict[str, Candidate])
    sources: dict[str, list[Source]] = field(default_factory=dict[str, list[Source]])
    namesakes: dict[str, list[Namesake]] = field(default_factory=dict[str, list[Namesake]])
    suppressed: set[str] = field(default_factory=set[str])


@dataclass(slots=True)
class Asked:
    """A question to a person: are these two the same?"""

    id: str
    first: str
    second: str
    grounds: list[str]
    similarity: float


@dataclass(slots=True)
class Changes:
    """What a batch changes. Candidates' ``seq`` is set by the store when it writes them.

    ``identities`` holds the name key and digest of each candidate created or updated.
    """

    created: dict[str, Candidate] = field(default_factory=dict[str, Candidate])
    updated: dict[str, Candidate] = field(default_factory=dict[str, Candidate])
    sources: list[Source] = field(default_factory=list[Source])
    superseded: list[str] = field(default_factory=list[str])
    keys: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    questions: list[Asked] = field(default_factory=list[Asked])
    identities: dict[str, tuple[str, IdentityDigest]] = field(
        default_factory=dict[str, tuple[str, IdentityDigest]]
    )
    contact_refused: dict[str, str] = field(default_factory=dict[str, str])
    outcomes: list[Imported] = field(default_factory=list[Imported])


def plan_import(batch: list[tuple[int, Incoming]], known: Known, now: datetime) -> Changes:
    """Return the changes for a batch of ``(index, person)``; the batch may name one person several times."""
    planner = _Planner(known, now)
    for index, person in batch:
        planner.take(index, person)
    return planner.changes


class _Planner:
    def __init__(self, known: Known, now: datetime) -> None:
        self._known = known
        self._now = now
        self.changes = Changes()

    def take(self, index: int, person: Incoming) -> None:
        match, doubt = self._match(person)
        if match is not None:
            self._join(match, person)
            self._say(index, "merged", match, person)
            return
        candidate_id = self._create(person)
        asked = doubt or self._namesake(person, candidate_id)
        if asked is not None:
            asked.second = candidate_id
            self.changes.questions.append(asked)
        self._remember(person, candidate_id)
        self._say(index, "question" if asked else "created", candidate_id, person, asked)

    def _match(self, person: Incoming) -> tuple[str | None, Asked | None]:
        """Return who has one of the identifiers; or a question, where the names speak against it."""
        doubt: Asked | None = None
        for key in person.keys:
            holders = self._known.holders.get(key, [])
            if len(holders) >= SHARED_BY_MANY:
                continue
            for holder in holders:
                kind = key.partition(":")[0]
                # Colleagues and families share telephones, seldom addresses.
                agree = same_person_by_name if kind == "phone" else names_agree
                theirs = self._candidate(holder).profile.basics.name
                if agree(person.profile.basics.name, theirs):
                    return holder, None
                compared = "different names" if person.profile.basics.name and theirs else "a name is missing"
                what = {"email": "e-mail address", "phone": "phone number", "url": "profile link"}[kind]
                doubt = doubt or Asked(new_id("dup"), holder, "", [f"same {what}", compared], 0.5)
        return None, doubt

    def _candidate(self, candidate_id: str) -> Candidate:
        changes = self.changes
        return (
            changes.created.get(candidate_id)
            or changes.updated.get(candidate_id)
            or self._known.candidates[candidate_id]
        )

    def _create(self, person: Incoming) -> str:
        candidate_id = new_id("cand")
        self.changes.sources.append(self._source(person, candidate_id))
        self._known.sources.setdefault(candidate_id, []).append(self.changes.sources[-1])
        self.changes.created[candidate_id] = Candidate(
            id=candidate_id,
            revision=1,
            seq=0,
            profile=person.profile,
            flags=self._flags(person, candidate_id, []),
            created_at=self._now,
            updated_at=self._now,
        )
        self.changes.identities[candidate_id] = (person.name_key, person.digest)
        self._hold(person, candidate_id)
        return candidate_id

    def _join(self, candidate_id: str, person: Incoming) -> None:
        sources = self._known.sources.setdefault(candidate_id, [])
        for source in sources:
            replaced = person.ref and (source.kind, source.name, source.ref) == (
                person.kind, person.name, person.ref,
            )  # fmt: skip
            if replaced and source.superseded_at is None:
                source.superseded_at = self._now
                self.changes.superseded.append(source.id)
        new = self._source(person, candidate_id)
        sources.append(new)
        self.changes.sources.append(new)
        current = self._candidate(candidate_id)
        merged = merged_candidate(current, sources, self._now)
        merged.flags = self._flags(person, candidate_id, merged.flags)
        self.changes.identities[candidate_id] = identity_of(merged)
        if candidate_id in self.changes.created:
            merged.revision = 1
            self.changes.created[candidate_id] = merged
        else:
            self.changes.updated[candidate_id] = merged
        self._hold(person, candidate_id)

    def _hold(self, person: Incoming, candidate_id: str) -> None:
        for key in person.keys:
            holders = self._known.holders.setdefault(key, [])
            if candidate_id not in holders:
                holders.append(candidate_id)
                self.changes.keys.append((key, candidate_id))

    def _flags(self, person: Incoming, candidate_id: str, flags: list[str]) -> list[str]:
        reason = person.contact_refused
        if reason is None and self._known.suppressed.intersection(person.keys):
            reason = "asked not to be contacted before their data was erased"
        if reason is not None:
            self.changes.contact_refused[candidate_id] = reason
        return sorted({*flags, *person.flags, *([FLAG_DO_NOT_CONTACT] if reason else [])})

    def _namesake(self, person: Incoming, candidate_id: str) -> Asked | None:
        best: Asked | None = None
        for other in self._known.namesakes.get(person.name_key, []) if person.name_key else []:
            if other.candidate_id == candidate_id:
                continue
            alike = likeness(person.digest, other.digest)
            if alike.score >= QUESTION_THRESHOLD and (best is None or alike.score > best.similarity):
                best = Asked(new_id("dup"), other.candidate_id, "", alike.grounds, alike.score)
        return best

    def _remember(self, person: Incoming, candidate_id: str) -> None:
        if person.name_key:
            namesake = Namesake(candidate_id, person.name_key, person.digest)
            self._known.namesakes.setdefault(person.name_key, []).append(namesake)

    def _source(self, person: Incoming, candidate_id: str) -> Source:
        return Source(
            id=person.source_id,
            candidate_id=candidate_id,
            kind=person.kind,
            name=person.name,
            ref=person.ref,
            content_hash=person.content_hash,
            text=person.text,
            profile=person.profile,
            flags=person.flags,
            first_seen=self._now,
        )

    def _say(
        self, index: int, status: str, candidate_id: str, person: Incoming, asked: Asked | None = None
    ) -> None:
        reason = f"may be the same person as {asked.first}: {', '.join(asked.grounds)}" if asked else None
        self.changes.outcomes.append(
            Imported.model_validate(
                {
                    "index": index,
                    "status": status,
                    "candidate_id": candidate_id,
                    "name": person.label,
                    "reason": reason,
                    "flags": person.flags,
                }
            )
        )


def merged_candidate(candidate: Candidate, sources: list[Source], now: datetime) -> Candidate:
    """Return the candidate as its current sources describe it, one revision on."""
    live = [source for source in sources if source.superseded_at is None]
    kept = [flag for flag in candidate.flags if flag == FLAG_DO_NOT_CONTACT]
    return candidate.model_copy(
        update={
            "profile": merge_profiles(source.profile for source in live),
            "flags": sorted({*kept, *(flag for source in live for flag in source.flags)}),
            "revision": candidate.revision + 1,
            "updated_at": now,
        }
    )


def identity_of(candidate: Candidate) -> tuple[str, IdentityDigest]:
    """Return a candidate's name key and digest, as stored beside it."""
    return name_key(candidate.profile.basics.name), digest_of(candidate.profile)
