"""What ``import sqlkit`` gives, and what it costs."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import sqlkit

# The documented names. One that is missing here, or there, is a decision to write down.
NAMES = {
    "AsyncConnection",
    "AsyncDatabase",
    "AsyncHeldConnection",
    "AsyncTransaction",
    "CircuitOpen",
    "CommitUnknown",
    "CompileError",
    "Connection",
    "Database",
    "DatabaseClosed",
    "DeadlineExceeded",
    "DescribeError",
    "ForeignFile",
    "Health",
    "HeldConnection",
    "Json",
    "MigrationError",
    "MigrationLocked",
    "NoRow",
    "NoServer",
    "NoSession",
    "OutsideTransaction",
    "PoolExhausted",
    "ProjectError",
    "Query",
    "RolledBack",
    "Row",
    "SeederFailed",
    "SeedingError",
    "SourceError",
    "SqlFileError",
    "SqlkitError",
    "Statement",
    "TooManyRows",
    "Transaction",
    "UnreadableValue",
    "WrongArgument",
    "WrongKind",
    "deadline",
    "load",
    "sql",
}


def modules_after(code: str) -> set[str]:
    """The top-level and sqlkit modules that a fresh Python has imported after some code."""
    program = f"import json, sys\n{code}\nprint(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(json.loads(answer.stdout))


def test_the_public_names_are_the_documented_ones() -> None:
    assert set(sqlkit.__all__) == NAMES
    assert set(dir(sqlkit)) == NAMES


@pytest.mark.parametrize("name", sorted(NAMES))
def test_every_name_is_there_and_says_what_it_is(name: str) -> None:
    value = getattr(sqlkit, name)
    assert name == "Json" or value.__doc__


def test_star_gives_all_of_them() -> None:
    namespace: dict[str, object] = {}
    exec("from sqlkit import *", namespace)
    assert set(namespace) - {"__builtins__"} == NAMES


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'sqlkit' has no attribute 'Databse'"):
        _ = sqlkit.Databse


def test_importing_it_loads_nothing_heavy() -> None:
    loaded = modules_after("import sqlkit")
    assert not loaded & {"psycopg", "msgspec", "click", "rich", "yoyo", "pydantic", "backoff"}


def test_a_database_loads_no_extra() -> None:
    loaded = modules_after(
        "import sqlkit\nsqlkit.Database, sqlkit.AsyncDatabase, sqlkit.sql, sqlkit.Row"
    )
    assert "psycopg" in loaded
    assert not loaded & {"click", "rich", "yoyo", "pydantic", "pytest", "faker"}
    assert not loaded & {"sqlkit.describe", "sqlkit.compile", "sqlkit.cli", "sqlkit.testing"}


def test_the_version_is_the_distribution_s() -> None:
    pyproject = Path(__file__).parent.parent / "pyproject.toml"
    assert f'version = "{version("sqlkit-pg")}"' in pyproject.read_text("utf-8")


def test_the_errors_are_the_tree_that_is_drawn() -> None:
    import sqlkit.errors

    drawn = sqlkit.errors.__doc__ or ""
    for name in vars(sqlkit.errors):
        value = getattr(sqlkit.errors, name)
        if isinstance(value, type) and issubclass(value, Exception):
            assert name in drawn
            assert issubclass(value, sqlkit.SqlkitError)
