"""WITH queries that are not what they seem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.codes import SELECT, TABLE
from sqlkit.describe.hazards.rule import Found, hazard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.describe.hazards.block import Block
    from sqlkit.describe.hazards.look import Look


@hazard(
    bad="""
        with recent as (select id from orders where placed_at > :since)
        select id from orders order by id
    """,
    good="""
        with recent as (select id from orders where placed_at > :since)
        select id from recent order by id
    """,
    manual=("WITH Queries", "queries-with.html"),
)
def unused_cte(look: Look) -> Iterator[Found]:
    """A WITH query that only reads is never used.

    Mostly the statement reads the table where it should read the WITH query, and its conditions do
    nothing. PostgreSQL doesn't even run it, so a function called in it isn't called either.
    """
    for _, cte in look.nodes("COMMONTABLEEXPR"):
        query = cte.node("ctequery")
        if query and query.number("commandType") == SELECT and not cte.number("cterefcount"):
            name = cte.text("ctename")
            yield Found(
                f"nothing reads {name}, so it is never run",
                f"read from {name}, or take it out",
                look.at(cte),
            )


@hazard(
    bad="""
        with orders as (select id, user_id from orders where status = 'open')
        select count(*) from orders
    """,
    good="""
        with open_orders as (select id, user_id from orders where status = 'open')
        select count(*) from open_orders
    """,
    manual=("WITH Queries", "queries-with.html"),
)
def shadowed_cte(look: Look) -> Iterator[Found]:
    """A WITH query has the name of a table, or of another WITH query, that the statement reads too.

    The same name then means one thing here and another there, and taking the WITH query out, or
    renaming it, leaves a statement that is right as SQL and gives other rows.
    """
    tables = {
        relation.name
        for block in look.blocks
        for entry in block.rtable
        if entry.number("rtekind") == TABLE and (relation := look.relation(entry))
    }
    for block, cte in look.nodes("COMMONTABLEEXPR"):
        name = cte.text("ctename")
        if name in tables or name in _names_around(block):
            what = "a table" if name in tables else "another WITH query"
            yield Found(
                f"{name} is also the name of {what} that this statement reads",
                "give the WITH query a name of its own",
                look.at(cte),
            )


def _names_around(block: Block) -> set[str]:
    names: set[str] = set()
    outer = block.outer
    while outer:
        names |= {cte.text("ctename") for cte in outer.query.nodes("cteList")}
        outer = outer.outer
    return names
