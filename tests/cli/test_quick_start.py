from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from sqlkit.project import Project
from sqlkit.testing import kept

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_what_init_prints_works_to_the_last_line(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SQLKIT_TEST_DSN", raising=False)
    (here / "bin").mkdir()
    for name, words in {"sqlkit": "-m sqlkit.cli", "python": ""}.items():
        script = here / "bin" / name
        script.write_text(f'#!/bin/sh\nexec {sys.executable} {words} "$@"\n', encoding="utf-8")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{here / 'bin'}{os.pathsep}{os.environ['PATH']}")
    said = shell("sqlkit init app")
    next_lines = said.stdout.partition("Next:\n\n")[2]
    try:
        done = shell(f"set -e\n{next_lines}")
    finally:
        kept.remove(Project.find(here / "app").cache)

    assert done.returncode == 0, done.stderr
    assert "Hello" in done.stdout
    assert done.stdout.splitlines()[-2].endswith("  The first one from Python")
    assert done.stdout.splitlines()[-1].endswith("  Hello")


def shell(lines: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", "-c", lines], capture_output=True, text=True, check=False, timeout=120
    )
