"""The tool that reads words into a query."""

from collections.abc import Awaitable, Callable
from typing import Annotated

from mcp.server import MCPServer
from pydantic import Field

from servers.recruiter_search.core.names import Names
from servers.recruiter_search.core.wording.models import LONGEST, QueryFromWords
from servers.recruiter_search.core.wording.proposals import Proposer
from servers.recruiter_search.core.wording.reader import Called, ask_words
from shared.taxonomy import Taxonomy
from shared.wire.planning import planning_meta


def add_wording_tools(
    mcp: MCPServer,
    proposer: Proposer | None,
    knowing: Callable[[], Awaitable[Taxonomy]],
    called: Called | None = None,
) -> None:
    """Add the tool; ``knowing`` returns the caller's taxonomy, ``proposer`` reads what the rules cannot, ``called``
    the ids of the projects of a name."""

    @mcp.tool(meta=planning_meta(risk="read", cost={"seconds": 0.05}, plannable=False))
    async def query_from_words(
        words: Annotated[
            str,
            Field(
                min_length=1,
                max_length=LONGEST,
                description="such as: senior Python people in Berlin or remote, 5+ years, not from Acme",
            ),
        ],
    ) -> QueryFromWords:
        """Read a recruiter's words into a query for search_candidates or save_search, to show and to change.

        `read` says what each was taken for, `unread` what was not understood, `doubts` what may mean something
        else, `refused` what nobody may be selected by. Show these before you search.
        """
        return await ask_words(words, Names(await knowing()), proposer, called)
