"""Several processes at once, and processes that are killed."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import psycopg
import pytest

from tests.migrations.kills import COUNTS, FILES, kill_and_apply_again, start, write_files

if TYPE_CHECKING:
    from pathlib import Path

    from sqlkit.testing.server import Server


def test_eight_processes_apply_twenty_files_exactly_once(database_url: str, folder: Path) -> None:
    write_files(folder)
    processes = [start(database_url, folder) for _ in range(8)]
    applied: list[str] = []
    for process in processes:
        output, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        applied += output.split()[1:]
    assert sorted(applied) == sorted(path.stem for path in folder.iterdir())
    with psycopg.connect(database_url) as connection:
        counts = connection.execute(COUNTS).fetchone()
    assert counts == (FILES, FILES, FILES - 1, FILES - 1, FILES)


@pytest.mark.parametrize("seed", range(10))
def test_whenever_a_process_is_killed_ledger_and_schema_agree_after_the_next(
    server: Server, folder: Path, seed: int
) -> None:
    write_files(folder, count=12, pause=0.03)
    with server.database() as url:
        kill_and_apply_again(url, folder, random.Random(seed))
