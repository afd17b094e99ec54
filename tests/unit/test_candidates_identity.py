"""Who is who: identifiers, likeness, merging, and what a batch means for what is known."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.candidates.core.identity import (
    digest_of,
    email_key,
    employer_key,
    likeness,
    name_key,
    names_agree,
    phone_key,
    url_key,
)
from servers.candidates.core.importing import Changes, Known, plan_import
from servers.candidates.core.incoming import Incoming, structured
from servers.candidates.core.merge import merge_profiles, origins
from servers.candidates.core.models import FLAG_DO_NOT_CONTACT
from servers.candidates.core.render import render
from shared.wire.profile import Basics, Education, Place, Profile, SkillItem, Work

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def career(
    name="Nova Sample", email=None, employer="Examplia Ltd", start="2019", end="2022", **basics
) -> Profile:
    return Profile(
        basics=Basics(name=name, email=email, **basics),
        work=[Work(name=employer, position="Engineer", start_date=start, end_date=end)],
    )


def incoming(profile: Profile, source="pool", ref="", hashed="h", **more) -> Incoming:
    return structured(profile, kind="json_resume", name=source, hashed=hashed, ref=ref, **more)


def plan(*people: Incoming, known: Known | None = None) -> Changes:
    return plan_import(list(enumerate(people)), known or Known(), NOW)


@pytest.mark.parametrize(
    ("email", "key"),
    [
        ("Nova.Sample+jobs@Example.org", "email:nova.sample@example.org"),
        ("<nova@googlemail.com>", "email:nova@gmail.com"),
        ("your.name@example.org", None),
        ("nova at example", None),
        (None, None),
    ],
)
def test_an_email_address_is_normalised(email: str | None, key: str | None) -> None:
    assert email_key(email) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [("+43 (0)316 234 987 1", "0316/2349871"), ("(217) 555-8234", "+1 217.555.8234 ext. 12")],
)
def test_one_phone_number_written_twice_is_one_key(one: str, other: str) -> None:
    assert phone_key(one) == phone_key(other) is not None


@pytest.mark.parametrize("phone", ["1234567890", "000-000-0000", "12345", "(212) 555-0123", "call me", None])
def test_sample_numbers_identify_nobody(phone: str | None) -> None:
    assert phone_key(phone) is None


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.LinkedIn.com/in/nova-sample/?trk=x", "url:linkedin.com/in/nova-sample"),
        ("http://de.linkedin.com/in/nova-sample", "url:linkedin.com/in/nova-sample"),
        ("github.com/nova", "url:github.com/nova"),
        ("https://www.linkedin.com/company/examplia", None),
        ("https://nova.example", None),
    ],
)
def test_only_a_page_of_ones_own_identifies(url: str, key: str | None) -> None:
    assert url_key(url) == key


def test_names_are_compared_without_order_accents_titles_and_initials() -> None:
    assert name_key("Dr. Zoë K. Müller") == name_key("Muller, Zoe")
    assert employer_key("The Examplia Co., Ltd.") == employer_key("EXAMPLIA")
    assert not names_agree("Nova Sample", "Ida Beispiel")


@given(st.text(), st.text())
def test_no_name_breaks_the_comparison(one: str, other: str) -> None:
    assert names_agree(one, other) == names_agree(other, one)
    assert name_key(one) == name_key(name_key(one)) or " " not in name_key(one)


@pytest.mark.parametrize(
    ("other", "grounds"),
    [
        (career(start="2020", end="2021"), "same employer at the same time"),
        (career(start="2000", end="2004"), "same employer"),
    ],
)
def test_likeness_says_on_what_grounds(other: Profile, grounds: str) -> None:
    assert grounds in likeness(digest_of(career()), digest_of(other)).grounds


def test_a_shared_identifier_makes_one_candidate_with_two_sources() -> None:
    changes = plan(
        incoming(career(email="nova@example.org")),
        incoming(
            career(email="NOVA@example.org", employer="Sampleworks", start="2022", end=None), source="other"
        ),
    )
    assert [outcome.status for outcome in changes.outcomes] == ["created", "merged"]
    [candidate] = changes.created.values()
    assert [job.name for job in candidate.profile.work] == ["Sampleworks", "Examplia Ltd"]
    assert {source.name for source in changes.sources} == {"pool", "other"}


def test_a_shared_identifier_under_two_names_is_a_question_and_no_merge() -> None:
    changes = plan(
        incoming(career("Nova Sample", "desk@example.org")),
        incoming(career("Ida Beispiel", "desk@example.org")),
    )
    assert [outcome.status for outcome in changes.outcomes] == ["created", "question"]
    assert len(changes.created) == 2
    assert changes.questions[0].grounds == ["same e-mail address", "different names"]


def test_a_number_that_many_give_identifies_nobody() -> None:
    people = [incoming(career(f"Person{letter} Sample{letter}", phone="0316 2349871")) for letter in "abcde"]
    assert len(plan(*people).questions) == 2


def test_namesakes_with_an_overlapping_job_are_a_question() -> None:
    changes = plan(
        incoming(career(email="a@example.org")),
        incoming(career(email="b@example.org", start="2021", end=None)),
    )
    assert [outcome.status for outcome in changes.outcomes] == ["created", "question"]
    assert changes.questions[0].grounds == ["same name", "same employer at the same time", "same title"]


def test_namesakes_who_share_nothing_else_are_two_people() -> None:
    changes = plan(
        incoming(career(email="a@example.org")), incoming(career(email="b@example.org", employer="Other"))
    )
    assert [outcome.status for outcome in changes.outcomes] == ["created", "created"]


def test_a_later_record_with_the_same_id_replaces_the_earlier_one() -> None:
    changes = plan(
        incoming(career(email="a@example.org", label="Junior"), ref="7", hashed="1"),
        incoming(career(email="a@example.org", label="Senior", employer="New"), ref="7", hashed="2"),
    )
    [candidate] = changes.created.values()
    assert (candidate.profile.basics.label, [job.name for job in candidate.profile.work]) == (
        "Senior",
        ["New"],
    )
    assert len(changes.superseded) == 1


def test_somebody_erased_who_refused_contact_stays_refused() -> None:
    known = Known(suppressed={"email:a@example.org"})
    changes = plan(incoming(career(email="a@example.org")), known=known)
    [candidate] = changes.created.values()
    assert candidate.flags == [FLAG_DO_NOT_CONTACT]
    assert candidate.id in changes.contact_refused


def test_merging_fills_gaps_and_takes_the_newest_of_what_differs() -> None:
    old = Profile(
        basics=Basics(name="Nova Sample", label="Analyst", phone="1", location=Place(city="Graz")),
        work=[Work(name="Examplia", position="Engineer", start_date="2019")],
        education=[Education(institution="Muster University", study_type="BSc")],
        skills=[SkillItem(name="Python")],
    )
    new = Profile(
        basics=Basics(name="N. Sample", label="Engineer"),
        work=[Work(name="Examplia Ltd", start_date="2019-04", end_date="2022", summary="Built things")],
        education=[Education(institution="Muster University", end_date="2015")],
        skills=[SkillItem(name="python"), SkillItem(name="SQL")],
    )
    merged = merge_profiles([old, new])
    assert (merged.basics.name, merged.basics.label, merged.basics.phone) == ("Nova Sample", "Engineer", "1")
    [job] = merged.work
    assert (job.position, job.start_date, job.end_date) == ("Engineer", "2019-04", "2022")
    [study] = merged.education
    assert (study.study_type, study.end_date) == ("BSc", "2015")
    assert [skill.name for skill in merged.skills] == ["python", "SQL"]


def test_each_value_keeps_where_it_came_from_first() -> None:
    changes = plan(
        incoming(career(email="a@example.org")),
        incoming(career(email="a@example.org", label="Engineer"), source="b"),
    )
    found = {(origin.field, origin.source_name): origin for origin in origins(changes.sources)}
    assert len(found["basics.email", "pool"].confirmed_by) == 1
    assert found["basics.label", "b"].value == "Engineer"
    assert [origin.field for origin in origins(changes.sources, "basics.email")] == ["basics.email"]


def test_rendering_is_stable_and_every_span_quotes_its_item() -> None:
    profile = career(label="Engineer", location=Place(city="Graz", country_code="AT"))
    profile.skills = [SkillItem(name="Python", level="expert", keywords=["asyncio"])]
    text = render(profile, "src")
    job, skill = profile.work[0].span, profile.skills[0].span
    assert text[job.start : job.end] == "Engineer at Examplia Ltd | 2019 – 2022"
    assert text[skill.start : skill.end] == "- Python: asyncio (expert)"
    assert render(profile.model_copy(deep=True), "src") == text


def test_contact_data_is_not_rendered_into_the_text_that_is_judged() -> None:
    text = render(career(email="nova@example.org", phone="0316 2349871"), "src")
    assert "@" not in text
    assert "2349871" not in text
