"""The Python type that a column is converted to, where one is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.types import Name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlkit.describe import Column
    from sqlkit.sqlfile import Query


def conversion(query: Query, column: Column, types: Mapping[str, str]) -> Name | None:
    """What ``@type`` says of the column, else the project's ``types`` of its table or its type."""
    table = column.table or ""
    keys = (
        f"{table}.{column.origin}",
        f"{table.rpartition('.')[2]}.{column.origin}",
        column.type.sql,
    )
    said = query.options.types.get(column.name)
    dotted = said or next((types[key] for key in keys if key in types), None)
    if dotted is None:
        return None
    module, _, name = dotted.rpartition(".")
    return Name(module or "builtins", name)
