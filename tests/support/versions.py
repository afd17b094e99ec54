"""Versions of the judging model with answers that are made up: their weights are a word."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordLevel

from servers.evaluator.core.concluding import Probabilities
from servers.evaluator.core.operating import Served
from servers.evaluator.judge_model.data.rows import LABELS, Row
from servers.evaluator.judge_model.measure import Answered
from servers.evaluator.judges.chat_judge import chat_version
from servers.evaluator.model_gate.asking import UNANSWERED
from servers.evaluator.model_gate.chat_version import SERVED, ChatVersion
from servers.evaluator.model_gate.held_out import sha256_of

SCENARIOS = {"stated": "meets", "wished": "no_evidence", "slight": "partial", "lacking": "not_met"}
EACH = 40


def cases(*scenarios: str, each: int = EACH) -> list[Row]:
    """Return made-up held-out rows, as many of each scenario."""
    return [
        Row(
            qualification=f"welding {number}",
            kind="skill",
            passage=f"Said something of welding, {scenario} {number}",
            label=SCENARIOS.get(scenario, "no_evidence"),
            scenario=scenario,
            occupation="welder",
            source="generated",
            licence="CC0-1.0",
        )
        for scenario in scenarios or SCENARIOS
        for number in range(each)
    ]


def made_version(
    parent: Path, name: str, rows: list[Row] | None = None, *, wrong: Collection[tuple[str, int]] = ()
) -> Path:
    """Write a version's folder in which ``wrong`` cases, (scenario, number), are answered as another label."""
    folder, test = parent / name, rows or cases()
    folder.mkdir(parents=True)
    (folder / "model.safetensors").write_text(name)
    words = {"[UNK]": 0, "[CLS]": 1, "[SEP]": 2}
    Tokenizer(WordLevel(words, unk_token="[UNK]")).save(str(folder / "tokenizer.json"))
    seen: dict[str, int] = {}
    with (folder / "predictions.jsonl").open("w", encoding="utf-8") as file:
        for row in test:
            number = seen.setdefault(row.scenario, 0)
            seen[row.scenario] += 1
            off = (row.scenario, number) in wrong
            said = LABELS[(LABELS.index(row.label) + off) % len(LABELS)]
            told = {"probabilities": [0.97 if label == said else 0.01 for label in LABELS]}
            file.write(json.dumps(asdict(row) | told) + "\n")
    about = {
        "version": name,
        "weights_sha256": hashlib.sha256(name.encode()).hexdigest(),
        "labels": LABELS,
        "longest": 256,
        "temperature": 1.0,
        "thresholds": {"not_met": 0.5, "partial": 0.5, "meets": 0.5},
        "data_sha256": {"test": sha256_of(test)},
    }
    (folder / "model.json").write_text(json.dumps(about))
    return folder


def sure_of(label: str) -> Probabilities:
    """Return an answer; without a label, one that is none."""
    return Probabilities(*(0.97 if one == label else 0.01 for one in LABELS)) if label else UNANSWERED


@dataclass(frozen=True)
class AnsweringChat(ChatVersion):
    """A chat version that answers without a server: what is true, or in some scenarios something else ``instead``."""

    instead: Mapping[str, str] = field(default_factory=dict[str, str])

    def answers_to(self, rows: Sequence[Row], keep_in: Path) -> list[Answered]:
        said = [sure_of(self.instead.get(one.scenario, one.label)) for one in rows]
        return [
            Answered(one.scenario, one.kind, one.occupation, one.label, answer)
            for one, answer in zip(rows, said, strict=True)
        ]


def served_in(parent: Path, url: str, model: str) -> Path:
    """Write the folder of a chat version that is served."""
    folder = parent / chat_version(model).name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SERVED).write_text(Served(kind="chat", url=url, model=model).model_dump_json())
    return folder


def answering_chat(parent: Path, instead: Mapping[str, str] | None = None) -> AnsweringChat:
    """Return a chat version with answers that are made up."""
    version = AnsweringChat.at(served_in(parent, "http://127.0.0.1:9", "acme/invented-8b"))
    return replace(version, instead=instead or {})
