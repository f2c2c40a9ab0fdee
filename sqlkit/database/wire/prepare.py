"""Preparing a query's text on a connection, and learning what it takes and gives."""

from __future__ import annotations

import itertools
import os
import re
import secrets
from functools import partial
from typing import TYPE_CHECKING, Any

from psycopg import pq

from sqlkit.database import values
from sqlkit.database.driver import Decoder, check, execute
from sqlkit.database.types import ADAPTERS, CATALOG
from sqlkit.database.wire.bound import Bound, column_names, column_types
from sqlkit.database.wire.command import pipelined
from sqlkit.database.wire.connection import is_aborted, is_idle, unsure
from sqlkit.errors import UnreadableValue, WrongKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGresult

    from sqlkit.database.wire.connection import AnyConnection
    from sqlkit.statement import Variant

# A program has as many as its .sql files hold; only `sqlkit.sql` can make ever more of them.
MOST_PREPARED = 1000

# What sets extra_float_digits: by name, by a name that is only known when it runs, back to what the
# database says, or out of sight.
_SETS_DIGITS = re.compile(
    r"extra_float_digits|pg_settings|\bset_config\s*\(\s*[^\s']|\b(?:reset|discard)\s+all\b"
    r"|^\s*(?:do|call)\b",
    re.IGNORECASE,
)

_HAS_CLOSE = pq.version() >= 170000

# Behind a pooler that nobody told of, another process's statement must not be taken for our own.
_PREFIX = f"sqlkit_{secrets.token_hex(4)}"
_names = itertools.count(1)


def new_name() -> bytes:
    """A name that no other statement or cursor has."""
    return f"{_PREFIX}_{os.getpid()}_{next(_names)}".encode()  # a fork has the same prefix


def bind(conn: AnyConnection, variant: Variant) -> PQGen[Bound]:
    """Prepare a query's text on this connection, unless it is, and keep what the server says."""
    bound = conn.bindings.pop(variant, None)
    if bound is not None and not is_readable(conn, bound):
        yield from _deallocate(conn, bound.name)
        bound = None
    if bound is None:
        while len(conn.bindings) >= MOST_PREPARED and _can_deallocate(conn):
            yield from forget(conn, next(iter(conn.bindings)))
        bound = yield from describe(conn, variant, b"" if conn.profile.pooled else new_name())
    conn.bindings[variant] = bound  # at the end: what was used last is forgotten last
    return bound


def is_readable(conn: AnyConnection, bound: Bound) -> bool:
    """Whether what it gives is written in a style that is read: somebody may have set another."""
    return bound.styled.isdisjoint(unsure(conn))


def forget(conn: AnyConnection, variant: Variant) -> PQGen[None]:
    """Forget a text, and let the server forget it."""
    bound = conn.bindings.pop(variant, None)
    if bound is not None:
        yield from _deallocate(conn, bound.name)


def _deallocate(conn: AnyConnection, name: bytes) -> PQGen[None]:
    if not name:
        return
    if _HAS_CLOSE:
        conn.pgconn.send_close_prepared(name)
        check((yield from execute(conn.pgconn)))
    elif is_idle(conn):
        conn.pgconn.send_query(b"DEALLOCATE " + name)
        yield from execute(conn.pgconn)


def _can_deallocate(conn: AnyConnection) -> bool:
    # DEALLOCATE of what is gone already would abort a transaction; Close is never an error.
    return _HAS_CLOSE or is_idle(conn)


def describe(conn: AnyConnection, variant: Variant, name: bytes = b"") -> PQGen[Bound]:
    """Prepare under a name, and learn of the types; without a name only the latter lasts."""
    pgconn = conn.pgconn
    note_digits(conn, variant)
    # A copy in can't be prepared: the select over its columns is, to learn their types.
    sql = variant.query.copy_in or variant.sql
    # In one go: behind a pooler, what comes later may reach another server connection.
    answers = yield from pipelined(
        conn,
        [
            partial(pgconn.send_prepare, name, sql.encode()),
            partial(pgconn.send_describe_prepared, name),
        ],
    )
    described = [check(results) for results in answers][-1]
    parameter_types = [described.param_type(i) for i in range(described.nparams)]
    yield from _learn(conn, [*parameter_types, *column_types(described)])
    if not described.nfields and variant.query.kind in ("one", "maybe", "many"):
        yield from _deallocate(conn, name)
        raise WrongKind(
            f"{variant.query.name} gives no rows: say that its kind is affected or exec"
        )
    return Bound(
        name,
        variant,
        parameter_types,
        described,
        conn.types,
        result_format=_result_format(conn, variant, column_types(described)),
    )


def note_digits(conn: AnyConnection, variant: Variant) -> None:
    """Note if a text may set how many digits floats have as text."""
    conn.rounds = conn.rounds or bool(_SETS_DIGITS.search(variant.sql))


def _result_format(conn: AnyConnection, variant: Variant, oids: Sequence[int]) -> pq.Format:
    if variant.query.copy_in is not None:
        return conn.types.format(oids)  # it is what will be sent
    return conn.types.result_format(oids, unsure(conn))


def answered(conn: AnyConnection, bound: Bound, result: PGresult) -> PQGen[Any]:
    """What an answer says: its columns, or their types, may have changed, unless it is fixed.

    Raises `UnreadableValue`.
    """
    if bound.is_planned or (
        column_types(result) == bound.decoder.oids and column_names(result) == bound.columns
    ):
        try:
            return bound.value(result)
        except UnreadableValue:
            # A composite's value doesn't fit what was known of its type, or is none for Python.
            if is_aborted(conn) or not conn.types.may_change(bound.decoder.oids):
                raise
    return (yield from _learnt_anew(conn, bound, result)).value(result)


def _learnt_anew(conn: AnyConnection, bound: Bound, result: PGresult) -> PQGen[Bound]:
    came = bound.decoder.format
    oids = column_types(result)
    yield from _learn(conn, oids)
    yield from forget(conn, bound.variant)
    if came == pq.Format.BINARY and conn.types.format(oids) != came:
        raise values.have_changed(bound.query)
    return Bound(
        bound.name, bound.variant, bound.encoder.oids, result, conn.types, result_format=came
    )


def _learn(conn: AnyConnection, oids: Sequence[int]) -> PQGen[None]:
    missing = conn.types.missing(oids)
    if missing:
        array = "{" + ",".join(map(str, missing)) + "}"
        conn.pgconn.send_query_params(
            CATALOG.encode(), [array.encode()], result_format=pq.Format.BINARY
        )
        result = check((yield from execute(conn.pgconn)))
        conn.types.add(Decoder(ADAPTERS, column_types(result), pq.Format.BINARY).rows(result))
