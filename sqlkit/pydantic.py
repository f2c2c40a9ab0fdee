"""Row classes, and what stands in them, as pydantic types. Imported only where pydantic asks."""

from __future__ import annotations

from types import UnionType
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range
from pydantic_core import core_schema
from typing_extensions import TypedDict  # pydantic takes no other before Python 3.12

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    Handler: TypeAlias = Callable[[Any], core_schema.CoreSchema]

# Made when the program runs, which type checkers can't follow.
_TypedDict: Any = TypedDict


def row_schema(row: type[msgspec.Struct], handler: Handler) -> core_schema.CoreSchema:
    """The pydantic schema of a row class: an object with its fields, made into the row itself.

    A row is given through as it is, like a return value of FastAPI's.
    """
    return _schema(handler(_fields(row)), row, lambda found: row(**found), msgspec.structs.asdict)


def _schema(
    parts: core_schema.CoreSchema,
    of: type,
    make: Callable[[Any], Any],
    take_apart: Callable[[Any], Any],
) -> core_schema.CoreSchema:
    """The schema of a class whose values are made of parts that have one."""
    return core_schema.no_info_wrap_validator_function(
        lambda value, inner: value if isinstance(value, of) else make(inner(value)),
        parts,
        serialization=core_schema.wrap_serializer_function_ser_schema(
            lambda value, inner: inner(take_apart(value)), schema=parts
        ),
    )


def _fields(row: type[msgspec.Struct]) -> Any:
    hints = get_type_hints(row)
    named: dict[str, Any] = {}
    for field in msgspec.structs.fields(row):
        hint = _known(hints[field.name])
        named[field.name] = hint if field.required else NotRequired[hint]
    fields = _TypedDict(row.__name__, named)
    # Rows of one name in two modules are two types in an OpenAPI schema.
    fields.__doc__, fields.__module__ = row.__doc__, row.__module__
    return fields


def _known(hint: Any) -> Any:
    """The type, with what pydantic doesn't know in it replaced by what it does."""
    origin: Any = get_origin(hint)
    if origin is None and _is_struct(hint):
        return Annotated[hint, StructSchema()]
    if origin in (None, Annotated, Literal):
        return hint
    parts = tuple(_known(part) for part in get_args(hint))
    if origin is Range:
        return Annotated[hint, RangeSchema(*parts)]
    if origin is Multirange:
        return Annotated[hint, MultirangeSchema(*parts)]
    return Union[parts] if origin in (Union, UnionType) else origin[parts]  # noqa: UP007


def _is_struct(hint: Any) -> bool:
    is_struct = msgspec.Struct in getattr(hint, "__mro__", ())
    return is_struct and not hasattr(hint, "__get_pydantic_core_schema__")


class StructSchema:
    """The schema of a `msgspec.Struct` that is no row, such as an ``@type``."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Handler) -> Any:
        return row_schema(source, handler)


class RangeSchema:
    """The schema of a range: its two ends and its bounds, which are null if it is empty."""

    def __init__(self, subtype: Any) -> None:
        self._subtype = subtype

    def __get_pydantic_core_schema__(self, _source: Any, handler: Handler) -> Any:
        end = self._subtype | None
        bounds = Literal["[]", "[)", "(]", "()"] | None
        parts = _TypedDict("Range", {"lower": end, "upper": end, "bounds": bounds})
        return _schema(handler(parts), Range, _range, _ends)


class MultirangeSchema:
    """The schema of a multirange: a list of ranges."""

    def __init__(self, subtype: Any) -> None:
        self._subtype = subtype

    def __get_pydantic_core_schema__(self, _source: Any, handler: Handler) -> Any:
        ranges = list[Annotated[Any, RangeSchema(self._subtype)]]
        return _schema(handler(ranges), Multirange, Multirange, list)


def _range(parts: dict[str, Any]) -> Range[Any]:
    if parts["bounds"] is None:
        return Range(empty=True)
    return Range(parts["lower"], parts["upper"], parts["bounds"])


def _ends(value: Range[Any]) -> dict[str, Any]:
    return {"lower": value.lower, "upper": value.upper, "bounds": value.bounds or None}
