"""What becomes of a wait for a connection whose socket goes away, or whose loop does."""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import pytest

from sqlkit import AsyncDatabase, CommitUnknown, sql
from sqlkit.database.driver import WaitTimeout, late
from sqlkit.database.reader import READ, Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

SLEEP = sql("select pg_sleep(60)", kind="exec")


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


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
        return await asyncio.wait_for(reader.run(gen, ours.fileno(), seconds), 10)

    theirs.send(b"x")
    assert on_loop(wait(3.0)) == b"x"
    with pytest.raises(WaitTimeout):
        on_loop(wait(3.1))


def test_a_wait_that_was_cancelled_leaves_nothing_behind(
    ends: tuple[socket.socket, socket.socket],
    on_loop: Callable[[Any], Any],
) -> None:
    ours, theirs = ends
    reader = Reader(late)

    async def cancel_and_wait() -> bytes:
        first: Any = one_byte(ours)
        call = asyncio.create_task(reader.run(first, ours.fileno(), 5.0))
        await asyncio.sleep(0)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        theirs.send(b"x")
        await asyncio.sleep(0.01)  # so that the loop would tell the first
        second: Any = one_byte(ours)
        return await asyncio.wait_for(reader.run(second, ours.fileno(), 5.0), 10)

    assert on_loop(cancel_and_wait()) == b"x"
