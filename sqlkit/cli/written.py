"""What plans come to, for people: remarks and errors, and the files that were written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from sqlkit.cli.console import say
from sqlkit.cli.failure import show

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlkit.compile import Plan


def refused(plans: Sequence[Plan], files: Collection[str] | None = None) -> bool:
    """Show what stands in the way, if anything does; remarks of all files, or of these only."""
    for plan in plans:
        for notice in plan.notices:
            if files is None or notice.file in files:
                say(f"note: {notice}")
    errors = [error for plan in plans for error in plan.errors]
    show(errors)
    return bool(errors)


def write(plans: Sequence[Plan]) -> None:
    """Write the files, and say which."""
    from sqlkit.compile import edited

    by_hand = {path for plan in plans for path in edited(plan)}
    written = [path for plan in plans for path in plan.write()]
    for path in written:
        lost = " (it had been edited by hand)" if path in by_hand else ""
        click.echo(f"{'wrote' if path.exists() else 'removed'} {path}{lost}")
    unchanged = sum(len(plan.files) for plan in plans) - sum(path.exists() for path in written)
    if unchanged:
        click.echo(f"{unchanged} file{'s' if unchanged > 1 else ''} unchanged")
