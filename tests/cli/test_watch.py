from __future__ import annotations

import os
import queue
import re
import secrets
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import psycopg
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import TypeAlias

    from sqlkit.testing.server import Server

    Start: TypeAlias = Callable[..., "Watching"]

PATIENCE = 60.0
READY = "watching for changes; Ctrl-C ends it"
ONE = "-- name: one :one\nselect 1 as a;\n"


class Watching:
    """A running ``sqlkit compile --watch``, and what it says."""

    def __init__(self, folder: Path, arguments: tuple[str, ...]) -> None:
        self.name = f"watching_{secrets.token_hex(6)}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sqlkit.cli", "compile", "--watch", *arguments],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONIOENCODING": "utf-8", "PGAPPNAME": self.name},
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._lines.put(line.rstrip("\n"))

    def until(self, pattern: str) -> list[str]:
        """The lines up to the one that this matches."""
        said: list[str] = []
        while not said or not re.search(pattern, said[-1]):
            try:
                said.append(self._lines.get(timeout=PATIENCE))
            except queue.Empty:
                pytest.fail("\n".join(["it said no more than:", *said]))
        return said

    def end(self) -> int:
        """Press Ctrl-C; gives the exit status, and all that was said is read."""
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return status

    def rest(self) -> list[str]:
        """What was said and not yet looked at."""
        return [self._lines.get_nowait() for _ in range(self._lines.qsize())]


@pytest.fixture
def start(project: Path) -> Iterator[Start]:
    """Starts it in the project, and ends it after the test."""
    begun: list[Watching] = []

    def start(*arguments: str, ready: str = READY) -> Watching:
        begun.append(Watching(project, arguments))
        begun[-1].until(ready)
        return begun[-1]

    yield start
    for watching in begun:
        watching.process.kill()
        watching.process.wait()
        assert watching.process.stdout
        watching.process.stdout.close()


def test_a_saved_file_is_compiled_at_once(start: Start, project: Path) -> None:
    watching = start()
    (project / "sql" / "other.sql").write_text(ONE, encoding="utf-8")

    [line] = watching.until("→")

    assert re.fullmatch(r"\d\d:\d\d:\d\d  sql/other\.sql → other\.py \(1 query, \d+ ms\)", line)
    assert "def one() ->" in (project / "sql" / "other.py").read_text("utf-8")


def test_a_recompilation_is_a_matter_of_milliseconds(start: Start, project: Path) -> None:
    watching = start()
    source = project / "sql" / "notes.sql"
    taken: list[int] = []
    for number in range(5):
        source.write_text(f"{source.read_text('utf-8')}-- {number}\n", encoding="utf-8")
        [line] = watching.until(r"notes\.sql → notes\.py")
        taken.append(int(line.rpartition(", ")[2].split()[0]))

    assert min(taken) < 1000  # 40 or so on a machine that does nothing else


def test_a_broken_file_is_shown_and_waited_for(start: Start, project: Path) -> None:
    watching = start()
    other = project / "sql" / "other.sql"
    other.write_text("-- name: one :one\nselect emial from notes;\n", encoding="utf-8")

    said = watching.until("nothing was written")
    other.write_text(ONE, encoding="utf-8")
    watching.until(r"sql/other\.sql → other\.py")

    assert said[0].startswith("sql/other.sql:2:8: column")
    assert said[-1].endswith("  sql/other.sql: nothing was written")


def test_the_module_of_a_deleted_file_is_removed(start: Start, project: Path) -> None:
    other = project / "sql" / "other.sql"
    other.write_text(ONE, encoding="utf-8")
    watching = start()
    assert other.with_suffix(".py").exists()
    other.unlink()

    [line] = watching.until("→")

    assert "sql/other.sql → other.py removed (" in line
    assert not other.with_suffix(".py").exists()


def test_a_new_migration_makes_the_schema_anew(start: Start, project: Path) -> None:
    watching = start()
    (project / "migrations" / "0002.more.sql").write_text(
        "alter table notes alter price set not null;", encoding="utf-8"
    )
    refused = watching.until(r"0002\.more")  # there is a row without a price
    (project / "migrations" / "0002.more.sql").write_text(
        "alter table notes alter price type int;", encoding="utf-8"
    )
    said = watching.until("→")

    assert "migrations/ changed: the schema is made anew" in refused[0]
    assert "migrations/0002.more.sql → notes.py (" in said[-1]
    assert "    price: int | None\n" in (project / "sql" / "notes.py").read_text("utf-8")


def test_changed_settings_begin_anew(start: Start, project: Path) -> None:
    watching = start()
    settings = project / "pyproject.toml"
    settings.write_text("[tool.sqlkit]\nnull_elemnts = false\n", encoding="utf-8")
    watching.until("did you mean")
    settings.write_text("[tool.sqlkit]\nnull_elements = false\n", encoding="utf-8")
    said = watching.until(READY)

    assert "wrote sql/notes.py" in said


def test_a_row_that_an_unchanged_file_shares_must_still_agree(start: Start, project: Path) -> None:
    for name in ("first", "second"):
        (project / "sql" / f"{name}.sql").write_text(
            f"-- name: {name} :many\n-- @row Shared\nselect id, body from notes;\n", "utf-8"
        )
    watching = start()
    (project / "sql" / "second.sql").write_text(
        "-- name: second :many\n-- @row Shared\nselect id, body, mood from notes;\n", "utf-8"
    )

    said = watching.until("nothing was written")

    assert any("Shared" in line for line in said)


def test_an_interrupt_ends_it_quietly_and_drops_what_it_made(
    start: Start, project: Path, sqlkit_server: Server
) -> None:
    with psycopg.connect(sqlkit_server.url, autocommit=True) as connection:
        watching = start()
        own = "select datname from pg_stat_activity where application_name = %s"
        [(name,)] = connection.execute(own, [watching.name]).fetchall()
        status = watching.end()
        all_names = connection.execute("select datname from pg_database").fetchall()

    assert status == 0
    assert watching.rest() == []
    assert (name,) not in all_names


def test_wrong_use_is_said_at_once(project: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "sqlkit.cli", "compile", "--watch", "migrations"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "there is no .sql file of the project in migrations" in done.stderr
