"""Where to connect: one conninfo for good, or a function that gives one for each connection."""

from __future__ import annotations

import os
from inspect import isawaitable, iscoroutine
from typing import TYPE_CHECKING, Any, TypeAlias, cast

from sqlkit.database import conninfo as where
from sqlkit.database.conninfo import Target

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Conninfo: TypeAlias = "str | Callable[[], str]"
AsyncConninfo: TypeAlias = "str | Callable[[], str | Awaitable[str]]"


class Address:
    """Where a database is.

    ``target`` is what was found last; of a function that wasn't called yet, only its name is known.
    A new password, or a new host, is in force for the connections that are opened after it.
    """

    def __init__(self, given: AsyncConninfo, *, read_only: bool, **defaults: str | int) -> None:
        self._given = given
        self._read_only = read_only
        self._defaults = defaults
        if not isinstance(given, str) and not callable(given):
            name = type(given).__name__
            raise TypeError(f"conninfo is a text, or a function that gives one, not {name}")
        if isinstance(given, str):
            self.target = self._complete(given)
        else:
            self.target = Target("", f"the function {_name(given)}")

    def find(self) -> Target:
        """Where to connect now. Raises psycopg.ProgrammingError, and what the function raises."""
        if not isinstance(self._given, str):
            found = self._given()
            if iscoroutine(found):
                found.close()
                raise TypeError(f"{_name(self._given)} must be a plain function for a Database")
            self.target = self._complete(cast("str", found))
        return self.target

    async def find_async(self) -> Target:
        """`find`, for which the function may be a coroutine function."""
        if not isinstance(self._given, str):
            found = self._given()
            self.target = self._complete(await found if isawaitable(found) else found)
        return self.target

    def _complete(self, conninfo: str) -> Target:
        if isinstance(self._given, str):
            target = where.resolve(conninfo, os.environ, **self._defaults)
        else:
            target = where.complete(conninfo, self.target.origin, **self._defaults)
        if self._read_only:
            return Target(where.read_only(target.conninfo), target.origin)
        return target

    def __repr__(self) -> str:
        return repr(self.target)


def _name(function: Callable[..., Any]) -> str:
    return getattr(function, "__qualname__", type(function).__name__)
