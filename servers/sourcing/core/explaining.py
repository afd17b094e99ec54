"""Telling the story of a search."""

from collections.abc import Mapping

from servers.sourcing.core.models import (
    Aim,
    ExplainSearchRequest,
    ExplainSearchResult,
    FindCandidatesResult,
    QueryReport,
    RoundReport,
    Search,
)
from servers.sourcing.core.ports import Book, Shelf
from shared.kernel.errors import InvalidInput, NotFound
from shared.kernel.principal import Principal

SOUGHT: Mapping[Aim, str] = {
    "precise": "Few people who surely match were asked for, so searches that bring few of those are set aside early.",
    "balanced": "Neither too few nor too many people were asked for.",
    "broad": "Many people were asked for, so searches go on while a few of their people match.",
}


async def explain(shelf: Shelf, caller: Principal, request: ExplainSearchRequest) -> ExplainSearchResult:
    """Return which queries ran, what each brought and why they changed. Raises NotFound, InvalidInput."""
    async with shelf.begin(caller.tenant) as book:
        search = await _asked_for(book, request)
        answers = await book.answers(search.search_id)
        shown = len(await book.brought(search.search_id))
    return ExplainSearchResult(
        search_id=search.search_id,
        project_id=search.project_id,
        revision=search.revision,
        aim=search.aim,
        exhausted=search.exhausted,
        reason=search.reason,
        shown=shown,
        queries=answers[-1].queries if answers else [],
        rounds=[_round(answer) for answer in answers],
        text=_text(search, shown, answers),
    )


async def _asked_for(book: Book, request: ExplainSearchRequest) -> Search:
    if request.search_id:
        search = await book.search(request.search_id)
    elif request.project_id:
        search = await book.newest(request.project_id, None)
    else:
        raise InvalidInput("name a search or a project", field="search_id")
    if search is None:
        raise NotFound("there is no such search", field="search_id")
    return search


def _round(answer: FindCandidatesResult) -> RoundReport:
    return RoundReport(
        round=answer.state.round,
        summary=answer.summary,
        changes=answer.changes,
        queries=[report for report in answer.queries if report.brought],
    )


def _text(search: Search, shown: int, answers: list[FindCandidatesResult]) -> str:
    people = "1 person was" if shown == 1 else f"{shown:,} people were"
    rounds = "1 round" if len(answers) == 1 else f"{len(answers)} rounds"
    lines = [f"For “{search.requirements.title}” {people} handed on in {rounds}."]
    lines.append(SOUGHT[search.aim])
    lines += [answer.summary for answer in answers]
    queries = answers[-1].queries if answers else []
    lines += [_line(report) for report in queries]
    return "\n".join(lines)


def _line(report: QueryReport) -> str:
    state = {"open": "goes on", "dry": "has nobody new", "set_aside": "set aside"}[report.status]
    note = f" ({report.note})" if report.note else ""
    seen = f", of {report.judged} judged {report.judged_good} match well" if report.judged else ""
    return f"- {report.label}: brought {report.brought_in_all}{seen}, {state}{note}. Why: {report.why}."
