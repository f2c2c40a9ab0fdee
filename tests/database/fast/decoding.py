"""Rows of made-up values, stored and read by every way there is, and by psycopg beside it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg
from hypothesis import strategies as st

from sqlkit import Query, Statement, sql
from sqlkit.statement import Line
from tests.database.fast.every_type import GROUPS, MADE, Type, introduce
from tests.database.fast.sameness import as_utc, same

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from hypothesis.strategies import DataObject

    from sqlkit import AsyncDatabase

WAYS_IN = ("run", "batch", "copy")


class Columns(NamedTuple):
    """A table for some types and their arrays, and rows for it."""

    table: str
    types: Sequence[Type]

    @classmethod
    def of(cls, group: str) -> Columns:
        types = GROUPS[group]
        return cls(f"{group}_stored", [*types, *(type_.array for type_ in types)])

    @property
    def names(self) -> list[str]:
        return [f"c{i}" for i in range(len(self.types))]

    @property
    def definition(self) -> str:
        columns = map(" ".join, zip(self.names, [t.name for t in self.types], strict=True))
        return f"create table {self.table} (row int, {', '.join(columns)})"

    @property
    def rows(self) -> st.SearchStrategy[list[tuple[Any, ...]]]:
        return st.lists(st.tuples(*(st.none() | t.values for t in self.types)), max_size=3)

    def select(self, also: str = "") -> str:
        return f"select {', '.join(['row', *self.names])}{also} from {self.table} order by row"

    def as_psycopg_knows_it(self, also: str = "") -> str:
        pairs = zip(self.names, self.types, strict=True)
        columns = [f"{name}::{type_.plain or type_.name}" for name, type_ in pairs]
        return f"select {', '.join(['row', *columns])}{also} from {self.table} order by row"


@contextmanager
def tables(url: str) -> Generator[psycopg.Connection[Any]]:
    """A table for each group; gives a connection of psycopg's own that knows all the types."""
    with psycopg.connect(url, autocommit=True) as conn:
        conn.execute(MADE)
        for group in GROUPS:
            conn.execute(Columns.of(group).definition.encode())
        conn.execute("set timezone = 'UTC'")
        introduce(conn)
        yield conn


async def store(db: AsyncDatabase, columns: Columns, rows: list[tuple[Any, ...]], way: str) -> None:
    """The rows, in a table that was empty; ``way``: one of `WAYS_IN`."""
    names = ["row", *columns.names]
    await db.run(sql(f"delete from {columns.table}", kind="exec"))
    numbered = [(number, *row) for number, row in enumerate(rows)]
    if way == "copy":
        into = f"copy {columns.table} ({', '.join(names)}) from stdin"
        query: Query[int] = Query(
            name="store",
            kind="copy",
            lines=(Line(into),),
            parameters=("rows",),
            copy_in=f"select {', '.join(names)} from {columns.table}",
        )
        assert await db.run(Statement(query, (numbered,))) == len(rows)
        return
    text = f"insert into {columns.table} values ({', '.join(':' + name for name in names)})"
    statements = [
        sql(text, kind="affected", **dict(zip(names, row, strict=True))) for row in numbered
    ]
    if way == "batch":
        assert await db.batch(statements) == [1] * len(rows)
    else:
        assert [await db.run(statement) for statement in statements] == [1] * len(rows)


async def read(db: AsyncDatabase, text: str) -> dict[str, list[Any]]:
    """The same rows by every way of reading."""
    query = sql(text)
    found = {"run": await db.run(query), "batch": (await db.batch([query, query]))[1]}
    found["again"] = await db.run(query)
    async with db.transaction() as tx:
        found["transaction"] = await tx.run(query)
    async with db.stream(query) as rows:
        found["stream"] = [row async for row in rows]
    found["copy"] = await db.run(sql(text, kind="copy"))
    one_by_one = text.replace(" order by", " where row = :n order by")
    found["one"] = [
        await db.run(sql(one_by_one, kind="one", n=n)) for n in range(len(found["run"]))
    ]
    return found


async def check(
    db: AsyncDatabase, conn: psycopg.Connection[Any], group: str, data: DataObject
) -> None:
    """Store drawn rows, and hold all that is read against psycopg's answer and what was sent."""
    columns = Columns.of(group)
    rows = data.draw(columns.rows, "rows")
    await store(db, columns, rows, data.draw(st.sampled_from(WAYS_IN), "way in"))
    # A type that has no binary form makes the whole row come as text.
    also = data.draw(st.sampled_from(["", ", '1 a'::tsvector::text as t", ", 'a'::tsvector as t"]))
    theirs = conn.execute(
        columns.as_psycopg_knows_it(also.replace("tsvector as", "tsvector::text as")).encode(),
        binary=data.draw(st.booleans(), "binary"),
    ).fetchall()
    for way, ours in (await read(db, columns.select(also))).items():
        assert len(ours) == len(theirs) == len(rows), way
        for row, other, sent in zip(ours, theirs, rows, strict=True):
            _hold(columns, way, row, other, sent)


def _hold(columns: Columns, way: str, row: Any, other: Any, sent: Any) -> None:
    for type_, value, theirs, mine in zip(columns.types, row[1:], other[1:], sent, strict=False):
        read, told = map(type_.read, (value, theirs))
        assert same(read, told), f"{type_.name}, {way}: {value!r}, and psycopg says {theirs!r}"
        if type_.is_kept:
            is_mine = same(as_utc(read), as_utc(mine)) or read == mine
            assert is_mine, f"{type_.name}, {way}: {value!r}, and sent was {mine!r}"
