"""Keyset pages: newest first; `next_cursor: null` alone says that a page is the last."""

from typing import Annotated, Generic, TypeVar

from pydantic import Field

from service.api.bodies import Answer, Query
from service.api.fields import Limit

T = TypeVar("T")


class PageQuery(Query):
    """Which page of a list."""

    limit: Limit = 50
    cursor: Annotated[str, Field(max_length=200, json_schema_extra={"format": "cursor"})] | None = None


class Page(Answer, Generic[T]):
    """One page of a list. A page may be short; only `next_cursor: null` ends the list."""

    items: list[T]
    next_cursor: str | None
