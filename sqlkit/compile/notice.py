"""What is worth knowing of queries that compile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.compile.problem import Notice
from sqlkit.describe.types import Text, parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.describe import Description
    from sqlkit.sqlfile import Query


def notices(query: Query, description: Description) -> Iterator[Notice]:
    """Everything worth knowing of one query."""
    for message in _messages(query, description):
        yield Notice(query.file, query.line, f"{query.name}: {message}")


def _messages(query: Query, description: Description) -> Iterator[str]:
    kind, columns = description.kind, description.columns
    scalar = query.options.first_column or (len(columns) == 1 and not query.options.row)
    if kind == "maybe" and scalar and columns[0].nullable:
        yield "None may mean that there is no row, or that the value is NULL"
    if query.options.cache is not None:
        yield "@cache has no effect yet"
    if not description.analysed and kind != "script" and description.types:
        yield "the server gives no analysed tree of it, so every column is taken to be nullable"
    if kind in ("one", "maybe") and description.writes and not description.single:
        yield f"outside a transaction, what a :{kind} wrote stands even if it raises TooManyRows"
    for name in dict.fromkeys(
        part.sql for type_ in description.types for part in parts(type_) if isinstance(part, Text)
    ):
        yield f"{name} is treated as text"
