"""Rows in an order that nobody asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlkit.describe.codes import SCALAR, SELECT, SUBQUERY, TABLE
from sqlkit.describe.hazards.rule import Found, hazard
from sqlkit.describe.hazards.shapes import columns, is_null, uncast
from sqlkit.describe.single import fixed_columns
from sqlkit.describe.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.describe.hazards.block import Block
    from sqlkit.describe.hazards.look import Look
    from sqlkit.describe.tree import Node

_NO_VALUE = frozenset({"VAR", "AGGREF", "WINDOWFUNC", "SUBLINK", "FUNCEXPR", "GROUPINGFUNC"})


@hazard(
    bad="select id, email from users limit :max_rows",
    good="select id, email from users order by id limit :max_rows",
    manual=("LIMIT and OFFSET", "queries-limit.html"),
)
def limit_without_order(look: Look) -> Iterator[Found]:
    """LIMIT without ORDER BY gives whichever rows come first.

    Which these are depends on the plan, on what was updated last and on who else scans the table,
    so that pages overlap, leave rows out, and tests pass by luck. Left alone are queries of one
    row by a unique key, those that lock rows, aggregates, and what is read from an ordered
    subquery.
    """
    if look.top.command != SELECT:
        return
    for block in look.blocks:
        limit = block.query.node("limitCount") or block.query.node("limitOffset")
        if limit is None or is_null(limit) or not _is_shown(block):
            continue
        if not (block.query.nodes("sortClause") or _any_order_will_do(look, block)):
            at = look.at(uncast(limit))
            yield Found(
                "LIMIT without ORDER BY: which rows come is left to chance",
                "add an ORDER BY that ends in a unique column",
                look.word(r"\b(?:limit|offset|fetch)\b", before=at if at >= 0 else len(look.text)),
            )


def _is_shown(block: Block) -> bool:
    """Whether which rows these are can be seen: not in EXISTS, IN, or a WITH query of a batch."""
    via = block.via
    if via is None:
        return True
    if via.tag == "SUBLINK":
        return via.number("subLinkType") == SCALAR
    return via.number("rtekind") == SUBQUERY and via.tag != "COMMONTABLEEXPR"


def _any_order_will_do(look: Look, block: Block) -> bool:
    query = block.query
    if query.nodes("rowMarks") or (query.flag("hasAggs") and not query.nodes("groupClause")):
        return True
    if query.node("setOperations"):
        return False
    return not any(map(_is_table, block.rtable)) or _is_one_row(look, block)


def _is_table(entry: Node) -> bool:
    subquery = entry.node("subquery")
    if subquery and entry.number("rtekind") == SUBQUERY:
        return not subquery.nodes("sortClause")
    return entry.number("rtekind") == TABLE


def _is_one_row(look: Look, block: Block) -> bool:
    relation = look.relation(block.rtable[0]) if len(block.rtable) == 1 else None
    fixed = set(fixed_columns(block.quals, 1, look.catalog.equalities))
    return relation is not None and any(fixed.issuperset(index) for index in relation.unique)


@hazard(
    bad="select distinct on (user_id) user_id, status from orders",
    good="""
        select distinct on (user_id) user_id, status from orders
        order by user_id, placed_at desc
    """,
    manual=("SELECT, DISTINCT Clause", "sql-select.html#SQL-DISTINCT"),
)
def distinct_on_without_order(look: Look) -> Iterator[Found]:
    """DISTINCT ON keeps the first row of each group, and nothing says which comes first.

    ORDER BY must go on after the columns of DISTINCT ON: by user and then by time, to keep each
    user's latest order.
    """
    for block in look.blocks:
        query = block.query
        distinct = _references(query.nodes("distinctClause"))
        if query.flag("hasDistinctOn") and _references(query.nodes("sortClause")) <= distinct:
            yield Found(
                "which row of each group DISTINCT ON keeps is left to chance",
                "add an ORDER BY: the columns of DISTINCT ON, then what makes a row the first",
                look.word(r"\bdistinct\s+on\b", before=look.start(block)),
            )


def _references(clauses: list[Node]) -> set[int]:
    return {clause.number("tleSortGroupRef") for clause in clauses}


@hazard(
    bad="select id, email from users order by :sort",
    good="""
        select id, email from users
        order by
            id desc, --? sort = newest (default)
            email, --? sort = email
            id
    """,
    manual=("Sorting Rows (ORDER BY)", "queries-order.html"),
)
def order_by_parameter(look: Look) -> Iterator[Found]:
    """ORDER BY a parameter sorts by a value that is the same for every row.

    A parameter is a value, never the name or the number of a column, so that the rows stay
    unsorted whatever is given. Conditional lines choose between orders, with their words as a
    `Literal` in Python.
    """
    for block in look.blocks:
        for expression, hidden in _sorted_by(block):
            inside = list(walk(expression))
            parameter = next((node for node in inside if node.tag == "PARAM"), None)
            calls = any(node.tag in _NO_VALUE and not _is_cast(node) for node in inside)
            if hidden and parameter and not calls:
                yield Found(
                    "ORDER BY a parameter sorts nothing: it is the same value for every row",
                    "write a line for each order, ending in `--? sort = word`",
                    look.at(parameter),
                )


def _is_cast(node: Node) -> bool:
    return node.tag == "FUNCEXPR" and node.number("funcformat") > 0


def _sorted_by(block: Block) -> Iterator[tuple[Node, bool]]:
    """What ORDER BY sorts by, and whether it is no column of the result."""
    targets = {one.number("ressortgroupref"): one for one in block.query.nodes("targetList")}
    for clause in block.query.nodes("sortClause"):
        entry = targets.get(clause.number("tleSortGroupRef"))
        expression = entry.node("expr") if entry else None
        if entry and expression:
            yield expression, entry.flag("resjunk")


@hazard(
    bad="select id, score from users order by score desc limit 10",
    good="select id, score from users order by score desc nulls last limit 10",
    manual=("Sorting Rows (ORDER BY)", "queries-order.html"),
)
def nulls_first(look: Look) -> Iterator[Found]:
    """In descending order NULLs come first, and take the place of what a LIMIT is for.

    The top ten by score are ten users without one. Looked for where a LIMIT cuts off by an
    expression that can be NULL; `nulls first` says that they are meant.
    """
    block, query = look.top, look.top.query
    if not query.node("limitCount") or query.node("setOperations"):
        return
    if re.search(r"\bnulls\s+first\b", look.text):
        return
    sorts = zip(query.nodes("sortClause"), _sorted_by(block), strict=False)
    for clause, (expression, hidden) in sorts:
        nullable = next(columns(expression), None) and look.is_nullable(expression, block)
        if clause.flag("nulls_first") and nullable and not _is_grouped(block):
            yield Found(
                "NULLs come first in descending order, ahead of what the LIMIT is for",
                "write `desc nulls last`, or leave the NULLs out by a condition",
                look.at(expression) if hidden else _descending(look, block, expression),
            )


def _is_grouped(block: Block) -> bool:
    return bool(block.query.nodes("groupingSets"))


def _descending(look: Look, block: Block, expression: Node) -> int:
    """Where ORDER BY names a result column: its expression stands in the select list."""
    start = look.word(r"\border\s+by\b", before=len(look.text))
    names = [
        re.escape(entry.text("resname").lower())
        for entry in block.query.nodes("targetList")
        if entry.node("expr") is expression
    ]
    named = look.word(rf"\b(?:{'|'.join(names)})\s+desc\b", after=start)
    return named if named >= 0 else look.word(r"\bdesc\b", after=start)
