"""What the end of a call says about the server: by SQLSTATE. Pure.

PostgreSQL manual, Appendix A "PostgreSQL Error Codes". Never by exception class: psycopg gives
OperationalError for a server that is gone and for two transactions that met.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import psycopg

from sqlkit.errors import CommitUnknown, NoRow, TooManyRows, UnreadableValue
from sqlkit.policy.words.lost import is_of_psycopg_pool

if TYPE_CHECKING:
    from sqlkit.policy.call import Call

Says: TypeAlias = Literal["well", "ill", "nothing"]

# Connections, resources (disk, memory, connections), shutdowns and crashes, the system below
# PostgreSQL, its configuration, and errors in PostgreSQL itself or its files.
_ILL = ("08", "53", "57P0", "58", "F0", "XX")

# The server answered in time, and what it said was not what the caller hoped for.
_ANSWERED = (NoRow, TooManyRows, UnreadableValue)

# A deadline that passed is a TimeoutError too.
_LOST = (ConnectionError, TimeoutError, CommitUnknown)

# Long by nature: how long depends on how much there is to do, and on who reads it.
_LONG = ("copy", "script")


class End(NamedTuple):
    """How a call ended: when, what it says about the server, and whether it took long."""

    at: float
    said: Says
    slow: bool
    error: BaseException | None

    @property
    def failed(self) -> bool:
        """Whether the server is to blame."""
        return self.said == "ill"


def says(error: BaseException | None) -> Says:
    """Whether a call's end says that the server is well, that it is ill, or nothing.

    Ill: no connection, a lost one, a deadline that passed, and a server that says so itself. Well:
    an answer. Nothing: what the statement, its arguments, other transactions or the caller are to
    blame for; a server that can say that is up, but has not shown that it does work. So neither
    does a call that was cancelled, or refused before anything was sent.
    """
    if error is None or isinstance(error, _ANSWERED):
        return "well"
    if isinstance(error, _LOST):
        return "ill"
    if not isinstance(error, psycopg.Error) or isinstance(error, psycopg.errors.PipelineAborted):
        return "nothing"
    if is_of_psycopg_pool(error):
        # A pool that is closed, or lets no more calls wait, is the program's affair: to count that
        # would turn a burst that the pool copes with into an outage for all.
        return "ill" if type(error).__name__ == "PoolTimeout" else "nothing"
    if error.sqlstate is None:
        # libpq's own errors have none, and are all about the connection.
        return "ill" if isinstance(error, psycopg.OperationalError) else "nothing"
    return "ill" if error.sqlstate.startswith(_ILL) else "nothing"


def is_timed(call: Call) -> bool:
    """Whether a call's time says something about the server.

    That of a database's call without a query doesn't: what the user's code does is a part of it.
    That of a decorated function does: it was decorated for the server that it calls.
    """
    return call.query.kind not in _LONG if call.query is not None else not call.database
