"""Signs of life while one statement of a migration takes long: how long so far, and how far it is.

Away from a terminal too, where a job that prints nothing for minutes is taken for dead.
"""

from __future__ import annotations

import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg.conninfo import make_conninfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.migrations.backend import Backend

FIRST, EVERY, CHECKS = 10.0, 30.0, 0.25  # seconds

# PostgreSQL manual, 28.4, "Progress Reporting". What ALTER TABLE rewrites is not reported.
_PROGRESS = """
select phase, case when tuples_total > 0 then tuples_done::float8 / tuples_total
    when blocks_total > 0 then blocks_done::float8 / blocks_total end
from pg_stat_progress_create_index where pid = %(pid)s
union all
select phase, heap_blks_scanned::float8 / nullif(heap_blks_total, 0)
from pg_stat_progress_cluster where pid = %(pid)s
union all
select phase, heap_blks_scanned::float8 / nullif(heap_blks_total, 0)
from pg_stat_progress_vacuum where pid = %(pid)s
"""


class Pulse(threading.Thread):
    """Tells now and then that a statement is still at work; as a context manager, until its end."""

    def __init__(self, backend: Backend, tell: Callable[[str], None]) -> None:
        super().__init__(name="sqlkit-migrate-pulse", daemon=True)
        info = backend.connection.info
        self._conninfo = make_conninfo(info.dsn, password=info.password or None, connect_timeout=3)
        self._pid = info.backend_pid
        self._tell = tell
        self._stopped = threading.Event()
        self._work: tuple[str, float] | None = None

    def __enter__(self) -> Pulse:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        self.join()

    def at(self, title: str | None) -> None:
        """What is at work from now on; None: nothing."""
        self._work = (title, time.monotonic()) if title else None

    def run(self) -> None:
        """Until it is stopped."""
        told: tuple[str, float] | None = None
        due = 0.0
        while not self._stopped.wait(CHECKS):
            work, now = self._work, time.monotonic()
            if work is None:
                continue
            if work is not told:
                told, due = work, work[1] + FIRST
            if now >= due:
                due = now + EVERY
                self._tell(f"{work[0]}: {now - work[1]:.0f} s so far{self._how_far()}")

    def _how_far(self) -> str:
        """``, building index: scanning table, 42 %``, if the server knows."""
        try:
            with closing(psycopg.connect(self._conninfo, autocommit=True)) as connection:
                row: Any = connection.execute(_PROGRESS, {"pid": self._pid}).fetchone()
        except psycopg.Error:
            return ""
        if row is None:
            return ""
        return f", {row[0]}" + (f", {row[1]:.0%}" if row[1] is not None else "")
