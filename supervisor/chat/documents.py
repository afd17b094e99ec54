"""Reading an attached posting: text, Markdown, HTML, PDF and Word, with what a reader cannot see left out."""

import asyncio

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shared.documents import Limits, read_document
from shared.edge.ports import Gate
from supervisor.chat.agui import MAX_TEXT, allowed, guarded

LIMITS = Limits(size=10_000_000, characters=MAX_TEXT)
LONGEST_NAME = 200


def document_routes(gate: Gate) -> list[Route]:
    """Return ``POST /agui/documents?name=posting.pdf``, the file as its body.

    Answers ``{name, text, pages, hidden}``, ``hidden`` being the number of invisible passages left out.
    Nothing is kept. An empty, scanned, oversized or unreadable document is refused with the reason.
    """

    async def read(request: Request) -> Response:
        await allowed(request, gate, "chat", "write")
        name = request.query_params.get("name", "")[-LONGEST_NAME:] or "the document"
        document = await asyncio.to_thread(read_document, name, await request.body(), LIMITS)
        return JSONResponse(
            {"name": name, "text": document.text, "pages": document.pages, "hidden": len(document.hidden)}
        )

    return [Route("/agui/documents", guarded(read), methods=["POST"])]
