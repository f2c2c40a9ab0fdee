"""A server that stays between two commands."""

from __future__ import annotations

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest

from sqlkit.errors import NoServer
from sqlkit.testing import kept

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.testing.databases import Server


@pytest.fixture(autouse=True)
def _nothing_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SQLKIT_TEST_PG", raising=False)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A project's cache folder, which an ordinary user can enter."""
    project = Path(tempfile.mkdtemp())
    project.chmod(0o755)
    yield project / ".sqlkit"
    kept.remove(project / ".sqlkit")
    shutil.rmtree(project)


def is_gone(server: Server) -> bool:
    """Whether its process has ended; some wait as zombies for a pid 1 that is slow to ask."""
    assert server.pid is not None
    try:
        return bool(psutil.Process(server.pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def test_a_server_stays_until_it_is_stopped_and_its_databases_longer(folder: Path) -> None:
    assert kept.status(folder) is None
    assert not kept.stop(folder)
    server = kept.start(folder)
    with psycopg.connect(server.url) as connection:
        connection.execute("create table pears as select 3 as n")

    again = kept.start(folder)
    found = kept.status(folder)
    assert found is not None
    assert (again.url, again.pid) == (found.url, found.pid) == (server.url, server.pid)

    assert kept.stop(folder)
    assert kept.status(folder) is None
    assert is_gone(server)

    restarted = kept.start(folder)
    assert restarted.url == server.url
    with psycopg.connect(restarted.url) as connection:
        assert connection.execute("select n from pears").fetchone() == (3,)


def test_a_pid_that_now_is_somebody_elses_is_noticed(folder: Path) -> None:
    kept.start(folder)
    file = folder / "postgres" / "data" / "postmaster.pid"
    lines = file.read_text().splitlines()
    kept.stop(folder)
    file.write_text("\n".join([str(psutil.Process().pid), *lines[1:], ""]))
    assert kept.status(folder) is None
    assert not kept.stop(folder)
    with psycopg.connect(kept.start(folder).url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_two_who_start_it_at_once_get_one_server(folder: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        urls = {server.url for server in pool.map(kept.start, [folder, folder])}
    assert len(urls) == 1


def test_removing_it_leaves_nothing(folder: Path) -> None:
    server = kept.start(folder)
    kept.remove(folder)
    assert is_gone(server)
    assert server.folder is not None
    assert not server.folder.exists()


def test_a_folder_that_the_servers_user_cannot_enter_is_no_hindrance(tmp_path: Path) -> None:
    # For root: pytest's own folders are closed to others.
    try:
        with psycopg.connect(kept.start(tmp_path).url) as connection:
            assert connection.execute("select 1").fetchone() == (1,)
        assert kept.stop(tmp_path)
    finally:
        kept.remove(tmp_path)


def test_it_needs_postgresqls_programs(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SQLKIT_TEST_PG", "container")
    with pytest.raises(NoServer, match="this needs PostgreSQL's programs"):
        kept.start(folder)
