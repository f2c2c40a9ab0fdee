"""Every error that sqlkit raises itself, as a tree.

    SqlkitError
    ├── SourceError          points at a place in a file: file, line, column, the text and a caret
    │   ├── SqlFileError     the text of a .sql file breaks a rule
    │   ├── DescribeError    PostgreSQL refuses a query, or says what its header forbids
    │   └── CompileError     a query that is right as SQL can't become a function
    ├── ProjectError         [tool.sqlkit], or the project's folders, are not as they must be
    ├── ForeignFile          a file that sqlkit did not write stands where it would write
    ├── MigrationError       migrations can't be applied or rolled back as they are
    │   └── MigrationLocked  another process applies migrations (also a TimeoutError)
    ├── SeedingError         rows can't be made as a factory or a table asks
    │   └── SeederFailed     a seeder's row was refused; nothing of the run is left
    ├── NoServer             no PostgreSQL could be found or started for development
    ├── NoRow                a ``:one`` query gave no row
    ├── TooManyRows          a ``:one`` or ``:maybe`` query gave more than one
    ├── WrongArgument        an argument can't be sent as the parameter's type
    ├── UnreadableValue      a value that Python, or the type asked for, can't hold
    ├── WrongKind            a statement was given to a method that its kind doesn't fit
    ├── OutsideTransaction   ``db.run`` while the same thread or task holds a transaction of ``db``
    ├── NoSession            a connection was to be held behind a pooler in transaction mode
    ├── RolledBack           a block hid an error that had aborted its transaction
    ├── DeadlineExceeded     a deadline passed (also a TimeoutError)
    ├── DatabaseClosed       used after it was closed
    ├── PoolExhausted        too many calls wait for a connection already
    ├── CircuitOpen          the breaker refuses calls: too many failed just now
    └── CommitUnknown        a write was sent and the connection lost: it may stand, or not

PostgreSQL's own errors come through as psycopg raised them, with a note that names the query.
Errors carry facts and never decide what to do about them. No error holds a parameter's value.
"""

from __future__ import annotations


class SqlkitError(Exception):
    """Base of all errors that sqlkit raises itself."""


class SourceError(SqlkitError):
    """Something is wrong at a place in a file.

    ``line`` and ``column`` count from 1; ``source`` is the text of that line, ``width`` the number
    of characters the caret underlines. ``sqlstate`` is PostgreSQL's code where the server said it.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str,
        line: int,
        column: int = 1,
        source: str = "",
        width: int = 1,
        hint: str | None = None,
        sqlstate: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.file = file
        self.line = line
        self.column = column
        self.source = source
        self.width = width
        self.hint = hint
        self.sqlstate = sqlstate

    def __str__(self) -> str:
        state = f" [{self.sqlstate}]" if self.sqlstate else ""
        lines = [f"{self.file}:{self.line}:{self.column}: {self.message}{state}", *self._excerpt()]
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)

    def _excerpt(self) -> list[str]:
        if not self.source:
            return []
        gutter = f"{self.line:>5} | "
        # Tabs are kept in the padding, so that the caret stands right whatever a tab's width.
        before = "".join("\t" if c == "\t" else " " for c in self.source[: self.column - 1])
        return [gutter + self.source, " " * len(gutter) + before + "^" * max(1, self.width)]

    def as_dict(self) -> dict[str, str | int | None]:
        """The error as ``describe --json`` and ``check --json`` print it."""
        return {
            "file": self.file,
            "line": self.line,
            "column": self.column,
            "sqlstate": self.sqlstate,
            "message": self.message,
            "hint": self.hint,
        }


class SqlFileError(SourceError):
    """The text of a ``.sql`` file breaks a rule of the format."""


class DescribeError(SourceError):
    """PostgreSQL refuses a query, or describes it in a way that its header forbids."""


class CompileError(SourceError):
    """A query that is right as SQL can't become a Python function."""


class ProjectError(SqlkitError):
    """``[tool.sqlkit]`` in pyproject.toml, or the project's folders, are not as they must be."""


class ForeignFile(SqlkitError):
    """A file that sqlkit did not write stands where it would write."""


class MigrationError(SqlkitError):
    """Migrations can't be applied or rolled back as they are; says which, and what to do."""


class MigrationLocked(MigrationError, TimeoutError):
    """Another process held the lock of migrations all the time that this one waited for it."""


class SeedingError(SqlkitError):
    """Rows can't be made as a factory, a seeder or a table asks; says which and why."""


class SeederFailed(SeedingError):
    """A seeder's row was refused; nothing of the run is left.

    ``seeder``, ``row`` (counted from 1; None if no row is to blame), ``constraint`` and
    ``sqlstate`` as PostgreSQL names them. It holds no value but the row's natural key.
    """

    def __init__(
        self,
        message: str,
        *,
        seeder: str,
        row: int | None = None,
        constraint: str | None = None,
        sqlstate: str | None = None,
    ) -> None:
        super().__init__(message)
        self.seeder = seeder
        self.row = row
        self.constraint = constraint
        self.sqlstate = sqlstate


class NoServer(SqlkitError):
    """No PostgreSQL could be found or started for development."""


class NoRow(SqlkitError):
    """A ``:one`` query gave no row."""


class TooManyRows(SqlkitError):
    """A ``:one`` or ``:maybe`` query gave more than one row."""


class WrongArgument(SqlkitError, TypeError):
    """An argument can't be sent as its parameter's type. Names query and parameter, no value."""


class UnreadableValue(SqlkitError, ValueError):
    """A value that Python, or the type asked for, can't hold. Names query, column and row."""


class WrongKind(SqlkitError, TypeError):
    """A statement was given to a method that its kind doesn't fit."""


class OutsideTransaction(SqlkitError):
    """``db.run`` while the same thread or task holds a transaction of ``db``."""


class NoSession(SqlkitError):
    """``db.connection()`` behind a pooler in transaction mode, where no session is one's own."""


class RolledBack(SqlkitError):
    """A block hid an error that had already aborted its transaction: nothing of it is committed."""


class DeadlineExceeded(SqlkitError, TimeoutError):
    """A deadline passed: waiting for a connection, or for the server's answer."""


class DatabaseClosed(SqlkitError):
    """A database was used after it was closed."""


class PoolExhausted(SqlkitError):
    """Too many calls wait for a connection already; this one was refused at once."""


class CircuitOpen(SqlkitError):
    """The breaker refuses calls, since too many failed just now; nothing was sent.

    ``retry_after``: seconds until it lets the next ones through.
    """

    def __init__(self, message: str, *, retry_after: float) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class CommitUnknown(SqlkitError):
    """A write was sent and the connection lost before the answer: it may stand, or not.

    Nothing was repeated. Look for what the write should have left before doing it again.
    """
