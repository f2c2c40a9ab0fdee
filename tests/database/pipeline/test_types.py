"""Over a lane a value is what it is in the ordinary way, whatever its type."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sqlkit import AsyncDatabase, sql
from tests.database.fast import decoding
from tests.database.fast.every_type import GROUPS
from tests.database.fast.examples import QUICK, examples
from tests.database.fast.sameness import same
from tests.database.pipeline.reads import lanes, piped, read, row, warm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit import Statement

Databases = tuple[asyncio.Runner, AsyncDatabase, AsyncDatabase]


@pytest.fixture(scope="module")
def databases(module_url: str) -> Iterator[Databases]:
    """A loop, a database with lanes, and one without."""
    with decoding.tables(module_url), asyncio.Runner() as runner:
        with_lanes, without = piped(module_url), AsyncDatabase(module_url)
        runner.run(warm(with_lanes))
        yield runner, with_lanes, without
        runner.run(with_lanes.close())
        runner.run(without.close())


@pytest.mark.parametrize("group", GROUPS)
@given(data=st.data())
@examples(12, QUICK)
def test_a_value_is_the_same(databases: Databases, group: str, data: st.DataObject) -> None:
    runner, with_lanes, without = databases
    types = decoding.Columns.of(group).types
    statements = [value(type_.name, data.draw(st.none() | type_.values)) for type_ in types]

    async def check() -> None:
        for _ in range(500):
            found = await asyncio.gather(*map(with_lanes.run, statements))
            for (ours, _), statement in zip(found, statements, strict=True):
                theirs, _ = await without.run(statement)
                assert same(ours, theirs)
            if {pid for _, pid in found} & lanes(with_lanes):
                return
        raise AssertionError("they were never on a lane")

    runner.run(check())


def value(name: str, v: Any) -> Statement[Any]:
    """A value of a type, and who it comes from."""
    return read(f"select :v::{name} as v, pg_backend_pid() as pid", v=v)


async def test_arguments_and_rows_may_be_large(db: AsyncDatabase) -> None:
    echo = read("select :text::text", text="")
    await warm(db, echo)
    texts = [str(n) * (10_000_000 if n == 3 else 100_000) for n in range(8)]
    for _ in range(2):
        statements = [read("select :text::text", text=text) for text in texts]
        found = await asyncio.gather(*map(db.run, statements), db.run(row(1)))
        assert found == [*texts, (1, "row 1")]


async def test_a_composite_that_is_changed_is_read_as_what_it_is(database_url: str) -> None:
    async with piped(database_url) as db, AsyncDatabase(database_url) as other:

        async def change(text: str) -> None:
            await other.run(sql(text, kind="script"))

        await change("create type pair as (a int, b int)")
        await change("create table pairs as select row(1, 2)::pair as pair")
        pairs = read("select pair from pairs")
        await warm(db, pairs)

        async def found() -> list[Any]:
            rounds = [await asyncio.gather(*map(db.run, [pairs] * 20)) for _ in range(10)]
            return [pair for pairs in rounds for pair in pairs]

        assert await found() == [(1, 2)] * 200
        await change("drop table pairs; alter type pair alter attribute a type real")
        await change("create table pairs as select row(1.5, 2)::pair as pair")
        assert await found() == [(1.5, 2)] * 200
        await change("alter type pair add attribute c int")
        assert await found() == [(1.5, 2, None)] * 200
