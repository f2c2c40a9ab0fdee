from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import psycopg
import pytest

from sqlkit import migrations
from sqlkit.migrations import Settings, Watcher
from sqlkit.migrations.backend import Backend

Write: TypeAlias = Callable[..., Path]
Open: TypeAlias = Callable[..., AbstractContextManager[Backend]]


class Teller(Watcher):
    """Keeps the notes."""

    def __init__(self, notes: list[str]) -> None:
        self.notes = notes

    def note(self, text: str) -> None:
        self.notes.append(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The folder that ``write`` writes into."""
    made = tmp_path / "migrations"
    made.mkdir()
    return made


@pytest.fixture
def write(folder: Path) -> Write:
    """Writes a migration, its rollback beside it: ``write("0001.a", "create …", "drop …")``."""

    def one(name: str, text: str, rollback: str | None = None) -> Path:
        path = folder / (name if name.endswith(".py") else f"{name}.sql")
        path.write_text(text, encoding="utf-8")
        if rollback is not None:
            path.with_suffix(".rollback.sql").write_text(rollback, encoding="utf-8")
        return path

    return one


@pytest.fixture
def open_backend(database_url: str) -> Open:
    """Opens our backend on the test's database; keywords are settings, ``tell`` gets the notes."""

    @contextmanager
    def opened(tell: list[str] | None = None, **settings: Any) -> Generator[Backend]:
        with Backend.open(database_url, Settings(**settings)) as backend:
            backend.watcher = Teller([] if tell is None else tell)
            yield backend

    return opened


@pytest.fixture
def apply(open_backend: Open, folder: Path) -> Callable[..., list[str]]:
    """Applies what is pending; gives the ids."""

    def run(to: str | None = None, tell: list[str] | None = None, **settings: Any) -> list[str]:
        with open_backend(tell, **settings) as backend:
            return [one.id for one in migrations.apply(backend, migrations.read(folder), to=to)]

    return run


@pytest.fixture
def roll_back(open_backend: Open, folder: Path) -> Callable[..., list[str]]:
    """Rolls back; gives the ids."""

    def run(
        count: int | None = 1, to: str | None = None, tell: list[str] | None = None, **settings: Any
    ) -> list[str]:
        with open_backend(tell, **settings) as backend:
            read = migrations.read(folder)
            return [one.id for one in migrations.roll_back(backend, read, count=count, to=to)]

    return run


@pytest.fixture
def states(open_backend: Open, folder: Path) -> Callable[[], dict[str, str]]:
    """How each migration stands."""

    def look() -> dict[str, str]:
        with open_backend() as backend:
            found, _ = migrations.look(backend, migrations.read(folder))
        return {one.id: one.state for one in found}

    return look


@pytest.fixture
def query(database_url: str) -> Callable[..., list[Any]]:
    """The rows of a query; of one column the values."""

    def ask(sql: str) -> list[Any]:
        with psycopg.connect(database_url, autocommit=True) as connection:
            rows = connection.execute(sql.encode())
            if rows.description is None:
                return []
            found = rows.fetchall()
        return [row[0] for row in found] if found and len(found[0]) == 1 else found

    return ask


@pytest.fixture
def yoyo(database_url: str, folder: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs yoyo's own command on our backend, or with ``driver`` on one of its own."""

    def run(
        *arguments: str, driver: str = "sqlkit", exit_code: int = 0, more: str = ""
    ) -> subprocess.CompletedProcess[str]:
        address = database_url.replace("postgresql:", f"postgresql+{driver}:", 1)
        if more:
            address += ("&" if "?" in address else "?") + more
        line = [*arguments, "--batch", "--no-config-file", "--database", address, str(folder)]
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "yoyo", *line],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        )
        assert done.returncode == exit_code, done.stderr
        return done

    return run
