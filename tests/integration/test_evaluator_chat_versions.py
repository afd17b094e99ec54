"""A chat model among the versions of the engine."""

from collections.abc import Awaitable, Callable

import pytest

from servers.evaluator.judges.chat_judge import chat_version
from servers.evaluator.versions.engine_versions import EngineVersions, Served
from shared.kernel.errors import InvalidInput
from shared.storage import Database

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
