"""A statement's SQL as other tools want it, so that all send the very same text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

if TYPE_CHECKING:
    from sqlkit import Statement


def for_asyncpg(statement: Statement[Any]) -> tuple[str, tuple[Any, ...]]:
    """With ``$1``, and the arguments in that order."""
    variant = statement.variant()
    return variant.sql, tuple(statement.args[n] for n in variant.arguments)


def for_psycopg(statement: Statement[Any]) -> tuple[str, tuple[Any, ...] | dict[str, Any]]:
    """With ``%s``, or ``%(name)s`` where a parameter is used twice; and the arguments."""
    text, args = _numbered(statement)
    args = tuple(map(for_psycopg_value, args))
    text = text.replace("%", "%%")
    used = [int(number) for number in re.findall(r"\$(\d+)", text)]
    if len(used) == len(set(used)):
        return re.sub(r"\$\d+", "%s", text), tuple(args[n - 1] for n in used)
    return re.sub(r"\$(\d+)", r"%(p\1)s", text), {f"p{n}": args[n - 1] for n in set(used)}


def for_psycopg_value(value: Any) -> Any:
    """JSON has a wrapper there."""
    return Jsonb(value) if isinstance(value, dict) else value


def with_names(statement: Statement[Any]) -> str:
    """With ``:name``, as in the .sql file."""
    text, _ = _numbered(statement)
    names = statement.query.parameters
    order = statement.variant().arguments
    return re.sub(r"\$(\d+)", lambda match: f":{names[order[int(match[1]) - 1]]}", text)


def _numbered(statement: Statement[Any]) -> tuple[str, tuple[Any, ...]]:
    text, args = for_asyncpg(statement)
    return text.strip().removesuffix(";"), args
