"""The arguments of ``vllm serve`` that suit us: for a judge that answers pairs, a model that chats, one of embeddings."""

import json
from pathlib import Path
from typing import Any

from shared.kernel.errors import InvalidInput

LONGEST_PAIR = 256
DRAFTED = 4
"""Tokens drafted a step: more are seldom all accepted."""
SPECULATIVE = "none"
"""Drafting costs what it saves, or more, until the load at hand was measured: benchmarks/throughput does."""


def judge_arguments(longest: int = LONGEST_PAIR) -> list[str]:
    """Return those of a cross-encoder behind ``/classify``, for pairs of at most ``longest`` tokens.

    Weights are computed in float32: an answer must not depend on which others are in its batch. People's
    requests go before the background's among those that wait.
    """
    return [
        *("--dtype", "float32", "--max-model-len", str(longest)),
        *("--max-num-seqs", "128", "--max-num-batched-tokens", "4096"),
        *("--scheduling-policy", "priority"),
    ]


def embedding_arguments(longest: int = LONGEST_PAIR) -> list[str]:
    """Return those of a model of embeddings behind ``/v1/embeddings``, for texts of at most ``longest`` tokens.

    In float32, so that a text's vector does not depend on which others are in its batch.
    """
    return [
        *("--runner", "pooling", "--dtype", "float32", "--max-model-len", str(longest)),
        *("--max-num-seqs", "128", "--max-num-batched-tokens", "4096"),
    ]


def chat_arguments(speculative: str = SPECULATIVE) -> list[str]:
    """Return those of a chat model: JSON without idle whitespace, prefixes computed once, drafts where chosen.

    Raises InvalidInput for a ``speculative`` that ``speculative_config`` does not know.
    """
    structured = {"backend": "guidance", "disable_any_whitespace": True}
    drafting = speculative_config(speculative)
    return [
        *("--structured-outputs-config", json.dumps(structured)),
        *("--enable-prefix-caching", "--scheduling-policy", "priority"),
        *("--max-model-len", "auto", "--max-num-seqs", "16"),
        *(("--speculative-config", json.dumps(drafting)) if drafting else ()),
    ]


def speculative_config(said: str) -> dict[str, Any] | None:
    """Return vLLM's ``--speculative-config`` for none (nothing), ngram, suffix, draft:FOLDER or eagle:FOLDER.

    ngram drafts what followed the same words before in the text, suffix the same over answers too (vLLM then
    needs the package arctic-inference), draft by a smaller model with the same tokens, eagle by a head that
    was trained for the model. Raises InvalidInput.
    """
    method, _, model = said.partition(":")
    match method:
        case "none" if not model:
            return None
        case "ngram" if not model:
            lookup = {"prompt_lookup_min": 2, "prompt_lookup_max": 5}
            return {"method": "ngram", "num_speculative_tokens": DRAFTED, **lookup}
        case "suffix" if not model:
            return {"method": "suffix"}
        case "draft" if model:
            return {"method": "draft_model", "model": model, "num_speculative_tokens": DRAFTED}
        case "eagle" if model:
            return {"method": _eagle(Path(model)), "model": model, "num_speculative_tokens": DRAFTED}
        case _:
            raise InvalidInput(
                f"“{said}” is no way to draft.",
                field="speculative",
                fix="Say none, ngram, suffix, draft:FOLDER or eagle:FOLDER.",
            )


def _eagle(folder: Path) -> str:
    """Heads of the third kind say so in their configuration; of one that is elsewhere only the name is known."""
    config = folder / "config.json"
    said = config.read_text("utf-8") if config.is_file() else folder.name
    return "eagle3" if "eagle3" in said.lower() else "eagle"
