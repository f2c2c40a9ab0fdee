"""Every SQL file that other people's packages brought onto this machine."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path
from shutil import which

import pytest

from sqlkit.sqlfile import Text, read


@cache
def files() -> list[Path]:
    folders = {Path(folder) for folder in sys.path if folder.endswith("-packages")}
    if which("pg_config"):
        answer = subprocess.run(
            ["pg_config", "--sharedir"], capture_output=True, text=True, check=False
        )
        folders.add(Path(answer.stdout.strip() or "/nonexistent"))
    return sorted(path for folder in folders for path in folder.rglob("*.sql"))


def texts() -> list[tuple[Path, str]]:
    read_texts = [(path, path.read_text("utf-8", errors="replace")) for path in files()]
    found = [(path, text) for path, text in read_texts if text.strip() and "\0" not in text]
    if not found:
        pytest.skip("no installed package holds a .sql file")
    return found


def test_nothing_but_parameters_changes_in_any_installed_sql_file() -> None:
    for path, text in texts():
        for query in read(f"-- name: x\n\n{text}", file=str(path)).queries[:1]:
            pieces = [piece for line in query.lines for piece in line.pieces]
            written = "".join(p.text if isinstance(p, Text) else f":{p.name}" for p in pieces)
            assert written in text, path
            native = "".join(
                p.text if isinstance(p, Text) else f"${query.parameters.index(p.name) + 1}"
                for p in pieces
            )
            assert query.conditions or query.sql == native, path


def test_most_installed_sql_files_have_no_error() -> None:
    broken = [path for path, text in texts() if read(f"-- name: x\n\n{text}").errors]
    assert len(broken) <= len(texts()) // 10, broken
