"""Notices statements that were built and never run: a call alone does nothing."""

from __future__ import annotations

from contextlib import contextmanager
from inspect import currentframe
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from sqlkit.database import values
from sqlkit.database.settings import Settings
from sqlkit.statement import Query, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from types import FrameType

    from sqlkit.policy.call import Call

_PACKAGE = str(Path(__file__).parent.parent)


class Built(NamedTuple):
    """A statement, and the line that asked for it."""

    statement: Statement[Any]
    place: str


class Forgotten(AssertionError):
    """Statements were built and never run. Names each query and the line that built it."""

    def __init__(self, built: tuple[Built, ...]) -> None:
        lines = [f"  {b.statement.query.name}, built at {b.place}" for b in built]
        super().__init__(
            "built and never run, so nothing happened (a database runs it: db.run(…)):\n"
            + "\n".join(lines)
        )
        self.built = built


@contextmanager
def no_forgotten_statements() -> Generator[None]:
    """Raises `Forgotten` at the end of the block if a statement built in it was never run.

    Whatever runs, streams or batches a statement looks first whether it is one, or makes a call
    of it.
    """
    waiting: dict[int, Built] = {}  # by identity: equal statements are still two calls
    cls: type[Any] = Statement
    create: Callable[..., None] = cls.__init__
    check, call = values.check_statement, Settings.call

    def created(self: Statement[Any], query: Query[Any], args: tuple[Any, ...] = ()) -> None:
        create(self, query, args)
        waiting[id(self)] = Built(self, _place(query, currentframe()))

    def checked(statement: object, method: str) -> None:
        waiting.pop(id(statement), None)
        check(statement, method)

    def called(self: Settings, statement: Statement[Any], method: str) -> Call:
        waiting.pop(id(statement), None)
        return call(self, statement, method)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statement, "__init__", created)
        patch.setattr(values, "check_statement", checked)
        patch.setattr(Settings, "call", called)
        yield
    if waiting:
        raise Forgotten(tuple(waiting.values()))


def _place(query: Query[Any], frame: FrameType | None) -> str:
    """File and line of the nearest caller that is neither sqlkit nor the query's own function."""
    function = query.name.rpartition(".")[2]
    while frame is not None:
        code = frame.f_code
        if code.co_name != function and not code.co_filename.startswith(_PACKAGE):
            return f"{code.co_filename}:{frame.f_lineno}"
        frame = frame.f_back
    return query.source
