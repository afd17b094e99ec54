"""When judging makes room for others."""

from pathlib import Path

import pytest

from servers.evaluator.sweeps.yielding import BUSY, LOOK_SECONDS, STAY_SECONDS, Others, OthersShare


def statistics(at: Path, user: int, nice: int, idle: int) -> None:
    """Write what the kernel would: ticks since it began."""
    at.write_text(f"cpu  {user} {nice} 0 {idle} 0 0 0 0 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n", encoding="ascii")


@pytest.mark.parametrize(
    ("others", "judges", "idle", "share"), [(80, 20, 0, 0.8), (10, 90, 0, 0.1), (0, 0, 100, 0.0)]
)
def test_the_others_share_is_that_of_all_but_niced_processes_since_the_look_before(
    tmp_path: Path, others: int, judges: int, idle: int, share: float
) -> None:
    now, at = [0.0], tmp_path / "stat"
    look = OthersShare(at, lambda: now[0])
    statistics(at, 1_000, 2_000, 3_000)
    first = look()
    now[0] += LOOK_SECONDS
    statistics(at, 1_000 + others, 2_000 + judges, 3_000 + idle)
    assert (first, look()) == (0.0, share)


def test_a_machine_that_tells_nothing_is_left_to_the_judges(tmp_path: Path) -> None:
    assert OthersShare(tmp_path / "stat")() == 0.0


@pytest.mark.parametrize(("load", "makes_room"), [(BUSY, True), (BUSY - 0.01, False)])
def test_judging_makes_room_on_a_busy_machine(load: float, makes_room: bool) -> None:
    assert Others(lambda: load).present == makes_room


def test_judging_makes_room_from_when_somebody_asks_until_a_while_after_the_answer() -> None:
    now = [0.0]
    others = Others(lambda: 0.0, lambda: now[0])
    with others.served():
        now[0] += 2 * STAY_SECONDS
        meanwhile = others.present
    just_after = others.present
    now[0] += STAY_SECONDS
    assert (meanwhile, just_after, others.present) == (True, True, False)
