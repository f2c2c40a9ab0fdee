"""How migrations stand, as a table or as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from sqlkit.cli.console import say
from sqlkit.cli.migrating import took
from sqlkit.cli.table import print_json, print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.migrations import Problem, Standing
    from sqlkit.migrations.lock import Holder
    from sqlkit.migrations.standing import State

STATES: tuple[State, ...] = ("applied", "pending", "changed", "missing", "dirty")
MANY, LAST = 100, 20
HEADINGS = ("migration", "state", "applied (UTC)", "took")


def print_standings(
    standings: Sequence[Standing],
    problems: Sequence[Problem],
    held: Holder | None,
    *,
    as_json: bool,
    all_: bool,
) -> None:
    """Print each migration, then what is wrong and what to do.

    Of many that are applied only the last are in the table, unless ``all_`` are asked for.
    """
    counts: Counter[State] = Counter(one.state for one in standings)
    if as_json:
        print_json(
            {
                "migrations": [one.as_dict() for one in standings],
                "problems": [one.as_dict() for one in problems],
                "counts": {state: counts[state] for state in STATES},
                "lock": str(held) if held else None,
            }
        )
    else:
        _print(standings, problems, counts, held, all_=all_)


def _print(
    standings: Sequence[Standing],
    problems: Sequence[Problem],
    counts: Counter[State],
    held: Holder | None,
    *,
    all_: bool,
) -> None:
    if standings:
        print_table(HEADINGS, [_row(one) for one in _told(standings, all_=all_)])
    print_problems(problems)
    said = [f"{counts[state]} {state}" for state in STATES if counts[state]]
    click.echo(", ".join(said) or "there are no migrations")
    if held:
        say(f"{held} migrates right now")
    unrecorded = sum(one.unrecorded for one in standings)
    if unrecorded:
        say(f"{unrecorded} without a checksum, applied by yoyo alone: the next apply records it")


def _told(standings: Sequence[Standing], *, all_: bool) -> list[Standing]:
    applied = [one for one in standings if one.state == "applied"]
    if all_ or len(applied) <= MANY:
        return list(standings)
    hidden = {one.id for one in applied[:-LAST]}
    say(f"the first {len(hidden)} applied are left out; --all shows them")
    return [one for one in standings if one.id not in hidden]


def print_problems(problems: Sequence[Problem]) -> None:
    """Print what is wrong and what to do, to standard error."""
    from rich.text import Text

    for problem in problems:
        say(
            Text.assemble(
                ("error: ", "bold red"), problem.message, "\n", (f"hint: {problem.hint}", "cyan")
            )
        )


def _row(one: Standing) -> tuple[str, ...]:
    record = one.record
    applied = f"{record.applied:%Y-%m-%d %H:%M:%S}" if record and record.applied else ""
    seconds = record.duration if record else None
    return (one.id, one.state, applied, "" if seconds is None else took(seconds))
