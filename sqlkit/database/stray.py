"""What a statement must not have done to the connection that it ran on. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.database import wire
from sqlkit.errors import WrongKind

if TYPE_CHECKING:
    from sqlkit.policy.call import Call

_BEGAN = (
    "it began a transaction, which the next call would not be part of, and was undone: "
    "with db.transaction() begins one"
)
_ENDED = (
    "it ended the transaction: what comes after it in the block would stand by itself. "
    "Leave the block instead; db.transaction() inside it is a savepoint"
)
_ALTERED = (
    "it changes a session, and the next call may have another; it was undone. Hold one by "
    "with db.connection(), or say set local in a transaction"
)


def check(call: Call, conn: wire.AnyConnection) -> None:
    """Raise `WrongKind` for a statement that ran, and changed the connection for the next one.

    It began or ended a transaction by hand, or changed the session of a connection that is not
    held.
    """
    was_idle = wire.was_idle(conn)
    if wire.is_idle(conn) is not was_idle:
        raise WrongKind(f"{call.name}: {_BEGAN if was_idle else _ENDED}")
    if conn.altered and was_idle and not call.inside:
        raise WrongKind(f"{call.name}: {_ALTERED}")
