"""Whom a question about the market is about, as talent_insights counts, and what of it is not counted by."""

from servers.talent_insights.core.segments import Segment, WorkSegment
from supervisor.market.segment import OF_PEOPLE, OF_WORK, whom_of


def test_a_query_comes_to_a_segment_that_counts_and_says_what_it_cannot() -> None:
    query = {
        "filters": {
            "positions": [{"occupations": ["Nurse"], "companies": ["Gallonox"], "current": None}],
            "locations": ["Berlin, Germany", "Hamburg, Germany"],
            "skills_all": ["Triage", {"of": "Surgery", "min_years": 2.0}],
            "min_years": 4.0,
            "industries": ["Healthcare"],
            "work_modes": ["remote"],
        },
        "exclude": {"skills": ["Java"]},
        "text": "kind",
    }
    whom = whom_of(query)
    assert whom.segment == {
        "skills": ["Triage"],
        "occupation": "Nurse",
        "company": "Gallonox",
        "place": "Berlin, Germany",
        "min_years": 2,
        "remote": True,
    }
    assert Segment.model_validate(whom.segment)
    assert whom.left == [
        "how long or how lately: of Surgery, min years 2",
        "locations: Hamburg, Germany",
        "4 years of work: who has 2 is counted too",
        "industries: Healthcare",
        "who was at Gallonox before: only who is there now is counted",
        "not skills: Java",
        "in words: kind",
    ]
    of_work = whom.within(OF_WORK)
    assert set(of_work.segment) <= OF_WORK == set(WorkSegment.model_fields)
    assert set(Segment.model_fields) == OF_PEOPLE
    assert of_work.left[-2:] == ["skills: Triage", "min years: 2"]


def test_alternatives_of_one_kind_are_each_counted_by_and_those_of_several_are_not() -> None:
    whom = whom_of(
        {"filters": {"occupations": ["Nurse"], "locations": ["Oslo", "Bergen"], "work_modes": ["hybrid"]}}
    )
    both = whom_of({"filters": {"occupations": ["Nurse", "Midwife"], "locations": ["Oslo", "Bergen"]}})
    assert [(one.segment["place"], one.left) for one in whom.each()] == [
        ("Oslo", ["work modes: hybrid"]),
        ("Bergen", ["work modes: hybrid"]),
    ]
    assert whom.in_words() == "Nurse in Oslo or Bergen"
    assert whom.within({"occupation"}).each() == [whom.within({"occupation"})]
    assert both.each() == [both]
    assert both.left == ["occupations: Midwife", "locations: Bergen"]


def test_alternatives_and_where_somebody_worked_narrow_nothing() -> None:
    worked = [{"companies": ["Gallonox"], "locations": ["Oslo"], "current": True}]
    whom = whom_of({"filters": {"positions": worked, "work_modes": ["remote", "hybrid"]}})
    assert whom.segment == {"company": "Gallonox"}
    assert set(whom.left) == {"worked in: Oslo", "work modes: remote, hybrid"}
