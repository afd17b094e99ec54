"""Tantivy alone, in this process: the limit of what any search on it can reach."""

import asyncio
import json
import multiprocessing
import os
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import tantivy
from tantivy import Document, Filter, Occur, Query, TextAnalyzerBuilder, Tokenizer

from benchmarks.search.people import COMMIT, Built, Row, Watch, megabytes, memory_of
from benchmarks.search.questions import FACET_SIZE, FACETS, PAGE, SIMILAR, YEAR_STEPS, Question

_HEAP = 64_000_000
_FACET_FIELDS = {"countries": "country", "current_company": "company"}
_RAW = ("skills", "occupations", "seniority", "country", "industries", "company")


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option="basic", stored=True)
    for name in ("body", "titles"):
        builder.add_text_field(name, tokenizer_name="words", index_option="position")
    for name in _RAW:
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    builder.add_text_field("shown", tokenizer_name="raw", index_option="freq", stored=True)
    builder.add_text_field("flags", tokenizer_name="raw", index_option="basic")
    builder.add_float_field("years", indexed=True, fast=True)
    builder.add_bytes_field("view", stored=True)
    return builder.build()


def _opened(folder: Path, schema: tantivy.Schema) -> tantivy.Index:
    index = tantivy.Index(schema, path=str(folder))
    analyzer = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.lowercase())
    index.register_tokenizer("words", analyzer.filter(Filter.ascii_fold()).build())
    return index


def build_bare(folder: Path, rows: Iterable[Row]) -> Built:
    """Index the rows."""
    folder.mkdir(parents=True)
    watch, schema = Watch(), _schema()
    writer = _opened(folder, schema).writer(_HEAP, 1)
    for number, row in enumerate(rows, 1):
        fields: dict[str, Any] = {
            **{name: getattr(row, name) for name in ("id", "body", "titles", "shown", *_RAW)},
            "flags": ["do_not_contact"] if row.do_not_contact else [],
            "view": row.view.encode(),
        }
        if row.years is not None:
            fields["years"] = row.years
        writer.add_document(Document.from_dict(fields, schema))
        if number % COMMIT == 0:
            writer.commit()
    writer.commit()
    writer.wait_merging_threads()
    return watch.built(megabytes(folder))


class Bare:
    """Asks Tantivy in a few threads of this process."""

    name = "Tantivy bare"

    def __init__(self, folder: Path) -> None:
        self._schema = _schema()
        self._index = _opened(folder, self._schema)
        self._index.reload()
        self._searcher = self._index.searcher()
        self._threads = ThreadPoolExecutor(16)
        self._folder = folder

    async def ask(self, question: Question) -> int:
        """Answer and return how many were found."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.answer, question)

    def answer(self, question: Question) -> int:
        """Do so in this thread."""
        match question.kind:
            case "seven facets":
                query = self._query(question)
                self._searcher.aggregate(query, _aggregations())
                return int(self._searcher.search(query, 1).count or 0)
            case "similar people":
                return self._similar(question.like)
            case "skills by years":
                result = self._searcher.search(
                    self._query(question), PAGE, order_by_field="years", order=tantivy.Order.Desc
                )
            case _:
                result = self._searcher.search(self._query(question), PAGE, offset=question.page * PAGE)
        for _, address in result.hits:
            json.loads(self._searcher.doc(address).get_first("view") or b"")
        return int(result.count or 0)

    def cpu(self) -> float:
        """Return the CPU seconds of this process so far."""
        times = os.times()
        return times.user + times.system

    def memory(self, questions: list[Question]) -> float:
        """Return the megabytes that a process of its own takes more once it has opened and searched it."""
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(1, mp_context=context) as pool:
            return pool.submit(_memory, self._folder, questions).result()

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown()

    def _similar(self, candidate_id: str) -> int:
        found = self._searcher.search(self._term("id", candidate_id), 1).hits
        model = self._searcher.doc(found[0][1])
        liked = [(Occur.Should, self._term("shown", s, "freq")) for s in set(model.get_all("shown"))]
        other = (Occur.MustNot, self._term("id", candidate_id))
        hits = self._searcher.search(Query.boolean_query([*liked, other]), SIMILAR).hits
        for _, address in hits:
            json.loads(self._searcher.doc(address).get_first("view") or b"")
        return len(hits)

    def _query(self, q: Question) -> Query:
        parts: list[tuple[Occur, Query]] = [(Occur.MustNot, self._term("flags", "do_not_contact"))]
        for word in q.words:
            text = Query.term_query(self._schema, "body", word.text)
            skill = [(Occur.Should, self._term("skills", word.skill))] if word.skill else []
            parts.append((Occur.Must, Query.boolean_query([(Occur.Should, text), *skill]) if skill else text))
        if q.title:
            words = q.title.replace("-", " ").split()
            title = (
                Query.phrase_query(self._schema, "titles", list(words))
                if len(words) > 1
                else Query.term_query(self._schema, "titles", words[0])
            )
            parts.append((Occur.Must, title))
        filters = [self._term("skills", skill) for skill in q.skills]
        filters += [Query.term_set_query(self._schema, "skills", list(q.any_skill))] if q.any_skill else []
        filters += [Query.term_set_query(self._schema, "country", list(q.countries))] if q.countries else []
        if q.years:
            filters.append(Query.range_query(self._schema, "years", tantivy.FieldType.Float, *q.years))
        parts += [(Occur.Must, Query.const_score_query(each, 0.0)) for each in filters]
        if q.without:
            parts.append((Occur.MustNot, Query.term_query(self._schema, "body", q.without)))
        return Query.boolean_query(parts)

    def _term(self, field: str, value: str, option: Any = "basic") -> Query:
        return Query.term_query(self._schema, field, value, option)


def _memory(folder: Path, questions: list[Question]) -> float:
    before = memory_of(os.getpid())
    bare = Bare(folder)
    for question in questions:
        bare.answer(question)
    taken = memory_of(os.getpid()) - before
    bare.close()
    return taken


def _aggregations() -> dict[str, Any]:
    wanted: dict[str, Any] = {
        name: {"terms": {"field": _FACET_FIELDS.get(name, name), "size": FACET_SIZE}}
        for name in FACETS
        if name != "years"
    }
    ends = (*YEAR_STEPS[1:], None)
    ranges = [
        {"from": low} | ({"to": high} if high else {}) for low, high in zip(YEAR_STEPS, ends, strict=True)
    ]
    return wanted | {"years": {"range": {"field": "years", "ranges": ranges}}}
