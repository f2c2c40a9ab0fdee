"""Migrations whose process is killed at fifty moments."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from tests.migrations.kills import kill_and_apply_again, write_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlkit.testing.server import Server

KILLS = 50


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
