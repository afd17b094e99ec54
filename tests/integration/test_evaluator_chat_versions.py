"""A chat model among the versions of the engine."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from servers.evaluator.judges.chat_judge import chat_version
from servers.evaluator.model_gate.gating import gated
from servers.evaluator.model_gate.held_out import Version
from servers.evaluator.versions.engine_versions import EngineVersions, Served
from shared.kernel.errors import Conflict, InvalidInput
from shared.storage import Database
from tests.support.versions import answering_chat, made_version

SERVER = "http://127.0.0.1:9"


async def test_a_chat_model_is_a_version_by_its_name_and_its_prompt(
    unit_database: Callable[[str], Awaitable[Database]],
) -> None:
    versions = EngineVersions(await unit_database("evaluator"))
    name = await versions.register(Served(kind="chat", url=SERVER, model="acme/invented-8b"), "ada")
    [one] = await versions.all()
    assert (one.name, one.kind, one.state) == (name, "chat", "candidate")
    assert name == chat_version("acme/invented-8b").name
    with pytest.raises(InvalidInput, match="not named"):
        await versions.register(Served(kind="chat", url=SERVER), "ada")


async def test_a_chat_model_that_passed_its_gate_serves_and_once_its_prompt_is_reworded_that_is_said(
    unit_database: Callable[[str], Awaitable[Database]], tmp_path: Path
) -> None:
    database = await unit_database("evaluator")
    versions, chat = EngineVersions(database), answering_chat(tmp_path)
    assert await versions.register(chat.served, "ada") == chat.name
    report = gated(chat, Version.at(made_version(tmp_path, "judge-beside")))
    assert await versions.gate(chat.name, report, "ada")
    assert await versions.promote(chat.name, "ada", "reads more between the lines") is None
    [one] = await versions.all()
    assert (one.state, one.judges_as) == ("serving", None)
    assert await versions.served(chat.name) == chat.served

    # As if the release before had worded the prompt otherwise.
    await database.fetch("update engine_version set name = 'chat-before' returning name")
    [one] = await versions.all()
    assert (one.name, one.judges_as) == ("chat-before", chat.name)
    with pytest.raises(Conflict, match=f"this release judges by {chat.name}, not by chat-before"):
        await versions.gate("chat-before", report | {"version": "chat-before"}, "ada")
