"""Importing into a real database: identity, idempotence, the change feed, tenants."""

import asyncio
import base64
from datetime import UTC, date, datetime, timedelta

import pytest

from servers.candidates.core.intake import Intake
from servers.candidates.core.keeping import Keeping
from servers.candidates.core.reading import Reading
from servers.candidates.store import PostgresCandidates
from shared.kernel.errors import Conflict, InvalidInput, NotFound
from shared.kernel.principal import Principal
from shared.mailbox.outbox import Outbox
from shared.storage import Database
from shared.wire.standing import Engaged, Standing
from tests.support.told import told_by

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

    def __init__(self, database: Database) -> None:
        self.database = database
        store = PostgresCandidates(Outbox("candidates", database))
        self.clock = FixedClock()
        self.reading = Reading(store)
        self.intake = Intake(store, self.clock)
        self.keeping = Keeping(store, self.clock)

    async def announced(self, tenant: str) -> list[int]:
        """Return the numbers up to which followers of the feed were told to look."""
        told = await told_by("candidates", self.database, tenant)
        return [payload["seq"] for what, payload in told if what == "changed"]

    async def take(self, *records, caller=NORTH, source="pool.json", form="auto", mapping=None):
        return await self.intake.import_records(caller, list(records), source, form, mapping or {})


@pytest.fixture
async def unit(unit_database) -> Unit:
    return Unit(await unit_database("candidates"))


def person(name="Nova Sample", email="nova.sample@example.org", **more):
    return {
        "basics": {"name": name, "email": email, "label": "Data Engineer", **more.pop("basics", {})},
        "work": [
            {
                "name": "Examplia Ltd",
                "position": "Data Engineer",
                "startDate": "2019-04",
                "endDate": "2022-01",
            }
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
    assert await unit.announced("north") == [2]


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


async def test_the_same_person_from_two_sources_is_one_candidate_with_two_sources(unit: Unit) -> None:
    first = await unit.take(person())
    unit.clock.at += timedelta(days=1)
    second = await unit.take(person(basics={"phone": "0316 2349871", "label": "Lead"}), source="other.json")
    assert second.items[0].status == "merged"
    dossier = await unit.reading.dossier(NORTH, first.items[0].candidate_id)
    assert [source.name for source in dossier.sources] == ["pool.json", "other.json"]
    assert (dossier.profile.basics.phone, dossier.profile.basics.label) == ("0316 2349871", "Lead")
    assert dossier.revision == 2
    origin = await unit.reading.provenance(NORTH, dossier.candidate_id, "basics.email")
    assert [(o.source_name, o.first_seen.day, len(o.confirmed_by)) for o in origin.fields] == [
        ("pool.json", 4, 1)
    ]


async def test_a_newer_record_with_the_same_id_replaces_the_older_one_in_the_dossier(unit: Unit) -> None:
    first = await unit.take(person(id="7"))
    await unit.take(person(id="7", skills=[{"name": "Rust"}]))
    dossier = await unit.reading.dossier(NORTH, first.items[0].candidate_id)
    assert [skill.name for skill in dossier.profile.skills] == ["Rust"]
    assert len(dossier.sources) == 1
    told = await unit.reading.provenance(NORTH, dossier.candidate_id, "skills")
    assert [(o.value, o.current) for o in told.fields] == [("Python", False), ("Rust", True)]


async def test_merging_two_candidates_keeps_both_histories_and_leads_the_old_id_to_who_remains(
    unit: Unit,
) -> None:
    first = (await unit.take(person(email="a@example.org"))).items[0]
    second = (await unit.take(person(email="b@example.org"))).items[0]
    assert (first.status, second.status) == ("created", "question")
    await unit.keeping.add_note(NORTH, second.candidate_id, "met at a fair")
    [question] = (await unit.keeping.possible_duplicates(NORTH, None, 10)).questions
    await unit.keeping.resolve_duplicate(NORTH, question.question_id, "merge")
    dossier = await unit.reading.dossier(NORTH, second.candidate_id)
    assert dossier.candidate_id == first.candidate_id
    assert len(dossier.sources) == 2
    assert [n.text for n in (await unit.keeping.notes(NORTH, first.candidate_id, 10)).notes] == [
        "met at a fair"
    ]
    assert (await unit.keeping.possible_duplicates(NORTH, None, 10)).questions == []
    again = await unit.take(person(email="b@example.org", skills=[]), source="later.json")
    assert (again.items[0].status, again.items[0].candidate_id) == ("merged", first.candidate_id)


async def test_who_remains_of_people_who_were_merged_one_into_the_other_is_told(unit: Unit) -> None:
    people = [person(email="a@example.org", basics={"label": "Analyst"})]
    people += [person(email=mail) for mail in ("b@example.org", "c@example.org")]
    a, b, c = [(await unit.take(one)).items[0].candidate_id for one in people]
    for kept, gone in ((b, c), (a, b)):
        questions = (await unit.keeping.possible_duplicates(NORTH, gone, 10)).questions
        [question] = [one for one in questions if set(one.candidate_ids) == {kept, gone}]
        await unit.keeping.resolve_duplicate(NORTH, question.question_id, "merge")
    assert (await unit.reading.remaining(NORTH, [c, b, a])).remaining == {b: a, c: a}
    told = (await unit.reading.changes(NORTH, 0, 10, only_ids=True)).changes
    assert [(one.candidate_id, one.merged_into) for one in told] == [(c, b), (b, a), (a, None)]
    assert (await unit.reading.remaining(SOUTH, [c, b, a])).remaining == {}
    await unit.keeping.delete(NORTH, a)
    assert (await unit.reading.remaining(NORTH, [c])).remaining == {}


async def test_a_question_is_answered_once(unit: Unit) -> None:
    await unit.take(person(email="a@example.org"), person(email="b@example.org"))
    [question] = (await unit.keeping.possible_duplicates(NORTH, None, 10)).questions
    await unit.keeping.resolve_duplicate(NORTH, question.question_id, "keep_apart")
    with pytest.raises(Conflict):
        await unit.keeping.resolve_duplicate(NORTH, question.question_id, "merge")
    with pytest.raises(NotFound):
        await unit.keeping.resolve_duplicate(SOUTH, question.question_id, "merge")


async def test_erasing_leaves_only_a_number_in_the_feed(unit: Unit) -> None:
    candidate_id = (await unit.take(person())).items[0].candidate_id
    await unit.keeping.add_note(NORTH, candidate_id, "a note")
    await unit.keeping.delete(NORTH, candidate_id)
    with pytest.raises(NotFound):
        await unit.reading.dossier(NORTH, candidate_id)
    [change] = (await unit.reading.changes(NORTH, 1, 10)).changes
    assert (change.candidate_id, change.deleted, change.dossier) == (candidate_id, True, None)
    async with unit.database.transaction("north") as connection:
        kept = await (
            await connection.execute(
                "select (select count(*) from source) + (select count(*) from note)"
                " + (select count(*) from identifier) as kept"
            )
        ).fetchone()
    assert kept["kept"] == 0


async def test_a_refusal_of_contact_outlives_erasure(unit: Unit) -> None:
    candidate_id = (await unit.take(person())).items[0].candidate_id
    await unit.keeping.set_do_not_contact(NORTH, candidate_id, True, "asked by phone")
    assert (await unit.reading.dossier(NORTH, candidate_id)).flags == ["do_not_contact"]
    await unit.keeping.delete(NORTH, candidate_id)
    again = (await unit.take(person(), source="later.json")).items[0]
    assert (await unit.reading.dossier(NORTH, again.candidate_id)).flags == ["do_not_contact"]


async def test_lifting_the_ban_on_contact_takes_the_flag_away_and_tells_followers(unit: Unit) -> None:
    candidate_id = (await unit.take(person())).items[0].candidate_id
    await unit.keeping.set_do_not_contact(NORTH, candidate_id, True, "")
    await unit.keeping.set_do_not_contact(NORTH, candidate_id, False, "changed their mind")
    assert (await unit.reading.dossier(NORTH, candidate_id)).flags == []
    assert await unit.announced("north") == [1, 2, 3]


async def test_the_feed_gives_each_candidate_once_in_the_order_of_its_last_change(unit: Unit) -> None:
    report = await unit.take(*(person(f"Nova Sample{letter}", f"{letter}@example.org") for letter in "abc"))
    await unit.keeping.set_do_not_contact(NORTH, report.items[0].candidate_id, True, "")
    page = await unit.reading.changes(NORTH, 0, 2)
    rest = await unit.reading.changes(NORTH, page.next, 2)
    done = await unit.reading.changes(NORTH, rest.next, 2)
    order = [change.candidate_id for change in [*page.changes, *rest.changes]]
    assert order == [report.items[i].candidate_id for i in (1, 2, 0)]
    assert [change.seq for change in [*page.changes, *rest.changes]] == [2, 3, 4]
    assert (done.changes, done.next) == ([], 4)


async def test_the_feed_carries_what_happened_and_what_a_record_was_made_of(unit: Unit) -> None:
    candidate_id = (await unit.take(person())).items[0].candidate_id
    await unit.take(person(), source="people.csv")
    seen = await unit.reading.changes(NORTH, 0, 10)
    await unit.keeping.record_engagement(NORTH, candidate_id, "contacted", "email", "hello", "proj_1", None)

    [change] = (await unit.reading.changes(NORTH, seen.next, 10)).changes

    assert change.dossier is not None
    assert change.dossier.revision == seen.changes[-1].dossier.revision
    assert change.standing == Standing(
        sources=["json_resume"],
        changed_at=unit.clock.at,
        engagement=[Engaged(kind="contacted", at=unit.clock.at, project_id="proj_1")],
    )
    await unit.keeping.delete(NORTH, candidate_id)
    [erased] = (await unit.reading.changes(NORTH, change.seq, 10)).changes
    assert (erased.deleted, erased.standing) == (True, Standing())


async def test_tenants_count_their_changes_apart(unit: Unit) -> None:
    await unit.take(person())
    await unit.take(person(), caller=SOUTH)
    assert (await unit.announced("north"), await unit.announced("south")) == ([1], [1])
    assert len((await unit.reading.changes(SOUTH, 0, 10)).changes) == 1


async def test_every_verb_on_another_tenants_candidate_finds_nothing(unit: Unit) -> None:
    candidate_id = (await unit.take(person())).items[0].candidate_id
    attempts = [
        unit.reading.provenance(SOUTH, candidate_id, None),
        unit.keeping.add_note(SOUTH, candidate_id, "x"),
        unit.keeping.notes(SOUTH, candidate_id, 10),
        unit.keeping.record_engagement(SOUTH, candidate_id, "contacted", None, "", None, None),
        unit.keeping.engagement(SOUTH, candidate_id, 10),
        unit.keeping.set_do_not_contact(SOUTH, candidate_id, True, ""),
        unit.keeping.possible_duplicates(SOUTH, candidate_id, 10),
        unit.keeping.delete(SOUTH, candidate_id),
    ]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [NotFound] * len(attempts)
    assert (await unit.reading.dossiers(SOUTH, [candidate_id])).missing == [candidate_id]


async def test_an_unreadable_document_is_one_refusal_on_record(unit: Unit) -> None:
    report = await unit.intake.import_document(NORTH, "scan.pdf", base64.b64encode(b"%PDF-1.4").decode(), {})
    assert (report.refused, report.items[0].name) == (1, "scan.pdf")
    assert report.items[0].reason == "scan.pdf: it is a damaged PDF."
    [refusal] = (await unit.intake.refusals(NORTH, None, 10)).refusals
    assert (refusal.name, refusal.fix) == ("scan.pdf", "Export it again and send that.")


async def test_dossiers_come_in_the_order_asked_for(unit: Unit) -> None:
    report = await unit.take(person(email="a@example.org"), person("Ida Beispiel", "b@example.org"))
    ids = [item.candidate_id for item in report.items][::-1]
    found = await unit.reading.dossiers(NORTH, [*ids, "cand_none", ids[0]])
    assert [dossier.candidate_id for dossier in found.dossiers] == ids
    assert found.missing == ["cand_none"]


async def test_a_list_is_paged_and_its_cursor_fits_no_other_list(unit: Unit) -> None:
    await unit.take(*(person(f"Nova Sample{letter}", f"{letter}@example.org") for letter in "abc"))
    first = await unit.reading.listing(NORTH, "nova", None, None, 2)
    rest = await unit.reading.listing(NORTH, "nova", None, first.next_cursor, 2)
    assert [c.name for c in [*first.candidates, *rest.candidates]] == [
        "Nova Samplec",
        "Nova Sampleb",
        "Nova Samplea",
    ]
    with pytest.raises(InvalidInput, match="another listing"):
        await unit.reading.listing(NORTH, None, None, first.next_cursor, 2)


async def test_engagement_is_listed_latest_first(unit: Unit) -> None:
    candidate_id = (await unit.take(person())).items[0].candidate_id
    await unit.keeping.record_engagement(NORTH, candidate_id, "contacted", "email", "first mail", None, None)
    unit.clock.at += timedelta(hours=1)
    await unit.keeping.record_engagement(NORTH, candidate_id, "replied", "email", "", None, None)
    events = (await unit.keeping.engagement(NORTH, candidate_id, 10)).engagement
    assert [(event.kind, event.recorded_by) for event in events] == [
        ("replied", "person:ada"),
        ("contacted", "person:ada"),
    ]
