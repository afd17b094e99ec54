"""Logs stay bounded while their writers have them open."""

import stat
from pathlib import Path

from supervisor.launch.logs import shorten


def test_a_long_log_is_put_aside_and_its_writer_goes_on_in_an_empty_one(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    log = logs / "candidates.log"
    with log.open("a") as writer:
        writer.write("before\n")
        writer.flush()
        shorten(tmp_path, limit=3)
        writer.write("after\n")
    assert log.read_text() == "after\n"
    before = logs / "candidates.log.1"
    assert before.read_text() == "before\n"
    assert stat.S_IMODE(before.stat().st_mode) == 0o600


def test_only_one_earlier_part_is_kept_and_short_logs_are_left_alone(tmp_path: Path) -> None:
    engine, short = tmp_path / "postgres" / "postgres.log", tmp_path / "logs" / "jobs.log"
    for log in (engine, short):
        log.parent.mkdir()
    short.write_text("short")
    for text in ("first part", "second part"):
        engine.write_text(text)
        shorten(tmp_path, limit=5)
    assert engine.with_name("postgres.log.1").read_text() == "second part"
    assert sorted(path.name for path in tmp_path.glob("*/*")) == [
        "jobs.log",
        "postgres.log",
        "postgres.log.1",
    ]
