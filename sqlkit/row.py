"""The base of the row classes that ``sqlkit compile`` writes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, dataclass_transform

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable

if TYPE_CHECKING:
    Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
    """Any JSON value, as msgspec decodes it."""
else:
    # msgspec and pydantic read annotations when the program runs, and can't follow a type that
    # names itself.
    Json = Any


# msgspec's own decorator does not say that subclasses are frozen: without this one,
# mypy and pyright refuse ``Row`` subclasses as "non-frozen inheriting from frozen".
@dataclass_transform(frozen_default=True)
class Row(msgspec.Struct, frozen=True, gc=False):
    """One row of a query: immutable, comparable, encoded by ``msgspec.json``.

    Where pydantic is installed, a row class is usable as a pydantic type, and so as a FastAPI
    return type (see docs/fastapi.md).
    """

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Callable[[Any], Any]) -> Any:
        from sqlkit.pydantic import row_schema

        return row_schema(cls, handler)


def first_column(value: Any, *_others: object) -> Any:
    """The first of a row's values: what aiosql's suffix ``$`` gives, in place of a row class."""
    return value
