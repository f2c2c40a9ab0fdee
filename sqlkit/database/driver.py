"""The one file that touches psycopg's lower layers.

Those are `psycopg.generators`, `psycopg.waiting`, the methods of `Transformer` and COPY's row
formatters: importable, but lightly documented. All else stands on the few names below, each of
which has a test of its own, so that a release of psycopg which changes one is told by name. With
such a release, what stands in for them is `sqlkit.database.public`, which is slower.

What is said to the server on a connection is written as generators of psycopg's kind, in
`sqlkit.database.wire`: they decide, and `waited` or `waited_async` waits. So sync and async share
all of it.
"""

from __future__ import annotations

import logging
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import psycopg
from psycopg import pq
from psycopg.adapt import PyFormat
from psycopg.errors import error_from_result

from sqlkit.database import public
from sqlkit.database.public.talk import take_notifications

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from psycopg._copy_base import (
        format_row_binary,
        format_row_text,
        parse_row_binary,
        parse_row_text,
    )
    from psycopg.abc import Buffer, PQGen
    from psycopg.adapt import AdaptersMap, Transformer
    from psycopg.generators import execute, fetch, fetch_many, send
    from psycopg.pq.abc import PGconn, PGresult
    from psycopg.waiting import Wait, wait

    from sqlkit.database.reader import Reader

T = TypeVar("T")

__all__ = [
    "Decoder",
    "Encoder",
    "WaitTimeout",
    "answered",
    "answered_async",
    "check",
    "copy_data",
    "copy_end",
    "copy_to",
    "execute",
    "failure",
    "fetch",
    "fetch_many",
    "is_ok",
    "late",
    "pipelined",
    "send",
    "waited",
    "waited_async",
]

_BYTEA, _TEXT = 17, 25
_OK = (pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK, pq.ExecStatus.EMPTY_QUERY)
_SYNC = pq.ExecStatus.PIPELINE_SYNC


# --- The lower layers

_LOWER_LAYERS = {
    "execute": "psycopg.generators",
    "fetch": "psycopg.generators",
    "fetch_many": "psycopg.generators",
    "send": "psycopg.generators",
    "wait": "psycopg.waiting",
    "Wait": "psycopg.waiting",
    "_WaitTimeout": "psycopg.errors",
    "Transformer": "psycopg.adapt",
    "format_row_binary": "psycopg._copy_base",
    "format_row_text": "psycopg._copy_base",
    "parse_row_binary": "psycopg._copy_base",
    "parse_row_text": "psycopg._copy_base",
}


def lower_layers() -> dict[str, Any]:
    """psycopg's own; where its release has others than are known, what stands in for them."""
    try:
        found = {name: getattr(import_module(at), name) for name, at in _LOWER_LAYERS.items()}
        _try(found)
    except Exception as error:  # whatever their change leads to
        logging.getLogger("sqlkit").warning(
            "psycopg %s has other lower layers than sqlkit knows (%s): it uses the documented "
            "ones, which is slower",
            psycopg.__version__,
            error,
        )
        found = {name: getattr(public, name) for name in _LOWER_LAYERS}
    return found


def _try(layers: dict[str, Any]) -> None:
    """Use those that need no connection, as they are used below. Raises what shows a change."""
    layers["wait"](iter(()), -1, interval=1.0, timeout=1.0)
    tx = layers["Transformer"](psycopg.adapters)
    tx.set_dumper_types([_TEXT, _TEXT], pq.Format.BINARY)
    tx.set_loader_types([_TEXT, _TEXT], pq.Format.BINARY)
    written = bytearray()
    layers["format_row_binary"](("a", None), tx, written)
    layers["format_row_text"](("a", None), tx, written)
    read = tx.load_sequence([b"a", None])
    if (bytes(written), read) != (b"\0\2\0\0\0\1a\xff\xff\xff\xffa\t\\N\n", ("a", None)):
        raise TypeError("values are written, or read, otherwise")


if TYPE_CHECKING:
    WaitTimeout = psycopg.errors._WaitTimeout  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
else:
    _layers = lower_layers()
    execute = _layers["execute"]
    fetch = _layers["fetch"]
    fetch_many = _layers["fetch_many"]
    send = _layers["send"]
    wait = _layers["wait"]
    Wait = _layers["Wait"]
    Transformer = _layers["Transformer"]
    format_row_binary = _layers["format_row_binary"]
    format_row_text = _layers["format_row_text"]
    parse_row_binary = _layers["parse_row_binary"]
    parse_row_text = _layers["parse_row_text"]
    WaitTimeout = _layers["_WaitTimeout"]


# --- Waiting


def late() -> WaitTimeout:
    """The error of a wait whose time is up."""
    return WaitTimeout("wait timeout expired")


# How often a wait looks for Ctrl-C, in seconds, where a signal doesn't interrupt it.
_INTERVAL = 0.1


def waited(conn: psycopg.Connection[Any], gen: PQGen[T], seconds: float) -> T:
    """Run a generator to its end. Raises `WaitTimeout`, leaving the connection as it is.

    `psycopg.Connection.wait` would, when interrupted, also go on with the generator, which may not
    have sent its statement yet.
    """
    return wait(gen, conn.pgconn.socket, interval=_INTERVAL, timeout=seconds)


class _Read(Protocol):
    """An async connection that has a reader."""

    reader: Reader

    @property
    def pgconn(self) -> PGconn: ...


def waited_async(conn: _Read, gen: PQGen[T], seconds: float) -> Awaitable[T]:
    """`waited`, to be awaited."""
    return conn.reader.run(gen, conn.pgconn, seconds)


def answered(conn: psycopg.Connection[Any], seconds: float) -> list[PGresult]:
    """The results of the statement that was sent; as `waited`."""
    pgconn = conn.pgconn
    gen: PQGen[list[PGresult]]
    gen = _second(pgconn) if pgconn.pipeline_status else execute(pgconn)
    return wait(gen, pgconn.socket, interval=_INTERVAL, timeout=seconds)


def answered_async(conn: _Read, seconds: float) -> Awaitable[list[PGresult]]:
    """`answered`, to be awaited."""
    pgconn = conn.pgconn
    gen = _second(pgconn) if pgconn.pipeline_status else execute(pgconn)
    return conn.reader.run(gen, pgconn, seconds)


def _second(pgconn: PGconn) -> PQGen[list[PGresult]]:
    """The results of the second of two commands in a pipeline; raises the first one's error."""
    answers = yield from _answers(pgconn)
    check(answers[0])
    return answers[-1]  # or an error of the end, as of a constraint that is checked at COMMIT


# --- Results


def check(results: list[PGresult]) -> PGresult:
    """The last of the results to a command. Raises the server's error, if one of them is one."""
    for result in results:
        if result.status not in _OK:
            raise error_from_result(result, encoding="utf-8")
    if not results:
        raise psycopg.OperationalError("the server sent no answer")
    return results[-1]


def is_ok(result: PGresult) -> bool:
    """Whether a result is one of a command that was done."""
    return result.status in _OK


def failure(result: PGresult) -> psycopg.Error:
    """The server's error that a result is."""
    return error_from_result(result, encoding="utf-8")


def pipelined(pgconn: PGconn, sends: Sequence[Callable[[], None]]) -> PQGen[list[list[PGresult]]]:
    """Send in one round trip, and give the answers to each; an error of the end comes last."""
    pgconn.enter_pipeline_mode()
    for send_one in sends:
        send_one()
    pgconn.pipeline_sync()
    return (yield from _answers(pgconn))


def _answers(pgconn: PGconn) -> PQGen[list[list[PGresult]]]:
    """The results of each command of a pipeline that was sent; at the Sync it is left."""
    yield from send(pgconn)
    answers: list[list[PGresult]] = [[]]
    try:
        while not _take(pgconn, answers):
            if (yield Wait.R):
                pgconn.consume_input()
    except psycopg.OperationalError:
        for results in answers:
            if results:
                check(results)  # what the server said before it left tells more
        raise
    pgconn.exit_pipeline_mode()
    take_notifications(pgconn)
    return answers[:-1]


def _take(pgconn: PGconn, answers: list[list[PGresult]]) -> bool:
    """Take what has arrived of the answers to a pipeline; whether that is all of them."""
    is_busy, get_result = pgconn.is_busy, pgconn.get_result
    while not is_busy():
        result = get_result()
        if result is not None:
            if result.status == _SYNC:
                return True
            answers[-1].append(result)
        elif answers[-1]:
            answers.append([])
        else:  # as of a connection that libpq has given up
            raise psycopg.OperationalError("the server sent no answer")
    return False


# --- COPY


def copy_data(pgconn: PGconn) -> PQGen[memoryview | None]:
    """The next row of a COPY out; None at its end."""
    while True:
        size, data = pgconn.get_copy_data(1)
        if size > 0:
            return data
        if size < 0:
            check((yield from fetch_many(pgconn)))
            return None
        if (yield Wait.R):
            pgconn.consume_input()


def copy_to(pgconn: PGconn, data: bytes) -> PQGen[None]:
    """Send bytes of a COPY in, of which libpq keeps what can't be sent yet."""
    while pgconn.put_copy_data(data) == 0:
        yield Wait.W
    yield from send(pgconn)


def copy_end(pgconn: PGconn, error: bytes | None) -> PQGen[PGresult]:
    """End a COPY in, or call it off with a reason."""
    while pgconn.put_copy_end(error) == 0:
        yield Wait.W
    yield from send(pgconn)
    return check((yield from fetch_many(pgconn)))


# --- Values


class Encoder:
    """Python values to what PostgreSQL takes for given types, as oids.

    The types are looked up once: a cursor of psycopg does it for every call.
    """

    __slots__ = ("_transformer", "encode", "format", "formats", "oids")

    def __init__(self, adapters: AdaptersMap, oids: Sequence[int], format_: pq.Format) -> None:
        self.oids = oids
        self.format = format_
        self.formats = [format_] * len(oids)
        self._transformer = Transformer(adapters)
        self._transformer.set_dumper_types(oids, format_)
        self.encode: Callable[[Sequence[Any]], Sequence[Buffer | None]]
        self.encode = partial(self._transformer.dump_sequence, formats=[PyFormat.AUTO] * len(oids))
        """One value for each type, as parameters are sent."""

    def write_rows(self, rows: Iterable[Sequence[Any]], out: bytearray) -> None:
        """Append rows, each with one value for each type, in COPY's format."""
        write = format_row_binary if self.format == pq.Format.BINARY else format_row_text
        transformer = self._transformer
        for row in rows:
            write(row, transformer, out)

    def failure(self, column: int, value: Any) -> Exception | None:
        """What a value of one of the types raises, if it does; slow."""
        alone = Encoder(self._transformer.adapters, [self.oids[column]], self.format)
        try:
            alone.encode([value])
        except Exception as error:
            return error
        return None


class Decoder:
    """What PostgreSQL sends for given types, as oids, to Python values.

    The types are looked up once: a cursor of psycopg does it for every result. Made from adapters
    alone, and not from a connection, so a timestamptz is UTC whatever the session's time zone.
    ``read_as``: the numbers by which the adapters know how to read them, where not by the oids.
    """

    __slots__ = ("_read_as", "_transformer", "format", "oids")

    def __init__(
        self,
        adapters: AdaptersMap,
        oids: Sequence[int],
        format_: pq.Format,
        read_as: Sequence[int] = (),
    ) -> None:
        self.oids = oids
        self.format = format_
        self._read_as = read_as or oids
        self._transformer = Transformer(adapters)
        self._transformer.set_loader_types(self._read_as, format_)

    def row(self, result: PGresult) -> tuple[Any, ...]:
        """The values of a result's first row. Its columns must be of these types."""
        tx = self._transformer
        tx.set_pgresult(result, set_loaders=False)
        try:
            return tx.load_row(0, tuple)
        finally:
            tx.set_pgresult(None, set_loaders=False)  # a result may be large

    def rows(self, result: PGresult) -> list[tuple[Any, ...]]:
        """The values of all rows of a result, whose columns must be of these types."""
        tx = self._transformer
        tx.set_pgresult(result, set_loaders=False)
        try:
            return tx.load_rows(0, result.ntuples, tuple)
        finally:
            tx.set_pgresult(None, set_loaders=False)  # a result may be large

    def begin_copy(self, result: PGresult) -> None:
        """Get ready for `copied_row`, given the answer to COPY TO."""
        # The C code takes the number of columns from it.
        self._transformer.set_pgresult(result, set_loaders=False)

    def copied_row(self, data: memoryview) -> tuple[Any, ...]:
        """One row of a COPY out."""
        parse = parse_row_binary if self.format == pq.Format.BINARY else parse_row_text
        row: tuple[Any, ...] = parse(data, self._transformer)
        return row

    def copied_fields(self, data: memoryview) -> list[bytes | None]:
        """One row of a COPY out as it came."""
        oid = _BYTEA if self.format == pq.Format.BINARY else _TEXT
        raw = Decoder(psycopg.adapters, [oid] * len(self.oids), self.format)
        raw._transformer.set_pgresult(self._transformer.pgresult, set_loaders=False)
        return [_bytes(value) for value in raw.copied_row(data)]

    def values(self, fields: Sequence[Buffer | None]) -> tuple[Any, ...]:
        """One value for each type."""
        return self._transformer.load_sequence(fields)

    def value(self, column: int, data: bytes) -> Any:
        """One value; slow."""
        return self._transformer.get_loader(self._read_as[column], self.format).load(data)


def _bytes(value: str | bytes | None) -> bytes | None:
    return value.encode() if isinstance(value, str) else value
