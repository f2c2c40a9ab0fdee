"""What sqlkit does, from an empty PostgreSQL to rows: ``make demo``.

The functions named in `main` are the acts: the demo prints the code of each, and what comes of it.
"""

from __future__ import annotations

import asyncio
import inspect
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from shlex import join
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from psycopg.errors import ForeignKeyViolation
from rich.console import Console
from rich.syntax import Syntax
from rich.table import Table

from sql import campaigns, events, users
from sql.seeds import seed
from sqlkit import AsyncDatabase, Database
from sqlkit.testing.server import throwaway

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlkit import Row

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
console = Console(width=100, highlight=False)


def main() -> None:
    """Every act, in order, in a database that is gone afterwards."""
    title("A PostgreSQL to play with")
    with throwaway() as server, server.database() as url:
        console.print(f"PostgreSQL {server.version} ({server.way})")
        title("Migrations are SQL files, applied by yoyo's own command")
        yoyo_url = url.replace("postgresql://", "postgresql+sqlkit://", 1)
        run("yoyo", "apply", "--batch", "--database", yoyo_url, "migrations")
        console.print(*(path.stem for path in sorted(ROOT.glob("migrations/*[!k].sql"))), sep="\n")
        title("Queries are SQL files too, compiled to typed functions")
        show("sql", query_in("campaigns.sql", "page_campaigns"))
        run("sqlkit", "compile", "--dsn", url)
        show("python", inspect.getsource(campaigns.Campaign))
        show("python", inspect.getsource(campaigns.page_campaigns))
        act_in(url)
    show_what_is_next()


def act_in(url: str) -> None:
    """Every act that asks the database something."""
    with Database(url) as db:
        act("Seeds fill the tables, by the same functions", fill_tables, db)
        act("One row, or none", find_one, db)
        act("A page at a time, and filters that may be left out", turn_pages, db)
        act("Joins, sums and windows are just SQL", add_up, db)
        act("A transaction: all of it or nothing", fail_in_the_middle, db)
        act("Many rows: copied in, streamed out", copy_and_stream, db)
    title("The same functions, async")
    show("python", inspect.getsource(ask_at_once))
    asyncio.run(ask_at_once(url))


def fill_tables(db: Database) -> None:
    seed(db)
    say(db.run(users.count_users()), "users")


def find_one(db: Database) -> None:
    say(db.run(users.find_user(email="nobody@example.com")))
    user = db.run(users.get_user(id=7))
    say(user.full_name, user.settings.theme, user.created_at)


def turn_pages(db: Database) -> None:
    page = db.run(campaigns.page_campaigns(owner_id=3, max_rows=2))
    table(page, "id", "title", "status", "budget", "tags")
    budget, last = page[-1].budget, page[-1].id
    page = db.run(
        campaigns.page_campaigns(owner_id=3, max_rows=2, after_budget=budget, after_id=last)
    )
    table(page, "id", "title", "status", "budget", "tags")


def add_up(db: Database) -> None:
    table(db.run(campaigns.sum_by_owner(max_rows=3)), "email", "campaigns", "active", "budget")
    days = db.run(events.sum_days(campaign_id=1))
    table(days[:3], "day", "clicks", "cost", "cost_so_far", "change")


def fail_in_the_middle(db: Database) -> None:
    try:
        with db.transaction() as tx:
            click = campaigns.charge_campaign(id=1, amount=Decimal(5), kind="click", details=None)
            say(tx.run(click))
            tx.run(campaigns.add_member(campaign_id=1, user_id=999, role="editor"))
    except ForeignKeyViolation as error:
        say(error, *error.__notes__, sep="\n")
    say(db.run(campaigns.get_campaign(id=1)).remaining, "remains")


def copy_and_stream(db: Database) -> None:
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    views = events.import_events(
        (1, None, "impression", Decimal("0.002"), None, noon) for _ in range(50_000)
    )
    say(db.run(views), "events copied in")
    with db.stream(events.export_events()) as exported:
        say(sum(event.cost for event in exported), "is what all events cost")


async def ask_at_once(url: str) -> None:
    async with AsyncDatabase(url) as db:
        found, running = await asyncio.gather(
            db.run(campaigns.search_campaigns(text='"summer sale" or tea', max_rows=3)),
            db.run(campaigns.list_running(day=date(2026, 6, 1))),
        )
    table(found, "id", "title", "score")
    table(running, "id", "title", "starts_on", "ends_on")


def act(name: str, function: Callable[[Database], None], db: Database) -> None:
    """Show a function's code, then run it."""
    title(name)
    body = inspect.getsource(function).split("\n", 1)[1]
    show("python", dedent(body))
    function(db)


def title(text: str) -> None:
    console.print()
    console.rule(f"[bold]{text}", align="left")


def say(*values: object, sep: str = " ") -> None:
    """Print values as they came back."""
    console.print(*values, sep=sep, markup=False, style="green")


def show(language: str, code: str) -> None:
    console.print(Syntax(code.strip("\n"), language, theme="ansi_dark", word_wrap=True))
    console.print()


def table(rows: Sequence[Row], *columns: str) -> None:
    """Print these columns of rows."""
    drawn = Table(*columns, style="green")
    for row in rows:
        values: list[Any] = [getattr(row, column) for column in columns]
        drawn.add_row(*map(str, values))
    console.print(drawn)


def run(program: str, *arguments: str) -> None:
    """Print a command line, run it, and print what it said; if it fails, so does the demo."""
    console.print(f"[bold]$[/] {join((program, *arguments))}", soft_wrap=True)
    done = subprocess.run(
        (BIN / program, *arguments),
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.stdout:
        console.print(done.stdout, markup=False, soft_wrap=True)
    if done.returncode:
        sys.exit(done.returncode)


def query_in(file: str, name: str) -> str:
    """The text of one query of sql/."""
    queries = re.split(r"^(?=-- name: )", (ROOT / "sql" / file).read_text(), flags=re.MULTILINE)
    return next(query for query in queries if query.startswith(f"-- name: {name} "))


def show_what_is_next() -> None:
    title("What to do next")
    console.print(
        f"source {BIN.parent.name}/bin/activate     puts sqlkit and yoyo on your PATH",
        "sqlkit db start               keeps a PostgreSQL for this folder, with its migrations",
        "sqlkit run users.create_user email=me@example.com full_name=Me",
        "sqlkit compile                after a change in sql/*.sql",
        "sqlkit init                   in an empty folder: a project of your own",
        "make test                     runs the tests",
        "docs/demo.py                  is what you just saw",
        sep="\n",
        markup=False,
    )


if __name__ == "__main__":
    main()
