"""Whether rollbacks reverse, for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from rich.text import Text

from sqlkit.cli.console import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.migrations.dry_run import Again, Reversal

SAID = {
    "reversed": "its rollback reverses it",
    "differs": "error: its rollback leaves another schema",
    "failed": "error: its rollback fails",
    "no rollback": "can't be rolled back: nobody wrote how",
    "not reached": "its rollback was not tried: one after it can't be rolled back",
}
AGAIN = {
    "differs": "error: applied again after the rollback, the schema is another one",
    "failed": "error: after the rollback they can't be applied again",
}


def print_reversals(found: Sequence[Reversal], again: Again) -> None:
    """Print each, the last applied first, and what is wrong to standard error."""
    if not found:
        click.echo("nothing is pending")
        return
    for one in found:
        click.echo(f"{one.id}: {SAID[one.outcome]}")
        if one.detail:
            say(Text(one.detail))
    if again.outcome != "equal":
        click.echo(AGAIN[again.outcome])
        say(Text(again.detail))
    wrong = sum(one.is_dangerous for one in found) + (again.outcome != "equal")
    said = f"{wrong} wrong" if wrong else "nothing wrong"
    back = sum(one.outcome in ("reversed", "differs") for one in found)
    again_too = f", {back} of them rolled back and applied again" if back else ", none rolled back"
    click.echo(f"{len(found)} applied on a copy{again_too}; {said}")
