"""One file as somebody hands it in: which importer reads it."""

import json
from typing import Any, cast

from servers.candidates.core.importers.batch import Batch, read_each
from servers.candidates.core.importers.records import format_of, read_records
from servers.candidates.core.importers.resume import read_resume
from servers.candidates.core.incoming import hashed_record
from servers.candidates.core.models import JsonObject
from shared.kernel.errors import InvalidInput

_MOST_RECORDS = 500


def read_file(name: str, data: bytes, mapping: dict[str, str]) -> Batch:
    """Return the people of one file. A file that cannot be read at all raises InvalidInput."""
    if data.lstrip()[:1] in (b"{", b"[") and name.casefold().endswith(".json"):
        return _read_json(name, data, mapping)
    return read_each([(0, name, data)], lambda content: read_resume(name, content))


def _read_json(name: str, data: bytes, mapping: dict[str, str]) -> Batch:
    try:
        content: Any = json.loads(data)
    except ValueError as error:
        raise InvalidInput(
            f"{name}: it is not valid JSON.", field="document", fix="Export it again."
        ) from error
    items = cast(list[Any], content) if isinstance(content, list) else [content]
    records = [cast(JsonObject, item) for item in items if isinstance(item, dict)]
    if len(records) > _MOST_RECORDS:
        raise InvalidInput(
            f"{name}: it holds {len(records)} records, more than {_MOST_RECORDS} at once.",
            field="document",
            fix="Send them in batches with import_profiles, or use hiremesh import.",
        )
    form = format_of(records, name)
    return read_records(
        [(index, *hashed_record(record)) for index, record in enumerate(records)], form, name, mapping
    )
