"""The market's rows for the insights benchmark are those that the unit derives of the same people."""

import json
from pathlib import Path

from benchmarks.insights.ours import Ours, build_ours, copy_ours, document_of
from benchmarks.insights.people import Writing, rows_in
from benchmarks.insights.questions import questions_on
from benchmarks.market.careers import live
from benchmarks.market.dossiers import dossier_of
from benchmarks.market.world import world_of
from servers.talent_insights.core.careers import Careers
from servers.talent_insights.core.rows import PersonRows
from shared.taxonomy import Taxonomy

SEED = 7
PEOPLE = range(12)


def test_rows_written_straight_from_lives_are_those_read_from_their_dossiers() -> None:
    world, careers = world_of(SEED), Careers(Taxonomy.compact())
    writing = Writing(world)
    for number in PEOPLE:
        person = live(world, number)
        document = json.loads(document_of(person.candidate_id, writing.person_rows(person)))
        straight = PersonRows.model_validate(document)
        read = careers.rows(dossier_of(world, number))
        assert straight.model_copy(update={"skills": read.skills}) == read
        assert {skill.skill for skill in straight.skills} <= {skill.skill for skill in read.skills}


async def test_copies_of_a_market_count_everybody_as_often_as_they_were_copied(tmp_path: Path) -> None:
    build_ours(tmp_path / "lives", rows_in(tmp_path, SEED, 40))
    copy_ours(tmp_path / "copies", tmp_path / "lives", 3)
    skills = next(one for one in questions_on(world_of(SEED), 1) if one.question == "skills")
    counted: list[dict[str, int]] = []
    for folder in ("lives", "copies"):
        market = Ours(tmp_path / folder)
        rows = await market.ask(skills.question, {**skills.parameters, "k": 1})
        counted.append({row["value"]: row["n"] for row in rows})
        await market.aclose()
    assert len(counted[0]) > 5
    assert counted[1] == {skill: 3 * n for skill, n in counted[0].items()}
