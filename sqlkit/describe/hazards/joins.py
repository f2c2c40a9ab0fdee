"""Joins that give more rows, or fewer, than they look like."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlkit.describe.codes import DELETE, FULL, INNER, LEFT, RIGHT, TABLE, UPDATE
from sqlkit.describe.hazards.rule import Found, hazard
from sqlkit.describe.hazards.shapes import columns, conjuncts
from sqlkit.describe.nullability.joins import entries
from sqlkit.describe.nullability.steps import run
from sqlkit.describe.single import fixed_columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.describe.hazards.block import Block
    from sqlkit.describe.hazards.look import Look
    from sqlkit.describe.tree import Node

_WORDS = {LEFT: "left join", RIGHT: "right join", FULL: "full join"}


@hazard(
    bad="select u.email, o.status from users as u, orders as o where o.total > 0",
    good="select u.email, o.status from users as u, orders as o where o.user_id = u.id",
    manual=("Joins Between Tables", "tutorial-join.html"),
)
def unjoined_tables(look: Look) -> Iterator[Found]:
    """Two tables stand side by side, and no condition joins them.

    Every row of one is paired with every row of the other; an UPDATE … FROM changes every row, a
    DELETE … USING deletes every row. Left alone are `cross join`, which says that it is meant,
    tables held to one row by a unique key, subqueries and functions.
    """
    for block in look.blocks:
        if block.command in (UPDATE, DELETE) and block.quals is None:
            continue  # it reaches every row anyhow, and another rule says so
        groups = _groups(look, block)
        if len(groups) > 1:
            names = [_table_name(block, group) for group in groups]
            yield Found(
                f"nothing joins {names[-1]} to {' and '.join(names[:-1])}: every row of one is "
                "paired with every row of the other",
                "add the condition that joins them, or write `cross join`",
                _table_at(look, block, groups[-1]),
            )


def _groups(look: Look, block: Block) -> list[set[int]]:
    """The tables of FROM, those together that a condition joins."""
    sources = [entries(source) for source in block.sources]  # the table that is written, too
    groups = [group for group in sources if _is_free(look, block, group)]
    for condition in conjuncts(block.quals):
        used = {var.number("varno") for var in columns(condition)} | {
            # In a subquery of the condition they are one level further out.
            var.number("varno")
            for var in columns(condition, levels=1)
        }
        joined = [group for group in groups if group & used]
        if len(joined) > 1 or (joined and used - joined[0]):
            groups = [group for group in groups if group not in joined]
            groups.append(set[int]().union(*joined, used))
    return groups


def _is_free(look: Look, block: Block, group: set[int]) -> bool:
    """Whether these are tables, none of them held to one row."""
    inside = [entry for one in group if (entry := block.entry(one))]
    tables = [one for one in group if _is_table(block, one)]
    if not tables or any(entry.flag("lateral") for entry in inside):
        return False
    return not any(_is_one_row(look, block, table) for table in tables)


def _is_table(block: Block, number: int) -> bool:
    entry = block.entry(number)
    return entry is not None and entry.number("rtekind") == TABLE


def _is_one_row(look: Look, block: Block, number: int) -> bool:
    relation = look.relation(block.entry(number))
    fixed = set(fixed_columns(block.quals, number, look.catalog.equalities))
    return relation is not None and any(fixed.issuperset(index) for index in relation.unique)


def _table_name(block: Block, group: set[int]) -> str:
    return block.name(min(one for one in group if _is_table(block, one)))


def _table_at(look: Look, block: Block, group: set[int]) -> int:
    name = re.escape(_table_name(block, group).lower())
    pattern, start = rf"[\s,.]({name})\b(?!\s*\.)", look.start(block)
    found = look.word(pattern, after=start)
    return found if found >= 0 else look.word(pattern)


@hazard(
    bad="""
        select u.id, o.status
        from users as u
        left join orders as o on o.user_id = u.id
        where o.status <> 'draft'
    """,
    good="""
        select u.id, o.status
        from users as u
        left join orders as o on o.user_id = u.id and o.status <> 'draft'
    """,
    manual=("Joined Tables", "queries-table-expressions.html#QUERIES-JOIN"),
    everywhere=True,
)
def outer_join_undone(look: Look) -> Iterator[Found]:
    """A condition takes away the very rows that an outer join keeps.

    Where there is no order, its columns are NULL, and a comparison with NULL is never true: users
    without an order are gone, as with an inner join. A condition on the optional side belongs into
    its ON; where the inner join is meant, write that. A condition in a conditional line is a filter
    that a call may ask for, and is left alone.
    """
    for block, join in look.nodes("JOINEXPR"):
        kind = join.number("jointype")
        lost = _lost(look, block, join) if kind != INNER else set[int]()
        if lost:
            condition = _undoing(look, block, lost)
            var = next((v for v in columns(condition) if v.number("varno") in lost), None)
            name = block.name(min(lost))
            yield Found(
                f"this undoes the {_WORDS.get(kind, 'outer join')}: it is never true where "
                f"{name} has no row",
                "put the condition into its ON, or write `inner join`",
                look.at(var),
            )


def _lost(look: Look, block: Block, join: Node) -> set[int]:
    """The entries of a side that the join should null, and doesn't."""
    nullers, number = look.level(block).joins.nullers, join.number("rtindex")
    sides = {LEFT: ("rarg",), RIGHT: ("larg",), FULL: ("larg", "rarg")}
    for name in sides.get(join.number("jointype"), ()):
        side = join.node(name)
        inside = entries(side) if side else set[int]()
        if any(number not in nullers.get(one, {number}) for one in inside):
            return inside
    return set()


def _undoing(look: Look, block: Block, lost: set[int]) -> Node | None:
    """The condition that is never true for rows without these."""
    joins = [node.node("quals") for node in block.nodes if node.tag == "JOINEXPR"]
    conditions = look.level(block).conditions
    for condition in [*conjuncts(block.quals), *(c for one in joins for c in conjuncts(one))]:
        if run(conditions.true(condition)).has_row(lost):
            return condition
    return None
