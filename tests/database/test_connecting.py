"""Connecting and closing: what a person sees when it fails, and that nothing is left."""

from __future__ import annotations

import asyncio
import errno
import gc
import socket
import time
import traceback
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from sqlkit import AsyncDatabase, Database, DeadlineExceeded, sql
from sqlkit.errors import DatabaseClosed
from sqlkit.testing.server import throwaway
from sqlkit.testing.watch import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlkit.testing.server import Server

ONE = sql("select 1", kind="one")


async def refusal(database: AsyncDatabase) -> psycopg.OperationalError:
    """The error of a database that can't be reached; at once, not after the pool's timeout."""
    begun = time.monotonic()
    with pytest.raises(psycopg.OperationalError) as caught:
        await database.run(ONE)
    assert time.monotonic() - begun < 5
    with pytest.raises(psycopg.OperationalError):
        async with database:
            pass
    assert "hunter2" not in "".join(traceback.format_exception(caught.value))
    assert "hunter2" not in repr(database)
    return caught.value


async def test_a_refused_connection_says_so(make_both: Callable[..., AsyncDatabase]) -> None:
    port = free_port()
    url = f"postgresql://me:hunter2@127.0.0.1:{port}/shop"
    error = await refusal(make_both(url, startup_timeout=0))
    assert "Connection refused" in str(error)
    assert error.__notes__ == [
        f"the address is from the conninfo given: host=127.0.0.1 port={port} dbname=shop user=me"
    ]


async def test_a_missing_database_is_named(
    make_both: Callable[..., AsyncDatabase], server: Server
) -> None:
    error = await refusal(make_both(server.dsn("no_such_database")))
    assert 'database "no_such_database" does not exist' in str(error)


async def test_an_unknown_host_is_named(make_both: Callable[..., AsyncDatabase]) -> None:
    error = await refusal(
        make_both("postgresql://me:hunter2@nowhere.invalid/shop", startup_timeout=0)
    )
    assert "nowhere.invalid" in str(error)


@pytest.fixture(scope="module")
def guarded(server: Server) -> Iterator[str]:
    """A server that asks the role ``guest`` for its password, ``hunter2``."""
    if server.pid is None:
        pytest.skip("this server's rules are not ours to change")
    with throwaway() as own, psycopg.connect(own.url, autocommit=True) as connection:
        connection.execute("create role guest login password 'hunter2'")
        assert own.folder is not None
        rules = own.folder / "data" / "pg_hba.conf"
        text = rules.read_text()
        rules.write_text(f"host all guest all scram-sha-256\n{text}")
        connection.execute("select pg_reload_conf()")
        address = make_conninfo(own.url, user="guest")
        while "password" not in _refused(address):
            time.sleep(0.02)
        yield address


def _refused(address: str) -> str:
    try:
        psycopg.connect(address).close()
    except psycopg.OperationalError as error:
        return str(error)
    return ""


async def test_a_wrong_password_says_so(
    make_both: Callable[..., AsyncDatabase], guarded: str
) -> None:
    error = await refusal(make_both(make_conninfo(guarded, password="hunter21")))
    assert 'password authentication failed for user "guest"' in str(error)


async def test_a_missing_password_says_so(
    make_both: Callable[..., AsyncDatabase], guarded: str
) -> None:
    error = await refusal(make_both(guarded))
    assert "no password supplied" in str(error)


async def test_the_right_password_is_never_shown(
    make_both: Callable[..., AsyncDatabase], guarded: str
) -> None:
    async with make_both(make_conninfo(guarded, password="hunter2")) as database:
        assert await database.run(ONE) == 1
        async with database.connection() as held:
            shown = f"{database!r} {held!r}"
    assert "hunter2" not in shown


async def test_a_server_that_never_answers_is_a_deadline(
    make_both: Callable[..., AsyncDatabase], silent: int
) -> None:
    database = make_both(f"postgresql://me@127.0.0.1:{silent}/shop", connect_timeout=2)
    with pytest.raises(DeadlineExceeded, match=r"^no connection to host=127.* within 2 s"):
        await database.run(ONE)


@pytest.fixture
def without_collector() -> Iterator[None]:
    """No garbage collector, which would close what nobody else does."""
    gc.disable()
    yield
    gc.enable()


def read_to_the_end(listener: socket.socket) -> None:
    """Accept a connection and wait until it is closed. Raises TimeoutError."""
    theirs, _ = listener.accept()
    with theirs:
        theirs.settimeout(2)
        while theirs.recv(1000):
            pass


@pytest.mark.usefixtures("without_collector")
async def test_what_was_begun_is_closed_whoever_keeps_the_error(
    make_both: Callable[..., AsyncDatabase], listener: socket.socket, silent: int
) -> None:
    database = make_both(f"postgresql://me@127.0.0.1:{silent}/shop", connect_timeout=2)
    with pytest.raises(DeadlineExceeded) as _kept:
        await database.run(ONE)
    read_to_the_end(listener)


@pytest.mark.usefixtures("without_collector")
async def test_what_was_begun_is_closed_where_the_loop_refuses_its_socket(
    listener: socket.socket, silent: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    database = AsyncDatabase(f"postgresql://me@127.0.0.1:{silent}/shop", startup_timeout=0)
    monkeypatch.setattr(asyncio.get_running_loop(), "add_writer", refuse)
    with pytest.raises(psycopg.OperationalError, match="connection socket closed") as _kept:
        await database.run(ONE)
    read_to_the_end(listener)


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A program's socket that accepts connections, on which nothing is said."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def silent(listener: socket.socket) -> int:
    """The port of a program that accepts connections and says nothing."""
    port: int = listener.getsockname()[1]
    return port


def test_a_conninfo_that_can_t_be_read_is_refused_when_it_is_given() -> None:
    for database in (Database, AsyncDatabase):
        with pytest.raises(psycopg.ProgrammingError, match="the conninfo given can't be read"):
            database("host=x oops")


async def test_database_url_and_pg_variables_are_used(
    make_both: Callable[..., AsyncDatabase], url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = conninfo_to_dict(url)
    monkeypatch.setenv(
        "DATABASE_URL",
        f"postgresql+psycopg://{parts['user']}@{parts['host']}:{parts['port']}/{parts['dbname']}",
    )
    current = sql("select current_database()", kind="one")
    async with make_both("") as database:
        assert await database.run(current) == parts["dbname"]
        assert "DATABASE_URL" in repr(database) or not isinstance(database, AsyncDatabase)
    monkeypatch.delenv("DATABASE_URL")
    for key, variable in (("host", "PGHOST"), ("port", "PGPORT"), ("user", "PGUSER")):
        monkeypatch.setenv(variable, str(parts[key]))
    monkeypatch.setenv("PGDATABASE", str(parts["dbname"]))
    async with make_both("") as database:
        assert await database.run(current) == parts["dbname"]


@pytest.mark.parametrize("kind", [Database, AsyncDatabase])
@pytest.mark.parametrize("given", [None, 5432, b"dbname=shop"])
def test_what_is_no_address_is_refused_at_once(kind: Any, given: object) -> None:
    with pytest.raises(TypeError, match="conninfo is a text, or a function that gives one, not "):
        kind(given)


def test_a_repr_says_where_and_hides_the_password() -> None:
    given = "postgresql://me:hunter2@127.0.0.1:1/shop"
    where = "<the conninfo given: host=127.0.0.1 port=1 dbname=shop user=me>"
    assert repr(Database(given)) == f"<Database 'default' {where}>"
    assert repr(AsyncDatabase(given, name="x")) == f"<AsyncDatabase 'x' {where}>"


# --- Open and close


async def connections(make_both: Callable[..., AsyncDatabase], url: str) -> int:
    """How many others are connected to the database; those that leave are given a moment."""
    count = -1
    async with make_both(url, max_size=1) as watcher:
        statement = sql(
            "select count(*) from pg_stat_activity where datname = current_database()"
            " and backend_type = 'client backend' and pid <> pg_backend_pid()",
            kind="one",
        )
        for _ in range(100):
            count = await watcher.run(statement)
            if count == 0:
                break
            await asyncio.sleep(0.02)
    return count


async def test_it_opens_when_it_is_first_used(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    database = make_both(database_url)
    assert await connections(make_both, database_url) == 0
    assert await database.run(ONE) == 1
    await database.close()
    assert await connections(make_both, database_url) == 0


async def test_no_connection_is_left_after_the_block(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    async with make_both(database_url, min_size=3) as database:
        await database.batch([ONE] * 3)
        async with database.transaction() as tx:
            await tx.run(ONE)
    assert await connections(make_both, database_url) == 0
    with pytest.raises(LookupError):
        async with make_both(database_url) as database, database.stream(sql("select 1")):
            raise LookupError
    assert await connections(make_both, database_url) == 0


async def test_closing_is_idempotent_and_harmless_before_opening(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    database = make_both(database_url)
    await database.close()
    await database.open()
    await database.open()
    await database.close()
    await database.close()


async def test_use_after_closing_says_so(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    async with make_both(database_url) as database:
        pass
    with pytest.raises(DatabaseClosed) as caught:
        await database.run(ONE)
    assert str(caught.value) == (
        "database 'default' was closed: open() or a with block opens it again"
    )


async def test_it_can_be_opened_again(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    database = make_both(database_url)
    for _ in range(2):
        async with database:
            assert await database.run(ONE) == 1
    assert await connections(make_both, database_url) == 0


async def test_closing_is_prompt_while_a_connection_is_in_use(
    make_both: Callable[..., AsyncDatabase], database_url: str
) -> None:
    database = make_both(database_url)
    async with database.connection() as held:
        begun = time.monotonic()
        await database.close()
        assert time.monotonic() - begun < 5
        assert await held.run(ONE) == 1
    assert await connections(make_both, database_url) == 0
