"""Row classes as pydantic types. Imported only where pydantic asks for one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_type_hints

import msgspec
from pydantic_core import core_schema
from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.row import Row


def row_schema(row: type[Row], handler: Callable[[Any], Any]) -> core_schema.CoreSchema:
    """The pydantic schema of a row class: an object with its fields, made into the row itself.

    A row is given through as it is, like a return value of FastAPI's.
    """
    fields = handler(_fields(row))
    return core_schema.no_info_wrap_validator_function(
        lambda value, inner: value if isinstance(value, row) else row(**inner(value)),
        fields,
        serialization=core_schema.wrap_serializer_function_ser_schema(
            lambda value, inner: inner(msgspec.structs.asdict(value)), schema=fields
        ),
    )


def _fields(row: type[Row]) -> Any:
    hints = get_type_hints(row)
    named = {name: hints[name] for name in row.__struct_fields__}
    named_at_run_time: Any = TypedDict
    fields: Any = named_at_run_time(row.__name__, named)
    fields.__doc__ = row.__doc__
    return fields
