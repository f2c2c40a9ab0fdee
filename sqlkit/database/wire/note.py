"""What is added to an error of psycopg's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg

if TYPE_CHECKING:
    from sqlkit.statement import Query

_OF_ANOTHER_SESSION = ("26000", "42P05")
_POOLER = (
    "a prepared statement is gone, or there already: is there a PgBouncer in transaction mode in "
    'between? Then say Database(..., pooler="transaction")'
)


def note(error: BaseException, query: Query[Any]) -> None:
    """Say in an error of psycopg's which query it is about, unless one is named already."""
    if not getattr(error, "__notes__", None):
        error.add_note(f"in {query.name}, {query.source}" if query.source else f"in {query.name}")
        if isinstance(error, psycopg.Error) and error.sqlstate in _OF_ANOTHER_SESSION:
            error.add_note(_POOLER)
