"""Twenty megabytes, sent while the server doesn't read, and read while it still sends."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sqlkit import AsyncDatabase, Database, DeadlineExceeded, deadline, sql
from tests.database.fast import large
from tests.faults.proxy import Proxy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZE = 20_000_000
VALUES = large.values(SIZE)
NAP = sql("select pg_sleep(0.1)", kind="exec")
ONE = sql("select 1", kind="one")


@pytest.fixture
def proxy(module_url: str) -> Iterator[Proxy]:
    parts = conninfo_to_dict(module_url)
    if not str(parts.get("host", "")).startswith("127."):
        pytest.skip("the server is not reached by TCP here")
    with Proxy(str(parts["host"]), int(parts.get("port") or 5432)) as proxy:
        yield proxy


def through(proxy: Proxy, url: str) -> str:
    return make_conninfo(
        url, host="127.0.0.1", port=proxy.port, sslmode="disable", gssencmode="disable"
    )


@pytest.mark.parametrize("type_", VALUES)
async def test_20_megabytes_go_there_and_back(both: AsyncDatabase, type_: str) -> None:
    value = VALUES[type_]
    assert await both.run(large.echo(type_, value)) == (value, type_)
    assert await both.run(ONE) == 1


async def test_a_batch_sends_20_megabytes_while_the_server_is_busy(both: AsyncDatabase) -> None:
    answers = await both.batch(
        [NAP, large.echo("bytea", VALUES["bytea"]), NAP, large.echo("text", VALUES["text"]), ONE]
    )
    assert answers[1:] == [(VALUES["bytea"], "bytea"), None, (VALUES["text"], "text"), 1]


async def test_a_large_row_is_streamed_and_copied(both: AsyncDatabase) -> None:
    text = "select n, repeat('x', 5000000) from generate_series(1, 4) as n"
    for kind in ("many", "copy"):
        async with both.stream(sql(text, "many" if kind == "many" else "copy")) as rows:
            assert [(row[0], len(row[1])) async for row in rows] == [
                (n, 5_000_000) for n in range(1, 5)
            ]


def test_what_a_server_does_not_take_yet_is_sent_when_it_does(
    module_url: str, proxy: Proxy
) -> None:
    with Database(through(proxy, module_url), max_size=1) as db:
        assert db.run(ONE) == 1
        with proxy.black_hole():
            flow = threading.Timer(0.3, proxy.flows.set)
            flow.start()
            assert db.run(large.echo("bytea", VALUES["bytea"])) == (VALUES["bytea"], "bytea")
            flow.join()
        assert db.run(ONE) == 1


def test_a_task_waits_to_send_and_others_go_on(
    module_url: str, proxy: Proxy, on_loop: Callable[..., Any]
) -> None:
    async def main() -> None:
        async with AsyncDatabase(through(proxy, module_url), max_size=1) as db:
            assert await db.run(ONE) == 1
            with proxy.black_hole():
                sending = asyncio.ensure_future(db.run(large.echo("bytea", VALUES["bytea"])))
                await asyncio.sleep(0.2)
                assert not sending.done()
                proxy.flows.set()
                assert await sending == (VALUES["bytea"], "bytea")
            assert await db.run(ONE) == 1

    on_loop(main())


async def test_a_deadline_ends_what_the_server_never_takes(
    make_both: Callable[..., AsyncDatabase], module_url: str, proxy: Proxy
) -> None:
    async with make_both(through(proxy, module_url), max_size=2) as db:
        assert await db.run(ONE) == 1
        with proxy.black_hole(), deadline(0.2), pytest.raises(DeadlineExceeded):
            await db.run(large.echo("bytea", VALUES["bytea"]))
        assert await db.run(ONE) == 1


def test_a_task_cancelled_while_it_sends_leaves_nobody_its_rest(
    module_url: str, proxy: Proxy, on_loop: Callable[..., Any]
) -> None:
    async def main() -> None:
        async with AsyncDatabase(through(proxy, module_url), max_size=1) as db:
            for _ in range(3):
                assert await db.run(ONE) == 1
                with proxy.black_hole():
                    task = asyncio.ensure_future(db.run(large.echo("bytea", VALUES["bytea"])))
                    await asyncio.sleep(0.1)
                    task.cancel()
                    await asyncio.sleep(0)
                    proxy.flows.set()
                    with pytest.raises(asyncio.CancelledError):
                        await task
                assert await db.run(sql("select 'mine'", kind="one")) == "mine"

    on_loop(main())
