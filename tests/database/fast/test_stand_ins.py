"""What happens with a release of psycopg that has other lower layers than are known."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "change",
    [
        "sys.modules['psycopg.generators'] = None",
        "del psycopg.generators.fetch_many",
        "psycopg.waiting.wait = lambda gen, socket: None",
        "psycopg.adapt.Transformer = dict",
        "psycopg._copy_base.format_row_binary = lambda row, tx, out: out.extend(b'other')",
    ],
)
def test_it_is_told_and_the_documented_layers_are_used(change: str) -> None:
    program = f"import psycopg, sys; {change}; from sqlkit.database import driver, public"
    done = python("-c", f"{program}; assert driver.execute is public.execute")
    assert done.returncode == 0, done.stderr
    assert "has other lower layers than sqlkit knows" in done.stderr


def test_nothing_is_told_of_the_known_ones() -> None:
    program = "from sqlkit.database import driver, public"
    done = python("-c", f"{program}; assert driver.execute is not public.execute")
    assert (done.returncode, done.stderr) == (0, "")


def test_batches_go_on_as_ever() -> None:
    """All else does too, but that takes minutes: `make chaos`."""
    plugins = ["-p", "tests.without_lower_layers", "-p", "no:randomly", "-n0"]
    done = python("-m", "pytest", "-q", *plugins, "tests/database/test_batch.py")
    assert done.returncode == 0, done.stdout[-3000:]
