"""``sqlkit seed``: the project's seeders, or as many made-up rows of a table as are asked for."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from sqlkit.cli.options import on_data
from sqlkit.project import Project

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from sqlkit.seeding import Done, Seeder


@click.command("seed")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--fill",
    "fills",
    multiple=True,
    metavar="TABLE=ROWS",
    help="Put made-up rows into a table instead, by its catalog alone.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be done, and roll it back.")
@click.option(
    "--env",
    "environment",
    envvar="SQLKIT_ENV",
    help="The environment. Else SQLKIT_ENV, the database's own setting, or development.",
)
@click.option("--yes-production", "production", is_flag=True, help="Seed production, too.")
@click.option("--root-seed", "root", default=0, help="Where all chance begins (0).")
@click.option("--wait", default=60.0, metavar="SECONDS", help="For another's lock (60).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@on_data
def command(
    names: tuple[str, ...],
    fills: tuple[str, ...],
    *,
    dry_run: bool,
    as_json: bool,
    dsn: str | None,
    database: str | None,
    **settings: Any,
) -> None:
    """Run the seeders NAME and those that they need; without a name, all of them.

    They are in sql/seeds.py, or where [tool.sqlkit] seeds says. What is missing is inserted, what
    differs is changed, what is as it should be is left; all in one transaction, or nothing.
    """
    from sqlkit.cli.connected import connected
    from sqlkit.cli.seeders import load
    from sqlkit.cli.target import target
    from sqlkit.seeding import seed

    project = Project.find()
    wanted = _wanted(fills, names)
    seeders = [] if wanted else load(project)
    conninfo = target(project, project.database(database), dsn)
    # A transaction is never repeated, and whoever finds that it takes too long can press Ctrl-C.
    with connected(conninfo, policies=()) as db, _progress() as told:
        done = seed(db, seeders, names, fills=wanted, dry_run=dry_run, told=told, **settings)
    _print(done, dry_run=dry_run, as_json=as_json, filled=bool(wanted))
    if not names:
        _say_left_out(seeders, done)


def _wanted(fills: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    """How many rows of which tables ``--fill`` asks for."""
    if fills and names:
        raise click.UsageError("name seeders or give --fill, not both")
    wanted: dict[str, int] = {}
    for given in fills:
        table, _, rows = given.rpartition("=")
        if not table or not rows.isdecimal():
            raise click.UsageError(f"--fill takes TABLE=ROWS, such as users=1000, not {given!r}")
        if table in wanted:
            raise click.UsageError(f"--fill names {table} twice")
        wanted[table] = int(rows)
    return wanted


@contextmanager
def _progress() -> Generator[Callable[[str, int, int], None]]:
    """Shows a bar for each seeder or table on a terminal, on standard error."""
    from rich.progress import Progress, TaskID

    from sqlkit.cli.console import stderr

    console = stderr()
    tasks: dict[str, TaskID] = {}
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:

        def told(name: str, rows: int, all_rows: int) -> None:
            if name not in tasks:
                tasks[name] = progress.add_task(name, total=all_rows)
            progress.update(tasks[name], completed=rows)

        yield told


def _print(done: Sequence[Done], *, dry_run: bool, as_json: bool, filled: bool) -> None:
    from sqlkit.cli.console import say
    from sqlkit.cli.table import print_json, print_table

    if as_json:
        print_json({"dry_run": dry_run, "seeders": list(done)})
        return
    if filled:
        print_table(["table", "inserted"], [(one.table, one.inserted) for one in done])
    elif done:
        rows = [(one.seeder, one.inserted, one.changed, one.left) for one in done]
        print_table(["seeder", "inserted", "changed", "left"], rows)
    if dry_run:
        say("dry run: nothing was written")


def _say_left_out(seeders: Sequence[Seeder[Any]], done: Sequence[Done]) -> None:
    from sqlkit.cli.console import say

    ran = {one.seeder for one in done}
    left_out = [each for each in seeders if each.name not in ran]
    if left_out:
        named = ", ".join(f"{each.name} ({', '.join(each.environments)})" for each in left_out)
        say(f"left out, since they are for another environment: {named}")
