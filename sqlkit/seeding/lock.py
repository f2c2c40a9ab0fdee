"""One at a time: seeding holds the lock under which migrations are applied.

It is the transaction's own, so that it ends with it. It is asked for again and again instead of
waited for, for the reason that `sqlkit.migrations.lock` gives.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from sqlkit.errors import MigrationLocked
from sqlkit.migrations.lock import POLL, key
from sqlkit.seeding.conversation import Pause
from sqlkit.statement import Line, Query, Statement

if TYPE_CHECKING:
    from sqlkit.seeding.conversation import Conversation

_TRY: Query[bool] = Query(
    name="seeding.lock",
    kind="one",
    lines=(Line("select pg_try_advisory_xact_lock(", 0, "::int, ", 1, "::int)"),),
    parameters=("class", "ledger"),
)


def lock(ledger: str, wait: float) -> Conversation[None]:
    """Take the lock of a ledger for the rest of this transaction; waits at most ``wait`` seconds.

    Raises `MigrationLocked`.
    """
    end = time.monotonic() + wait
    while not (yield Statement(_TRY, key(ledger))):
        if time.monotonic() >= end:
            raise MigrationLocked(
                f"another process migrates or seeds this database, and did so for {wait:g} s"
            )
        yield Pause(POLL)
