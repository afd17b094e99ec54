"""Records that come one by one as JSON objects: which format they are in, and their reader."""

from servers.candidates.core.importers.batch import Batch, read_each
from servers.candidates.core.importers.json_resume import (
    ignored_fields,
    is_json_resume,
    read_json_resume,
)
from servers.candidates.core.models import JsonObject, RecordFormat
from shared.kernel.errors import InvalidInput
from shared.wire.profile import SourceKind

KINDS: dict[RecordFormat, SourceKind] = {
    "json_resume": "json_resume",
}


def format_of(records: list[JsonObject], source: str) -> RecordFormat:
    """Tell the format of a batch by its first record that is in a known one."""
    for record in records:
        if is_json_resume(record):
            return "json_resume"
    raise InvalidInput(
        f"{source}: no record is in a known format.",
        field="items",
        fix="Send JSON Resume documents.",
    )


def read_records(
    records: list[tuple[int, JsonObject, str]], form: RecordFormat, source: str, mapping: dict[str, str]
) -> Batch:
    """Read ``(index, record, content hash)``."""
    named = [(index, f"{source}#{index + 1}", (record, hashed)) for index, record, hashed in records]
    batch = read_each(named, lambda pair: read_json_resume(pair[0], source, pair[1]))
    batch.ignored = {name for _, record, _ in records for name in ignored_fields(record)}
    return batch
