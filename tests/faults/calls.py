"""Calls that leave a trace of each time the server did them, and what was told of each."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlkit import CommitUnknown, Statement, sql
from sqlkit.statement import Effects, Line, Query

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import psycopg

    from sqlkit import AsyncConnection, AsyncDatabase

TABLES = """
create table counter (n int not null);
insert into counter values (0);
create table done (call int not null);
create table marks (call int primary key, value int not null);
create sequence executions;

create function counted() returns bigint language sql as $$ select nextval('executions') $$;
create function refuse() returns void language plpgsql as $$
begin
    perform counted();
    raise 'refused';
end $$;
"""

# As they are once compiled: what each does to tables is known.
INCREMENT: Query[int] = Query(
    name="increment",
    lines=(Line("with this as (insert into done values (", 0, ")) update counter set n = n + 1"),),
    kind="affected",
    parameters=("call",),
    effects=Effects(writes=("public.counter", "public.done")),
)
MARK: Query[int] = Query(
    name="mark",
    lines=(
        Line("insert into marks values (", 0, ", ", 0, ") on conflict (call) do update"),
        Line(" set value = excluded.value"),
    ),
    kind="affected",
    parameters=("call",),
    idempotent=True,
    effects=Effects(writes=("public.marks",)),
)
READ: Query[int] = Query(
    name="read",
    lines=(Line("select n + ", 0, "::int from counter"),),
    kind="one",
    parameters=("call",),
    effects=Effects(reads=("public.counter",), volatility="immutable"),
)


PID = sql("select pg_backend_pid()", kind="one")


def counting(name: str, *, idempotent: bool) -> Query[int]:
    """A write that counts how often the server executes it, and may run twice or not."""
    return Query(
        name=name,
        lines=(
            Line("with c as materialized (select counted()) update counter set n = "),
            Line("1 from c" if idempotent else "n + 1 from c"),
        ),
        kind="affected",
        idempotent=idempotent,
    )


ADD = Statement(counting("add", idempotent=False))
SET = Statement(counting("set", idempotent=True))


async def run(db: AsyncConnection, query: Query[Any], call: int) -> Any:
    return await db.run(Statement(query, (call,)))


async def in_transact(db: AsyncDatabase, call: int) -> None:
    async def increment(tx: AsyncConnection) -> None:
        await run(tx, READ, call)
        await run(tx, INCREMENT, call)

    await db.transact(increment)


async def in_transaction(db: AsyncDatabase, call: int) -> None:
    async with db.transaction() as tx:
        await run(tx, INCREMENT, call)


async def in_batch(db: AsyncDatabase, call: int) -> None:
    await db.batch([Statement(READ, (call,)), Statement(INCREMENT, (call,))])


async def alone(db: AsyncDatabase, call: int) -> None:
    await run(db, INCREMENT, call)


async def marked(db: AsyncDatabase, call: int) -> None:
    await run(db, MARK, call)


async def read(db: AsyncDatabase, call: int) -> None:
    await run(db, READ, call)


@dataclass
class Told:
    """What the calls of a round said: done, not known, or failed."""

    done: set[int] = field(default_factory=set[int])
    unknown: set[int] = field(default_factory=set[int])
    failed: dict[int, Exception] = field(default_factory=dict[int, Exception])

    def __repr__(self) -> str:
        return f"{len(self.done)} done, {len(self.unknown)} unknown, {len(self.failed)} failed"


async def make(
    db: AsyncDatabase, number: int, call: Callable[[AsyncDatabase, int], Awaitable[None]]
) -> Told:
    """Make so many calls, one after the other."""
    told = Told()
    for i in range(number):
        try:
            await call(db, i)
        except CommitUnknown:
            told.unknown.add(i)
        except Exception as error:
            told.failed[i] = error
        else:
            told.done.add(i)
    return told


def executions(conn: psycopg.Connection[Any]) -> int:
    """How often ``counted()`` was called: a sequence counts what was undone too."""
    row = conn.execute("select last_value, is_called from executions").fetchone()
    assert row is not None
    last_value, is_called = row
    return int(last_value) if is_called else 0


def assert_told_truly(conn: psycopg.Connection[Any], told: Told) -> None:
    """What was told as done was done once, as failed never, and as unknown at most once."""
    done = [call for (call,) in conn.execute("select call from done")]
    often = Counter(done)
    assert all(times == 1 for times in often.values()), f"done twice: {often.most_common(3)}"
    assert told.done <= set(done), f"told as done, and was not: {told.done - set(done)}"
    assert set(done) <= told.done | told.unknown, f"told as failed, and was done: {told.failed}"
    assert conn.execute("select n from counter").fetchone() == (len(done),)
