"""Candidates per second and waiting times: ``make bench NAME=throughput``, or ``python -m benchmarks.throughput --quick``.

Judges invented people by roles of eight qualifications through the evaluator's own code: by rules, by rules and the
cross-encoder, by rules and a chat model, each behind a real vLLM that is started here; and beside them the obvious
way, one call after the other with nothing kept. Then the waiting time of one candidate while a sweep runs, with lanes
and without; then what drafting tokens brings, on the prompts of the chat judge and of the explainer.

Where vLLM's environment has a GPU, all of it runs there. Where no chat model is named one of dice is made: its times
count, what it says does not. About ten minutes on two quiet cores, three with ``--quick``.
"""

import argparse
import asyncio
import logging
import os
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.evaluation import judged
from benchmarks.evaluation.lineup import tell
from benchmarks.report import Cell, json_line, table
from benchmarks.throughput import latency, rates, served, speculation
from benchmarks.throughput.load import Question, Role, explaining, in_free_text, judging, roles
from servers.evaluator.core.sweeping import PIECE
from servers.evaluator.sweeps.drafters import ProcessDrafters

PARTS = ("judge", "chat", "drafting")
Rows = list[dict[str, Cell]]
LEFT_OUT = (
    "suffix is left out: vLLM needs the package arctic-inference; where it is installed, say --drafting suffix",
    "eagle is left out: it needs a head that was trained for the model; with one, say --drafting eagle:FOLDER",
)


@dataclass(frozen=True)
class Extent:
    """How much is measured: people, those of a piece of a sweep, seconds for each line, questions of each load."""

    people: int
    piece: int
    seconds: float
    questions: int


FULL, QUICK = Extent(160, PIECE, 20.0, 16), Extent(80, 4, 5.0, 4)


class Run:
    """One run: the people, the processes that draft, and the folder of what is made."""

    def __init__(self, options: argparse.Namespace, drafters: ProcessDrafters, folder: Path) -> None:
        self._options = options
        self._extent: Extent = QUICK if options.quick else FULL
        self._drafters = drafters
        self._folder = folder
        # Drafting is measured on people whom no chat model was asked about before.
        *self._roles, self._last = roles(self._extent.people)

    def judge(self) -> dict[str, object]:
        """Measure rules, and rules with the cross-encoder: rates, then waiting times."""
        own = self._folder / "judge"
        own.mkdir()
        model, which = served.judge(self._options.judge, own)
        load = self._roles, self._drafters, self._extent.seconds, self._extent.piece
        rates_of: Rows = [asyncio.run(rates.by_rules(*load))]
        tell(f"vLLM starts for {which}")
        with judged.serving(model) as server:
            rates_of += asyncio.run(rates.by_cross_encoder(server, *load))
            waits = asyncio.run(latency.measure(server, *load))
        table(rates_of, title=f"Candidates with 8 qualifications each; {which}")
        table(waits, title=f"Milliseconds for one candidate who is waited for; {which}")
        return {"judge": which, "rates": rates_of, "latency": waits}

    def chat(self, parts: Sequence[str]) -> dict[str, object]:
        """Measure rules with a chat model, and what drafting brings to one."""
        asked = asyncio.run(_loads(self._last, self._extent.questions))
        words = "\n".join(each.messages[-1]["content"] for each in asked["judging"] + asked["explaining"])
        instructions = [each[0].messages[0]["content"] for each in asked.values()]
        options = self._options
        chat = served.chat(options.chat_model, options.draft, self._folder, "\n".join([words, *instructions]))
        which = "of dice: the times count, what it says does not" if chat.of_dice else chat.weights
        found: Rows = []
        answers: dict[str, dict[str, speculation.Answered]] = {}
        model, seconds = chat.model(), self._extent.seconds
        with served.serving(model, "prefixes kept") as server:
            if "chat" in parts:
                found += asyncio.run(rates.by_chat(server, model, self._roles, self._drafters, seconds))
            if "drafting" in parts:
                none = speculation.NONE
                answers[none] = asyncio.run(speculation.measure(server, model.served_as, none, asked))
        if "chat" in parts:
            with served.serving(model, "no prefix kept", rates.NO_REUSE) as server:
                in_turn = rates.by_chat_in_turn(server, model, self._roles, self._drafters, seconds)
                found.append(asyncio.run(in_turn))
            table(found, title=f"Candidates with 8 qualifications each; a chat model {which}")
        drafting = {}
        if "drafting" in parts:
            drafting = self._drafting(chat, which, asked, answers)
        return {"chat_model": which, "chat_rates": found, **drafting}

    def _drafting(
        self,
        chat: served.Chat,
        which: str,
        asked: dict[str, list[Question]],
        answers: dict[str, dict[str, speculation.Answered]],
    ) -> dict[str, object]:
        drafts = [f"draft:{chat.draft}"] if chat.draft else []
        for setting in self._options.drafting or ["ngram", *drafts]:
            name, model = setting.partition(":")[0], chat.model(setting)
            with served.serving(model, f"drafting by {name}") as server:
                answers[name] = asyncio.run(speculation.measure(server, model.served_as, name, asked))
        rows, best = speculation.rows(answers), speculation.speaks_for(answers)
        table(
            rows, title=f"Drafting tokens, temperature 0, {speculation.AT_ONCE} at once; a chat model {which}"
        )
        if not self._options.drafting:
            print("\n".join(LEFT_OUT))
        print(f"The measured load speaks for: hiremesh up --speculative {best}")
        if chat.of_dice:
            print("A model of dice shows that it works, not what it brings: measure yours with --chat-model.")
        return {"drafting": rows, "speaks_for": best}


async def _loads(role: Role, questions: int) -> dict[str, list[Question]]:
    """Return the prompts by what they are for, each with one more to warm up."""
    few = Role(role.requirements, role.people[:8])
    explain = (await explaining(role))[: questions + 1]
    judge = (await judging(few))[: questions + 1]
    return {"judging": judge, "explaining": explain, "free text": in_free_text(explain[: questions // 2 + 1])}


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Throughput, waiting times and drafting of the evaluator")
    parser.add_argument("--quick", action="store_true", help="less of everything, to try it")
    parser.add_argument("--only", action="append", choices=PARTS, help="one part; may be repeated")
    parser.add_argument("--judge", metavar="FOLDER", help="or a version; default the newest that was built")
    parser.add_argument("--chat-model", metavar="FOLDER", help="or a name on a hub; default one of dice")
    parser.add_argument("--draft", metavar="FOLDER", help="a smaller model with the same tokens")
    parser.add_argument(
        "--drafting", action="append", metavar="HOW", help="as hiremesh up --speculative takes it; repeatable"
    )
    return parser.parse_args()


def main() -> None:
    options = _options()
    logging.basicConfig(level=logging.ERROR)
    parts = options.only or PARTS
    load, device = os.getloadavg()[0], served.device()
    print(f"Measured on {device}; load average {load:.1f} before", flush=True)
    result: dict[str, object] = {"benchmark": "throughput", "device": device, "load_average": round(load, 1)}
    with (
        TemporaryDirectory(prefix="throughput-") as folder,
        closing(ProcessDrafters()) as drafters,
    ):
        run = Run(options, drafters, Path(folder))
        if "judge" in parts:
            result |= run.judge()
        if "chat" in parts or "drafting" in parts:
            result |= run.chat(parts)
    json_line(result)


if __name__ == "__main__":
    main()
