from __future__ import annotations

import os
import pty
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from sqlkit.cli.app import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

HEAVY = ("psycopg", "rich", "msgspec", "yoyo", "sqlkit.database", "sqlkit.describe", "asyncio")


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize("arguments", [["--help"], *([name, "--help"] for name in NAMES)])
def test_help_loads_nothing_that_is_slow_to_load(arguments: list[str]) -> None:
    code = f"""
import sys
sys.argv = ["sqlkit", *{arguments!r}]
from sqlkit.cli import main
try:
    main()
finally:
    print([name for name in {HEAVY!r} if name in sys.modules])
"""
    result = python(code)

    assert result.returncode == 0, result.stderr
    assert "Usage: sqlkit" in result.stdout
    assert result.stdout.endswith("\n[]\n")


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_without_the_extra_the_message_names_it(missing: str) -> None:
    result = python(f"""
import sys
sys.modules[{missing!r}] = None
from sqlkit.cli import main
main()
""")

    assert result.returncode == 2
    assert result.stderr == (
        f"sqlkit: the command line needs {missing}. Install with: pip install 'sqlkit-pg[cli]'\n"
    )


def test_an_unknown_command_is_wrong_use_and_brings_the_near_one(
    sqlkit: Callable[..., Result],
) -> None:
    result = sqlkit("compil", exit_code=2)

    assert "No such command 'compil'" in result.stderr
    assert "Did you mean compile?" in result.stderr


def test_a_wrong_setting_is_a_message_and_wrong_use(
    sqlkit: Callable[..., Result], here: Path
) -> None:
    (here / "pyproject.toml").write_text('[tool.sqlkit]\nsqll = "x"\n', encoding="utf-8")

    result = sqlkit("db", "url", exit_code=2)

    assert result.stderr.startswith("error: ")
    assert 'did you mean "sql"?' in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize("no_color", [False, True])
def test_a_terminal_gets_colours_unless_no_color_is_set(here: Path, no_color: bool) -> None:
    (here / "sql").mkdir()
    (here / "sql" / "bad.sql").write_text("-- name: bad :oen\nselect 1;\n", encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    environment |= {"TERM": "xterm-256color"} | ({"NO_COLOR": "1"} if no_color else {})

    shown = in_terminal(["describe"], environment)

    assert "sql/bad.sql:1:" in shown
    assert "Traceback" not in shown
    assert ("\x1b[31m" in shown) is not no_color


def in_terminal(arguments: list[str], environment: dict[str, str]) -> str:
    """What a command shows on a terminal of its own."""
    ours, its = pty.openpty()
    try:
        subprocess.run(
            [sys.executable, "-m", "sqlkit.cli", *arguments],
            stdin=its,
            stdout=its,
            stderr=its,
            env=environment,
            check=False,
            timeout=60,
        )
        return os.read(ours, 100_000).decode()
    finally:
        os.close(ours)
        os.close(its)
