"""The options of a query: ``-- @tag …`` lines below its header, once read."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_NOTHING: Mapping[Any, Any] = MappingProxyType({})


def _nothing() -> Mapping[Any, Any]:
    """One empty mapping for all, since most queries have no options."""
    return _NOTHING


@dataclass(frozen=True, slots=True)
class ParamOption:
    """``@param name[?] text``: ``nullable`` if it may be None all the same."""

    nullable: bool = False
    doc: str = ""


@dataclass(frozen=True, slots=True)
class ColumnOption:
    """``@column name[!|?] text``: ``nullable`` overrules what was found, None leaves it."""

    nullable: bool | None = None
    doc: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a header's options say; a query without any has these values.

    ``timeout`` and ``cache`` are in seconds; ``types`` are dotted names by column; ``allow`` are
    names of hazards, which this room doesn't know.
    ``first_column`` is not a tag: aiosql's suffix ``$`` asks for the first column's value, however
    many columns there are. ``offsets`` tells where in the file an option stands, by its words:
    ``("timeout",)``, ``("param", "status")``, ``("column", "total")``, ``("type", "data")``,
    ``("allow", "select_star")``.
    """

    row: str | None = None
    params: Mapping[str, ParamOption] = field(default_factory=_nothing)
    columns: Mapping[str, ColumnOption] = field(default_factory=_nothing)
    types: Mapping[str, str] = field(default_factory=_nothing)
    timeout: float | None = None
    cache: float | None = None
    retry: bool = True
    idempotent: bool = False
    deprecated: str | None = None
    allow: tuple[str, ...] = ()
    first_column: bool = False
    offsets: Mapping[tuple[str, ...], int] = field(
        default_factory=_nothing, repr=False, compare=False
    )
