"""Whether what a header says of a query's kind fits what the server says of its columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.refusal import error_at

if TYPE_CHECKING:
    from sqlkit.sqlfile import Kind, Query

_OF_ROWS = ("one", "maybe", "many")


def resolve_kind(query: Query, *, returns: bool, analysed: bool) -> Kind:
    """The query's kind; without one, ``many`` if it returns columns, else ``exec``.

    Raises `DescribeError` where the kind needs rows and there are none, or can't be copied.
    """
    kind = query.kind or ("many" if returns else "exec")
    if kind in _OF_ROWS and not returns:
        raise error_at(
            query,
            f"{query.name} is :{kind}, but its statement returns no rows",
            hint="add RETURNING and the columns it should give, or say :affected or :exec",
        )
    if kind == "copy" and not query.copy and not (returns and analysed):
        raise error_at(
            query,
            f"{query.name} is :copy, but its statement is none that COPY can take rows from",
            hint="a :copy is a select, or copy … from stdin",
        )
    return kind
