"""A change of the schema under load: nobody sees it."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

from sqlkit import AsyncDatabase, Connection, Database, sql

ALL = sql("select * from goods where id = 1", kind="one")
ADD = sql("insert into goods (id) values (:id::int) returning *", kind="one", id=2)


def change(database: Connection) -> None:
    """Add columns for a second."""
    for number in range(30):
        database.run(sql(f"alter table goods add column c{number} int default 1", kind="exec"))
        time.sleep(0.03)


def test_columns_are_added_while_threads_read_and_write(database_url: str) -> None:
    with Database(database_url) as database:
        database.run(sql("create table goods (id int, name text)", kind="exec"))
        database.run(sql("insert into goods (id) values (1)", kind="exec"))
        over = threading.Event()
        seen: set[tuple[str, ...]] = set()
        errors: list[BaseException] = []

        def work() -> None:
            try:
                while not over.is_set():
                    seen.add(database.run(ALL)._fields)
                    database.run(ADD)
                    database.transact(lambda tx: tx.run(ALL))
            except BaseException as error:  # told below
                errors.append(error)

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        change(database)
        over.set()
        for thread in threads:
            thread.join()
    assert errors == []
    assert len(seen) > 5


async def test_columns_are_added_while_tasks_read(database_url: str) -> None:
    async with AsyncDatabase(database_url) as database:
        await database.run(sql("create table goods (id int, name text)", kind="exec"))
        await database.run(sql("insert into goods (id) values (1)", kind="exec"))

        def change_it() -> None:
            with Database(database_url) as other:
                change(other)

        changing = asyncio.create_task(asyncio.to_thread(change_it))
        seen: set[Any] = set()

        async def work() -> None:
            while not changing.done():
                seen.add((await database.run(ALL))._fields)

        await asyncio.gather(*(work() for _ in range(8)))
        await changing
    assert len(seen) > 5
