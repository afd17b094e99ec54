"""Vectors in files: a row per key, small enough to be compared with all rows or with any chosen ones.

A row holds a vector in bytes, scaled to its largest component; signs, a bit each, are kept in memory beside it.
Each row carries a checksum, so one that a crash tore counts as not there and is derived again. Nothing else
is needed to survive a crash: nothing waits for the disk.
"""

import json
import os
import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FORMAT = 1
CHUNK, COMPARED = 65_536, 1024
"""Rows whose signs, or all of which, are handled at once: what is computed on the way stays in the processor's cache."""
LEAST_ROOM = 4096
GROWTH = 1.25
WORD = 64
"""Dimensions are filled up with zeros to a multiple of this: signs in whole words."""
_ODD = np.uint64(0x9E3779B97F4A7C15)
_HEAD = np.dtype([("key", "<u8"), ("mark", "<u8"), ("check", "<u8"), ("scale", "<f4"), ("free", "<u4")])

Keys = NDArray[np.uint64]
Floats = NDArray[np.float32]
Slots = NDArray[np.int64]


def key_of(name: str) -> int:
    """Return a name as a number of 64 bits, never 0."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "little") or 1


def mark_of(meant: Mapping[str, int]) -> int:
    """Return a number that is another where what is meant is; 0 of nothing."""
    return key_of(json.dumps(meant, sort_keys=True)) if meant else 0


def keys_of(names: Sequence[str]) -> Keys:
    """Return names as numbers."""
    return np.fromiter((key_of(name) for name in names), np.uint64, len(names))


@dataclass(frozen=True)
class _State:
    """What readers see: replaced as a whole where rows come or go."""

    keys: Keys  # sorted
    slots: Slots  # of each of them
    by_slot: Keys  # 0: nobody's
    marks: Keys  # by slot
    scales: Floats  # by slot
    signs: NDArray[np.uint64]  # (words, slots)
    rows: NDArray[np.int8]  # (slots, width)


class Vectors:
    """Rows in a folder. One writes while others read: who reads sees a row as it was or as it is.

    Args:
        folder: emptied where it holds another format or other dimensions.
        dimensions: of the vectors.
    """

    def __init__(self, folder: Path, dimensions: int) -> None:
        self._dimensions = dimensions
        self._width = -(-dimensions // WORD) * WORD
        self._odd = np.arange(1, self._width // 8 + 1, dtype=np.uint64) * _ODD | np.uint64(1)
        self._writing = threading.Lock()
        _begin(folder, {"format": FORMAT, "dimensions": dimensions})
        self._folder = folder
        self._heads_file = os.open(folder / "heads", os.O_RDWR | os.O_CREAT, 0o600)
        self._rows_file = os.open(folder / "rows", os.O_RDWR | os.O_CREAT, 0o600)
        self._free: list[int] = []
        self._state = self._read()

    def __len__(self) -> int:
        return len(self._state.keys)

    def close(self) -> None:
        """Close the files; what is still read from them stays readable."""
        os.close(self._heads_file)
        os.close(self._rows_file)

    # Writing.

    def put(self, keys: Keys, marks: Keys, vectors: Floats) -> None:
        """Put or replace rows: ``keys`` differ, ``vectors`` are (keys, dimensions). Raises OSError."""
        with self._writing:
            slots = self._slots_for(keys)
            state = self._state
            rows, scales = self._packed(vectors)
            heads = np.zeros(len(keys), _HEAD)
            heads["key"], heads["mark"], heads["scale"] = keys, marks, scales
            heads["check"] = self._checks(heads, rows)
            try:
                for slot, head, row in zip(slots.tolist(), heads, rows, strict=True):
                    _write(self._rows_file, row.tobytes(), slot * self._width)
                    _write(self._heads_file, head.tobytes(), slot * _HEAD.itemsize)
            except OSError:  # some are written, some are not: they count as not there
                self._let_go(keys, slots)
                raise
            state.by_slot[slots], state.marks[slots], state.scales[slots] = keys, marks, scales
            state.signs[:, slots] = _signs(rows)
            self._know(keys, slots)

    def drop(self, keys: Keys) -> None:
        """Forget rows, on the disk too. Raises OSError, when they are forgotten all the same until a restart."""
        with self._writing:
            at, there = _found(self._state.keys, keys)
            slots = self._state.slots[at[there]]
            self._let_go(keys[there], slots)
            nothing = bytes(self._width)
            for slot in slots.tolist():
                _write(self._heads_file, bytes(_HEAD.itemsize), slot * _HEAD.itemsize)
                _write(self._rows_file, nothing, slot * self._width)

    # Reading.

    def keys(self) -> Keys:
        """Return all keys, rising."""
        return self._state.keys

    def marks(self, keys: Keys) -> Keys:
        """Return the mark of each key's row; 0 where there is none."""
        state = self._state
        at, there = _found(state.keys, keys)
        return (
            np.where(there, state.marks[state.slots[at]], np.uint64(0))
            if len(state.keys)
            else np.zeros_like(keys)
        )

    def get(self, keys: Keys) -> tuple[Floats, NDArray[np.bool_]]:
        """Return the vectors of keys, (keys, dimensions), and which keys have one; zeros for the others."""
        state = self._state
        found = np.zeros((len(keys), self._dimensions), np.float32)
        at, there = _found(state.keys, keys)
        slots = state.slots[at[there]]
        found[there] = state.rows[slots, : self._dimensions] * state.scales[slots, None]
        return found, there

    def likeness(self, vector: Floats, keys: Keys) -> Floats:
        """Return how like each key's vector is, from -1 to 1; -1 where there is none. All are compared."""
        state = self._state
        liked = np.full(len(keys), -1.0, np.float32)
        at, there = _found(state.keys, keys)
        liked[there] = self._compared(state, vector, state.slots[at[there]])
        return liked

    def nearest(self, vector: Floats, count: int) -> tuple[Keys, Floats]:
        """Return about the ``count`` keys whose signs are nearest, and how like their vectors are, best first."""
        state = self._state
        if not len(state.keys):
            return np.zeros(0, np.uint64), np.zeros(0, np.float32)
        slots = _nearest_signs(state, _signs(self._packed(vector[None])[0])[:, 0], count)
        liked = self._compared(state, vector, slots)
        order = np.argsort(-liked, kind="stable")
        return state.by_slot[slots[order]], liked[order]

    def _compared(self, state: _State, vector: Floats, slots: Slots) -> Floats:
        sought = np.zeros(self._width, np.float32)
        sought[: self._dimensions] = vector
        parts = [
            (state.rows.take(part, axis=0).astype(np.float32) @ sought) * state.scales[part]
            for part in (slots[i : i + COMPARED] for i in range(0, len(slots), COMPARED))
        ]
        return np.concatenate(parts) if parts else np.zeros(0, np.float32)

    # Inside.

    def _packed(self, vectors: Floats) -> tuple[NDArray[np.int8], Floats]:
        """Return unit vectors in bytes, (vectors, width), and what each is to be multiplied by."""
        most = np.maximum(np.abs(vectors).max(axis=1, keepdims=True), 1e-9)
        rows = np.zeros((len(vectors), self._width), np.int8)
        rows[:, : self._dimensions] = np.rint(vectors * (127 / most))
        lengths = np.linalg.norm(rows.astype(np.float32), axis=1)
        return rows, (1 / np.maximum(lengths, 1e-9)).astype(np.float32)

    def _checks(self, heads: NDArray[np.void], rows: NDArray[np.int8]) -> Keys:
        sums = (np.ascontiguousarray(rows).view("<u8") * self._odd).sum(axis=1, dtype=np.uint64)
        own = heads["key"] * _ODD + heads["mark"] * (_ODD << np.uint64(1))
        scales = np.ascontiguousarray(heads["scale"]).view("<u4").astype(np.uint64)
        return sums ^ own ^ (scales * self._odd[-1])

    def _read(self) -> _State:
        """Read what is whole; the other rows are free."""
        size = os.fstat(self._heads_file).st_size // _HEAD.itemsize
        heads = np.fromfile(self._folder / "heads", _HEAD, size)
        rows = self._mapped(size)
        signs = np.zeros((self._width // WORD, size), np.uint64)
        for first in range(0, size, CHUNK):
            part = slice(first, first + CHUNK)
            torn = self._checks(heads[part], rows[part]) != heads["check"][part]
            heads["key"][part][torn] = 0
            signs[:, part] = _signs(rows[part])
        by_slot = heads["key"].copy()
        slots = np.flatnonzero(by_slot)
        slots = slots[np.argsort(by_slot[slots], kind="stable")]
        twice = np.flatnonzero(np.diff(by_slot[slots]) == 0) + 1  # an older row that a crash left
        by_slot[slots[twice]] = 0
        for slot in slots[twice].tolist():
            _write(self._heads_file, bytes(_HEAD.itemsize), slot * _HEAD.itemsize)
        slots = np.delete(slots, twice)
        self._free = np.flatnonzero(by_slot == 0)[::-1].tolist()
        keys = by_slot[slots]
        return _State(keys, slots, by_slot, heads["mark"].copy(), heads["scale"].copy(), signs, rows)

    def _mapped(self, size: int) -> NDArray[np.int8]:
        if os.fstat(self._rows_file).st_size < size * self._width:
            os.ftruncate(self._rows_file, size * self._width)
        if not size:
            return np.zeros((0, self._width), np.int8)
        return np.memmap(self._folder / "rows", np.int8, "r", shape=(size, self._width))

    def _slots_for(self, keys: Keys) -> Slots:
        """Return each key's slot, a free one where it has none."""
        at, there = _found(self._state.keys, keys)
        slots = np.zeros(len(keys), np.int64)
        slots[there] = self._state.slots[at[there]]
        new = len(keys) - int(there.sum())
        if new > len(self._free):
            self._grow(len(self._state.by_slot) + new - len(self._free))
        slots[~there] = [self._free.pop() for _ in range(new)]
        return slots

    def _grow(self, least: int) -> None:
        state = self._state
        before, size = len(state.by_slot), max(LEAST_ROOM, int(least * GROWTH))
        os.ftruncate(self._heads_file, size * _HEAD.itemsize)
        rows = self._mapped(size)
        self._free += range(size - 1, before - 1, -1)
        more = size - before
        self._state = replace(
            state,
            by_slot=np.pad(state.by_slot, (0, more)),
            marks=np.pad(state.marks, (0, more)),
            scales=np.pad(state.scales, (0, more)),
            signs=np.pad(state.signs, ((0, 0), (0, more))),
            rows=rows,
        )

    def _know(self, keys: Keys, slots: Slots) -> None:
        state = self._state
        _, there = _found(state.keys, keys)
        order = np.argsort(keys[~there])
        new, where = keys[~there][order], slots[~there][order]
        at = np.searchsorted(state.keys, new)
        if len(new):
            self._state = replace(
                state, keys=np.insert(state.keys, at, new), slots=np.insert(state.slots, at, where)
            )

    def _let_go(self, keys: Keys, slots: Slots) -> None:
        """No longer know rows, and free their slots."""
        state = self._state
        state.by_slot[slots] = 0
        left = ~np.isin(state.keys, keys)
        self._free += slots.tolist()
        self._state = replace(state, keys=state.keys[left], slots=state.slots[left])


def _write(file: int, content: bytes, at: int) -> None:
    """Write all of ``content``: a disk that fills up takes a part of it first, which is no error yet."""
    done = 0
    while done < len(content):
        done += os.pwrite(file, content[done:], at + done)


def _begin(folder: Path, about: Mapping[str, int]) -> None:
    said = folder / "format.json"
    try:
        fits = json.loads(said.read_text("utf-8")) == about
    except (OSError, ValueError):
        fits = False
    if not fits:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        said.write_text(json.dumps(about), "utf-8")


def _found(sorted_keys: Keys, keys: Keys) -> tuple[Slots, NDArray[np.bool_]]:
    """Return where each of ``keys`` stands among sorted ones, and whether it does."""
    if not len(sorted_keys):
        return np.zeros(len(keys), np.int64), np.zeros(len(keys), bool)
    at = np.minimum(np.searchsorted(sorted_keys, keys), len(sorted_keys) - 1)
    return at, sorted_keys[at] == keys


def _signs(rows: NDArray[np.int8]) -> NDArray[np.uint64]:
    """Return which components are above zero, a bit each: (words, rows)."""
    return np.ascontiguousarray(np.packbits(rows > 0, axis=1).view(np.uint64).T)


def _nearest_signs(state: _State, sought: NDArray[np.uint64], count: int) -> Slots:
    """Return the slots of at least ``count`` rows, where there are as many, that differ in the fewest signs."""
    size = len(state.by_slot)
    differing = np.zeros(size, np.uint16)
    unlike, bits = np.empty(min(size, CHUNK), np.uint64), np.empty(min(size, CHUNK), np.uint8)
    for first in range(0, size, CHUNK):
        part = differing[first : first + CHUNK]
        rows = len(part)
        for word, wanted in zip(state.signs, sought, strict=True):
            np.bitwise_xor(word[first : first + rows], wanted, out=unlike[:rows])
            part += np.bitwise_count(unlike[:rows], out=bits[:rows])
    differing[state.by_slot == 0] = np.iinfo(np.uint16).max
    count = min(count, len(state.keys))
    upto = np.searchsorted(np.bincount(differing).cumsum(), count)
    return np.flatnonzero((differing <= upto) & (state.by_slot != 0))
