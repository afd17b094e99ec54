"""The vectors of one model: of texts, which all tenants share, and of each tenant's people."""

import json
import shutil
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from servers.recruiter_search.core.ports import Batch
from servers.recruiter_search.store.vectors import Vectors, key_of, keys_of, mark_of

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
    """

    def __init__(self) -> None:
        self.vectors: Vectors | None = None
        self.is_noted = False
        self._noted: dict[int, Wanting] = {}
        self._noting = threading.Lock()

    def note(self, batch: Batch) -> None:
        """Note whose record changed, and forget who was removed."""
        wanting = [
            Wanting(key_of(document.candidate_id), mark_of(document.meant), document.meant)
            for document in batch.documents
        ]
        gone = [*batch.removed, *(one.candidate_id for one in batch.documents if not one.meant)]
        with self._noting:
            for one in wanting:
                if one.mark:
                    self._noted[one.key] = one
            for candidate_id in gone:
                self._noted.pop(key_of(candidate_id), None)
            if len(self._noted) > MOST_NOTED:
                self._noted.clear()
                self.is_noted = False
        if gone and self.vectors is not None:
            self.vectors.drop(keys_of(gone))

    def take(self, most: int) -> list[Wanting]:
        """Return some who were noted, and no longer note them."""
        with self._noting:
            return [self._noted.pop(key) for key in list(self._noted)[:most]]

    def forget(self) -> None:
        """Forget everybody."""
        with self._noting:
            self._noted.clear()
        if self.vectors is not None:
            self.vectors.drop(self.vectors.keys())


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
        """Return the texts' vectors; None where not even their ``dimensions`` are known yet."""
        with self._opening:
            if dimensions is not None and dimensions != self._dimensions:
                self._begin(dimensions)
            if self._texts is None and self._dimensions is not None:
                self._texts = Vectors(self._folder / TEXTS, self._dimensions)
            return self._texts

    def people(self, tenant: str) -> People:
        """Return a tenant's people."""
        with self._opening:
            found = self._people.setdefault(tenant, People())
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
            one.vectors, one.is_noted = None, False
