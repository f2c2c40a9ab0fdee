"""A plan of pending migrations, for people or as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from sqlkit.cli.console import say, stdout
from sqlkit.cli.failure import show
from sqlkit.cli.standings import print_problems
from sqlkit.cli.table import print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.cli.breaking import Breaking
    from sqlkit.migrations import Planned, Problem
    from sqlkit.migrations.dry_run import Lint


def print_plan(
    pending: Sequence[Planned],
    problems: Sequence[Problem],
    lints: Sequence[Lint],
    breaking: Breaking | None,
    *,
    as_json: bool,
) -> None:
    """Print what would be run in which order, what is in the way, and which queries break."""
    if as_json:
        print_json(
            {
                "migrations": [one.as_dict() for one in pending],
                "problems": [one.as_dict() for one in problems],
                "squawk": [one.as_dict() for one in lints],
                "queries": breaking.as_dict() if breaking else None,
            }
        )
        return
    for one in pending:
        _print_one(one, [lint for lint in lints if lint.migration == one.migration.id])
    print_problems(problems)
    if breaking:
        _print_breaking(breaking)
    click.echo(_summary(pending, breaking))


def _print_one(one: Planned, lints: Sequence[Lint]) -> None:
    migration = one.migration
    mode = "in a transaction" if migration.transactional else "outside a transaction"
    out = stdout()
    out.print(
        Text.assemble((migration.id, "bold underline"), (f"  {migration.path}, {mode}", "dim")),
        soft_wrap=True,
    )
    for statement in migration.statements:
        out.print(Text(statement.sql.strip()), soft_wrap=True)
    for warning in one.warnings:
        out.print(Text.assemble(("warning: ", "yellow"), warning), soft_wrap=True)
    for lint in lints:
        out.print(_drawn(one, lint), soft_wrap=True)
    if one.refused:
        out.print(Text.assemble(("error: ", "bold red"), one.refused), soft_wrap=True)
    out.print()


def _drawn(one: Planned, lint: Lint) -> Text:
    text = Text.assemble(
        ("warning: ", "yellow"),
        f"{one.migration.path}:{lint.line}: {lint.message} ",
        (f"(squawk: {lint.rule})", "dim"),
    )
    return text.append(f"\nsafer: {lint.help}", "cyan") if lint.help else text


def _print_breaking(breaking: Breaking) -> None:
    if breaking.unknown:
        say(f"which queries would break could not be found out: {breaking.unknown}")
    for query, migration, error in breaking.errors:
        say(Text(f"{query} would break by {migration}:", "bold"))
        show([error])


def _summary(pending: Sequence[Planned], breaking: Breaking | None) -> str:
    if not pending:
        return "nothing is pending"
    said = f"{len(pending)} pending"
    if breaking is None or breaking.unknown:
        return said
    queries = f"{breaking.asked} quer{'y' if breaking.asked == 1 else 'ies'}"
    return f"{said}; {len(breaking.errors) or 'none'} of {queries} would break"
