"""Trying a migration again that did not get its locks in time.

A statement that waits for a strong lock makes all others wait behind it, readers too. So it waits
only ``lock_timeout``, gives way, and the whole migration is tried again.
"""

from __future__ import annotations

import time
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import psycopg

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.migrations.settings import Settings

T = TypeVar("T")

# lock_not_available and deadlock_detected: PostgreSQL manual, appendix A.
AGAIN = ("55P03", "40P01")
_PAUSE, _BASE, _CAP = 0.2, 0.2, 5.0  # seconds; the first is for those who waited behind

_IN_THE_WAY = """
select a.pid, nullif(a.application_name, ''),
    extract(epoch from clock_timestamp() - a.xact_start)::float8
from pg_stat_activity a
where a.datname = current_database() and a.pid <> pg_backend_pid() and a.xact_start is not null
    and a.xact_start < clock_timestamp() - make_interval(secs => %s)
    and exists (select from pg_locks l where l.pid = a.pid and l.locktype = 'relation')
order by a.xact_start
limit 3
"""


def repeated(
    attempt: Callable[[], T],
    settings: Settings,
    connection: psycopg.Connection[Any],
    told: Callable[[str], None],
) -> T:
    """What the attempt gives, tried again while it is locks that it lacks.

    The last error gets a note that names the sessions with the oldest transactions.
    """
    for number in count(1):
        try:
            return attempt()
        except psycopg.Error as error:
            if error.sqlstate not in AGAIN:
                raise
            if number >= settings.attempts:
                _note(error, settings, connection)
                raise
            pause = _pause(number)
            told(_message(error, number, pause, settings))
        time.sleep(pause)
    raise AssertionError


def _pause(number: int) -> float:
    # Only here, since importing the policies is slow, and `status` needs none.
    from sqlkit.policy.retry import full_jitter

    return _PAUSE + full_jitter(number, _BASE, _CAP)


def _message(error: psycopg.Error, number: int, pause: float, settings: Settings) -> str:
    what = "a deadlock" if error.sqlstate == "40P01" else f"no lock in {settings.lock_timeout:g} s"
    return f"{what}: rolled back, try {number + 1} of {settings.attempts} in {pause:.1f} s"


def _note(error: psycopg.Error, settings: Settings, connection: psycopg.Connection[Any]) -> None:
    tried = "once" if settings.attempts == 1 else f"{settings.attempts} times"
    error.add_note(f"tried {tried}, waiting {settings.lock_timeout:g} s for each lock")
    if connection.closed:
        return
    for pid, application, age in connection.execute(_IN_THE_WAY, (settings.lock_timeout,)):
        name = f' ("{application}")' if application else ""
        error.add_note(f"backend {pid}{name} has had a transaction open for {age:.0f} s")
