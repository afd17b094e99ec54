"""Whether Tantivy's files are what was written: each ends with a checksum of what stands before, which nothing
compares while it is read; and what it does where they are not."""

import json
import struct
import zlib
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from errno import EIO
from io import FileIO
from pathlib import Path
from typing import Any

_MAGIC = 1337
_END = struct.Struct("<II")
"""What a file ends with: how long the footer is, and a number that says that there is one."""
_AT_ONCE = 4
"""Files read at once: reading and summing up leave other threads alone."""
_PORTION = 1 << 18
"""Bytes read at once, few enough to stay in the processor's cache until they are summed up."""


@contextmanager
def panics_told() -> Generator[None]:
    """Raise ValueError where Tantivy panics over what it reads, as it raises for what it cannot read otherwise.

    A panic comes as an exception that is no ``Exception``, of a type that nothing exports.
    """
    try:
        yield
    except BaseException as error:
        if type(error).__module__ != "pyo3_runtime":
            raise
        raise ValueError(f"Tantivy panicked: {error}") from error


def damaged(folder: Path) -> list[str]:
    """Return the names of the files of the committed state that are not whole.

    Files that are being written are not looked at, and those that are merged away meanwhile are none; what the
    disk cannot read is not whole. It takes about 0.7 seconds of CPU for a GB. Raises OSError of anything else.
    """
    try:
        meta = json.loads((folder / "meta.json").read_bytes())
        parts = [_segment(one) for one in meta["segments"]]
    except FileNotFoundError:
        return []
    except OSError as error:
        if error.errno != EIO:
            raise
        return ["meta.json"]
    except (ValueError, KeyError, TypeError):
        return ["meta.json"]
    files = [file for part in parts for file in sorted(folder.glob(f"{part}.*")) if file.suffix != ".del"]
    files += (
        folder / f"{part}.{one['deletes']['opstamp']}.del"
        for part, one in zip(parts, meta["segments"], strict=True)
        if one.get("deletes")
    )
    with ThreadPoolExecutor(_AT_ONCE) as readers:
        whole = readers.map(_is_whole, files)
        return [file.name for file, is_whole in zip(files, whole, strict=True) if not is_whole]


def _segment(one: Any) -> str:
    return str(one["segment_id"]).replace("-", "")


def _is_whole(file: Path) -> bool:
    try:
        with file.open("rb", buffering=0) as read:
            size = read.seek(0, 2) - _END.size
            if size < 0:
                return False
            read.seek(size)
            length, magic = _END.unpack(read.read(_END.size))
            if magic != _MAGIC or length > size:
                return False
            read.seek(size - length)
            wanted = json.loads(read.read(length))["crc"]
            return wanted == _checksum(read, size - length)
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno != EIO:
            raise
        return False
    except (ValueError, KeyError, TypeError):
        return False


def _checksum(read: FileIO, length: int) -> int:
    read.seek(0)
    found = 0
    portion = memoryview(bytearray(_PORTION))  # one for all: a new one each costs half as much again
    while length > 0 and (size := read.readinto(portion[:length])):
        found, length = zlib.crc32(portion[:size], found), length - size
    return found
