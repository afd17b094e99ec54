"""Records that come one by one as JSON objects: which format they are in, and their reader."""

import json
from typing import Any

from servers.candidates.core.importers import greenhouse, json_resume, tables
from servers.candidates.core.importers.batch import Batch, read_each
from servers.candidates.core.incoming import Incoming
from servers.candidates.core.models import JsonObject, RecordFormat
from shared.kernel.errors import InvalidInput
from shared.wire.profile import SourceKind

KINDS: dict[RecordFormat, SourceKind] = {
    "json_resume": "json_resume",
    "greenhouse": "greenhouse",
    "csv": "csv",
}


MOST_RECORDS = 500


def records_of_lines(text: str) -> list[JsonObject]:
    """Return the records of JSON lines. Raises InvalidInput for broken lines and for too many."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) > MOST_RECORDS:
        raise InvalidInput(
            f"{len(lines)} records are more than {MOST_RECORDS} at once.",
            field="json_lines",
            fix="Send them in several calls.",
        )
    records: list[Any] = []
    for number, line in enumerate(lines, start=1):
        try:
            records.append(json.loads(line))
        except (ValueError, RecursionError) as error:
            raise InvalidInput(
                f"line {number} is not valid JSON.", field="json_lines", fix="Send one record a line."
            ) from error
    return [record for record in records if isinstance(record, dict)]


def format_of(records: list[JsonObject], source: str) -> RecordFormat:
    """Tell the format of a batch by its first record in a known one; flat records are table rows."""
    if not records:
        raise InvalidInput(f"{source}: there are no records.", field="items", fix="Send at least one.")
    for record in records:
        if json_resume.is_json_resume(record):
            return "json_resume"
        if greenhouse.is_greenhouse(record):
            return "greenhouse"
    if all(not isinstance(value, (dict, list)) for value in records[0].values()):
        return "csv"
    raise InvalidInput(
        f"{source}: no record is in a known format.",
        field="items",
        fix="Send JSON Resume documents, Greenhouse candidates or flat table rows.",
    )


def read_records(
    records: list[tuple[int, JsonObject, str]], form: RecordFormat, source: str, mapping: dict[str, str]
) -> Batch:
    """Read ``(index, record, content hash)``. Raises InvalidInput for a mapping that does not fit."""
    if not records:
        return Batch()
    used: dict[str, str] = {}
    if form == "csv":
        headers = list(dict.fromkeys(name for _, record, _ in records for name in record))
        used = tables.column_mapping(headers, mapping)

    def read(pair: tuple[JsonObject, str]) -> Incoming:
        record, hashed = pair
        if form == "greenhouse":
            return greenhouse.read_greenhouse(record, source, hashed)
        if form == "csv":
            return tables.read_row(record, used, source, hashed)
        return json_resume.read_json_resume(record, source, hashed)

    named = [(index, f"{source}#{index + 1}", (record, hashed)) for index, record, hashed in records]
    batch = read_each(named, read)
    batch.mapping = used
    if form == "csv":
        batch.ignored = tables.ignored_columns([record for _, record, _ in records], used)
    else:
        unread = greenhouse.ignored_fields if form == "greenhouse" else json_resume.ignored_fields
        batch.ignored = {name for _, record, _ in records for name in unread(record)}
    return batch
