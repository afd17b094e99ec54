"""Words to a query over MCP, with a language model over real HTTP."""

import json
from typing import Any, cast

from servers.recruiter_search.core.search import TalentSearch
from servers.recruiter_search.server import build_server
from servers.recruiter_search.word_model import ModelProposer
from shared.llm.compatible import OpenAICompatible
from tests.support.openai_server import Reply, fake_openai
from tests.support.units import mcp_client

NO_SEARCH = cast(TalentSearch, None)
"""Reading words needs no index."""


async def _read(words: str, proposer: ModelProposer | None = None) -> Any:
    server = build_server(NO_SEARCH, None, None, proposer)
    async with mcp_client(server, name=server.name) as client:
        return (await client.call_tool("query_from_words", {"words": words})).structured_content


async def test_words_come_back_as_a_query_with_how_each_was_read_and_what_was_refused() -> None:
    told = await _read("male nurses in Berlin who love ponies")
    assert told["query"]["filters"]["occupations"] == ["Registered nurse"]
    assert [(one["words"], one["filter"]) for one in told["read"]] == [
        ("nurses", "occupations"),
        ("Berlin", "locations"),
    ]
    assert [one["words"] for one in told["unread"]] == ["love ponies"]
    assert told["refused"][0]["attribute"] == "gender"
    assert told["engine"] == "rules"


async def test_a_model_is_asked_only_for_what_the_rules_left_and_its_failure_is_told() -> None:
    proposed = {"words": "midwives", "field": "occupations", "value": "Registered nurse"}
    async with fake_openai() as server, OpenAICompatible(server.url) as model:
        server.say(json.dumps({"readings": [proposed]}), Reply(status=400))
        read = await _read("midwives in Berlin", ModelProposer(model))
        failed = await _read("midwives in Berlin", ModelProposer(model))
        unasked = await _read("nurses in Berlin", ModelProposer(model))
    assert read["query"]["filters"]["occupations"] == ["Registered nurse"]
    assert read["engine"] == f"rules and {model.name}"
    assert (failed["query"]["text"], failed["engine"]) == ("midwives", "rules")
    assert "so the rules engine answered" in failed["notes"][0]
    assert (unasked["engine"], unasked["notes"]) == ("rules", [])
