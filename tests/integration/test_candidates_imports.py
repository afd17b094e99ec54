"""Importing into a real database: identity, idempotence, the change feed, tenants."""

import asyncio
import base64
from datetime import UTC, date, datetime

import pytest

from servers.candidates.core.intake import Intake
from servers.candidates.core.keeping import Keeping
from servers.candidates.core.reading import Reading
from servers.candidates.store import PostgresCandidates
from shared.kernel.errors import NotFound
from shared.kernel.principal import Principal

NORTH = Principal(subject="person:ada", kind="person", tenant="north")
SOUTH = Principal(subject="person:bo", kind="person", tenant="south")


class FixedClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = datetime(2026, 5, 4, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def today(self) -> date:
        return self.at.date()


class Unit:
    """The unit's verbs over one database."""

    def __init__(self, store: PostgresCandidates) -> None:
        self.clock = FixedClock()
        self.announced: list[tuple[str, int]] = []
        self.reading = Reading(store)
        self.intake = Intake(store, self.clock, self.announce)
        self.keeping = Keeping(store, self.clock, self.announce)

    async def announce(self, tenant: str, seq: int) -> None:
        self.announced.append((tenant, seq))

    async def take(self, *records, caller=NORTH, source="pool.json", form="auto", mapping=None):
        return await self.intake.import_records(caller, list(records), source, form, mapping or {})


@pytest.fixture
async def unit(unit_database) -> Unit:
    return Unit(PostgresCandidates(await unit_database("candidates")))


def person(name="Nova Sample", email="nova.sample@example.org", **more):
    return {
        "basics": {"name": name, "email": email, "label": "Data Engineer", **more.pop("basics", {})},
        "work": [
            {"name": "Examplia Ltd", "position": "Data Engineer", "startDate": "2019-04", "endDate": "2022-01"}
        ],
        "skills": [{"name": "Python"}],
        **more,
    }


async def test_an_imported_person_has_a_dossier_whose_spans_quote_its_source(unit: Unit) -> None:
    report = await unit.take(person())
    dossier = await unit.reading.dossier(NORTH, report.items[0].candidate_id)
    job, source = dossier.profile.work[0], dossier.sources[0]
    assert job.span is not None
    assert job.span.source == source.id
    assert source.text[job.span.start : job.span.end].startswith("Data Engineer at Examplia Ltd")


async def test_importing_the_same_records_again_changes_nothing(unit: Unit) -> None:
    await unit.take(person(), person("Ida Beispiel", "ida@example.org"))
    again = await unit.take(person(), person("Ida Beispiel", "ida@example.org"))
    assert (again.created, again.merged, again.unchanged) == (0, 0, 2)
    assert len((await unit.reading.changes(NORTH, 0, 10)).changes) == 2
    assert unit.announced == [("north", 2)]


async def test_another_tenants_candidate_is_not_found(unit: Unit) -> None:
    report = await unit.take(person())
    with pytest.raises(NotFound):
        await unit.reading.dossier(SOUTH, report.items[0].candidate_id)


async def test_a_document_with_text_becomes_a_candidate(unit: Unit) -> None:
    text = b"Nova Sample\nnova.sample@example.org\nData Engineer\n"
    report = await unit.intake.import_document(NORTH, "nova.txt", base64.b64encode(text).decode(), {})
    dossier = await unit.reading.dossier(NORTH, report.items[0].candidate_id)
    assert dossier.profile.basics.name == "Nova Sample"


async def test_imports_at_the_same_time_make_one_candidate(unit: Unit) -> None:
    await asyncio.gather(*(unit.take(person(label=str(n)), source=f"pool-{n}.json") for n in range(6)))
    assert len((await unit.reading.listing(NORTH, None, None, None, 50)).candidates) == 1
