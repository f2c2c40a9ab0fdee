from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

    Run = Callable[..., Result]


def files(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_init_writes_a_project_and_says_what_is_next(sqlkit: Run, here: Path) -> None:
    result = sqlkit("init")

    assert files(here).keys() == {
        "pyproject.toml",
        "migrations/0001.create-notes.sql",
        "migrations/0001.create-notes.rollback.sql",
        "sql/notes.sql",
        "example.py",
    }
    assert "  sqlkit db start " in result.stdout
    assert "  cd " not in result.stdout


def test_init_makes_the_folder_it_is_given(sqlkit: Run, here: Path) -> None:
    result = sqlkit("init", "new/app")

    assert (here / "new" / "app" / "sql" / "notes.sql").is_file()
    assert "  cd new/app\n" in result.stdout


def test_init_adds_its_section_to_a_pyproject_that_is_there(sqlkit: Run, here: Path) -> None:
    pyproject = here / "pyproject.toml"
    pyproject.write_text('[project]\nname = "mine"', encoding="utf-8")

    sqlkit("init")

    text = pyproject.read_text(encoding="utf-8")
    assert text.startswith('[project]\nname = "mine"\n\n[tool.sqlkit]\n')
    assert tomllib.loads(text)["tool"]["sqlkit"] == {"sql": "sql", "migrations": "migrations"}


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("example.py", "mine", "example.py already there; nothing was written"),
        ("sql/notes.sql", "mine", "sql/notes.sql already there; nothing was written"),
        ("pyproject.toml", "[tool.sqlkit]", "has a [tool.sqlkit] already; nothing was written"),
        ("pyproject.toml", "[tool", "nothing was written"),
        ("pyproject.toml", "tool = {ruff = {}}", "nothing was written"),
    ],
)
def test_init_overwrites_nothing(
    sqlkit: Run, here: Path, name: str, text: str, message: str
) -> None:
    (here / name).parent.mkdir(exist_ok=True)
    (here / name).write_text(text, encoding="utf-8")
    before = files(here)

    result = sqlkit("init", exit_code=2)

    assert message in result.stderr
    assert files(here) == before
