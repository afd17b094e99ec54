"""A widened taxonomy has those derived again whose text holds one of the words that changed, and nobody else."""

import asyncio
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest

from servers.talent_insights.deriving import derive_people, joined
from shared.edge.taxonomies import Taxonomies
from shared.events.units import UnitEvent
from shared.following.deriving import DerivingPool, among
from shared.following.follower import Follower
from shared.following.hearing import Widening
from shared.following.model import Batch, Changes, Derived
from shared.kernel.clock import SystemClock
from shared.kernel.errors import Unavailable
from shared.kernel.ids import new_id
from shared.taxonomy import SkillEntry, Taxonomy, Words
from shared.wire.changes import CandidateChange
from shared.wire.profile import Dossier
from tests.support.talent import TODAY, person

TENANT = "harbour"
SPLICING = {"id": "own:1", "label": "hawser splicing", "aliases": ["rope splicing"], "kind": "competence"}


class Jobs:
    """A jobs unit with these entries, each under the number of its place."""

    def __init__(self, *entries: dict[str, Any]) -> None:
        self.entries = list(entries)

    async def call_tool(
        self, unit: str, tool: str, arguments: dict[str, Any], returns: type[Any], *, timeout: float = 30
    ) -> Any:
        return returns(skills=self.entries[arguments["after"] :], next=len(self.entries))

    async def send(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError


class Feed:
    """Changes of people, in order; ``last`` is told."""

    def __init__(self, people: Iterable[Dossier]) -> None:
        self.lines: list[str] = []
        for dossier in people:
            self.add(dossier)

    def add(self, dossier: Dossier) -> None:
        change = CandidateChange(seq=len(self.lines) + 1, candidate_id=dossier.candidate_id, dossier=dossier)
        self.lines.append(change.model_dump_json())

    async def after(self, tenant: str, seq: int, limit: int) -> Changes:
        page = self.lines[seq : seq + limit]
        return Changes(page, seq + len(page), len(self.lines))


class Kept:
    """Keeps documents by person; ``cleared`` empties it before the next batch is kept."""

    def __init__(self) -> None:
        self.documents: dict[str, str] = {}
        self.reached = 0
        self.cleared = False

    async def apply(self, tenant: str, batch: Batch[str]) -> None:
        if self.cleared:
            self.cleared, self.reached = False, 0
            self.documents.clear()
        if batch.after > self.reached:
            raise Unavailable("changes before these are missing", retry_after=0.01)
        self.documents |= {document: document for document in batch.documents}
        self.reached = batch.seq

    async def seq(self, tenant: str) -> int:
        return self.reached

    async def clear(self, tenant: str) -> None:
        self.documents.clear()

    async def tenants(self) -> list[str]:
        return []


class Unit:
    """A unit that follows people and hears of wider taxonomies; ``derived`` is who was derived, in order."""

    def __init__(self, feed: Feed, jobs: Jobs) -> None:
        self.kept, self.derived = Kept(), list[str]()
        self.follower = Follower(self.kept, feed, self._derive, SystemClock())
        self.widening = Widening([self.follower], Taxonomies(jobs, "test"))

    async def _derive(self, _: str, lines: Sequence[str], today: date) -> Derived[str]:
        ids = [CandidateChange.model_validate_json(line).candidate_id for line in lines]
        self.derived += ids
        return Derived({one: one for one in ids})

    async def derived_after(self, seq: int, words: list[str] | None) -> list[str]:
        """Return who is derived for an event."""
        self.derived.clear()
        payload = {"seq": seq} if words is None else {"seq": seq, "words": words}
        at = datetime(2026, 6, 1, tzinfo=UTC)
        await self.widening.heard(UnitEvent(TENANT, "jobs", "taxonomy_widened", payload, seq, None, at))
        return self.derived


def _pool(count: int, splicers: Iterable[int]) -> list[Dossier]:
    """Return so many people; a few of them speak of splicing ropes."""
    told = {number: ["Did rope splicing for the harbour's cranes."] for number in splicers}
    return [person(f"c{n}", highlights=told.get(n, ["Kept the books of the harbour."])) for n in range(count)]


async def _followed(feed: Feed, jobs: Jobs) -> Unit:
    unit = Unit(feed, jobs)
    await unit.follower.catch_up(TENANT)
    return unit


async def test_of_300_people_the_3_whose_text_holds_a_new_word_are_derived() -> None:
    unit = await _followed(Feed(_pool(300, (4, 150, 299))), Jobs(SPLICING))
    try:
        async with asyncio.timeout(30):
            assert await unit.derived_after(1, ["hawser splicing", "rope splicing"]) == ["c4", "c150", "c299"]
        assert len(unit.kept.documents) == 300
    finally:
        await unit.follower.aclose()


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        pytest.param([SPLICING], None, id="an event without words"),
        pytest.param([SPLICING, {**SPLICING, "id": "own:2"}], ["rope splicing"], id="more has changed since"),
    ],
)
async def test_everybody_is_derived_where_not_all_words_are_told(
    entries: list[dict[str, Any]], words: list[str] | None
) -> None:
    unit = await _followed(Feed(_pool(30, (4,))), Jobs(*entries))
    try:
        async with asyncio.timeout(30):
            assert len(await unit.derived_after(1, words)) == 30
            assert await unit.derived_after(len(entries), ["rope splicing"]) == []  # that is done
    finally:
        await unit.follower.aclose()


async def test_who_came_meanwhile_is_derived_whatever_they_say() -> None:
    feed = Feed(_pool(5, (1,)))
    unit = await _followed(feed, Jobs(SPLICING))
    feed.add(person("c5"))
    try:
        async with asyncio.timeout(30):
            derived = await unit.derived_after(1, ["rope splicing"])
        assert {"c1", "c5"} <= set(derived)
        assert unit.kept.documents.keys() == {f"c{n}" for n in range(6)}
        assert unit.kept.reached == 6
    finally:
        await unit.follower.aclose()


async def test_all_are_kept_though_what_was_kept_is_lost_while_a_few_are_derived() -> None:
    unit = await _followed(Feed(_pool(5, (1,))), Jobs(SPLICING))
    unit.kept.cleared = True
    try:
        async with asyncio.timeout(30):
            await unit.derived_after(1, ["rope splicing"])
        assert len(unit.kept.documents) == 5
    finally:
        await unit.follower.aclose()


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        ("Data Engineers", "Data (Senior) Engineer"), ("C++", "knows c++ and more"), ("R&D", "R and D"),
        ("R and D", "R&D"), ("B.Sc.", "BSc"), ("BSc", "B.Sc. of Ashford"), ("web technology", "Web technologies"),
        ("Story", "stories"), ("C#", "C♯"), ("Node.js", "node.js"), ("Ingénieur", "INGÉNIEUR"), ("drivers", "driver's"),
        ("kelvin", "\u212aelvin"), (".NET", "with .net"), ("and", "salt & pepper"), ("Go", "Go"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("others", [(), tuple(f"unwritten{n}" for n in range(40))])
@pytest.mark.parametrize("escaped", [True, False])
def test_words_are_held_however_they_are_written(
    spelling: str, text: str, others: Sequence[str], escaped: bool
) -> None:
    lines = [json.dumps({"title": text}, ensure_ascii=escaped)]
    assert among(lines, frozenset({spelling, *others})) == lines


@pytest.mark.parametrize("text", ["Data Scientist", "C#", "research and more", "engineers"])
def test_who_lacks_a_word_of_each_spelling_does_not_hold_one(text: str) -> None:
    assert among([json.dumps({"title": text})], frozenset({"Data Engineers", "C++", "R&D", "?!"})) == []


def test_who_proves_a_skill_that_changed_is_touched_as_well() -> None:
    touched = Taxonomy.compact().touched_by(["python"])
    assert {"python", "Python", "Django"} <= touched
    assert "Kubernetes" not in touched


TEXTS = (
    "Sailed", "Splices (old) hawsers", "Wrote Django views", "Ran Kubernetes", "Rope-splicing", "Led a team of five",
    "Senior deck (EMEA) hand", "Excel", "Learnt Go, Rust and splicing", "Used Kingpost 3", "Swift action", "Wrote Rust",
)  # fmt: skip
FORMER = {"id": "own:2", "label": "Kingpost", "aliases": ["Swift action"], "broader": ["own:1"]}
CHANGES: list[tuple[list[dict[str, Any]], list[dict[str, Any]], list[str]]] = [
    ([], [SPLICING], ["hawser splicing", "rope splicing"]),
    ([SPLICING, FORMER], [{**SPLICING, "implies": ["own:9"]}, FORMER], ["hawser splicing", "rope splicing"]),
    ([FORMER], [FORMER, SPLICING], ["hawser splicing", "rope splicing"]),
    ([FORMER], [{**FORMER, "aliases": []}], ["Kingpost", "Swift action"]),
    ([], [{"id": "own:3", "label": "Python", "implies": ["own:1"]}], ["Python"]),
    ([{"id": "own:3", "label": "Go", "aliases": ["=Golang"]}], [{"id": "own:3", "label": "Rust", "broader": ["go"]}],
     ["Go", "=Golang", "Rust"]),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after", "words"), CHANGES)
def test_whose_rows_a_change_of_words_changes_is_always_among_those_who_hold_them(
    before: list[dict[str, Any]], after: list[dict[str, Any]], words: list[str]
) -> None:
    people = [person(f"c{n}", highlights=[text]) for n, text in enumerate(TEXTS)]
    people += [person(f"t{n}", title=text, skills=[text]) for n, text in enumerate(TEXTS)]
    lines = Feed(people).lines
    old, new = Words(new_id("before"), 1, before), Words(new_id("after"), 2, after)
    rows = [derive_people(lines, TODAY, which) for which in (old, new)]
    changed = {one for one in rows[0] if rows[0][one] != rows[1][one]}

    held = among(lines, new.widen().touched_by(words))

    assert changed
    assert changed <= {CandidateChange.model_validate_json(line).candidate_id for line in held}
    assert len(held) < len(lines)


async def test_workers_find_the_same_lines_as_a_thread() -> None:
    lines = Feed(_pool(40, (3, 39))).lines
    spellings = frozenset({"rope splicing"})
    pool = DerivingPool(derive_people, joined)
    try:
        found = await pool.among(lines, spellings)
    finally:
        await pool.aclose()
    assert found == among(lines, spellings) == [lines[3], lines[39]]


def test_skills_that_share_a_spelling_are_all_touched() -> None:
    wide = Taxonomy.compact().widened(
        [SkillEntry("own:1", "mooring", ("=Bight",)), SkillEntry("own:2", "towing", ("=BIGHT",))]
    )
    assert {"mooring", "towing"} <= wide.touched_by(["bight"])
