"""What is said to the server on one connection: generators, which `driver.waited` waits for."""

from __future__ import annotations

from sqlkit.database.wire.batch import batch, batches
from sqlkit.database.wire.bound import Bound
from sqlkit.database.wire.command import command, drain
from sqlkit.database.wire.connection import (
    AnyConnection,
    AsyncPgConnection,
    PgConnection,
    accepts,
    disown,
    finish,
    is_aborted,
    is_busy,
    is_idle,
    is_in_transaction,
    news,
    was_idle,
)
from sqlkit.database.wire.copy_in import AT_ONCE, begin_copy_in, end_copy_in, send_copy
from sqlkit.database.wire.copy_out import begin_copy_out, copy_rows
from sqlkit.database.wire.cursor import (
    NextRows,
    NotDeclarable,
    begin_rows,
    declare,
    fetch_rows,
    next_rows,
)
from sqlkit.database.wire.note import note
from sqlkit.database.wire.prepare import answered
from sqlkit.database.wire.prompt import ready, send, value
from sqlkit.database.wire.run import run, run_again
from sqlkit.database.wire.setup import reset, settle
from sqlkit.database.wire.stale import may_be_stale
from sqlkit.database.wire.told import allow, is_ended_by_limit
from sqlkit.database.wire.transaction import (
    begin,
    begin_later,
    begun,
    end_abandoned,
    never_began,
    transaction_id,
    transaction_status,
)

__all__ = [
    "AT_ONCE",
    "AnyConnection",
    "AsyncPgConnection",
    "Bound",
    "NextRows",
    "NotDeclarable",
    "PgConnection",
    "accepts",
    "allow",
    "answered",
    "batch",
    "batches",
    "begin",
    "begin_copy_in",
    "begin_copy_out",
    "begin_later",
    "begin_rows",
    "begun",
    "command",
    "copy_rows",
    "declare",
    "disown",
    "drain",
    "end_abandoned",
    "end_copy_in",
    "fetch_rows",
    "finish",
    "is_aborted",
    "is_busy",
    "is_ended_by_limit",
    "is_idle",
    "is_in_transaction",
    "may_be_stale",
    "never_began",
    "news",
    "next_rows",
    "note",
    "ready",
    "reset",
    "run",
    "run_again",
    "send",
    "send_copy",
    "settle",
    "transaction_id",
    "transaction_status",
    "value",
    "was_idle",
]
