"""What differs behind PgBouncer in transaction mode: nothing of one client reaches another."""

from __future__ import annotations

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import psycopg
import psycopg.sql
import pytest
from psycopg.conninfo import conninfo_to_dict

from sqlkit import Database, DeadlineExceeded, NoSession, Query, Statement, deadline, sql
from sqlkit.statement import Line
from tests.database.sleepers import SLEEPERS, statement, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit import AsyncDatabase

STATE = """
select array_agg(name || '=' || setting order by name) from pg_settings
where name not in ('transaction_isolation', 'application_name')
union all select array_agg(name) from pg_prepared_statements
union all select array_agg(relname::text) from pg_class where relpersistence = 't'
"""
PID = "select pg_backend_pid()"
CLIENT = """
import sys
from sqlkit import Database, sql

with Database(sys.argv[1], pooler="transaction", timeout=4) as db:
    db.run(sql("select pg_sleep(30)", kind="exec"))
"""


def states(url: str) -> dict[int, Any]:
    """What is set, prepared and there for a while on the server's connections, by process."""
    found: dict[int, Any] = {}
    clients = [psycopg.connect(url, prepare_threshold=None) for _ in range(2)]
    for client in clients:  # both at once, so each has a server connection
        row = client.execute("select pg_backend_pid()").fetchone()
        assert row is not None
        found[row[0]] = client.execute(STATE).fetchall()
    for client in clients:
        client.close()
    return found


async def test_nothing_of_a_client_is_seen_by_another(
    make_both: Callable[..., AsyncDatabase], pooled_url: str
) -> None:
    before = states(pooled_url)
    async with make_both(pooled_url) as db:
        await db.run(sql("create table t (n int)", kind="exec"))
        for timeout in (None, 5.0, 60.0):
            assert await db.run(statement("select 1", timeout)) == 1
            async with db.transaction(isolation="serializable", read_only=False) as tx:
                await tx.run(statement("insert into t values (1)", timeout, "exec"))
                with deadline(2):
                    assert await tx.run(statement("select count(*) from t", timeout)) > 0
            assert await db.batch([statement("select 1", timeout)] * 3) == [1, 1, 1]
            async with db.stream(statement("select n from t", timeout, "copy")) as rows:
                assert [row async for row in rows]
            with pytest.raises(psycopg.errors.DivisionByZero):
                await db.run(statement("select 1 / 0", timeout))
        with pytest.raises(DeadlineExceeded):
            await db.run(statement("select pg_sleep(30)", 0.1, "exec"))
    after = states(pooled_url)
    assert len(before) == 2
    settings = [state[0] for state in before.values()]
    assert all(state[0] in settings and state[1:] == [(None,), (None,)] for state in after.values())


def test_clients_take_turns_on_two_connections(pooled_url: str) -> None:
    def work(number: int) -> None:
        with Database(pooled_url, pooler="transaction", max_size=2) as db:
            for n in range(30):
                assert db.run(sql("select :a::int + :b::int", kind="one", a=n, b=number)) == (
                    n + number
                )
                with db.transaction() as tx:
                    pid = tx.run(sql(PID, kind="one"))
                    assert tx.run(sql("select :t::text", kind="one", t=f"{number}")) == f"{number}"
                    assert tx.run(sql(PID, kind="one")) == pid

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))


async def test_a_query_ends_by_its_limit(
    make_both: Callable[..., AsyncDatabase], pooled_url: str
) -> None:
    async with make_both(pooled_url, timeout=0.9) as db:
        for call in (statement("select pg_sleep(30)", kind="exec"), sql("call p()", kind="exec")):
            await db.run(
                sql(
                    "create or replace procedure p() language sql as 'select pg_sleep(30)'",
                    kind="exec",
                )
            )
            with pytest.raises(DeadlineExceeded):
                await db.run(call)
            with pytest.raises(DeadlineExceeded):
                async with db.transaction() as tx:
                    await tx.run(call)
            assert await db.run(SLEEPERS) == 0


async def test_a_query_ends_though_its_client_is_gone(
    make_both: Callable[..., AsyncDatabase], pooled_url: str
) -> None:
    async with make_both(pooled_url) as db:
        client = await asyncio.create_subprocess_exec(sys.executable, "-c", CLIENT, pooled_url)
        await wait_for(db, 1)
        client.kill()
        await client.wait()
        await wait_for(db, 0)


async def test_no_connection_can_be_held(both: AsyncDatabase) -> None:
    with pytest.raises(NoSession, match="behind a pooler in transaction mode"):
        async with both.connection():
            pass


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="pooler is None or one of 'transaction', not 'session'"):
        Database(pooler="session")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


async def test_read_only_is_a_guard_here_too(
    make_both: Callable[..., AsyncDatabase], pooled_url: str
) -> None:
    insert = sql("insert into t values (1)", kind="exec")
    fill: Query[int] = Query(
        name="fill",
        kind="copy",
        parameters=("rows",),
        lines=(Line("copy t (n) from stdin"),),
        copy_in="select n from t",
    )
    async with make_both(pooled_url) as db:
        await db.run(sql("create table t (n int)", kind="exec"))
    async with make_both(pooled_url, read_only=True) as db:
        for call in (
            insert,
            Statement(fill, ([(1,)],)),
            sql("insert into t values (1)", kind="script"),
        ):
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                await db.run(call)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            async with db.transaction(isolation="repeatable read") as tx:
                await tx.run(insert)
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            await db.batch([insert])
        async with db.transaction(read_only=False) as tx:
            await tx.run(insert)
        assert (await db.health()).read_only
        assert await db.run(sql("select count(*) from t", kind="one")) == 1


async def test_dates_are_read_whatever_the_server_s_style(
    make_both: Callable[..., AsyncDatabase], pooled_url: str
) -> None:
    day = date(2024, 3, 2)
    text = "select :d::date as d, interval '1 day 2 hours' as i, 'a'::tsvector as t"
    query = sql(text, kind="one", d=day)
    name = conninfo_to_dict(pooled_url)["dbname"]
    async with make_both(pooled_url) as db:
        await db.run(sql(f"alter database {name} set datestyle = 'German, DMY'", kind="exec"))
        await db.run(sql(f"alter database {name} set intervalstyle = 'iso_8601'", kind="exec"))
        end = "select pg_terminate_backend(pid) from pg_stat_activity"
        end += " where datname = current_database() and pid <> pg_backend_pid()"
        await db.run(sql(end, kind="exec"))
    expected = (day, timedelta(days=1, hours=2), "'a'")
    async with make_both(pooled_url, max_size=1) as db:
        assert await db.run(query) == expected
        assert await db.batch([query]) == [expected]
        async with db.transaction(isolation="serializable") as tx:
            assert await tx.run(query) == expected


async def test_what_a_column_has_become_is_read_as_that(both: AsyncDatabase) -> None:
    every = statement("select n from t", kind="many")
    await both.run(sql("create table t (n int)", kind="exec"))
    await both.run(sql("insert into t values (1)", kind="exec"))
    assert await both.run(every) == [1]
    await both.run(sql("alter table t alter n type text using n::text || 'x'", kind="exec"))
    assert await both.run(every) == ["1x"]
    assert await both.batch([every, every]) == [["1x"], ["1x"]]
    await both.run(sql("alter table t alter n type bigint using 7", kind="exec"))
    assert await both.batch([every, every]) == [[7], [7]]
    assert await both.run(every) == [7]


async def test_what_must_be_alone_in_its_transaction_is(both: AsyncDatabase) -> None:
    await both.run(sql("create table t (n int)", kind="exec"))
    for _ in range(2):
        await both.run(statement("vacuum t", kind="exec"))
    await both.run(sql("vacuum t", kind="script"))


async def test_a_limit_that_the_database_has_need_not_be_sent(
    make_both: Callable[..., AsyncDatabase], direct_url: str, pooled_url: str
) -> None:
    in_force = "select current_setting('statement_timeout')"
    with psycopg.connect(direct_url, autocommit=True) as conn:
        name = psycopg.sql.Identifier(conn.info.dbname)
        conn.execute(psycopg.sql.SQL("alter database {} set statement_timeout = '5s'").format(name))
    async with make_both(pooled_url, timeout=5.2) as db:
        for _ in range(2):
            assert await db.run(statement(in_force)) == "5s"
            assert await db.run(statement(in_force, 60)) != "5s"
            async with db.transaction() as tx:
                assert await tx.run(statement(in_force)) == "5s"
                assert await tx.run(statement(in_force, 2)) != "5s"
                assert await tx.run(statement(in_force)) == "5s"
