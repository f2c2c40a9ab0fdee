"""Whether what was prepared is out of date: an error that another attempt may heal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psycopg

from sqlkit.errors import WrongArgument

if TYPE_CHECKING:
    from sqlkit.database.wire.connection import AnyConnection


def is_gone(conn: AnyConnection, error: BaseException) -> bool:
    """Whether what was prepared is gone; if so, forgets what was prepared to tell the server."""
    gone = isinstance(error, psycopg.errors.InvalidSqlStatementName)
    if gone:
        conn.prepared.clear()
    return gone


def may_be_stale(error: psycopg.Error | WrongArgument) -> bool:
    """Whether the reason may be that a text was prepared before a change of the schema.

    The server plans it anew, and then says that the result's type has changed (0A000, which means
    much else too: its text is translated, the function's name is not), that the statement is gone
    (26000), or what is wrong with the text now that the parameters have the types they had then
    (class 42). Types that a parameter has no more make an argument look wrong. Nothing has run.
    An error out of a function or procedure, which may have committed, has a context; so has one
    about an argument whose composite has other fields by now, but of one line.
    """
    if isinstance(error, WrongArgument):
        return True
    if error.diag.context is not None:
        return error.diag.source_function == "record_recv" and "\n" not in error.diag.context
    state = error.sqlstate or ""
    if state == "0A000":
        return error.diag.source_function == "RevalidateCachedQuery"
    return state == "26000" or state.startswith("42")
