"""What was seen of migrations while they were tried, for people or as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from sqlkit.cli.console import say
from sqlkit.cli.migrating import took
from sqlkit.cli.table import print_json, print_table
from sqlkit.migrations.dry_run.modes import spoken, strongest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.migrations.dry_run import Facts, Finding, Touched
    from sqlkit.migrations.dry_run.findings import Level

    Found = Sequence[tuple[Facts, Sequence[Finding]]]

COLORS = {"error": "bold red", "danger": "bold red", "warning": "yellow", "note": "cyan"}
WORDS: dict[Level, str] = {"error": "failed", "danger": "dangerous"}
HEADINGS = ("statement", "", "took", "locks", "rewrites", "rows")


def print_tried(found: Found, pending: int, *, as_json: bool) -> None:
    """Print each statement with what it did, then what is worth knowing of it.

    ``pending`` is the number of migrations that were to be tried: one that fails ends the trial.
    """
    if as_json:
        statements = [
            {**one.as_dict(), "findings": [finding.as_dict() for finding in some]}
            for one, some in found
        ]
        print_json({"level": "verify", "statements": statements, "dangerous": dangerous(found)})
    else:
        _print(found, pending)


def dangerous(found: Found) -> bool:
    """Whether it brings exit status 1."""
    return any(finding.is_dangerous for _, some in found for finding in some)


def _print(found: Found, pending: int) -> None:
    if not pending:
        click.echo("nothing is pending")
        return
    print_table(HEADINGS, [_row(one) for one, _ in found])
    for one, some in found:
        for finding in some:
            say(_drawn(one, finding))
    migrations = f"{pending} migration{'' if pending == 1 else 's'}"
    failed = [one.migration for one, _ in found if one.error]
    if failed and (rest := pending - len({one.migration for one, _ in found})):
        say(f"{rest} after {failed[0]} {'was' if rest == 1 else 'were'} not tried")
        migrations = f"{pending - rest} of {migrations}"
    levels = Counter(finding.level for _, some in found for finding in some)
    said = [f"{levels[level]} {word}" for level, word in WORDS.items() if levels[level]]
    click.echo(f"{migrations} tried and rolled back; {', '.join(said) or 'nothing dangerous'}")


def _row(facts: Facts) -> tuple[Any, ...]:
    words = " ".join(facts.sql.split())
    return (
        f"{facts.path.name}:{facts.line}",
        words if len(words) <= 60 else f"{words[:59]}…",
        "" if facts.skipped or facts.error else took(facts.seconds),
        "\n".join(_lock(one) for one in facts.touched if one.locks),
        "\n".join(one.table for one in facts.touched if one.rewritten),
        f"{facts.rows:,}" if facts.rows else "",
    )


def _lock(one: Touched) -> str:
    mode = strongest(one.locks)
    return f"{one.table}: {spoken(mode)}" if mode else ""


def _drawn(facts: Facts, finding: Finding) -> Text:
    text = Text.assemble(
        (f"{facts.place}: ", "bold"),
        (f"{finding.level}: ", COLORS[finding.level]),
        finding.message,
        (f" ({finding.rule})" if finding.rule else "", "dim"),
    )
    if finding.blocks:
        text.append(f"\nblocks: {finding.blocks}")
    if finding.safer:
        text.append(f"\nsafer: {finding.safer}", "cyan")
    return text
