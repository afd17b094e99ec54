"""Rules of hiring projects."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from servers.projects.core.approvals import (
    arguments_hash,
    check_decision,
    check_life,
    check_use,
    require_person,
    status_at,
)
from servers.projects.core.models import Approval, ShortlistEntry
from servers.projects.core.revisions import check_requirements, diff_requirements
from servers.projects.core.shortlisting import rank_entries, weak_qualifications
from servers.projects.core.stages import check_move
from shared.kernel.cursors import read_cursor, write_cursor
from shared.kernel.errors import Conflict, Denied, InvalidInput
from shared.kernel.principal import Principal
from shared.wire.requirements import Qualification, QualificationKind, Requirements

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def _qualification(
    key: str, statement: str = "Knows welding", importance: str = "must_have"
) -> Qualification:
    return Qualification(
        id=key,
        statement=statement,
        kind=QualificationKind.SKILL,
        importance=importance,  # type: ignore[arg-type]
    )


def _requirements(*qualifications: Qualification, title: str = "Welder") -> Requirements:
    return Requirements(title=title, qualifications=list(qualifications))


def _entry(candidate_id: str, recommendation: str = "good_match", **more: object) -> ShortlistEntry:
    values: dict[str, object] = {
        "meets": 1,
        "partial": 0,
        "not_met": 0,
        "no_evidence": 0,
        "missing": [],
        "evaluation_id": "eval_1",
        **more,
    }
    return ShortlistEntry(candidate_id=candidate_id, recommendation=recommendation, **values)  # type: ignore[arg-type]


def _approval(status: str = "approved") -> Approval:
    arguments = {"candidate_id": "cand_1", "to_stage": "offer"}
    return Approval(
        approval_id="appr_1",
        action="projects.move_stage",
        summary="Make an offer",
        arguments=arguments,
        arguments_hash=arguments_hash(arguments),
        requested_by="service:supervisor",
        requested_at=NOON,
        expires_at=NOON + timedelta(hours=1),
        status=status,  # type: ignore[arg-type]
    )


def test_a_diff_names_added_removed_and_changed_qualifications() -> None:
    before = _requirements(_qualification("a"), _qualification("b"))
    after = _requirements(_qualification("b", "Knows TIG welding"), _qualification("c"), title="TIG welder")
    changes = [(one.path, one.kind) for one in diff_requirements(before, after)]
    assert changes == [
        ("title", "changed"),
        ("qualifications/b/statement", "changed"),
        ("qualifications/c", "added"),
        ("qualifications/a", "removed"),
    ]


def test_the_order_of_qualifications_is_not_a_change() -> None:
    one, two = _qualification("a"), _qualification("b")
    assert diff_requirements(_requirements(one, two), _requirements(two, one)) == []


@pytest.mark.parametrize(
    "requirements",
    [_requirements(), _requirements(_qualification("a"), _qualification("a")), _requirements(title=" ")],
)
def test_requirements_that_cannot_be_worked_with_are_refused(requirements: Requirements) -> None:
    with pytest.raises(InvalidInput):
        check_requirements(requirements)


def test_ranking_goes_by_recommendation_then_evidence() -> None:
    entries = [
        _entry("d", "possible_match", meets=9),
        _entry("c", "good_match", meets=2),
        _entry("b", "good_match", meets=3),
        _entry("a", "strong_match"),
    ]
    assert [one.candidate_id for one in rank_entries(entries, 10)] == ["a", "b", "c", "d"]


def test_nobody_is_dropped_from_a_shortlist() -> None:
    entries = [_entry(f"cand_{n}", "not_a_match") for n in range(30)]
    ranked = rank_entries(entries, 10)
    assert len(ranked) == 30
    assert not any(one.listed for one in ranked)


def test_open_places_go_to_the_next_best_and_good_matches_always_get_one() -> None:
    entries = [_entry("a"), _entry("b"), _entry("c"), _entry("d", "needs_a_look")]
    assert [one.listed for one in rank_entries(entries, 2)] == [True, True, True, False]
    assert [one.listed for one in rank_entries(entries, 4)] == [True, True, True, True]


def test_whom_a_person_rejected_is_kept_last_and_off_the_list() -> None:
    ranked = rank_entries([_entry("a", "strong_match", stage="rejected"), _entry("b", "needs_a_look")], 10)
    assert [(one.candidate_id, one.listed) for one in ranked] == [("b", True), ("a", False)]


@given(st.permutations(["a", "b", "c", "d", "e"]))
def test_ranking_does_not_depend_on_the_order_of_arrival(order: list[str]) -> None:
    ranked = rank_entries([_entry(key) for key in order], 3)
    assert [one.candidate_id for one in ranked] == ["a", "b", "c", "d", "e"]


def test_weak_qualifications_are_what_most_candidates_lack_must_haves_first() -> None:
    requirements = _requirements(
        _qualification("nice", importance="nice_to_have"), _qualification("must"), _qualification("common")
    )
    entries = [
        _entry("a", missing=["nice", "must"]),
        _entry("b", missing=["nice", "must"]),
        _entry("c", missing=["nice"]),
    ]
    assert weak_qualifications(entries, requirements) == ["must", "nice"]


def test_two_candidates_say_nothing_about_the_pool() -> None:
    requirements = _requirements(_qualification("must"))
    assert (
        weak_qualifications([_entry("a", missing=["must"]), _entry("b", missing=["must"])], requirements)
        == []
    )


@pytest.mark.parametrize(
    ("current", "to_stage", "reason"),
    [
        ("sourced", "contacted", " "),
        ("contacted", "contacted", "again"),
        (None, "hired", "liked"),
        ("rejected", "hired", "changed our mind"),
    ],
)
def test_moves_that_make_no_sense_are_refused(current: str | None, to_stage: str, reason: str) -> None:
    with pytest.raises(InvalidInput):
        check_move(current, to_stage, reason)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("current", "to_stage"),
    [(None, "sourced"), ("sourced", "interview"), ("interview", "screening"), ("rejected", "screening")],
)
def test_going_forward_back_and_reopening_are_allowed(current: str | None, to_stage: str) -> None:
    check_move(current, to_stage, "a reason")  # type: ignore[arg-type]


def test_an_argument_hash_ignores_key_order_and_the_approval_itself() -> None:
    assert arguments_hash({"a": 1, "b": "é"}) == arguments_hash({"b": "é", "a": 1, "approval_id": "appr_1"})
    assert arguments_hash({"a": 1}) != arguments_hash({"a": 2})


def test_an_approval_allows_exactly_what_was_approved() -> None:
    check_use(_approval(), "projects.move_stage", {"to_stage": "offer", "candidate_id": "cand_1"}, NOON)


@pytest.mark.parametrize(
    ("status", "action", "stage", "at"),
    [
        ("pending", "projects.move_stage", "offer", NOON),
        ("refused", "projects.move_stage", "offer", NOON),
        ("used", "projects.move_stage", "offer", NOON),
        ("approved", "projects.move_stage", "hired", NOON),
        ("approved", "messages.send", "offer", NOON),
        ("approved", "projects.move_stage", "offer", NOON + timedelta(hours=1)),
    ],
)
def test_everything_else_is_denied(status: str, action: str, stage: str, at: datetime) -> None:
    with pytest.raises(Denied):
        check_use(_approval(status), action, {"candidate_id": "cand_1", "to_stage": stage}, at)


def test_an_unanswered_approval_expires() -> None:
    assert status_at(_approval("pending"), NOON + timedelta(hours=2)) == "expired"
    with pytest.raises(Conflict):
        check_decision(_approval("pending"), NOON + timedelta(hours=2))


def test_an_approval_is_decided_once() -> None:
    check_decision(_approval("pending"), NOON)
    with pytest.raises(Conflict):
        check_decision(_approval("approved"), NOON)


@pytest.mark.parametrize("seconds", [0, -5, 31 * 24 * 3600])
def test_an_approval_cannot_live_for_ever_or_not_at_all(seconds: int) -> None:
    with pytest.raises(InvalidInput):
        check_life(seconds)


@pytest.mark.parametrize("kind", ["service", "partner"])
def test_only_a_person_decides(kind: str) -> None:
    with pytest.raises(Denied):
        require_person(Principal(subject=f"{kind}:x", kind=kind, tenant="acme"))  # type: ignore[arg-type]


def test_a_cursor_only_fits_its_own_query() -> None:
    cursor = write_cursor("proj_9", "projects", "acme", None)
    assert read_cursor(cursor, "projects", "acme", None) == "proj_9"
    with pytest.raises(InvalidInput):
        read_cursor(cursor, "projects", "acme", "nurse")


@given(st.text(max_size=40))
def test_rubbish_is_not_a_cursor(text: str) -> None:
    with pytest.raises(InvalidInput):
        read_cursor(text, "projects")
