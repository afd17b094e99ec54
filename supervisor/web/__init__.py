"""The recruiter's page: static files without data; what they show is fetched with the reader's token."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from supervisor.web.session import Codes, session_route

FOLDER = Path(__file__).parent
PAGE = "/chat"
SESSION = f"{PAGE}/session"
SCRIPTS = (
    "app.js",
    "assistant.js",
    "cards.js",
    "client.js",
    "composer.js",
    "conversation.js",
    "desk.js",
    "log.js",
    "market.js",
    "nodes.js",
    "page.js",
    "search.js",
    "sign_in.js",
    "talent.js",
    "waiting.js",
)
FILES = {
    PAGE: ("index.html", "text/html"),
    f"{PAGE}/style.css": ("style.css", "text/css"),
    **{f"{PAGE}/{name}": (name, "text/javascript") for name in SCRIPTS},
}
# Nothing from elsewhere, nothing inline, no markup made from strings, no frame around the page.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cache-Control": "no-cache",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


def page_routes(codes: Codes) -> list[Route]:
    """Return the routes of the page; they are for everybody, so none of them may answer with data."""
    files = [Route(path, _file(FOLDER / name, kind)) for path, (name, kind) in FILES.items()]
    return [*files, session_route(SESSION, codes)]


def _file(path: Path, media_type: str) -> Callable[[Request], Awaitable[Response]]:
    async def answer(_: Request) -> Response:
        return FileResponse(path, media_type=media_type, headers=HEADERS)

    return answer
