"""What saved searches need from outside: where they are kept, and whether somebody may see a project."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from servers.recruiter_search.core.saved.models import Saved, SavedLine


class Shelf(Protocol):
    """One tenant's saved searches within one transaction."""

    async def add(self, search: Saved) -> None:
        """Keep a new search."""
        ...

    async def save(self, search: Saved) -> None:
        """Write a search that is kept already."""
        ...

    async def search(self, search_id: str, *, lock: bool = False) -> Saved | None: ...

    async def delete(self, search_id: str) -> None:
        """Forget a search with all marks."""
        ...

    async def named(self, owner: str, name: str) -> str | None:
        """Return the id of the search that its owner calls so, in whatever case."""
        ...

    async def count(self, owner: str) -> int:
        """Return how many searches somebody keeps."""
        ...

    async def listing(
        self, *, owner: str | None, project_id: str | None, before: str | None, limit: int
    ) -> list[SavedLine]:
        """Return searches, newest first: those of an owner or of a project, or both."""
        ...

    async def watched(self) -> list[Saved]:
        """Return the searches whose new matches are looked for."""
        ...

    async def watched_count(self) -> int: ...

    async def position(self, *, hold: bool = False) -> int:
        """Return up to which change the watched searches were compared with who changed; 0: none yet.

        Held, until the transaction ends nobody else compares, or saves a search that is to be compared.
        """
        ...

    async def move(self, seq: int) -> None:
        """Move the position forwards; it never goes back."""
        ...

    async def begin_anew(self) -> None:
        """Set the position to the beginning."""
        ...

    async def know(self, search_id: str, candidate_ids: Sequence[str], at: datetime) -> None:
        """Note who matches from the start; who is noted already stays as they are."""
        ...

    async def find(self, search_id: str, candidate_ids: Sequence[str], at: datetime) -> list[str]:
        """Note who newly matches and return those who were not noted before."""
        ...

    async def forget_matches(self, search_id: str) -> None: ...

    async def join_people(self, gone: str, kept: str) -> None:
        """Note that who was found as ``gone`` is ``kept``."""
        ...

    async def forget_people(self, candidate_ids: Sequence[str]) -> None:
        """Forget people who were deleted."""
        ...

    async def unseen(self, search_id: str, limit: int) -> list[str]:
        """Return who was found and is not marked as seen, latest first."""
        ...

    async def unseen_among(self, search_id: str, candidate_ids: Sequence[str]) -> list[str]: ...

    async def unseen_count(self, search_id: str) -> int: ...

    async def with_news(self, owner: str, search_id: str | None, limit: int) -> list[Saved]:
        """Return an owner's searches with somebody unseen, latest find first."""
        ...

    async def see(self, search_id: str, candidate_ids: Sequence[str], at: datetime) -> int:
        """Mark people as seen and return how many were not before."""
        ...

    async def tell(self, what: str, payload: Mapping[str, object]) -> None:
        """Tell the other units, once this transaction commits."""
        ...


class Library(Protocol):
    """Opens transactions on a tenant's saved searches."""

    def begin(self, tenant: str) -> AbstractAsyncContextManager[Shelf]:
        """Commit when the block ends well, roll back otherwise. Raises kernel errors."""
        ...


class Projects(Protocol):
    """The projects unit, as the current principal."""

    async def check(self, project_id: str) -> None:
        """Return where the principal may read the project. Raises NotFound, Denied, Unavailable."""
        ...
