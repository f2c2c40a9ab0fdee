"""Whether an error says that the connection is gone. Pure.

PostgreSQL manual, Appendix A "PostgreSQL Error Codes".
"""

from __future__ import annotations

import psycopg

# The session is over: shut down, crashed, not accepting yet, idle in a transaction for too long.
_LOST = frozenset({"57P01", "57P02", "57P03", "25P03", "08000", "08001", "08003", "08004", "08006"})


def is_of_psycopg_pool(error: BaseException | None) -> bool:
    """Whether psycopg_pool raised it, which a decorated function may use.

    Its errors are OperationalErrors without SQLSTATE, but about the program: a pool that is closed
    or has none to give. By name, since importing it would cost more than all of this room.
    """
    return type(error).__module__.partition(".")[0] == "psycopg_pool"


def is_lost(error: BaseException | None) -> bool:
    """Whether the connection is gone, or never was: libpq's own errors have no SQLSTATE."""
    if is_of_psycopg_pool(error):
        return False
    # DatabaseError itself is what psycopg makes of a result that libpq, not the server, wrote.
    if isinstance(error, psycopg.OperationalError) or type(error) is psycopg.DatabaseError:
        return error.sqlstate is None or error.sqlstate in _LOST
    if isinstance(error, psycopg.Error):
        return error.sqlstate in _LOST
    return isinstance(error, ConnectionError)
