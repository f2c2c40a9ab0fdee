from __future__ import annotations

import re
import shlex
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    Run = Callable[..., Result]

HOOKS: list[dict[str, Any]] = import_module("yaml").safe_load(
    (Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text("utf-8")
)


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_a_hooks_command_runs_without_file_names(
    project: Path, sqlkit: Run, hook: dict[str, Any]
) -> None:
    sqlkit("compile")
    program, *arguments = shlex.split(hook["entry"])

    assert program == "sqlkit"
    assert hook["pass_filenames"] is False
    sqlkit(*arguments)


@pytest.mark.parametrize("hook", HOOKS, ids=[hook["id"] for hook in HOOKS])
def test_a_hook_is_for_whatever_can_break_a_query(hook: dict[str, Any]) -> None:
    files = re.compile(hook["files"])

    for name in ("sql/users.sql", "migrations/0001.x.sql", "migrations/2.py", "pyproject.toml"):
        assert files.search(name)
    # A generated module too: it may have been edited by hand.
    assert files.search("sql/users.py")
    assert not files.search("README.md")


def test_hooks_have_names_of_their_own() -> None:
    assert [hook["id"] for hook in HOOKS] == ["sqlkit-check", "sqlkit-compile"]
