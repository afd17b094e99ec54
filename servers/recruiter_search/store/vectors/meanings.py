"""The vectors of one model: of texts, which all tenants share, and of each tenant's people."""

import json
import logging
import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from urllib.parse import quote

import numpy as np

from servers.recruiter_search.core.ports import Batch
from servers.recruiter_search.store.vectors import Keys, Vectors, key_of, mark_of

log = logging.getLogger(__name__)

MOST_NOTED = 100_000
TEXTS = "texts"
PEOPLE = "people"


@dataclass(frozen=True)
class Wanting:
    """Somebody whose vector is still to be made, as the mean of the vectors of what is ``meant``."""

    key: int
    mark: int
    meant: Mapping[str, int]


class People:
    """A tenant's people in vectors, and who has none yet that fits. ``vectors`` is None until there are any.

    ``is_noted`` is False while people may be without that nobody noted: at first, and after too many came.
    ``is_level`` is True once all were looked through, so that only those who are noted are without.
    """

    def __init__(self) -> None:
        self.vectors: Vectors | None = None
        self.is_noted = False
        self.is_level = False
        self._noted: dict[int, Wanting] = {}
        self._noting = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many are noted."""
        return len(self._noted)

    def note(self, batch: Batch) -> None:
        """Note who has no vector that fits, and forget who was removed."""
        wanting = [
            Wanting(key_of(document.candidate_id), mark_of(document.meant), document.meant)
            for document in batch.documents
        ]
        gone = [*map(key_of, batch.removed), *(one.key for one in wanting if not one.mark)]
        made = self._marks(wanting)
        with self._noting:
            for one, mark in zip(wanting, made, strict=True):
                if one.mark and (one.mark != mark or one.key in self._noted):
                    self._noted[one.key] = one
            for key in gone:
                self._noted.pop(key, None)
            if len(self._noted) > MOST_NOTED:
                self._noted.clear()
                self.is_noted = self.is_level = False
        self._drop(np.array(gone, np.uint64))

    def noted(self, most: int) -> list[Wanting]:
        """Return some who are noted."""
        with self._noting:
            return list(islice(self._noted.values(), most))

    def made(self, wanting: Sequence[Wanting]) -> None:
        """No longer note people whose vectors were made, unless they changed meanwhile."""
        with self._noting:
            for one in wanting:
                if self._noted.get(one.key) == one:
                    del self._noted[one.key]

    def forget(self) -> None:
        """Forget everybody."""
        with self._noting:
            self._noted.clear()
        if self.vectors is not None:
            self._drop(self.vectors.keys())

    def _marks(self, wanting: Sequence[Wanting]) -> list[int]:
        if self.vectors is None:
            return [0] * len(wanting)
        keys = np.fromiter((one.key for one in wanting), np.uint64, len(wanting))
        return self.vectors.marks(keys).tolist()

    def _drop(self, keys: Keys) -> None:
        if self.vectors is None or not len(keys):
            return
        try:
            self.vectors.drop(keys)
        except OSError:  # nobody finds them; the next start looks for them on the disk again
            log.exception("vectors of people who are gone could not be overwritten")


class Meanings:
    """All below ``root``, of ``model`` alone: what another model made is removed."""

    def __init__(self, root: Path, model: str) -> None:
        self.model = model
        self._folder = root / quote(model, safe="").replace(".", "%2E")
        for other in root.glob("*/"):
            if other != self._folder:
                shutil.rmtree(other)
        self._about = self._folder / "model.json"
        self._dimensions = self._known_dimensions()
        self._people: dict[str, People] = {}
        self._texts: Vectors | None = None
        self._opening = threading.Lock()

    def texts(self, dimensions: int | None = None) -> Vectors | None:
        """Return the texts' vectors; None where not even their ``dimensions`` are known yet. Raises OSError."""
        with self._opening:
            if dimensions is not None and dimensions != self._dimensions:
                self._begin(dimensions)
            if self._texts is None and self._dimensions is not None:
                self._texts = Vectors(self._folder / TEXTS, self._dimensions)
            return self._texts

    def people(self, tenant: str) -> People:
        """Return a tenant's people, without their vectors until they were opened."""
        with self._opening:
            return self._people.setdefault(tenant, People())

    def opened(self, tenant: str) -> People:
        """Return a tenant's people with their vectors, where dimensions are known. Raises OSError."""
        found = self.people(tenant)
        with self._opening:
            if found.vectors is None and self._dimensions is not None:
                home = quote(tenant, safe="").replace(".", "%2E")
                found.vectors = Vectors(self._folder / PEOPLE / home, self._dimensions)
            return found

    def close(self) -> None:
        """Close all files."""
        with self._opening:
            for vectors in (self._texts, *(one.vectors for one in self._people.values())):
                if vectors is not None:
                    vectors.close()
            self._people.clear()
            self._texts = None

    def _known_dimensions(self) -> int | None:
        try:
            return int(json.loads(self._about.read_text("utf-8"))["dimensions"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _begin(self, dimensions: int) -> None:
        """Begin anew: a model served under the same name answers otherwise now."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._about.write_text(json.dumps({"model": self.model, "dimensions": dimensions}), "utf-8")
        self._dimensions = dimensions
        self._texts = None
        for one in self._people.values():
            one.vectors, one.is_noted, one.is_level = None, False, False
