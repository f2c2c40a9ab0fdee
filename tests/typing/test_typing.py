"""What type checkers say of sqlkit's users, right and wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
ERROR = re.compile(r":(\d+): error: ")


def mypy(path: Path, cache: Path) -> list[str]:
    """The lines that ``mypy --strict`` prints of a file."""
    options = ["--strict", "--no-error-summary", f"--cache-dir={cache}"]
    answer = subprocess.run(
        [sys.executable, "-m", "mypy", *options, str(path)],
        cwd=ROOT,
        env={**os.environ, "MYPYPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not answer.stderr, answer.stderr
    lines: list[str] = answer.stdout.splitlines()
    return lines


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mypy")


def test_right_uses_have_the_types_they_should(cache: Path) -> None:
    assert mypy(HERE / "api.py", cache) == []


def test_wrong_uses_are_refused_and_nothing_else(cache: Path, tmp_path: Path) -> None:
    text = (HERE / "refused.txt").read_text("utf-8")
    path = tmp_path / "refused.py"
    path.write_text(text, "utf-8")
    lines = enumerate(text.splitlines(), 1)
    expected = {number for number, line in lines if line.endswith("  # refused")}
    errors = (ERROR.search(line) for line in mypy(path, cache))
    assert {int(found[1]) for found in errors if found} == expected
