"""What the driver takes for granted of psycopg's lower layers and of libpq, a sentence each.

Each holds for psycopg's own, and for what stands in for them; nothing else of sqlkit is used here.
A release of psycopg that changes one of these fails in this file, by name.
"""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import generators, pq, waiting
from psycopg._copy_base import (
    format_row_binary,
    format_row_text,
    parse_row_binary,
    parse_row_text,
)
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result

from sqlkit.database import public

if TYPE_CHECKING:
    from collections.abc import Iterator

    from psycopg.abc import PQGen
    from psycopg.pq.abc import PGconn

BINARY, TEXT = pq.Format.BINARY, pq.Format.TEXT
INT4, INT8, TEXT_TYPE, TIMESTAMPTZ = 23, 20, 25, 1184
IDLE, ACTIVE = pq.TransactionStatus.IDLE, pq.TransactionStatus.ACTIVE
LARGE = b"x" * 20_000_000


OWN = SimpleNamespace(
    execute=generators.execute,
    fetch=generators.fetch,
    fetch_many=generators.fetch_many,
    send=generators.send,
    wait=waiting.wait,
    Wait=waiting.Wait,
    _WaitTimeout=psycopg.errors._WaitTimeout,  # pyright: ignore[reportPrivateUsage]
    Transformer=Transformer,
    format_row_binary=format_row_binary,
    format_row_text=format_row_text,
    parse_row_binary=parse_row_binary,
    parse_row_text=parse_row_text,
)


@pytest.fixture(params=[OWN, public], ids=["psycopg's", "stand-ins"])
def layers(request: pytest.FixtureRequest) -> Any:
    return request.param


@pytest.fixture
def conn(module_url: str) -> Iterator[psycopg.Connection[Any]]:
    conn = psycopg.connect(module_url, autocommit=True, prepare_threshold=None)
    yield conn
    conn.close()  # also in the middle of a statement


@pytest.fixture
def pgconn(conn: psycopg.Connection[Any]) -> PGconn:
    return conn.pgconn


def wait(pgconn: PGconn, gen: Any, layers: Any = OWN, timeout: float = 10.0) -> Any:
    return layers.wait(gen, pgconn.socket, interval=0.1, timeout=timeout)


def execute(pgconn: PGconn, sql: bytes = b"", layers: Any = OWN) -> list[Any]:
    if sql:
        pgconn.send_query_params(sql, [], result_format=BINARY)
    results: list[Any] = wait(pgconn, layers.execute(pgconn), layers)
    return results


def prepare(pgconn: PGconn, name: bytes, sql: bytes) -> None:
    pgconn.send_prepare(name, sql)
    execute(pgconn)


def by_hand(pgconn: PGconn) -> list[Any]:
    """The results, without psycopg's generators."""
    while pgconn.flush():
        pass
    results: list[Any] = []
    while True:
        while pgconn.is_busy():
            pgconn.consume_input()
        result = pgconn.get_result()
        if result is None:
            return results
        results.append(result)


# --- libpq


def test_a_prepared_statement_is_sent_without_waiting_for_its_answer(pgconn: PGconn) -> None:
    prepare(pgconn, b"nap", b"select pg_sleep(0.2)")
    began = time.thread_time()
    pgconn.send_query_prepared(b"nap", [], [], BINARY)
    assert pgconn.is_busy()
    assert pgconn.transaction_status == ACTIVE
    assert time.thread_time() - began < 0.1
    assert by_hand(pgconn)[0].status == pq.ExecStatus.TUPLES_OK
    assert pgconn.transaction_status == IDLE


def test_what_is_small_is_flushed_when_it_is_sent(pgconn: PGconn) -> None:
    pgconn.send_query_params(b"select 1", [])
    assert pgconn.flush() == 0


def test_connections_do_not_block(pgconn: PGconn) -> None:
    assert pgconn.nonblocking


def test_flush_says_that_something_is_left_while_the_server_does_not_read(
    pgconn: PGconn, layers: Any
) -> None:
    pgconn.enter_pipeline_mode()
    pgconn.send_query_params(b"select pg_sleep(0.2)", [])
    pgconn.pipeline_sync()
    pgconn.send_query_params(b"select length($1::text)", [LARGE], result_format=BINARY)
    pgconn.pipeline_sync()
    assert pgconn.flush() == 1
    seen: list[list[Any]] = []
    wait(pgconn, layers.send(pgconn), layers)
    while len(seen) < 4:
        seen.append(wait(pgconn, layers.fetch_many(pgconn), layers))
    assert pgconn.flush() == 0
    assert int.from_bytes(seen[2][0].get_value(0, 0)) == len(LARGE)
    pgconn.exit_pipeline_mode()


@pytest.mark.parametrize("text", [b"select 1", b"select 1 / 0", b"", b"select"])
def test_results_end_with_none_and_then_stay_none(pgconn: PGconn, text: bytes) -> None:
    pgconn.send_query_params(text, [])
    assert len(by_hand(pgconn)) == 1
    assert pgconn.get_result() is None
    assert not pgconn.is_busy()
    assert pgconn.transaction_status == IDLE


def test_the_next_statement_can_not_be_sent_before_the_none(pgconn: PGconn) -> None:
    pgconn.send_query_params(b"select 1", [])
    while pgconn.is_busy():
        pgconn.consume_input()
    assert pgconn.get_result() is not None
    with pytest.raises(psycopg.OperationalError, match="another command is already in progress"):
        pgconn.send_query_params(b"select 2", [])
    assert by_hand(pgconn) == []
    assert execute(pgconn, b"select 2")


def test_a_pipeline_answers_in_order_and_a_sync_ends_it(pgconn: PGconn, layers: Any) -> None:
    pgconn.enter_pipeline_mode()
    for text in (b"select 1", b"select 1 / 0", b"select 3"):
        pgconn.send_query_params(text, [])
    pgconn.pipeline_sync()
    assert pgconn.transaction_status == ACTIVE or pgconn.pipeline_status
    answers = [wait(pgconn, layers.fetch_many(pgconn), layers) for _ in range(4)]
    assert [results[-1].status for results in answers] == [
        pq.ExecStatus.TUPLES_OK,
        pq.ExecStatus.FATAL_ERROR,
        pq.ExecStatus.PIPELINE_ABORTED,
        pq.ExecStatus.PIPELINE_SYNC,
    ]
    pgconn.exit_pipeline_mode()
    assert pgconn.pipeline_status == pq.PipelineStatus.OFF
    assert execute(pgconn, b"select 1")


def test_describing_a_prepared_statement_tells_parameters_and_columns(pgconn: PGconn) -> None:
    prepare(pgconn, b"p", b"select $1::int4 as a, $2::text as b")
    pgconn.send_describe_prepared(b"p")
    (described,) = execute(pgconn)
    assert [described.param_type(i) for i in range(described.nparams)] == [INT4, TEXT_TYPE]
    assert [described.ftype(i) for i in range(described.nfields)] == [INT4, TEXT_TYPE]
    assert [described.fname(i) for i in range(described.nfields)] == [b"a", b"b"]


def test_a_parameter_of_the_session_is_known_once_the_answer_is_there(pgconn: PGconn) -> None:
    execute(pgconn, b"set datestyle = 'German'")
    assert pgconn.parameter_status(b"DateStyle") == b"German, DMY"


def test_the_error_s_class_is_its_sqlstate_s(pgconn: PGconn) -> None:
    (result,) = execute(pgconn, b"select 1 / 0")
    error = error_from_result(result, encoding="utf-8")
    assert type(error) is psycopg.errors.DivisionByZero
    assert error.sqlstate == "22012"
    assert error.diag.context is None


def test_an_outdated_plan_is_known_by_the_server_s_function(pgconn: PGconn) -> None:
    execute(pgconn, b"create temporary table t (n int)")
    prepare(pgconn, b"all", b"select * from t")
    execute(pgconn, b"alter table t add m int")
    pgconn.send_query_prepared(b"all", [])
    error = error_from_result(execute(pgconn)[0], encoding="utf-8")
    assert error.sqlstate == "0A000"
    assert error.diag.source_function == "RevalidateCachedQuery"


# --- Generators and waiting


def test_execute_is_a_generator_of_wait_states_that_returns_the_results(
    pgconn: PGconn, layers: Any
) -> None:
    pgconn.send_query_params(b"select pg_sleep(0.05)", [])
    gen = layers.execute(pgconn)
    state = next(gen)
    with contextlib.suppress(StopIteration):
        while True:
            assert isinstance(state, (layers.Wait, int))
            assert state in tuple(layers.Wait)
            state = gen.send(waiting.Ready.RW)
    assert not pgconn.is_busy()


def test_execute_gives_a_list_of_results_without_the_none(pgconn: PGconn) -> None:
    pgconn.send_query(b"select 1; select 2")
    assert [result.status for result in execute(pgconn)] == [pq.ExecStatus.TUPLES_OK] * 2


def test_fetch_gives_the_results_one_by_one_and_none_at_the_end(
    pgconn: PGconn, layers: Any
) -> None:
    pgconn.send_query_params(b"select n from generate_series(1, 3) as n", [])
    pgconn.set_single_row_mode()
    statuses: list[int] = []
    while (result := wait(pgconn, layers.fetch(pgconn), layers)) is not None:
        statuses.append(result.status)
    assert statuses == [pq.ExecStatus.SINGLE_TUPLE] * 3 + [pq.ExecStatus.TUPLES_OK]


def test_wait_takes_a_generator_a_socket_an_interval_and_a_timeout() -> None:
    assert list(inspect.signature(waiting.wait_async).parameters) == [
        "gen",
        "fileno",
        "interval",
        "timeout",
    ]
    assert list(inspect.signature(waiting.wait_selector).parameters) == [
        "gen",
        "fileno",
        "interval",
        "timeout",
    ]


def foreign(pgconn: PGconn) -> PQGen[list[Any]]:
    """A generator of nobody's but the test's."""
    while pgconn.flush():
        yield waiting.Wait.RW
    while pgconn.is_busy():
        yield waiting.Wait.R
        pgconn.consume_input()
    return by_hand(pgconn)


def test_wait_drives_a_generator_that_is_not_psycopg_s(pgconn: PGconn, layers: Any) -> None:
    pgconn.send_query_params(b"select pg_sleep(0.05)", [])
    (result,) = wait(pgconn, foreign(pgconn), layers)
    assert result.status == pq.ExecStatus.TUPLES_OK


def test_wait_async_drives_a_generator_that_is_not_psycopg_s(conn: Any, on_loop: Any) -> None:
    conn.pgconn.send_query_params(b"select pg_sleep(0.05)", [])
    gen = foreign(conn.pgconn)
    (result,) = on_loop(waiting.wait_async(gen, conn.fileno(), interval=0.1, timeout=10))
    assert result.status == pq.ExecStatus.TUPLES_OK


def test_wait_gives_what_the_generator_returns_also_if_that_never_waits(
    pgconn: PGconn, layers: Any
) -> None:
    def nothing() -> PQGen[str]:
        return "done"
        yield waiting.Wait.R

    assert wait(pgconn, nothing(), layers) == "done"


def test_a_wait_whose_time_is_up_leaves_the_connection_as_it_is(
    pgconn: PGconn, layers: Any
) -> None:
    pgconn.send_query_params(b"select pg_sleep(0.2)", [])
    with pytest.raises(layers._WaitTimeout):
        wait(pgconn, layers.execute(pgconn), layers, timeout=0.02)
    assert pgconn.transaction_status == ACTIVE
    assert [r.status for r in execute(pgconn)] == [pq.ExecStatus.TUPLES_OK]


def test_a_wait_ends_in_time_though_there_is_always_something_to_read(
    pgconn: PGconn, layers: Any
) -> None:
    def never_enough() -> PQGen[None]:
        while True:
            yield waiting.Wait.R

    pgconn.send_query_params(b"select 1", [])
    with pytest.raises(layers._WaitTimeout):
        wait(pgconn, never_enough(), layers, timeout=0.05)


def test_a_cancelled_wait_leaves_no_reader_in_the_loop(conn: Any) -> None:
    async def main() -> bool:
        conn.pgconn.send_query_params(b"select pg_sleep(0.2)", [])
        gen = generators.execute(conn.pgconn)
        task = asyncio.ensure_future(waiting.wait_async(gen, conn.fileno(), interval=0.1))
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return asyncio.get_running_loop().remove_reader(conn.fileno())

    assert asyncio.run(main()) is False
    assert [r.status for r in execute(conn.pgconn)] == [pq.ExecStatus.TUPLES_OK]


def test_cancel_safe_ends_the_statement_and_not_the_connection(conn: Any) -> None:
    conn.pgconn.send_query_params(b"select pg_sleep(30)", [])
    conn.cancel_safe(timeout=5)
    (result,) = execute(conn.pgconn)
    assert error_from_result(result, encoding="utf-8").sqlstate == "57014"
    assert execute(conn.pgconn, b"select 1")


def test_execute_hands_notifications_and_notices_to_the_handlers(
    conn: psycopg.Connection[Any],
) -> None:
    heard: list[str] = []
    conn.add_notify_handler(lambda notify: heard.append(notify.payload))
    conn.add_notice_handler(lambda notice: heard.append(notice.message_primary or ""))
    conn.execute("listen a")
    conn.pgconn.send_query(b"do $$ begin raise notice 'seen'; notify a, 'told'; end $$")
    execute(conn.pgconn)
    assert sorted(heard) == ["seen", "told"]


def test_a_subclass_of_connection_is_connected_as_itself(module_url: str) -> None:
    class Mine(psycopg.Connection[Any]):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self.mine = 1

    with Mine.connect(module_url, autocommit=True, prepare_threshold=None) as conn:
        assert type(conn) is Mine
        assert conn.mine == 1
        assert conn.pgconn.socket == conn.fileno()


# --- Values


def result_of(pgconn: PGconn, text: bytes, format_: pq.Format = BINARY) -> Any:
    pgconn.send_query_params(text, [], result_format=format_)
    return execute(pgconn)[0]


@pytest.mark.parametrize("format_", [BINARY, TEXT])
def test_loaders_set_once_serve_every_result_of_the_same_types(
    pgconn: PGconn, layers: Any, format_: pq.Format
) -> None:
    tx = layers.Transformer(psycopg.adapters)
    tx.set_loader_types([INT4, TEXT_TYPE], format_)
    for n in range(3):
        result = result_of(pgconn, b"select g, g::text from generate_series(0, %d) g" % n, format_)
        tx.set_pgresult(result, set_loaders=False)
        expected = [(g, str(g)) for g in range(n + 1)]
        assert tx.load_rows(0, result.ntuples, tuple) == expected
        assert tx.load_row(0, tuple) == expected[0]
        # Without set_loaders=False the loaders would go too, and the next rows crash in C.
        tx.set_pgresult(None, set_loaders=False)


def test_a_row_maker_gets_one_sequence_of_values(pgconn: PGconn, layers: Any) -> None:
    def made(row: Any) -> Any:
        return "made", *row

    tx = layers.Transformer(psycopg.adapters)
    tx.set_loader_types([INT4, TEXT_TYPE], BINARY)
    tx.set_pgresult(result_of(pgconn, b"select 1, null"), set_loaders=False)
    assert tx.load_rows(0, 1, made) == [("made", 1, None)]


def test_an_error_of_the_row_maker_leaves_the_transformer_usable(
    pgconn: PGconn, layers: Any
) -> None:
    def refuse(_row: Any) -> Any:
        raise LookupError

    tx = layers.Transformer(psycopg.adapters)
    tx.set_loader_types([INT4], BINARY)
    tx.set_pgresult(result_of(pgconn, b"select 1"), set_loaders=False)
    with pytest.raises(LookupError):
        tx.load_rows(0, 1, refuse)
    assert tx.load_rows(0, 1, tuple) == [(1,)]


@pytest.mark.parametrize("format_", [BINARY, TEXT])
def test_a_transformer_without_a_connection_reads_moments_as_utc(
    conn: Any, layers: Any, format_: pq.Format
) -> None:
    conn.execute("set timezone = 'Asia/Kathmandu'")
    tx = layers.Transformer(psycopg.adapters)
    tx.set_loader_types([TIMESTAMPTZ], format_)
    result = result_of(conn.pgconn, b"select '2024-07-01 00:00+00'::timestamptz", format_)
    tx.set_pgresult(result, set_loaders=False)
    ((moment,),) = tx.load_rows(0, 1, tuple)
    assert moment == datetime(2024, 7, 1, tzinfo=UTC)
    assert moment.tzinfo is UTC or format_ == TEXT


def test_dumpers_set_once_serve_every_sequence_of_arguments(pgconn: PGconn, layers: Any) -> None:
    prepare(pgconn, b"p", b"select $1::int8, $2::text")
    tx = layers.Transformer(psycopg.adapters)
    tx.set_dumper_types([INT8, TEXT_TYPE], BINARY)
    tx.set_loader_types([INT8, TEXT_TYPE], BINARY)
    for args in ([1, "a"], [None, "b"], [2, None]):
        sent = tx.dump_sequence(args, [PyFormat.AUTO] * 2)
        pgconn.send_query_prepared(b"p", sent, [BINARY] * 2, BINARY)
        tx.set_pgresult(execute(pgconn)[0], set_loaders=False)
        assert tx.load_rows(0, 1, list) == [args]


def test_a_loader_can_be_had_for_one_column(pgconn: PGconn, layers: Any) -> None:
    tx = layers.Transformer(psycopg.adapters)
    assert tx.get_loader(INT4, BINARY).load(b"\0\0\0\7") == 7
    assert tx.get_loader(INT4, TEXT).load(b"7") == 7


def test_rows_of_a_copy_are_written_to_a_buffer(layers: Any) -> None:
    tx = layers.Transformer(psycopg.adapters)
    tx.set_dumper_types([INT4, TEXT_TYPE], BINARY)
    binary, text = bytearray(), bytearray()
    layers.format_row_binary((7, None), tx, binary)
    tx.set_dumper_types([TEXT_TYPE] * 2, TEXT)
    layers.format_row_text(("\\a\tb\n\r\b\v\f", None), tx, text)
    assert bytes(binary) == b"\0\2" + b"\0\0\0\4" + b"\0\0\0\7" + b"\xff" * 4
    assert bytes(text) == rb"\\a\tb\n\r\b\v\f" + b"\t\\N\n"


@pytest.mark.parametrize("row", [("\\a\tb\n\r\b\v\f", None), ("\\N", "N"), ("", "\\t")])
def test_rows_of_a_copy_are_parsed(pgconn: PGconn, layers: Any, row: tuple[Any, ...]) -> None:
    for format_ in ("binary", "text"):
        tx = layers.Transformer(psycopg.adapters)
        for set_types in (tx.set_dumper_types, tx.set_loader_types):
            set_types([TEXT_TYPE] * 2, pq.Format[format_.upper()])
        # psycopg's C code takes the number of columns from it.
        tx.set_pgresult(result_of(pgconn, b"select ''::text, ''::text"), set_loaders=False)
        buffer = bytearray()
        getattr(layers, f"format_row_{format_}")(row, tx, buffer)
        assert getattr(layers, f"parse_row_{format_}")(bytes(buffer), tx) == row
