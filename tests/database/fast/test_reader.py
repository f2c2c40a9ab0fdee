"""What becomes of a wait for a connection whose socket goes away, or whose loop does."""

from __future__ import annotations

import asyncio
import socket
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import pq

from sqlkit import AsyncDatabase, CommitUnknown, sql
from sqlkit.database.driver import WaitTimeout, answered_async, late
from sqlkit.database.reader import READ, Reader
from sqlkit.database.wire import AsyncPgConnection

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

SLEEP = sql("select pg_sleep(60)", kind="exec")
PID = sql("select pg_backend_pid()", kind="one")


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def connection(ours: socket.socket) -> Any:
    """What a reader knows of the connection of a socket."""
    return SimpleNamespace(socket=ours.fileno(), status=pq.ConnStatus.OK)


def one_byte(ours: socket.socket) -> Generator[int, int, bytes]:
    yield READ
    return ours.recv(1)


async def test_a_call_ends_when_its_connection_is_closed_by_another_task(
    database_url: str,
) -> None:
    async with AsyncDatabase(database_url) as db, db.connection() as held:
        call = asyncio.create_task(held.run(SLEEP))
        await asyncio.sleep(0.2)  # so that it waits
        await held.psycopg.close()
        with pytest.raises(CommitUnknown, match="lost before the answer"):
            await asyncio.wait_for(call, 10)


def test_a_wait_ends_in_time_in_a_later_loop_too(
    ends: tuple[socket.socket, socket.socket],
    on_loop: Callable[[Any], Any],
) -> None:
    ours, theirs = ends
    reader = Reader(late)

    async def wait(seconds: float) -> bytes:
        gen: Any = one_byte(ours)
        return await asyncio.wait_for(reader.run(gen, connection(ours), seconds), 10)

    theirs.send(b"x")
    assert on_loop(wait(3.0)) == b"x"
    with pytest.raises(WaitTimeout):
        on_loop(wait(3.1))


def test_a_wait_that_was_cancelled_leaves_nothing_behind(
    ends: tuple[socket.socket, socket.socket],
    on_loop: Callable[[Any], Any],
) -> None:
    ours, theirs = ends
    reader, conn = Reader(late), connection(ours)

    async def cancel_and_wait() -> bytes:
        first: Any = one_byte(ours)
        call = asyncio.create_task(reader.run(first, conn, 5.0))
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        theirs.send(b"x")
        await asyncio.sleep(0.01)  # so that the loop would tell the first
        second: Any = one_byte(ours)
        return await asyncio.wait_for(reader.run(second, conn, 5.0), 10)

    assert on_loop(cancel_and_wait()) == b"x"


def terminate(url: str, backend: int) -> None:
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute("select pg_terminate_backend(%s, 5000)", [backend])


def test_the_loop_forgets_a_socket_that_libpq_closed_after_the_server_s_last_words(
    database_url: str, on_loop: Callable[[Any], Any]
) -> None:
    async def terminated() -> bool:
        conn = await AsyncPgConnection.connect(database_url)
        number = conn.fileno()
        conn.pgconn.send_query(b"select pg_sleep(60)")
        answer = asyncio.ensure_future(answered_async(conn, 10.0))
        await asyncio.sleep(0.1)  # so that it waits
        await asyncio.to_thread(terminate, database_url, conn.info.backend_pid)
        (result,) = await answer
        assert result.error_field(pq.DiagnosticField.SQLSTATE) == b"57P01"
        is_known: bool = asyncio.get_running_loop().remove_reader(number)
        await conn.close()
        return is_known

    assert not on_loop(terminated())


@pytest.mark.parametrize("is_noticed", [True, False])
def test_a_call_learns_at_once_that_the_server_ended_its_idle_connection(
    database_url: str, on_loop: Callable[[Any], Any], *, is_noticed: bool
) -> None:
    async def use() -> None:
        async with AsyncDatabase(database_url, policies=[]) as db, db.connection() as held:
            await held.run(PID)
            await held.run(PID)
            backend = await held.run(PID)  # prepared by now, and its socket registered
            terminate(database_url, backend)
            await asyncio.sleep(0.1 if is_noticed else 0)
            with pytest.raises(CommitUnknown, match="lost before the answer"):
                await asyncio.wait_for(held.run(PID), 10)

    on_loop(use())
