"""The short way of a statement: prepared before, with nothing to be told first.

That is how nearly all calls go. What they do here they'd do in `run` too, in more steps; so
whatever is out of the ordinary goes there.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from sqlkit.database.driver import check, execute
from sqlkit.database.wire.prepare import is_readable
from sqlkit.database.wire.run import note_session, send_prepared, will_send

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGresult

    from sqlkit.database.wire.bound import Bound
    from sqlkit.database.wire.connection import AnyConnection
    from sqlkit.statement import Statement


def ready(conn: AnyConnection, statement: Statement[Any], left: float) -> Bound | None:
    """What a statement is bound to, if it can be sent as it is, with so many seconds left.

    And if what it gives is sure, which it isn't where nothing stays prepared.
    """
    query = statement.query
    if left < conn.enough or query.timeout is not None:
        return None
    bound = conn.bindings.get(query.variant(statement.args))
    is_sure = bound is not None and bound.is_planned and is_readable(conn, bound)
    return bound if is_sure else None


def send_ready(conn: AnyConnection, bound: Bound, args: Sequence[Any]) -> PQGen[list[PGresult]]:
    """Send it, and give what the answer is waited for with. Raises `WrongArgument`."""
    sent = bound.encode(args)
    will_send(conn, bound)
    conn.ends = time.monotonic() + conn.profile.timeout
    send_prepared(conn.pgconn, bound, sent)
    answers: PQGen[list[PGresult]] = execute(conn.pgconn)
    return answers


def value(conn: AnyConnection, bound: Bound, results: list[PGresult]) -> Any:
    """What the answer says. Raises the server's error, or what `Bound.value` does.

    An `UnreadableValue` of what isn't `Bound.is_fixed` may be one that `answered` can read.
    """
    result = check(results)
    if not bound.columns:
        note_session(conn, bound, result)
    return bound.value(result)
