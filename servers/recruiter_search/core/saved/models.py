"""A saved search, as it is kept and as its owner sees it."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from servers.recruiter_search.core.models import SearchQuery
from servers.recruiter_search.core.results import Hit, SearchPage

LONGEST_NAME = 120
WholeQuery = Annotated[
    SearchQuery,
    WithJsonSchema(
        {
            "type": "object",
            "description": "a query with text, expression, filters, exclude, prefer, sort and include, each as "
            "search_candidates takes it",
        }
    ),
]
"""A whole query; its schema is published once, with the search itself: a model reads it with every tool."""


class Saved(BaseModel):
    """A query that somebody keeps under a name; with ``alerts`` its owner hears of who newly matches."""

    model_config = ConfigDict(frozen=True)

    search_id: str
    owner: str = Field(description="who saved it, such as person:ada")
    name: str
    project_id: str | None = None
    query: WholeQuery
    alerts: bool
    created_at: datetime
    updated_at: datetime


class SavedLine(Saved):
    """A saved search in a list."""

    unseen: int = Field(default=0, description="people found since it was saved whom its owner has not seen")


class SavedPage(BaseModel):
    """Saved searches, newest first."""

    searches: list[SavedLine]
    next_cursor: str | None = None


class SavedAnswer(BaseModel):
    """A search as it is kept now, and what it finds today."""

    search: Saved
    total: int = Field(description="people it finds now")
    unresolved: list[str] = Field(default_factory=list, description="names that nothing is known for")
    hints: list[str] = Field(default_factory=list)


class SavedRun(BaseModel):
    """A page of what a saved search finds now."""

    search: Saved
    page: SearchPage
    new_candidate_ids: list[str] = Field(
        default_factory=list, description="of this page, who was found since and is not marked as seen"
    )


class SearchNews(BaseModel):
    """Who newly matches one saved search, and still does."""

    search_id: str
    name: str
    project_id: str | None = None
    hits: list[Hit]
    unseen: int = Field(description="all who were found since and are not marked as seen")
    gone: list[str] = Field(
        default_factory=list,
        description="people found since who do not match any more, or may no longer be contacted",
    )


class News(BaseModel):
    """What is new in somebody's saved searches, those with the latest find first."""

    searches: list[SearchNews]


class Seen(BaseModel):
    """How many people were marked as seen just now, and how many are left."""

    marked: int
    unseen: int


class Deleted(BaseModel):
    search_id: str
