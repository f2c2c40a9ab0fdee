"""What follows a query's name on the command line: ``name=value``, made into its arguments.

A value is in PostgreSQL's own input syntax, and the server reads it as the parameter's type:
``2026-01-31``, ``yesterday``, ``{1,2}``, ``[2026-01-01,2026-02-01)``. A JSON list will do for an
array. NULL is said with ``--null name``.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, cast

import click
import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlkit import Connection
    from sqlkit.describe import Description
    from sqlkit.sqlfile import Query

# Types whose plain name means a length of 1; these names don't (PostgreSQL manual, "Character
# Types" and "Bit String Types"). They are `format_type`'s for a type modifier of -1.
ANY_LENGTH = {"character": "bpchar", "bit": '"bit"'}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter as the command line takes it; ``words`` are all it can be, if it has some."""

    type: str
    needed: bool = True
    nullable: bool = False
    words: tuple[str, ...] = ()
    default: Any = None

    def __str__(self) -> str:
        text = " | ".join(self.words) or self.type
        if self.nullable:
            text += ", or --null"
        return text if self.needed else f"{text}; may be left out"


def parameters(query: Query, description: Description) -> dict[str, Parameter]:
    """The parameters of a query by name; a condition's may be left out."""
    asked = {condition.name: condition for condition in query.conditions}
    found = {
        param.name: Parameter(
            param.sql_type,
            needed=param.name not in asked,
            nullable=param.nullable or param.name in asked,
        )
        for param in description.params
    }
    for condition in asked.values():
        if condition.words:
            found[condition.name] = Parameter(
                "text",
                needed=condition.default is None,
                words=condition.words,
                default=condition.default,
            )
        elif not condition.given:
            found[condition.name] = Parameter("boolean", needed=False, default=False)
    return found


def split(values: Iterable[str], nulls: Iterable[str]) -> dict[str, str | None]:
    """The values by name, None for those of ``--null``; one that is said twice is wrong use."""
    given: dict[str, str | None] = {}
    for item in values:
        name, equals, value = item.partition("=")
        if not equals:
            raise click.UsageError(f"{item!r} is not name=value")
        _add(given, name, value)
    for name in nulls:
        _add(given, name, None)
    return given


def arguments(
    connection: Connection, wanted: Mapping[str, Parameter], given: Mapping[str, str | None]
) -> dict[str, Any]:
    """The query's arguments, each value read by the server as its parameter's type.

    Wrong use, listing the parameters, if one is missing or unknown or can't be read.
    """
    unknown = [name for name in given if name not in wanted]
    if unknown:
        close = get_close_matches(unknown[0], wanted, 1)
        meant = f" (did you mean {close[0]}?)" if close else ""
        raise _usage(f"the query has no parameter {unknown[0]}{meant}", wanted)
    missing = [name for name, param in wanted.items() if param.needed and name not in given]
    if missing:
        raise _usage(f"missing: {', '.join(missing)}", wanted)
    return {
        name: _read(connection, name, param.type, given[name]) if name in given else param.default
        for name, param in wanted.items()
    }


def _add(given: dict[str, str | None], name: str, value: str | None) -> None:
    if name in given:
        raise click.UsageError(f"{name} is given twice")
    given[name] = value


def _usage(message: str, wanted: Mapping[str, Parameter]) -> click.UsageError:
    width = max(map(len, wanted), default=0)
    lines = [f"  {name:<{width}}  {param}" for name, param in wanted.items()]
    return click.UsageError("\n".join([message, *(["its parameters:", *lines] if lines else [])]))


def _read(connection: Connection, name: str, type_: str, value: str | None) -> Any:
    import psycopg

    from sqlkit.untyped import sql

    if value is None:
        return None
    listed = _listed(value) if type_.endswith("[]") else None
    text = f"select :value::text{'' if listed is None else '[]'}::{_any_length(type_)}"
    try:
        return connection.run(sql(text, kind="one", value=value if listed is None else listed))
    except psycopg.DataError as error:
        reason = error.diag.message_primary or str(error)
        raise click.UsageError(f"{name} is {type_}: {reason}") from error


def _any_length(type_: str) -> str:
    """The name by which a cast to the type shortens nothing."""
    element = type_.removesuffix("[]")
    return ANY_LENGTH.get(element, element) + type_[len(element) :]


def _listed(value: str) -> list[Any] | None:
    """The elements, as PostgreSQL writes them, of a value that is a JSON list."""
    try:
        items = msgspec.json.decode(value, type=list[Any])
    except msgspec.DecodeError:
        return None
    return [_element(item) for item in items]


def _element(item: Any) -> Any:
    if item is None or isinstance(item, str):
        return item
    if isinstance(item, list):
        return [_element(part) for part in cast("Any", item)]
    return msgspec.json.encode(item).decode()
