"""Options that several commands of ``sqlkit migrate`` have, and what the project says of them."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from sqlkit.cli.options import on_data, together

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlkit.cli.options import Function
    from sqlkit.migrations import Settings
    from sqlkit.migrations.dry_run import Limits
    from sqlkit.project import Project


on_a_database = together(
    on_data, click.option("--json", "as_json", is_flag=True, help="Print JSON.")
)
"""Which database, and JSON."""

with_settings = together(
    click.option(
        "--wait",
        type=click.FloatRange(0),
        metavar="SECONDS",
        help="How long to wait while another process migrates (60).",
    ),
    click.option(
        "--lock-timeout",
        type=click.FloatRange(0),
        metavar="SECONDS",
        help="How long a statement waits for a lock, and others behind it (2; 0: for ever).",
    ),
    click.option(
        "--attempts",
        type=click.IntRange(1),
        help="How often to try a migration that lacks a lock (10).",
    ),
)
"""How long to wait, and how often to try."""

_dangers = together(
    click.option(
        "--danger-rows",
        type=click.IntRange(0),
        metavar="ROWS",
        help="With --dry-run: from how many rows on a table is big (10000).",
    ),
    click.option(
        "--danger-size",
        type=click.IntRange(0),
        metavar="BYTES",
        help="With --dry-run: from which size on a table is big (8388608).",
    ),
    click.option(
        "--statement-timeout",
        type=click.FloatRange(0),
        metavar="SECONDS",
        help="With --dry-run: how long a statement may take (60).",
    ),
)


def with_limits(function: Function) -> Function:
    """What a dry run takes for dangerous, as one keyword."""

    @wraps(function)
    def with_limits(*arguments: Any, **given: Any) -> Any:
        limits = {name: given.pop(f"danger_{name}") for name in ("rows", "size")}
        limits["statement_timeout"] = given.pop("statement_timeout")
        return function(*arguments, limits=limits, **given)

    return _dangers(with_limits)


def settings(project: Project, options: Mapping[str, Any]) -> Settings:
    """How to apply: the options that were given, else what ``[tool.sqlkit.migrate]`` says."""
    from sqlkit.migrations import Settings

    names = {name: name for name in ("wait", "lock_timeout", "attempts")}
    return Settings(**_merged(project, names, options))


def limits(project: Project, options: Mapping[str, Any]) -> Limits:
    """What is dangerous: the same."""
    from sqlkit.migrations.dry_run import Limits

    names = {"danger_rows": "rows", "danger_size": "size", "statement_timeout": "statement_timeout"}
    return Limits(**_merged(project, names, options))


def given(options: Mapping[str, Any]) -> dict[str, Any]:
    """Those that were said."""
    return {name: value for name, value in options.items() if value is not None}


def _merged(
    project: Project, names: Mapping[str, str], options: Mapping[str, Any]
) -> dict[str, Any]:
    """What the project says, by the names that its keys have here, overruled by the options."""
    of_project = {
        name: project.migrate[key] for key, name in names.items() if key in project.migrate
    }
    return {**of_project, **given(options)}
