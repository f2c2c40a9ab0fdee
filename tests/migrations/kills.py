"""Processes that apply migrations, and are killed at any moment."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import psycopg

from sqlkit import migrations
from sqlkit.migrations.backend import Backend

if TYPE_CHECKING:
    import random
    from pathlib import Path

FILES = 20
APPLY = """
import sys
from pathlib import Path
from sqlkit import migrations
from sqlkit.migrations.backend import Backend

read = migrations.read(Path(sys.argv[2]))
print("begins", flush=True)
with Backend.open(sys.argv[1]) as backend:
    for one in migrations.apply(backend, read):
        print(one.id, flush=True)
"""
COUNTS = """
select (select count(*) from _yoyo_migration),
    (select count(*) from _sqlkit_migration where state = 'ok'),
    (select count(*) from pg_tables where schemaname = 'public' and tablename like 'made%'),
    (select count(*) from done),
    (select count(*) from _yoyo_log where operation = 'apply')
"""


def write_files(folder: Path, count: int = FILES, pause: float = 0.0) -> None:
    """Migrations of two statements, each of which fails if it is run twice."""
    (folder / "0000.done.sql").write_text("create table done (id int primary key)")
    for number in range(1, count):
        (folder / f"{number:04}.made.sql").write_text(
            f"create table made{number} (n int);\n"
            f"select pg_sleep({pause});\n"
            f"insert into done values ({number});\n"
        )


def start(url: str, folder: Path) -> subprocess.Popen[str]:
    """A process that applies what is pending."""
    return subprocess.Popen(
        [sys.executable, "-c", APPLY, url, str(folder)], stdout=subprocess.PIPE, text=True
    )


def kill_and_apply_again(url: str, folder: Path, chance: random.Random) -> int:
    """Kill a process at a random moment, apply the rest, and hold ledger and schema to agree.

    Gives how many migrations were there when it was killed.
    """
    with start(url, folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "begins\n"
        time.sleep(chance.uniform(0, 1.0))
        process.send_signal(signal.SIGKILL)
        before = len(process.stdout.read().split())
    with Backend.open(url) as backend:
        after = list(migrations.apply(backend, migrations.read(folder)))
    with psycopg.connect(url) as connection:
        counts = connection.execute(COUNTS).fetchone()
    total = len(list(folder.glob("*.sql")))
    assert counts == (total, total, total - 1, total - 1, total)
    assert len(after) <= total - before
    return total - len(after)
