"""Weighing the best few hits here orders them as the engine does that weighs them all."""

from functools import cache

from hypothesis import given
from hypothesis import strategies as st
from tantivy import Document, Index, Query, Searcher

from servers.recruiter_search.store.tantivy.ranked import DEEP, SPARE, by_score
from servers.recruiter_search.store.tantivy.schema import KEY, TIE, register, schema
from servers.recruiter_search.store.ties import hair_of

PEOPLE = 900


@cache
def _searcher() -> Searcher:
    """Return an index whose people say a word as often as their number says, so that many score the same."""
    index = register(Index(schema()))
    writer = index.writer(15_000_000, 1)
    for number in range(PEOPLE):
        said = " ".join(["welding"] * (1 + number % 7) + ["other"] * (number % 3))
        fields = {
            "everything": said,
            "title": "crane" if number % 11 == 0 else "",
            TIE: hair_of(f"cand_{number}"),
        }
        writer.add_document(Document.from_dict(fields | {KEY: number}, schema()))
        if number % 250 == 249:
            writer.commit()
    writer.commit()
    index.reload()
    return index.searcher()


@given(
    limit=st.integers(1, 60),
    offset=st.integers(0, DEEP + 50),
    word=st.sampled_from(["welding", "other", "crane", "nobody"]),
    scored=st.booleans(),
)
def test_hits_come_as_if_all_were_weighed_by_the_engine(
    limit: int, offset: int, word: str, scored: bool
) -> None:
    field = "title" if word == "crane" else "everything"
    query = Query.term_query(schema(), field, word)
    asked = query if scored else Query.const_score_query(query, 1.0)
    hits, total = by_score(_searcher(), asked, limit, offset, scored=scored)
    whole = _searcher().search(asked, limit, offset=offset, weight_by_field=TIE)
    assert [key for key, _ in hits] == [key for key, _ in whole.hits]
    assert total == whole.count
    if scored:
        assert _people(hits) == _people(whole.hits)
    else:  # the engine's keys hold less of a hair
        hairs = [hair_of(f"cand_{number}") for number in _people(hits)]
        assert hairs == sorted(hairs, reverse=True)


def test_equals_beyond_the_spare_ones_are_weighed_too() -> None:
    alike = Query.const_score_query(Query.term_query(schema(), "everything", "welding"), 1.0)
    hits, total = by_score(_searcher(), alike, 5, scored=True)
    assert total == PEOPLE > 5 + SPARE
    assert _people(hits) == sorted(range(PEOPLE), key=lambda number: -hair_of(f"cand_{number}"))[:5]


def _people(hits: list) -> list[int]:
    return _searcher().fast_field_values(KEY, [address for _, address in hits])
