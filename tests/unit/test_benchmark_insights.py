"""The market's rows for the insights benchmark are those that the unit derives of the same people."""

import json

from benchmarks.insights.ours import document_of
from benchmarks.insights.people import Writing
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
