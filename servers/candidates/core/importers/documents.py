"""One file as somebody hands it in: which importer reads it."""

import io
import json
import zipfile
from typing import Any, cast

from servers.candidates.core.importers.batch import Batch, read_each
from servers.candidates.core.importers.linkedin import is_linkedin_export, read_linkedin
from servers.candidates.core.importers.records import MOST_RECORDS, format_of, read_records
from servers.candidates.core.importers.resume import read_resume
from servers.candidates.core.incoming import hashed_record
from servers.candidates.core.models import JsonObject, RecordFormat
from shared.documents import read_table
from shared.kernel.errors import InvalidInput


def read_file(name: str, data: bytes, mapping: dict[str, str]) -> Batch:
    """Return the people of one file. A file that cannot be read at all raises InvalidInput."""
    suffix = name.rpartition(".")[2].casefold()
    if suffix in ("json", "jsonl", "ndjson"):
        return _batch(name, _json_records(name, data), "auto", mapping)
    if suffix in ("csv", "tsv"):
        return _batch(name, list(read_table(name, data)), "csv", mapping)
    if data.startswith(b"PK\x03\x04") and _is_linkedin(data):
        incoming, ignored = read_linkedin(name, data)
        return Batch(people=[(0, incoming)], ignored=ignored)
    return read_each([(0, name, data)], lambda content: read_resume(name, content))


def _batch(name: str, records: list[JsonObject], form: RecordFormat, mapping: dict[str, str]) -> Batch:
    if len(records) > MOST_RECORDS:
        raise InvalidInput(
            f"{name}: it holds {len(records)} records, more than {MOST_RECORDS} at once.",
            field="document",
            fix="Send them in batches with import_profiles, or use hiremesh import.",
        )
    chosen = format_of(records, name) if form == "auto" else form
    numbered = [(index, *hashed_record(record)) for index, record in enumerate(records)]
    return read_records(numbered, chosen, name, mapping)


def _json_records(name: str, data: bytes) -> list[JsonObject]:
    try:
        if name.casefold().endswith("json") and not name.casefold().endswith("ndjson"):
            content: Any = json.loads(data)
        else:
            content = [json.loads(line) for line in data.splitlines() if line.strip()]
    except (ValueError, RecursionError) as error:
        raise InvalidInput(
            f"{name}: it is not valid JSON.", field="document", fix="Export it again."
        ) from error
    items = cast(list[Any], content) if isinstance(content, list) else [content]
    records = [cast(JsonObject, item) for item in items if isinstance(item, dict)]
    if not records:
        raise InvalidInput(f"{name}: it holds no records.", field="document", fix="Export it again.")
    return records


def _is_linkedin(data: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return is_linkedin_export(archive.namelist())
    except zipfile.BadZipFile:
        return False
