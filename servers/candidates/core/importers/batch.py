"""What an importer hands over: people, and the records it could not take."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from servers.candidates.core.incoming import Incoming
from shared.kernel.errors import InvalidInput

Raw = TypeVar("Raw")


@dataclass(slots=True)
class Refused:
    """A record that was not taken in; ``name`` says which."""

    name: str
    reason: str
    fix: str | None = None


@dataclass(slots=True)
class Batch:
    """People and refusals by their index in the source.

    Attributes:
        ignored: what the source holds and no field takes, such as ``attachments``.
        mapping: for tables, field → column as used.
    """

    people: list[tuple[int, Incoming]] = field(default_factory=list[tuple[int, Incoming]])
    refused: list[tuple[int, Refused]] = field(default_factory=list[tuple[int, Refused]])
    ignored: set[str] = field(default_factory=set[str])
    mapping: dict[str, str] = field(default_factory=dict[str, str])


def read_each(records: Iterable[tuple[int, str, Raw]], read: Callable[[Raw], Incoming]) -> Batch:
    """Read ``(index, name, record)`` one by one; what raises InvalidInput is refused, the rest goes on."""
    batch = Batch()
    for index, name, record in records:
        try:
            batch.people.append((index, read(record)))
        except InvalidInput as error:
            batch.refused.append((index, Refused(name, error.message, error.fix)))
    return batch
