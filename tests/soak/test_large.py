"""Arrays of millions of numbers, and values of 200 megabytes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from sqlkit import AsyncDatabase, Database
from tests.database.fast import large

if TYPE_CHECKING:
    from collections.abc import Callable

ROUNDS = 10


def test_large_arrays_of_numbers_go_there_and_back(module_url: str) -> None:
    with Database(module_url) as db:
        for value in (list(range(2_500_000)), [None, *range(10**9, 10**9 + 2_500_000)]):
            assert db.run(large.echo("int8[]", value)) == (value, "int8[]")


def test_200_megabytes_go_there_and_back(module_url: str) -> None:
    with Database(module_url, timeout=120) as db:
        for type_ in ("bytea", "text"):
            value = large.values(200_000_000)[type_]
            assert db.run(large.echo(type_, value)) == (value, type_)


def test_20_megabytes_each_go_through_many_tasks(
    module_url: str, on_loop: Callable[..., Any]
) -> None:
    values = large.values(20_000_000)

    async def main() -> None:
        async with AsyncDatabase(module_url, max_size=3, timeout=120, pool_timeout=120) as db:
            for _ in range(ROUNDS):
                types = ["bytea", "text", "bytea[]", "text[]"]
                calls = (db.run(large.echo(type_, values[type_])) for type_ in types)
                answers = await asyncio.gather(*calls)
                assert answers == [(values[type_], type_) for type_ in types]

    on_loop(main())
