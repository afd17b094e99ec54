"""Postings, applicants, FAQs and taxonomy words in a real database."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest

from servers.jobs.core.knowledge import TOLD_CHARACTERS, Knowledge
from servers.jobs.core.models import OccupationWords, SkillWords
from servers.jobs.core.postings import Postings
from servers.jobs.store import PostgresJobs
from shared.kernel.errors import InvalidInput, NotFound
from shared.kernel.principal import Principal
from shared.mailbox.outbox import Outbox
from shared.storage import Connection, Database

NORTH = Principal(subject="person:ada", kind="person", tenant="north")
SOUTH = Principal(subject="person:bo", kind="person", tenant="south")
NURSE = {
    "@context": "https://schema.org",
    "@type": "JobPosting",
    "title": "Ward Nurse",
    "description": "<p>You care for <b>children</b>.</p><p style='display:none'>secret</p>",
    "hiringOrganization": {"@type": "Organization", "name": "Example Clinic"},
    "jobLocation": {"@type": "Place", "address": {"addressLocality": "Graz", "addressCountry": "AT"}},
    "employmentType": ["FULL_TIME", "PART_TIME"],
    "validThrough": "2026-04-01T00:00",
    "identifier": {"@type": "PropertyValue", "value": "N-7"},
    "experienceRequirements": {"@type": "OccupationalExperienceRequirements", "monthsOfExperience": 24},
    "image": "logo.png",
}
DESIGNER = {
    "id": 127817,
    "title": "Vault Designer",
    "location": {"name": "Sampletown"},
    "absolute_url": "https://boards.example/jobs/127817",
    "content": "&lt;p&gt;Draw vaults &amp;amp; doors.&lt;/p&gt;",
    "departments": [{"id": 1, "name": "Design"}],
    "metadata": None,
}


class FixedClock:
    def now(self) -> datetime:
        return datetime(2026, 5, 4, 12, tzinfo=UTC)

    def today(self) -> date:
        return self.now().date()


class Unit:
    """The unit's verbs over one database."""

    def __init__(self, store: PostgresJobs) -> None:
        self.postings = Postings(store, FixedClock())
        self.knowledge = Knowledge(store, FixedClock())


class Telling(Outbox):
    """An outbox that notes in ``told`` what it is given."""

    def __init__(self, unit: str, database: Database) -> None:
        super().__init__(unit, database)
        self.told: list[Mapping[str, Any]] = []

    async def put(self, tx: Connection, tenant: str, what: str, payload: Mapping[str, Any]) -> None:
        self.told.append(payload)
        await super().put(tx, tenant, what, payload)


@pytest.fixture
async def unit(unit_database) -> Unit:
    return Unit(PostgresJobs(Outbox("jobs", await unit_database("jobs"))))


async def test_the_same_text_twice_is_one_posting(unit: Unit) -> None:
    first = await unit.postings.add(NORTH, "# Data Engineer\n\nBuild pipelines in Python.", None, None, None)
    second = await unit.postings.add(NORTH, "# Data Engineer\n\nBuild pipelines in Python.", None, None, None)
    assert (first.title, first.created) == ("Data Engineer", True)
    assert (second.posting_id, second.created) == (first.posting_id, False)


async def test_a_posting_without_a_letter_is_refused(unit: Unit) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        await unit.postings.add(NORTH, " \n\t ", None, None, None)


async def test_another_tenants_posting_is_not_found(unit: Unit) -> None:
    added = await unit.postings.add(NORTH, "Welder wanted", None, None, None)
    with pytest.raises(NotFound):
        await unit.postings.get(SOUTH, added.posting_id)
    with pytest.raises(NotFound):
        await unit.postings.applicants(SOUTH, added.posting_id, None, 10)


async def test_schema_org_and_greenhouse_postings_are_read_from_one_batch(unit: Unit) -> None:
    report = await unit.postings.import_items(NORTH, [{"@graph": [NURSE]}, {"jobs": [DESIGNER]}], "feed")
    assert (report.created, report.ignored) == (2, ["image"])
    nurse = await unit.postings.get(NORTH, report.items[0].posting_id)
    assert (nurse.employer, nurse.location, nurse.status) == ("Example Clinic", "Graz, AT", "closed")
    assert nurse.flags == ["hidden_text"]
    assert "secret" not in nurse.text
    assert "2 years of experience" in nurse.text
    designer = await unit.postings.get(NORTH, report.items[1].posting_id)
    assert designer.text == "Draw vaults & doors.\n\nDepartment: Design"


async def test_a_changed_posting_is_updated_and_an_equal_one_is_not(unit: Unit) -> None:
    await unit.postings.import_items(NORTH, [NURSE, DESIGNER], "feed")
    again = await unit.postings.import_items(NORTH, [NURSE, {**DESIGNER, "title": "Door Designer"}], "feed")
    assert (again.created, again.updated, again.unchanged) == (0, 1, 1)
    page = await unit.postings.listing(NORTH, None, None, None, 10)
    assert sorted(p.title for p in page.postings) == ["Door Designer", "Ward Nurse"]


async def test_a_posting_that_cannot_be_read_is_refused_and_the_others_go_on(unit: Unit) -> None:
    broken = {"@type": "JobPosting", "title": "Ghost"}
    report = await unit.postings.import_items(NORTH, [broken, {"hello": "world"}, NURSE], "feed")
    assert (report.created, report.refused) == (1, 2)
    assert report.items[0].reason == "the posting has no description."


async def test_pages_of_postings_follow_each_other_and_a_foreign_cursor_is_refused(unit: Unit) -> None:
    for number in range(3):
        await unit.postings.add(NORTH, f"Gardener number {number}", None, None, None)
    first = await unit.postings.listing(NORTH, None, None, None, 2)
    rest = await unit.postings.listing(NORTH, None, None, first.next_cursor, 2)
    assert [len(first.postings), len(rest.postings), rest.next_cursor] == [2, 1, None]
    with pytest.raises(InvalidInput, match="another listing"):
        await unit.postings.listing(NORTH, "open", None, first.next_cursor, 2)


async def test_applying_twice_keeps_the_first_application(unit: Unit) -> None:
    added = await unit.postings.add(NORTH, "Welder wanted", None, None, None)
    await unit.postings.add_applicant(NORTH, added.posting_id, "cand_1", "fair", "hello")
    again = await unit.postings.add_applicant(NORTH, added.posting_id, "cand_1", "mail", "again")
    page = await unit.postings.applicants(NORTH, added.posting_id, None, 10)
    assert (again.source, len(page.applicants)) == ("fair", 1)


async def test_a_posting_s_own_answer_goes_before_the_general_one(unit: Unit) -> None:
    added = await unit.postings.add(NORTH, "Welder wanted", None, None, None)
    await unit.knowledge.add_faq(NORTH, "Can I work remotely?", "Two days a week.", None)
    await unit.knowledge.add_faq(NORTH, "Can I work remotely?", "No, welding is on site.", added.posting_id)
    general = await unit.knowledge.answer(NORTH, "is working remotely possible", None, 3)
    own = await unit.knowledge.answer(NORTH, "working remotely?", added.posting_id, 3)
    assert (general.answer, own.answer) == ("Two days a week.", "No, welding is on site.")


async def test_a_question_that_nothing_answers_gets_no_answer(unit: Unit) -> None:
    await unit.knowledge.add_faq(NORTH, "Can I work remotely?", "Two days a week.", None)
    assert (await unit.knowledge.answer(NORTH, "Is there a pension plan at work?", None, 3)).answer is None


async def test_words_are_stored_once_and_followed_in_order(unit: Unit) -> None:
    welding = SkillWords(id="esco:1", label="weld underwater", kind="competence")
    diver = OccupationWords(id="esco:2", label="commercial diver", skills=["esco:1"])
    first = await unit.knowledge.widen(NORTH, [welding], [diver])
    again = await unit.knowledge.widen(
        NORTH, [welding.model_copy(update={"aliases": ["wet welding"]})], [diver]
    )
    page = await unit.knowledge.words(NORTH, first.stored, 10)
    assert ((first.stored, first.unchanged), (again.stored, again.unchanged)) == ((2, 0), (1, 1))
    assert [skill.aliases for skill in page.skills] == [["wet welding"]]
    assert page.occupations == []


async def test_an_event_tells_the_words_that_entries_have_and_had_unless_they_are_many(unit_database) -> None:
    outbox = Telling("jobs", await unit_database("jobs"))
    knowledge = Unit(PostgresJobs(outbox)).knowledge
    welding = SkillWords(id="esco:1", label="weld underwater", aliases=["wet welding"])
    diver = OccupationWords(id="esco:1", label="commercial diver")
    many = [SkillWords(id=f"esco:many{n}", label=f"craft {n:04}") for n in range(TOLD_CHARACTERS // 10 + 1)]

    await knowledge.widen(NORTH, [welding], [])
    await knowledge.widen(SOUTH, [SkillWords(id="esco:1", label="dig tunnels")], [])
    await knowledge.widen(NORTH, [welding.model_copy(update={"aliases": ["hot welding"]})], [diver])
    await knowledge.widen(NORTH, many, [])

    assert [(told["seq"], told.get("words")) for told in outbox.told] == [
        (1, ["weld underwater", "wet welding"]),
        (1, ["dig tunnels"]),
        (3, ["commercial diver", "hot welding", "weld underwater", "wet welding"]),
        (len(many) + 3, None),
    ]


async def test_postings_are_followed_in_the_order_of_their_last_change_and_never_another_tenants(
    unit: Unit,
) -> None:
    await unit.postings.import_items(NORTH, [NURSE, DESIGNER], "feed")
    await unit.postings.import_items(SOUTH, [NURSE], "feed")
    whole = await unit.postings.changes(NORTH, 0, 10)
    first = whole.changes[0]
    other = "closed" if first.status == "open" else "open"
    await unit.postings.set_status(NORTH, first.posting_id, other)

    later = await unit.postings.changes(NORTH, whole.next, 10)
    lines = await unit.postings.changes(NORTH, whole.next, 10, as_lines=True)
    end = await unit.postings.changes(NORTH, later.next, 10)

    assert sorted(change.title for change in whole.changes) == ["Vault Designer", "Ward Nurse"]
    assert [(c.posting_id, c.status, c.seq) for c in later.changes] == [(first.posting_id, other, later.next)]
    assert (lines.json_lines.count("\n"), end.changes, end.next) == (0, [], later.next)
