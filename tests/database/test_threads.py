"""One database, many threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from sqlkit import Database, sql

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlkit import Connection


def test_eight_threads_get_the_rows_that_they_asked_for(database_url: str) -> None:
    with Database(database_url, max_size=4) as db:

        def work(thread: int) -> Iterator[bool]:
            for n in range(200):
                value = thread * 1000 + n
                row = sql("select :v::int as v, :t::text as t", kind="one", v=value, t=str(value))
                yield db.run(row) == (value, str(value))
                yield db.batch([row, row]) == [(value, str(value))] * 2

        with ThreadPoolExecutor(8) as threads:
            assert all(threads.map(all, map(work, range(8))))


def echo(connection: Connection) -> Callable[[int], Any]:
    return lambda n: connection.run(sql("select :n::int", kind="one", n=n))


def test_a_transaction_may_be_used_by_several_threads(database_url: str) -> None:
    with Database(database_url) as db, db.transaction() as tx, ThreadPoolExecutor(4) as threads:
        answers = threads.map(echo(tx), range(200))
        assert list(answers) == list(range(200))


def test_threads_that_open_it_at_once_share_one_pool(database_url: str) -> None:
    db = Database(database_url, max_size=2)
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(echo(db), range(8))) == list(range(8))
        count = "select count(*) from pg_stat_activity where datname = current_database()"
        assert db.run(sql(count + " and backend_type = 'client backend'", kind="one")) <= 2
    db.close()
