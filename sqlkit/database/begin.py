"""The commands that begin and end a transaction or savepoint. Pure."""

from __future__ import annotations

from typing import Literal, TypeAlias

Isolation: TypeAlias = Literal["read committed", "repeatable read", "serializable"]

_LEVELS = ("read committed", "repeatable read", "serializable")


def begin(
    depth: int, isolation: Isolation | None, read_only: bool | None, deferrable: bool | None
) -> bytes:
    """The command that begins: BEGIN with its options at depth 1, below that a savepoint.

    Raises ValueError for an unknown isolation level and for options of a savepoint.
    PostgreSQL manual: BEGIN, SET TRANSACTION, SAVEPOINT.
    """
    options = (isolation, read_only, deferrable)
    if depth > 1:
        if options != (None, None, None):
            raise ValueError("a savepoint takes the options of its transaction: leave them away")
        return b"SAVEPOINT sqlkit_%d" % depth
    if isolation is not None and isolation not in _LEVELS:
        raise ValueError(f"isolation must be one of {', '.join(map(repr, _LEVELS))}")
    words = ["BEGIN"]
    if isolation is not None:
        words.append(f"ISOLATION LEVEL {isolation.upper()}")
    if read_only is not None:
        words.append("READ ONLY" if read_only else "READ WRITE")
    if deferrable is not None:
        words.append("DEFERRABLE" if deferrable else "NOT DEFERRABLE")
    return " ".join(words).encode()


def commit(depth: int) -> bytes:
    """The command that ends well."""
    return b"RELEASE sqlkit_%d" % depth if depth > 1 else b"COMMIT"


def roll_back(depth: int) -> bytes:
    """The command that undoes."""
    if depth > 1:
        return b"ROLLBACK TO sqlkit_%d; RELEASE sqlkit_%d" % (depth, depth)
    return b"ROLLBACK"


def undo(depth: int) -> bytes:
    """The command after which it is as if it had just begun, without options."""
    return b"ROLLBACK TO sqlkit_%d" % depth if depth > 1 else b"ROLLBACK; BEGIN"
