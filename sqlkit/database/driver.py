"""The one file that touches psycopg's lower layers.

A statement is prepared once on a connection, its parameter and column types being what the server
says they are; what was looked up then is kept in a `Bound`. Each function here is a generator of
psycopg's kind: it decides, and `waited` or `waited_async` waits. So sync and async share all of it.

The lower layers are `psycopg.pq`, `psycopg.generators`, `psycopg.waiting`, `Transformer` and COPY's
row formatters.
"""

from __future__ import annotations

import itertools
import math
import os
import re
import secrets
import select
import time
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

import psycopg
from psycopg import pq, waiting
from psycopg._copy_base import (
    format_row_binary,
    format_row_text,
    parse_row_binary,
    parse_row_text,
)
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.generators import (
    copy_end,
    copy_from,
    copy_to,
    execute,
    fetch,
    fetch_many,
    send,
)

from sqlkit.database import limit, values
from sqlkit.database.profile import Profile, unreadable_styles
from sqlkit.database.types import ADAPTERS, CATALOG, Types
from sqlkit.errors import WrongArgument, WrongKind
from sqlkit.policy.deadline import current
from sqlkit.policy.retry.repeatable import only_reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from psycopg.abc import Buffer, PQGen
    from psycopg.adapt import AdaptersMap
    from psycopg.pq.abc import PGconn, PGresult
    from psycopg.rows import RowMaker

    from sqlkit.database.parameters import Accepts
    from sqlkit.statement import Query, Statement, Variant

T = TypeVar("T")

# A program has as many as its .sql files hold; only `sqlkit.sql` can make ever more of them.
MOST_PREPARED = 1000

_FETCHED_AT_ONCE = 1000
_COPY_BUFFER = 64 * 1024
_COPY_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_TRAILER = b"\xff\xff"
_VALUE = re.compile(r""":| ['"]""")
_BYTEA, _TEXT = 17, 25
_HAS_CLOSE = pq.version() >= 170000

# How often a wait looks for Ctrl-C, in seconds, where a signal doesn't interrupt it.
_INTERVAL = 0.1

# What waiting raises when its time is up; psycopg gives it no public name.
WaitTimeout = psycopg.errors._WaitTimeout  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

_ACTIVE = pq.TransactionStatus.ACTIVE
_INERROR = pq.TransactionStatus.INERROR
_INTRANS = pq.TransactionStatus.INTRANS
_IDLE = pq.TransactionStatus.IDLE
_OK = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK, pq.ExecStatus.EMPTY_QUERY)
# The tags of commands whose effect lasts as long as the session.
_OF_A_SESSION = (b"SET", b"RESET", b"LISTEN", b"LOAD", b"PREPARE")
_SET_LOCAL = re.compile(r"\s*set\s+(?:local|transaction)\b", re.IGNORECASE)
_OF_ANOTHER_SESSION = ("26000", "42P05")
_POOLER = (
    "a prepared statement is gone, or there already: is there a PgBouncer in transaction mode in "
    'between? Then say Database(..., pooler="transaction")'
)
_SOME_ROWS = (pq.ExecStatus.SINGLE_TUPLE, pq.ExecStatus.TUPLES_CHUNK)

# Behind a pooler that nobody told of, another process's statement must not be taken for our own.
_PREFIX = f"sqlkit_{secrets.token_hex(4)}"
_names = itertools.count(1)


class Memory:
    """What the driver knows of a connection, besides what it prepared.

    ``sent``: a statement of the current call is on its way, or was. ``wrote``: the transaction may
    have changed something. ``query``: whose statement is on it, or was last. ``profile``: how it is
    set up. ``in_force``: seconds after which the server ends a statement, if it is told nothing
    else. ``until``: the moment by which what is waited for must be done; ``own``: what its query
    says by ``@timeout``; ``ends``: the moment at which the server ends it by itself. ``chunked``:
    rows were read in chunks just now. ``altered``: the session isn't what it was.
    """

    profile: Profile = Profile()
    in_force: float = math.inf
    until: float = math.inf
    own: float | None = None
    ends: float = math.inf
    chunked: bool = False
    altered: bool = False
    sent: bool = False
    wrote: bool = False
    query: Query[Any] | None = None

    # What its pool knows of it, as moments of `time.monotonic`: when it worked last, and when it is
    # to be replaced. ``news(0)`` gives something if the other side has sent what nobody asked for.
    # ``backend``: the id of the server's process.
    backend: int = 0
    used: float = 0.0
    expires: float = math.inf
    news: Callable[[int], Sequence[Any]]


class PgConnection(Memory, psycopg.Connection[Any]):
    """A psycopg connection that remembers what it prepared."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bindings: dict[Variant, Bound] = {}
        self.prepared: dict[str, bytes] = {}
        self.types = Types()


class AsyncPgConnection(Memory, psycopg.AsyncConnection[Any]):
    """An async psycopg connection that remembers what it prepared."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.bindings: dict[Variant, Bound] = {}
        self.prepared: dict[str, bytes] = {}
        self.types = Types()


AnyConnection: TypeAlias = "PgConnection | AsyncPgConnection"
NextRows: TypeAlias = "Callable[[AnyConnection, Bound, int], PQGen[list[Any]]]"


def waited(conn: PgConnection, gen: PQGen[T], seconds: float, query: Query[Any] | None = None) -> T:
    """Run a generator to its end. Raises `WaitTimeout`, leaving the connection as it is.

    The server is told how long it may take, so that it ends a statement by itself; what it hasn't
    ended, the client gives up a little later.

    `psycopg.Connection.wait` would, when interrupted, also go on with the generator, which may not
    have sent its statement yet.
    """
    timeout = _allow(conn, seconds, query)
    return waiting.wait(gen, conn.pgconn.socket, interval=_INTERVAL, timeout=timeout)


async def waited_async(
    conn: AsyncPgConnection, gen: PQGen[T], seconds: float, query: Query[Any] | None = None
) -> T:
    """`waited`, awaited."""
    timeout = _allow(conn, seconds, query)
    return await waiting.wait_async(gen, conn.pgconn.socket, interval=_INTERVAL, timeout=timeout)


def _allow(conn: AnyConnection, seconds: float, query: Query[Any] | None) -> float:
    now = time.monotonic()
    conn.until = now + seconds
    conn.own = query.timeout if query is not None else None
    if not is_busy(conn):  # what goes on was told before
        conn.ends = now + conn.profile.timeout  # a shorter limit in force is another's
    return seconds + limit.PATIENCE


class Bound:
    """A query's text prepared on one connection, with all that a call of it needs.

    Behind a pooler nothing stays prepared: ``name`` is empty, and the text sent each time.
    ``alone``: the statement can be in no transaction with another.
    """

    __slots__ = (
        "accepts",
        "alone",
        "columns",
        "make_row",
        "name",
        "oids",
        "only_reads",
        "parameter_format",
        "parameter_types",
        "query",
        "result_format",
        "transformer",
        "variant",
    )

    def __init__(
        self,
        name: bytes,
        variant: Variant,
        parameter_types: list[int],
        described: PGresult,
        types: Types,
    ) -> None:
        self.name = name
        self.alone = limit.may_commit(variant.sql)
        self.variant = variant
        self.query: Query[Any] = variant.query
        self.only_reads = only_reads(self.query)
        self.parameter_types = parameter_types
        self.oids = _column_types(described)
        self.columns = [_text(described.fname(i)) for i in range(described.nfields)]
        adapters = types.adapters([*self.parameter_types, *self.oids], self.query.composites)
        # Made from the adapters alone, not from the connection: timestamptz then is UTC.
        self.transformer = Transformer(adapters)
        self.parameter_format = types.format(self.parameter_types)
        self.result_format = types.format(self.oids)
        self.transformer.set_dumper_types(self.parameter_types, self.parameter_format)
        self.accepts: list[Accepts] = [types.accepts(oid) for oid in self.parameter_types]
        self.make_row: RowMaker[Any] = values.row_maker(self.query, self.columns)

    def dump(self, args: Sequence[Any]) -> Sequence[Any]:
        """The arguments as they are sent. Raises `WrongArgument`."""
        sent = [args[i] for i in self.variant.arguments]
        for i, accepts in enumerate(self.accepts):
            value = sent[i]
            if type(value) is accepts.exact or value is None:
                continue
            if not accepts.fits(value):
                raise self._wrong(i, accepts.refusal(value))
            if accepts.is_array and not isinstance(value, list):
                sent[i] = list(value)
        try:
            return self.transformer.dump_sequence(sent, [PyFormat.AUTO] * len(sent))
        except Exception:
            # The cause is left away: its message may hold the value.
            raise self._refused(sent) from None

    def _refused(self, sent: Sequence[Any]) -> WrongArgument:
        adapters = self.transformer.adapters
        for i, oid in enumerate(self.parameter_types):
            if reason := _undumpable(sent[i], oid, self.parameter_format, adapters):
                return self._wrong(i, f"can't be sent as {self.accepts[i].words}: {reason}")
        return WrongArgument(f"{self.query.name}: the arguments can't be sent")

    def _wrong(self, i: int, what: str) -> WrongArgument:
        name = self.query.parameters[self.variant.arguments[i]]
        return WrongArgument(f"{self.query.name}: {name} {what}")

    def value(self, result: PGresult) -> Any:
        """What running the statement gives, by the query's kind."""
        kind = self.query.kind or ("many" if self.oids else "exec")
        if kind == "exec":
            return None
        if kind == "affected":
            return result.command_tuples or 0
        if kind == "many":
            return self.rows(result)
        values.check_count(self.query, result.ntuples)
        return self.rows(result)[0] if result.ntuples else None

    def rows(self, result: PGresult, before: int = 0) -> list[Any]:
        """The rows of a result; ``before``: how many of the statement's came earlier.

        Raises `UnreadableValue`.
        """
        tx = self.transformer
        tx.set_pgresult(result)
        try:
            return tx.load_rows(0, result.ntuples, self.make_row)
        except Exception as error:
            raise self._unreadable(_fields(result), before, error) from error
        finally:
            tx.set_pgresult(None)

    def copied(self, data: memoryview, before: int) -> Any:
        """One row of a copy out. Raises `UnreadableValue`."""
        is_binary = self.result_format == pq.Format.BINARY
        parse = parse_row_binary if is_binary else parse_row_text
        try:
            return self.make_row(parse(data, self.transformer))
        except Exception as error:
            raw = Transformer(ADAPTERS)
            raw.set_pgresult(self.transformer.pgresult, set_loaders=False)
            raw.set_loader_types(
                [_BYTEA if is_binary else _TEXT] * len(self.oids), pq.Format.BINARY
            )
            raise self._unreadable([parse(data, raw)], before, error) from error

    def _unreadable(
        self, rows: Iterable[Sequence[Any]], before: int, error: Exception
    ) -> Exception:
        for number, row in enumerate(rows, before + 1):
            for i, data in enumerate(row):
                load = self.transformer.get_loader(self.oids[i], self.result_format).load
                try:
                    if data is not None:
                        values.convert_one(
                            self.query,
                            i,
                            load(data.encode() if isinstance(data, str) else bytes(data)),
                        )
                except Exception as found:
                    return values.unreadable(self.query, self.columns[i], number, _reason(found))
        return error

    def _load(self, column: int, data: str | Buffer) -> Any:
        loader = self.transformer.get_loader(self.oids[column], self.result_format)
        return loader.load(data.encode() if isinstance(data, str) else bytes(data))


def _fields(result: PGresult) -> Iterator[list[bytes | None]]:
    for row in range(result.ntuples):
        yield [result.get_value(row, column) for column in range(result.nfields)]


def _column_types(result: PGresult) -> list[int]:
    return [result.ftype(i) for i in range(result.nfields)]


def _text(name: bytes | None) -> str:
    return name.decode() if name else ""


def _undumpable(value: Any, oid: int, format_: pq.Format, adapters: AdaptersMap) -> str | None:
    """Why a value can't be sent as a type, if it can't."""
    alone = Transformer(adapters)
    alone.set_dumper_types([oid], format_)
    try:
        alone.dump_sequence([value], [PyFormat.AUTO])
    except Exception as error:
        return _reason(error)
    return None


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "it is no Unicode text"
    # What psycopg's message quotes, or says after a colon, may be the value.
    return _VALUE.split(str(error))[0] or type(error).__name__


def bind(conn: AnyConnection, variant: Variant) -> PQGen[Bound]:
    """Prepare a query's text on this connection, unless it is, and keep what the server says."""
    bound = conn.bindings.pop(variant, None)
    if bound is None:
        while len(conn.bindings) >= MOST_PREPARED and _can_deallocate(conn):
            yield from _forget(conn, next(iter(conn.bindings)))
        bound = yield from _describe(conn, variant, b"" if conn.profile.pooled else _name())
    conn.bindings[variant] = bound  # at the end: what was used last is forgotten last
    return bound


def _name() -> bytes:
    return f"{_PREFIX}_{os.getpid()}_{next(_names)}".encode()  # a fork has the same prefix


def _forget(conn: AnyConnection, variant: Variant) -> PQGen[None]:
    bound = conn.bindings.pop(variant, None)
    if bound is not None:
        yield from _deallocate(conn, bound.name)


def _forget_gone(conn: AnyConnection, error: BaseException) -> bool:
    """Forget what is told to the server if what was prepared is gone."""
    is_gone = isinstance(error, psycopg.errors.InvalidSqlStatementName)
    if is_gone:
        conn.prepared.clear()
    return is_gone


def _deallocate(conn: AnyConnection, name: bytes) -> PQGen[None]:
    if not name:
        return
    if _HAS_CLOSE:
        conn.pgconn.send_close_prepared(name)
        _check((yield from execute(conn.pgconn)))
    elif is_idle(conn):
        conn.pgconn.send_query(b"DEALLOCATE " + name)
        yield from execute(conn.pgconn)


def _can_deallocate(conn: AnyConnection) -> bool:
    # DEALLOCATE of what is gone already would abort a transaction; Close is never an error.
    return _HAS_CLOSE or is_idle(conn)


def _describe(conn: AnyConnection, variant: Variant, name: bytes = b"") -> PQGen[Bound]:
    """Prepare under a name, and learn of the types; without a name only the latter lasts."""
    pgconn = conn.pgconn
    # A copy in can't be prepared: the select over its columns is, to learn their types.
    sql = variant.query.copy_in or variant.sql
    # In one go: behind a pooler, what comes later may reach another server connection.
    answers = yield from _piped(
        conn,
        [
            partial(pgconn.send_prepare, name, sql.encode()),
            partial(pgconn.send_describe_prepared, name),
        ],
    )
    described = [_check(results) for results in answers][-1]
    parameter_types = [described.param_type(i) for i in range(described.nparams)]
    yield from _learn(conn, [*parameter_types, *_column_types(described)])
    if not described.nfields and variant.query.kind in ("one", "maybe", "many"):
        yield from _deallocate(conn, name)
        raise WrongKind(
            f"{variant.query.name} gives no rows: say that its kind is affected or exec"
        )
    return Bound(name, variant, parameter_types, described, conn.types)


def _learn(conn: AnyConnection, oids: Sequence[int]) -> PQGen[None]:
    missing = conn.types.missing(oids)
    if missing:
        array = "{" + ",".join(map(str, missing)) + "}"
        conn.pgconn.send_query_params(
            CATALOG.encode(), [array.encode()], result_format=pq.Format.BINARY
        )
        result = _check((yield from execute(conn.pgconn)))
        tx = Transformer(ADAPTERS)
        tx.set_pgresult(result)
        conn.types.add(tx.load_rows(0, result.ntuples, tuple))


def _as_answered(conn: AnyConnection, bound: Bound, result: PGresult) -> PQGen[Bound]:
    """How to read an answer: of what isn't prepared, the types may have changed since."""
    if bound.name or _column_types(result) == bound.oids:
        return bound
    yield from _learn(conn, _column_types(result))
    fresh = Bound(bound.name, bound.variant, bound.parameter_types, result, conn.types)
    fresh.result_format = bound.result_format  # it came in
    conn.bindings.pop(bound.variant, None)
    return fresh


def _check(results: list[PGresult]) -> PGresult:
    for result in results:
        if result.status not in _OK:
            raise error_from_result(result, encoding="utf-8")
    if not results:
        raise psycopg.OperationalError("the server sent no answer")
    return results[-1]


def run(conn: AnyConnection, statement: Statement[Any]) -> PQGen[Any]:
    """Run a statement of any kind but ``:copy`` and give its value."""
    variant = statement.variant()
    conn.sent = False
    conn.query = statement.query
    if statement.query.kind == "script":
        conn.sent = conn.wrote = True
        yield from command(conn, conn.profile.before_script + variant.sql.encode())
        return None
    known = conn.bindings.get(variant)
    bound = known or (yield from bind(conn, variant))
    try:
        result = yield from _send(conn, bound, statement.args)
    except (psycopg.Error, WrongArgument) as error:
        is_gone = _forget_gone(conn, error)
        if (known is None and not is_gone) or not _may_be_stale(error):
            raise
        yield from _forget(conn, variant)
        if is_aborted(conn):
            raise
        bound = yield from bind(conn, variant)
        result = yield from _send(conn, bound, statement.args)
    if not bound.oids and _alters(result, variant):
        conn.altered = True
    return (yield from _as_answered(conn, bound, result)).value(result)


def _alters(result: PGresult, variant: Variant) -> bool:
    """Whether what follows in the same session is another's business by now."""
    return result.command_status in _OF_A_SESSION and not _SET_LOCAL.match(variant.sql)


def _send(conn: AnyConnection, bound: Bound, args: Sequence[Any]) -> PQGen[PGresult]:
    sent = bound.dump(args)
    _will_send(conn, bound)
    if (telling := _telling(conn, bound)) is not None:
        try:
            return (yield from _send_limited(conn, bound, sent, telling))
        except psycopg.errors.ActiveSqlTransaction as error:
            # It was undone as a whole, so it may be done again, with no company.
            if error.diag.context or not is_idle(conn) or conn.profile.read_only:
                raise
            bound.alone = True
    _send_bound(conn.pgconn, bound, sent)
    return _check((yield from execute(conn.pgconn)))


def _will_send(conn: AnyConnection, bound: Bound) -> None:
    conn.sent = True
    conn.query = bound.query
    if not bound.only_reads:
        conn.wrote = True


def _send_bound(pgconn: PGconn, bound: Bound, sent: Sequence[Any]) -> None:
    formats = [bound.parameter_format] * len(sent)
    if bound.name:
        pgconn.send_query_prepared(bound.name, sent, formats, bound.result_format)
    else:
        pgconn.send_query_params(
            bound.variant.sql.encode(), sent, bound.parameter_types, formats, bound.result_format
        )


# --- What the server is told before a statement, in the same round trip


_Told: TypeAlias = "tuple[str, list[bytes]]"


class _Telling(NamedTuple):
    """What is sent before a statement, each text with its arguments, and what after it."""

    before: Sequence[_Told]
    after: Sequence[_Told] = ()


def _telling(conn: AnyConnection, bound: Bound | None = None) -> _Telling | None:
    """What the server has to be told for the next statement, if anything.

    What is set ends with the transaction, which alone a statement is. Within a longer one, the
    limit that was in force is put back.
    """
    profile, now = conn.profile, time.monotonic()
    if is_idle(conn) and bound is not None and bound.alone and not profile.is_strict:
        return None
    left = conn.until - now
    in_force = _in_force(conn)
    parts = profile.alone() if is_idle(conn) else []
    arguments: list[bytes] = []
    if limit.must_be_told(left, in_force, conn.own):
        milliseconds = limit.milliseconds(left)
        conn.ends = now + milliseconds / 1000
        arguments = [b"%dms" % milliseconds]
        is_sure = limit.is_longer(conn.own, in_force) or (profile.pooled and is_idle(conn))
        parts = [limit.local(is_sure=is_sure), *parts]
    if not parts:
        return None
    here = (f"SELECT {', '.join(parts)}", arguments)
    if is_idle(conn):
        return _Telling([here])
    return _Telling([(limit.KEEP, []), here], [(limit.RESTORE, [])])


def _in_force(conn: AnyConnection) -> float:
    """The limit of a statement that is told nothing; behind a pooler a transaction has another."""
    if conn.profile.pooled and not is_idle(conn):
        return min(conn.in_force, conn.profile.timeout)
    return conn.in_force


def _send_limited(
    conn: AnyConnection, bound: Bound, sent: Sequence[Any], telling: _Telling
) -> PQGen[PGresult]:
    yield from _prepare(conn, telling)
    sends = _sends(conn, telling.before)
    sends.append(partial(_send_bound, conn.pgconn, bound, sent))
    answers = yield from _piped(conn, sends + _sends(conn, telling.after))
    return [_check(results) for results in answers][len(telling.before)]


def _prepare(conn: AnyConnection, telling: _Telling) -> PQGen[None]:
    for text, _ in (*telling.before, *telling.after):
        if text not in conn.prepared and not conn.profile.pooled:
            name = _name()
            conn.pgconn.send_prepare(name, text.encode())
            _check((yield from execute(conn.pgconn)))
            conn.prepared[text] = name


def _sends(conn: AnyConnection, told: Sequence[_Told]) -> list[Callable[[], None]]:
    pgconn = conn.pgconn
    if conn.profile.pooled:
        return [partial(pgconn.send_query_params, text.encode(), args) for text, args in told]
    return [partial(pgconn.send_query_prepared, conn.prepared[text], args) for text, args in told]


def _piped(conn: AnyConnection, sends: Sequence[Callable[[], None]]) -> PQGen[list[list[PGresult]]]:
    """Send in one round trip, and give the answer to each; an error of the end comes last."""
    pgconn = conn.pgconn
    if is_busy(conn):
        raise psycopg.OperationalError("another command is already in progress")
    if conn.chunked:
        # libpq takes the first command of a pipeline for one whose rows are wanted in chunks too.
        yield from command(conn, b"")
        conn.chunked = False
    pgconn.enter_pipeline_mode()
    for send_one in sends:
        send_one()
    pgconn.pipeline_sync()
    yield from send(pgconn)
    answers: list[list[PGresult]] = []
    try:
        while not _is_sync(results := (yield from fetch_many(pgconn))):
            answers.append(results)
    except psycopg.OperationalError:
        for results in answers:
            _check(results)  # what the server said before it left tells more
        raise
    pgconn.exit_pipeline_mode()
    return answers


def _is_sync(results: list[PGresult]) -> bool:
    return bool(results) and results[-1].status == pq.ExecStatus.PIPELINE_SYNC


def _for_long(conn: AnyConnection) -> bytes:
    """What goes before a statement that lasts as long as its rows are read, or written.

    Only a deadline limits it. The limit of a session is lifted, for the rest of the transaction:
    each wait for the next rows has its own, which is the client's.
    """
    profile, now = conn.profile, time.monotonic()
    left, in_force = current() - now, _in_force(conn)
    parts = profile.alone() if is_idle(conn) else []
    if left < in_force:
        parts.append(limit.within(left))
    elif in_force < math.inf:
        parts.append(limit.none_instead_of(profile.timeout))
    conn.ends = now + left
    return f"SELECT {', '.join(parts)};\n".encode() if parts else b""


def _may_be_stale(error: psycopg.Error | WrongArgument) -> bool:
    """Whether the reason may be that a text was prepared before a change of the schema.

    The server plans it anew, and then says that the result's type has changed (0A000, which means
    much else too: its text is translated, the function's name is not), that the statement is gone
    (26000), or what is wrong with the text now that the parameters have the types they had then
    (class 42). Types that a parameter has no more make an argument look wrong. Nothing has run.
    An error out of a function or procedure, which may have committed, has a context.
    """
    if isinstance(error, WrongArgument):
        return True
    if error.diag.context is not None:
        return False
    state = error.sqlstate or ""
    if state == "0A000":
        return error.diag.source_function == "RevalidateCachedQuery"
    return state == "26000" or state.startswith("42")


def note(error: BaseException, query: Query[Any]) -> None:
    """Say in an error of psycopg's which query it is about, unless one is named already."""
    if not getattr(error, "__notes__", None):
        error.add_note(f"in {query.name}, {query.source}" if query.source else f"in {query.name}")
        if isinstance(error, psycopg.Error) and error.sqlstate in _OF_ANOTHER_SESSION:
            error.add_note(_POOLER)


def command(conn: AnyConnection, sql: bytes) -> PQGen[bytes]:
    """Send text without parameters, of one or several statements; gives the last one's tag."""
    conn.pgconn.send_query(sql)
    return _check((yield from execute(conn.pgconn))).command_status or b""


def begin(conn: AnyConnection, sql: bytes) -> PQGen[None]:
    """Begin a transaction in which nothing has been sent yet."""
    conn.sent = conn.wrote = False
    yield from command(conn, conn.profile.begin(sql, conn.in_force))


def transaction_id(conn: AnyConnection) -> PQGen[str | None]:
    """The id of the transaction, by which its outcome can be asked; None if it changed nothing.

    PostgreSQL manual, 9.27.9 "Transaction ID and Snapshot Information Functions".
    """
    return (yield from _ask(conn, b"SELECT pg_current_xact_id_if_assigned()::text"))


def transaction_status(conn: AnyConnection, xid: str) -> PQGen[str | None]:
    """What became of a transaction: ``in progress``, ``committed``, ``aborted``; None: too old."""
    return (yield from _ask(conn, b"SELECT pg_xact_status($1::text::xid8)", xid.encode()))


def end_abandoned(conn: AnyConnection, xid: str) -> PQGen[None]:
    """End the session that has a transaction open and waits for what its client sends next.

    One that is working on its COMMIT is left alone. PostgreSQL manual, 9.28.2 "Server Signaling
    Functions".
    """
    yield from _ask(
        conn,
        b"SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity"
        b" WHERE backend_xid = $1::text::xid8::xid AND state = 'idle in transaction'",
        xid.encode(),
    )


def _ask(conn: AnyConnection, sql: bytes, *args: bytes) -> PQGen[str | None]:
    conn.pgconn.send_query_params(sql, args)
    value = _check((yield from execute(conn.pgconn))).get_value(0, 0)
    return None if value is None else value.decode()


def reset(conn: AnyConnection) -> PQGen[None]:
    """Bring a session back to what it was when it was opened. PostgreSQL manual: DISCARD."""
    if not is_idle(conn):
        yield from command(conn, b"ROLLBACK")
    conn.bindings.clear()
    conn.prepared.clear()
    conn.altered = False
    yield from command(conn, b"DISCARD ALL")
    yield from settle(conn)


def settle(conn: AnyConnection) -> PQGen[None]:
    """Set up a new connection's session, and learn what limits its statements."""
    status = conn.pgconn.parameter_status
    styles = unreadable_styles(status(b"DateStyle"), status(b"IntervalStyle"))
    conn.profile = profile = replace(conn.profile, styles=styles)
    conn.pgconn.send_query(profile.at_connect())
    told = _check((yield from execute(conn.pgconn))).get_value(0, 0)
    conn.in_force = float(told or 0) or math.inf


def is_ended_by_limit(conn: AnyConnection, error: psycopg.Error) -> bool:
    """Whether the server canceled a statement, just now, for the limit that it was told.

    PostgreSQL has the same SQLSTATE for it as for pg_cancel_backend.
    """
    return isinstance(error, psycopg.errors.QueryCanceled) and time.monotonic() >= conn.ends


def drain(conn: AnyConnection) -> PQGen[None]:
    """Read and drop what the server still sends, after a cancel or at the end of a stream."""
    yield from send(conn.pgconn)  # what an interruption may have kept back
    silent = 0
    while is_busy(conn) and silent < 2:
        results = yield from fetch_many(conn.pgconn)
        silent = 0 if results else silent + 1
        for result in results:
            if result.status == pq.ExecStatus.PIPELINE_SYNC:
                conn.pgconn.exit_pipeline_mode()
            elif result.status == pq.ExecStatus.COPY_OUT:
                while isinstance((yield from copy_from(conn.pgconn)), memoryview):
                    pass
            elif result.status == pq.ExecStatus.COPY_IN:
                yield from copy_end(conn.pgconn, b"given up")


def is_idle(conn: AnyConnection) -> bool:
    """Whether the connection is in no transaction."""
    return conn.pgconn.transaction_status == _IDLE


def is_busy(conn: AnyConnection) -> bool:
    """Whether the connection is in the middle of a command."""
    return conn.pgconn.transaction_status == _ACTIVE or bool(conn.pgconn.pipeline_status)


def is_in_transaction(conn: AnyConnection) -> bool:
    """Whether the connection is in a transaction, between two commands."""
    return conn.pgconn.transaction_status == _INTRANS


def is_aborted(conn: AnyConnection) -> bool:
    """Whether an error has aborted the connection's transaction."""
    return conn.pgconn.transaction_status == _INERROR


def finish(conn: AnyConnection) -> None:
    """Close a connection at once; its pool will replace it."""
    conn.pgconn.finish()


def disown(conn: AnyConnection) -> None:
    """Close a forked child's end of a connection; the server, and the parent, notice nothing."""
    with suppress(psycopg.OperationalError), Path(os.devnull).open("r+b", buffering=0) as null:
        os.dup2(null.fileno(), conn.fileno())  # what libpq says on leaving is said to nobody
    finish(conn)


def news(conn: AnyConnection) -> Callable[[int], Sequence[Any]]:
    """Tells within so many milliseconds whether there is something to read from a connection.

    On one that is idle that is the end of it, or else a notice or notification.
    """
    socket = conn.fileno()
    if not hasattr(select, "poll"):  # Windows
        return lambda ms: select.select([socket], [], [], ms / 1000)[0]
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return poll.poll


def accepts(conninfo: str) -> bool:
    """Whether a server is there that accepts connections, if not this one. It may take seconds.

    PostgreSQL manual, 34.1 "Database Connection Control Functions": PQping.
    """
    return pq.PGconn.ping(conninfo.encode()) == pq.Ping.OK


# --- Many statements in one round trip


def batch(
    conn: AnyConnection, statements: Sequence[Statement[Any]], undo: bytes | None
) -> PQGen[list[Any]]:
    """Run statements in one pipeline, inside a transaction, and give their values in order.

    ``undo``, where there is one, is the command that undoes all of it, for a second attempt after
    a change of the schema.
    """
    is_known = any(s.variant() in conn.bindings for s in statements)
    try:
        return (yield from _batch(conn, statements))
    except (psycopg.Error, WrongArgument) as error:
        is_gone = _forget_gone(conn, error)
        if undo is None or not (is_known or is_gone) or not _may_be_stale(error):
            raise
    for statement in statements:
        yield from _forget(conn, statement.variant())
    yield from command(
        conn, conn.profile.begin(undo, conn.in_force) if undo.endswith(b"BEGIN") else undo
    )
    return (yield from _batch(conn, statements))


def _batch(conn: AnyConnection, statements: Sequence[Statement[Any]]) -> PQGen[list[Any]]:
    calls: list[tuple[Bound, Sequence[Any]]] = []
    for statement in statements:
        try:
            bound = yield from bind(conn, statement.variant())
        except psycopg.Error as error:
            note(error, statement.query)
            raise
        calls.append((bound, bound.dump(statement.args)))
        _will_send(conn, bound)
    results = yield from _pipeline(conn, calls)
    answers: list[Any] = []
    for (bound, _), result in zip(calls, results, strict=True):
        _raise_noted(bound.query, result)
        answers.append((yield from _as_answered(conn, bound, result)).value(result))
    return answers


def _pipeline(
    conn: AnyConnection, calls: list[tuple[Bound, Sequence[Any]]]
) -> PQGen[list[PGresult]]:
    telling = _telling(conn) or _Telling(())
    yield from _prepare(conn, telling)
    sends = _sends(conn, telling.before)
    sends += [partial(_send_bound, conn.pgconn, *call) for call in calls]
    answers = yield from _piped(conn, sends + _sends(conn, telling.after))
    for results in answers[: len(telling.before)]:
        _check(results)
    return [results[-1] for results in answers[len(telling.before) :][: len(calls)]]


def _raise_noted(query: Query[Any], result: PGresult) -> None:
    if result.status not in _OK:
        error = error_from_result(result, encoding="utf-8")
        note(error, query)
        raise error


# --- Rows a few at a time. What is read so, or copied, is described anew each time: the server
# would not say that what was prepared is stale.


class NotDeclarable(Exception):
    """A statement that DECLARE CURSOR doesn't take: it changes data, or is no query."""


_REFUSED_BY_DECLARE = ("42601", "0A000")


def cursor_name() -> bytes:
    """A name that no other cursor has."""
    return b"sqlkit_%d" % next(_names)


def declare(conn: AnyConnection, statement: Statement[Any], cursor: bytes) -> PQGen[Bound]:
    """Open a server-side cursor for a statement. Raises `NotDeclarable`."""
    bound = yield from _describe(conn, statement.variant())
    _send_text(conn, bound, b"DECLARE " + cursor + b" NO SCROLL CURSOR FOR ", statement.args)
    try:
        _check((yield from execute(conn.pgconn)))
    except psycopg.Error as error:
        if error.sqlstate in _REFUSED_BY_DECLARE:
            raise NotDeclarable from error
        raise
    return bound


def _send_text(conn: AnyConnection, bound: Bound, before: bytes, args: Sequence[Any]) -> None:
    sent = bound.dump(args)
    _will_send(conn, bound)
    conn.pgconn.send_query_params(
        before + bound.variant.sql.encode(),
        sent,
        bound.parameter_types,
        [bound.parameter_format] * len(sent),
        bound.result_format,
    )


def fetch_rows(conn: AnyConnection, bound: Bound, cursor: bytes, before: int) -> PQGen[list[Any]]:
    """The next rows of a server-side cursor; none when it is at its end."""
    conn.pgconn.send_query_params(
        b"FETCH FORWARD %d FROM %s" % (_FETCHED_AT_ONCE, cursor),
        [],
        result_format=bound.result_format,
    )
    return bound.rows(_check((yield from execute(conn.pgconn))), before)


def begin_rows(conn: AnyConnection, statement: Statement[Any]) -> PQGen[Bound]:
    """Start a statement whose rows are read as they come, the connection being busy meanwhile."""
    bound = yield from _describe(conn, statement.variant())
    if before := _for_long(conn):
        yield from command(conn, before)
    _send_text(conn, bound, b"", statement.args)
    conn.chunked = True
    if pq.version() >= 170000:
        conn.pgconn.set_chunked_rows_mode(_FETCHED_AT_ONCE)
    else:
        conn.pgconn.set_single_row_mode()
    yield from send(conn.pgconn)
    return bound


def next_rows(conn: AnyConnection, bound: Bound, before: int) -> PQGen[list[Any]]:
    """The next rows of a statement begun with `begin_rows`; none when it is done."""
    result = yield from fetch(conn.pgconn)
    if result is None:
        return []
    if result.status in _SOME_ROWS:
        return bound.rows(result, before)
    yield from fetch_many(conn.pgconn)
    if result.status not in _OK:
        raise error_from_result(result, encoding="utf-8")
    return bound.rows(result, before)


# --- COPY


def begin_copy_out(conn: AnyConnection, statement: Statement[Any]) -> PQGen[Bound]:
    """Start to copy a select's rows out."""
    variant = statement.variant()
    bound = yield from _describe(conn, variant)
    text = f"COPY (\n{variant.sql}\n) TO STDOUT (FORMAT {_copy_format(bound.result_format)})"
    conn.pgconn.send_query(_for_long(conn) + text.encode())
    result = _expect((yield from execute(conn.pgconn)), pq.ExecStatus.COPY_OUT)
    # psycopg's C parser takes the number of columns from the result, their types from the oids.
    bound.transformer.set_pgresult(result, set_loaders=False)
    bound.transformer.set_loader_types(bound.oids, bound.result_format)
    return bound


def copy_rows(conn: AnyConnection, bound: Bound, before: int) -> PQGen[list[Any]]:
    """The next rows of a copy; none when it is done."""
    rows: list[Any] = []
    is_binary = bound.result_format == pq.Format.BINARY
    while len(rows) < _FETCHED_AT_ONCE and is_busy(conn):
        data = yield from _copy_data(conn.pgconn)
        if data is None:
            break
        if is_binary and before + len(rows) == 0:
            data = data[len(_COPY_SIGNATURE) :]
        if is_binary and len(data) == len(_COPY_TRAILER):
            continue
        rows.append(bound.copied(data, before + len(rows)))
    return rows


def _copy_data(pgconn: PGconn) -> PQGen[memoryview | None]:
    # psycopg's `copy_from`, without the cost of its generator for what has arrived already.
    size, data = pgconn.get_copy_data(1)
    if size > 0:
        return data
    if size == 0:
        more = yield from copy_from(pgconn)
        return more if isinstance(more, memoryview) else None
    _check((yield from fetch_many(pgconn)))
    return None


def begin_copy_in(conn: AnyConnection, statement: Statement[Any]) -> PQGen[CopyIn]:
    """Start to copy rows into a table."""
    variant = statement.variant()
    conn.sent = False
    conn.wrote = True
    bound = yield from _describe(conn, variant)
    copy = CopyIn(bound, conn.types)
    text = f"{variant.sql}\n(FORMAT {_copy_format(bound.result_format)})"
    conn.pgconn.send_query(_for_long(conn) + text.encode())
    _expect((yield from execute(conn.pgconn)), pq.ExecStatus.COPY_IN)
    return copy


class CopyIn:
    """Rows on their way into a table, as bytes that wait to be sent."""

    def __init__(self, bound: Bound, types: Types) -> None:
        self.bound = bound
        self._accepts = [types.accepts(oid) for oid in bound.oids]
        self._binary = bound.result_format == pq.Format.BINARY
        self._buffer = bytearray(_COPY_SIGNATURE if self._binary else b"")
        self._rows = 0
        self._transformer = Transformer(bound.transformer.adapters)
        self._transformer.set_dumper_types(bound.oids, bound.result_format)

    def write(self, row: Sequence[Any]) -> bytes | None:
        """Take in a row; gives bytes when enough have come together. Raises `WrongArgument`."""
        self._rows += 1
        self._check(row)
        format_row = format_row_binary if self._binary else format_row_text
        try:
            format_row(row, self._transformer, self._buffer)
        except Exception:
            raise self._undumpable(row) from None
        return self._flush() if len(self._buffer) >= _COPY_BUFFER else None

    def finish(self) -> bytes:
        """The bytes that are left."""
        if self._binary:
            self._buffer += _COPY_TRAILER
        return self._flush()

    def _flush(self) -> bytes:
        data = bytes(self._buffer)
        self._buffer.clear()
        return data

    def _check(self, row: Sequence[Any]) -> None:
        if not isinstance(row, (tuple, list)):
            raise self._wrong(f"must be a tuple, not {type(row).__name__}")
        if len(row) != len(self._accepts):
            raise self._wrong(f"must have {len(self._accepts)} values, not {len(row)}")
        for value, accepts, column in zip(row, self._accepts, self.bound.columns, strict=True):
            if type(value) is accepts.exact or value is None or accepts.fits(value):
                continue
            raise self._wrong(f"{column} {accepts.refusal(value)}")

    def _undumpable(self, row: Sequence[Any]) -> WrongArgument:
        bound = self.bound
        for i, value in enumerate(row):
            adapters = self._transformer.adapters
            if reason := _undumpable(value, bound.oids[i], bound.result_format, adapters):
                words = self._accepts[i].words
                return self._wrong(f"{bound.columns[i]} can't be sent as {words}: {reason}")
        return self._wrong("can't be sent")

    def _wrong(self, what: str) -> WrongArgument:
        return WrongArgument(f"{self.bound.query.name}: row {self._rows}: {what}")


def send_copy(conn: AnyConnection, data: bytes) -> PQGen[None]:
    """Send bytes of a copy in."""
    yield from copy_to(conn.pgconn, data)


def end_copy_in(conn: AnyConnection, error: str | None = None) -> PQGen[int]:
    """End a copy in, or call it off with a reason; gives the number of rows stored."""
    conn.sent = error is None  # until its end, a copy that is lost stores nothing
    result = yield from copy_end(conn.pgconn, error.encode() if error else None)
    return result.command_tuples or 0


def _copy_format(format_: pq.Format) -> str:
    return "binary" if format_ == pq.Format.BINARY else "text"


def _expect(results: list[PGresult], status: pq.ExecStatus) -> PGresult:
    result = results[-1] if results else None
    if result is None or result.status != status:
        if result is not None and result.status == pq.ExecStatus.FATAL_ERROR:
            raise error_from_result(result, encoding="utf-8")
        raise psycopg.OperationalError("the server did not begin to copy")
    return result
