"""Migrations whose process is killed at fifty moments, and one with a reader of 5 s in its way."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from sqlkit import migrations
from sqlkit.migrations import Settings
from sqlkit.migrations.backend import Backend
from tests.migrations.kills import kill_and_apply_again, write_files
from tests.migrations.readers import others_read, read_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlkit.testing.server import Server

KILLS = 50
LOCK_TIMEOUT = 0.5
ROUNDS = 5  # since now and then this machine has something else to do


def test_killed_at_fifty_moments_ledger_and_schema_agree_after_the_next_run(
    server: Server, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    write_files(tmp_path, pause=0.02)
    chance = random.Random(2026)
    found: list[int] = []
    for _ in range(KILLS):
        with server.database() as url:
            found.append(kill_and_apply_again(url, tmp_path, chance))
    within = sum(0 < one < 20 for one in found)
    tell(f"{KILLS} kills, {within} of them in the middle of 20 migrations: all agree")
    assert within > KILLS // 2


def test_behind_a_migration_that_waits_for_a_reader_others_wait_its_lock_timeout_and_50_ms(
    server: Server, tmp_path: Path, tell: Callable[[str], None]
) -> None:
    (tmp_path / "0001.a.sql").write_text("create table a (n int)")
    found: list[float] = []
    while len(found) < ROUNDS and not any(one <= LOCK_TIMEOUT + 0.05 for one in found):
        with server.database() as url:
            found.append(longest_wait(url, tmp_path))
    tell(f"lock_timeout {LOCK_TIMEOUT} s; others waited at most {', '.join(map(str, found))} s")
    assert LOCK_TIMEOUT - 0.2 < min(found) <= LOCK_TIMEOUT + 0.05


def longest_wait(url: str, folder: Path) -> float:
    """The longest that one of four readers had to wait while a migration did, in seconds."""
    later = folder / "0002.b.sql"
    later.unlink(missing_ok=True)
    begun, stop = threading.Event(), threading.Event()
    with Backend.open(url, Settings(lock_timeout=LOCK_TIMEOUT)) as backend:
        list(migrations.apply(backend, migrations.read(folder)))
        later.write_text("alter table a add t text")
        with ThreadPoolExecutor(5) as threads:
            threads.submit(read_for, url, 5, begun)
            begun.wait()
            others = [threads.submit(others_read, url, stop) for _ in range(4)]
            try:
                done = [one.id for one in migrations.apply(backend, migrations.read(folder))]
            finally:
                stop.set()
            assert done == ["0002.b"]
    return round(max(max(one.result()) for one in others), 4)
