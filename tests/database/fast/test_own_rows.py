"""Nobody is given another's row, whoever is cancelled, interrupted or at work at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, cast

from sqlkit import Database, sql
from tests.awaited import Awaited, at_once
from tests.database.fast import own_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit import AsyncDatabase, Statement


def test_500_cancellations_over_64_tasks_give_nobody_another_s_row(
    module_url: str, on_loop: Callable[..., Any]
) -> None:
    on_loop(own_rows.among_cancelled_tasks(module_url, 500))


def test_16_threads_on_4_connections_get_what_they_asked_for(module_url: str) -> None:
    own_rows.among_threads(module_url, 4000)


def numbers(first: int) -> Statement[Any]:
    return sql("select :first::int + g from generate_series(0, 5000) as g", first=first)


def test_threads_call_a_database_while_others_stream_from_it(module_url: str) -> None:
    copied = sql("select g from generate_series(1, 5000) as g", kind="copy")

    def stream(statement: Statement[Any], first: int) -> None:
        with db.stream(statement) as rows:
            for number, value in enumerate(rows):
                assert value == first + number
                if number % 500 == 0:
                    at_once(own_rows.in_a_run(face, number))

    with Database(module_url, max_size=6, pool_timeout=60) as db, ThreadPoolExecutor(6) as threads:
        face = cast("AsyncDatabase", Awaited(db))
        begun = [
            *(threads.submit(stream, numbers(first), first) for first in (0, 10_000)),
            *(threads.submit(stream, copied, 1) for _ in range(2)),
            *(threads.submit(at_once, own_rows.ask(face, n)) for n in range(200)),
        ]
        for done in begun:
            done.result()
