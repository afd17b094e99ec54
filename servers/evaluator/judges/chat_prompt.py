"""What a chat model is asked, laid out profile first: a candidate's qualifications share all that stands before them."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, create_model

from shared.llm import ChatMessage
from shared.wire.evaluation import Verdict

MOST_NAMED = 8
"""Passages that one answer names: as the instructions say."""
Says = Literal["meets", "partly", "lacks", "silent"]
VERDICTS: dict[Says, Verdict] = {
    "meets": Verdict.MEETS,
    "partly": Verdict.PARTIAL,
    "lacks": Verdict.NOT_MET,
    "silent": Verdict.NO_EVIDENCE,
}
"""What the model says, each with another first letter: its first token tells them apart."""
_ESCAPED = str.maketrans({char: f"\\u{ord(char):04x}" for char in "<>[]"})


class Named(BaseModel):
    """One passage that tells something, by its number."""

    model_config = ConfigDict(extra="forbid")

    passage: int = Field(ge=1)
    says: Says


class Answer(BaseModel):
    """The passages that tell something, the most telling first."""

    model_config = ConfigDict(extra="forbid")

    answers: Sequence[Named] = Field(max_length=MOST_NAMED)


@lru_cache(maxsize=256)
def answer_about(passages: int) -> type[Answer]:
    """Return the schema of an answer about so many passages: others cannot be named."""
    named = create_model("Named", __base__=Named, passage=(int, Field(ge=1, le=passages)))
    answers = (list[named], Field(max_length=MOST_NAMED))
    return create_model("Answer", __base__=Answer, answers=answers)


def prompt(passages: Sequence[str], statement: str) -> list[ChatMessage]:
    """Return the instructions, then the numbered passages, then the statement.

    Nothing in a text can end its fence or begin a turn: see ``as_data``.
    """
    lines = [as_data({"passage": number, "text": text}) for number, text in enumerate(passages, 1)]
    asked = as_data({"qualification": statement})
    content = "\n".join(
        ["<profile>", *lines, "</profile>", "<qualification>", asked, "</qualification>"],
    )
    return [{"role": "system", "content": _instructions()}, {"role": "user", "content": content}]


@cache
def prompt_hash(passages: int) -> str:
    """Return the SHA-256 (hex) of all that is asked besides the candidate's and the recruiter's own words."""
    asked = [prompt(["…"], "…"), answer_about(passages).model_json_schema()]
    return hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()


def as_data(document: Mapping[str, str | int]) -> str:
    """Return a document as a line of JSON.

    The characters that tags and the special tokens of models are made of are written by their numbers.
    """
    return json.dumps(document, ensure_ascii=False).translate(_ESCAPED)


@cache
def _instructions() -> str:
    return files("servers.evaluator").joinpath("prompts", "judge_passages.md").read_text("utf-8").strip()
