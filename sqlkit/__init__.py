"""Hand-written SQL files become typed Python functions on PostgreSQL. No ORM.

What stands here is public. The names that need psycopg are imported when first used, so that the
command line answers ``--help`` at once.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from sqlkit.errors import (
    CircuitOpen,
    CommitUnknown,
    CompileError,
    DatabaseClosed,
    DeadlineExceeded,
    DescribeError,
    ForeignFile,
    MigrationError,
    MigrationLocked,
    NoRow,
    NoServer,
    NoSession,
    OutsideTransaction,
    PoolExhausted,
    ProjectError,
    RolledBack,
    SeederFailed,
    SeedingError,
    SourceError,
    SqlFileError,
    SqlkitError,
    TooManyRows,
    UnreadableValue,
    WrongArgument,
    WrongKind,
)

if TYPE_CHECKING:
    from sqlkit.database.async_connection import AsyncConnection
    from sqlkit.database.async_database import AsyncDatabase
    from sqlkit.database.async_session import AsyncHeldConnection, AsyncTransaction
    from sqlkit.database.connection import Connection
    from sqlkit.database.database import Database
    from sqlkit.database.health import Health
    from sqlkit.database.session import HeldConnection, Transaction
    from sqlkit.policy.deadline import deadline
    from sqlkit.row import Json, Row
    from sqlkit.statement import Query, Statement
    from sqlkit.untyped import load, sql

_HOMES = {
    "AsyncConnection": "sqlkit.database.async_connection",
    "AsyncDatabase": "sqlkit.database.async_database",
    "AsyncHeldConnection": "sqlkit.database.async_session",
    "AsyncTransaction": "sqlkit.database.async_session",
    "Connection": "sqlkit.database.connection",
    "Database": "sqlkit.database.database",
    "Health": "sqlkit.database.health",
    "HeldConnection": "sqlkit.database.session",
    "Json": "sqlkit.row",
    "Query": "sqlkit.statement",
    "Row": "sqlkit.row",
    "Statement": "sqlkit.statement",
    "Transaction": "sqlkit.database.session",
    "deadline": "sqlkit.policy.deadline",
    "load": "sqlkit.untyped",
    "sql": "sqlkit.untyped",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'sqlkit' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return __all__


__all__ = [
    "AsyncConnection",
    "AsyncDatabase",
    "AsyncHeldConnection",
    "AsyncTransaction",
    "CircuitOpen",
    "CommitUnknown",
    "CompileError",
    "Connection",
    "Database",
    "DatabaseClosed",
    "DeadlineExceeded",
    "DescribeError",
    "ForeignFile",
    "Health",
    "HeldConnection",
    "Json",
    "MigrationError",
    "MigrationLocked",
    "NoRow",
    "NoServer",
    "NoSession",
    "OutsideTransaction",
    "PoolExhausted",
    "ProjectError",
    "Query",
    "RolledBack",
    "Row",
    "SeederFailed",
    "SeedingError",
    "SourceError",
    "SqlFileError",
    "SqlkitError",
    "Statement",
    "TooManyRows",
    "Transaction",
    "UnreadableValue",
    "WrongArgument",
    "WrongKind",
    "deadline",
    "load",
    "sql",
]
