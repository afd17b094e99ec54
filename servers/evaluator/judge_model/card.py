"""Writes what a model is, what it learnt from and how well it does, beside its weights."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from servers.evaluator.judge_model.data.rows import LABELS, Row, accepted, read_rows
from servers.evaluator.judge_model.measure import read_answered, report

MODEL_CARD, DATA_SHEET, METRICS, ABOUT = "MODEL_CARD.md", "DATA_SHEET.md", "metrics.json", "model.json"
EXAMPLES = 3


def write_cards(model: Path, data: Path) -> dict[str, Any]:
    """Measure the predictions beside the weights in ``model``, write the figures and both cards, return the figures."""
    about = json.loads((model / ABOUT).read_text("utf-8"))
    figures = report(list(read_answered(model / "predictions.jsonl")))
    (model / METRICS).write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    (model / MODEL_CARD).write_text(model_card(about, figures), "utf-8")
    parts = {part: list(accepted(read_rows(data / f"{part}.jsonl"))) for part in about["data_sha256"]}
    (model / DATA_SHEET).write_text(data_sheet(about, parts, figures), "utf-8")
    return figures


def model_card(about: Mapping[str, Any], figures: Mapping[str, Any]) -> str:
    """Return the model card, as Markdown."""
    base, settings = about["base"], about["settings"]
    bounds = ", ".join(f"{label} {value:.2f}" for label, value in about["thresholds"].items())
    return f"""# {about["version"]}

Judges one passage of a masked profile against one qualification: `meets`, `partial`, `not_met` or `no_evidence`.
A cross-encoder, fine-tuned from MiniLM; {about["longest"]} tokens at most, the passage is cut and never the question.

## Meant for

The evaluator of Hiremesh, which asks it about one passage at a time, keeps the passage as the quote, settles years,
dates, degrees' levels, language levels and places by arithmetic, and lets a person decide. An answer below its
threshold counts as no evidence, which never counts against anyone.

Not meant for: ranking people, deciding without a person, texts that are not masked, judging anything but
qualifications for work, passages that are not in English (short ones in seven other languages were in the data).

## Measured

On {figures["rows"]} generated rows about occupations and in sentence patterns that training has not seen.
They come from the same makers as the training rows, so figures on real profiles are lower; `benchmarks/evaluation`
gives those.

Behind each figure is its noise, an interval of 95 %: of the accuracy by Wilson, of the macro-F1 by the delta method.
The macro-F1 is of the labels that are true in a scenario; many have one alone.

| figure | value | 95 % |
|---|---|---|
| accuracy | {_with_noise(figures, "accuracy")} |
| macro-F1 | {_with_noise(figures, "macro_f1")} |
{_lines(f"| F1 {label} | {figures['labels'][label]:.3f} | |" for label in LABELS)}
| expected calibration error | {figures["ece"]:.3f} | |

| scenario | rows | accuracy | 95 % | macro-F1 | 95 % |
|---|---|---|---|---|---|
{_grouped(figures["scenarios"])}

| kind of qualification | rows | accuracy | 95 % | macro-F1 | 95 % |
|---|---|---|---|---|---|
{_grouped(figures["kinds"])}

Commonest mistakes, scenario: truth as answer:

{_lines(f"- {what} ({count})" for what, count in figures["mistaken"].items())}

## Made from

- Base: {base["package"]} {base["version"]} (all-MiniLM-L6-v2, {base["licence"]}), SHA-256 `{about["base_sha256"]}`
- Rows: {about["rows"]["train"]} to learn from, {about["rows"]["tune"]} to calibrate, {about["rows"]["test"]} to measure
- Epochs {settings["epochs"]}, batch {settings["batch"]}, learning rate {settings["learning_rate"]}, seed {settings["seed"]},
  label smoothing {settings["label_smoothing"]}
- Temperature {about["temperature"]}, thresholds: {bounds}
- Trained on {about["device"]} in {about["training_seconds"]} s with {_named(about["trained_with"])}
- Weights, SHA-256 `{about["weights_sha256"]}`

## Fairness

It never sees names, pronouns, photos, addresses, ages or dates of birth: the evaluator masks them, and the rows it
learnt from hold none. It knows what its rows know: work that is described in unusual words may come out as no
evidence.
"""


def data_sheet(
    about: Mapping[str, Any], parts: Mapping[str, Sequence[Row]], figures: Mapping[str, Any]
) -> str:
    """Return the data sheet, as Markdown."""
    rows = [row for part in parts.values() for row in part]
    header = f"| scenario | {' | '.join(LABELS)} | held out | accuracy | 95 % | macro-F1 | 95 % |"
    header += f"\n|---|{'---|' * (len(LABELS) + 5)}"
    counts = Counter((row.scenario, row.label) for row in rows)
    measured: Mapping[str, Mapping[str, Any]] = figures["scenarios"]
    table = _lines(
        f"| {name} | {' | '.join(str(counts[name, label]) for label in LABELS)} | {_row(measured.get(name))} |"
        for name in sorted({row.scenario for row in rows})
    )
    shown = _lines(
        f"- {label}: “{row.qualification}” ← “{row.passage}” ({row.scenario})"
        for label in LABELS
        for row in [one for one in parts["train"] if one.label == label][:EXAMPLES]
    )
    return f"""# Data of {about["version"]}

Why: to teach and measure a judge without reading any customer's candidates. No row comes from a person: they are
composed from tables of facts about {len({row.occupation for row in rows})} occupations and from sentence patterns,
so that what is true is known from how a row was made. The builder refuses rows that are not marked as generated or
licensed.

Sources and licences: {"; ".join(about["sources"])}.

Parts share neither occupations nor sentence patterns with what is learnt from. SHA-256:

{_lines(f"- {part}: {len(parts[part])} rows, `{sha}`" for part, sha in about["data_sha256"].items())}

By scenario: rows of all parts by label, and what the version has right of those that were held out.

{header}
{table}

## Examples

{shown}

## Limits

Generated text is tidier than what people write, deeds are short, and words for the same thing are those that the
tables know. What is adjacent, broader or narrower is the judgement of who wrote the tables. Other languages than
English appear around names of tools only. A row may now and then read oddly, since patterns and terms meet by dice.
"""


def _grouped(groups: Mapping[str, Mapping[str, Any]]) -> str:
    return _lines(f"| {name} | {_row(one)} |" for name, one in groups.items())


def _row(one: Mapping[str, Any] | None) -> str:
    """Return the cells for what was measured of a group; empty ones where nothing was held out."""
    if one is None:
        return "0 | | | | "
    return f"{one['rows']} | {_with_noise(one, 'accuracy')} | {_with_noise(one, 'macro_f1')}"


def _with_noise(figures: Mapping[str, Any], name: str) -> str:
    low, high = figures[f"{name}_interval"]
    return f"{figures[name]:.3f} | {low:.3f} to {high:.3f}"


def _named(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {one}" for name, one in versions.items())


def _lines(lines: Iterable[str]) -> str:
    return "\n".join(lines)
