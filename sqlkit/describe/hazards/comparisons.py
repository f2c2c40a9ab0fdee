"""Comparisons that don't say what was meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlkit.describe.codes import ALL, ANY, TABLE
from sqlkit.describe.hazards.look import NOWHERE
from sqlkit.describe.hazards.rule import Found, hazard
from sqlkit.describe.hazards.shapes import BOOLEAN, columns, is_and
from sqlkit.describe.nullability.key import key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.describe.hazards.block import Block
    from sqlkit.describe.hazards.look import Look
    from sqlkit.describe.tree import Node

_IN_ONE = re.compile(r"\b(not\s+)?in\s*\(\s*\$(\d+)\s*(?:::[\w\s.]+)?\)")
# What joins conditions, what a condition can't reach over, and parentheses.
_JOINS = re.compile(
    r"\b(?:and|or|between|when|then|else|end|case|where|having|on|select|group|order|union|"
    r"intersect|except|limit|returning|set)\b|[(),;]"
)


@hazard(
    bad="select id, email from users where id in (:ids)",
    good="select id, email from users where id = any(:ids)",
    manual=(
        "Row and Array Comparisons",
        "functions-comparisons.html#FUNCTIONS-COMPARISONS-ANY-SOME",
    ),
)
def in_scalar(look: Look) -> Iterator[Found]:
    """IN with one parameter takes one value, not a list.

    `in (:ids)` is `= :ids`: the function takes a single id, and a list is refused when it is
    called. PostgreSQL's way to pass any number of values is an array.
    """
    for match in _IN_ONE.finditer(look.text):
        name = look.variant.parameters[int(match[2]) - 1]
        better = f"<> all(:{name})" if match[1] else f"= any(:{name})"
        yield Found(
            f"IN with one parameter takes one value: :{name} is no list",
            f"write {better} for a list, {'<>' if match[1] else '='} :{name} for one value",
            match.start(2) - 1,
        )


@hazard(
    bad="select u.id from users as u inner join orders as o on o.user_id = o.user_id",
    good="select u.id from users as u inner join orders as o on o.user_id = u.id",
    manual=("Comparison Functions and Operators", "functions-comparison.html"),
)
def compared_with_itself(look: Look) -> Iterator[Found]:
    """Something is compared with itself.

    Mostly one of the two should have been the other table's column: then the join has no condition
    and gives every pair of rows. `x = x` for "x is not NULL" is better said so.
    """
    for block, node in look.nodes("OPEXPR"):
        sides = node.nodes("args")
        if len(sides) != 2 or node.number("opresulttype") != BOOLEAN:
            continue
        one, other = (key(side, block.rtable, look.world) for side in sides)
        if one and one == other and next(columns(sides[0]), None):
            name = block.column(sides[0]) if sides[0].tag == "VAR" else "this"
            yield Found(
                f"{name} is compared with itself",
                "compare it with the other table's column; `is not null` asks for a value",
                look.at(sides[0]),
            )


@hazard(
    bad="""
        select id from orders
        where user_id = :user_id and status = 'open' or status = 'paid'
    """,
    good="""
        select id from orders
        where user_id = :user_id and (status = 'open' or status = 'paid')
    """,
    manual=("Operator Precedence", "sql-syntax-lexical.html#SQL-PRECEDENCE"),
)
def and_or_mixed(look: Look) -> Iterator[Found]:
    """AND and OR stand side by side without parentheses.

    AND binds tighter, so the example gives everybody's paid orders. Where a tenant or an owner is
    checked this is a leak. Parentheses make either reading plain; `in ('open', 'paid')` needs none.
    """
    if not any(
        node.text("boolop") == "or" and any(map(is_and, node.nodes("args")))
        for _, node in look.nodes("BOOLEXPR")
    ):
        return
    for place in _mixed(look.text):
        yield Found(
            "AND binds tighter than OR, and no parentheses say which is meant",
            "put parentheses around what belongs together",
            place,
        )


def _mixed(text: str) -> Iterator[int]:
    """Where an OR has an AND beside it, within the same parentheses."""
    around: list[_Side] = []
    side = _Side()
    for match in _JOINS.finditer(text):
        word = match.group()
        if word == "(":
            around.append(side)
            side = _Side()
        elif word == ")":
            side = around.pop() if around else _Side()
        elif word == "between":
            side.between += 1
        elif word == "and" and side.between:
            side.between -= 1
        elif word == "and":
            side.has_and = True
        elif word == "or":
            side.first_or = match.start() if side.first_or < 0 else side.first_or
        else:
            side = _Side()
        if side.has_and and side.first_or >= 0:
            yield side.first_or
            side = _Side()


@dataclass(slots=True)
class _Side:
    """What stands side by side so far: an AND, the first OR, and BETWEENs that await their AND."""

    has_and: bool = False
    first_or: int = NOWHERE
    between: int = 0


@hazard(
    bad="delete from users where email in (select email from orders where status = 'spam')",
    good="delete from users where id in (select user_id from orders where status = 'spam')",
    manual=("Subquery Expressions", "functions-subquery.html#FUNCTIONS-SUBQUERY-IN"),
)
def outer_column_in_subquery(look: Look) -> Iterator[Found]:
    """A subquery after IN selects a column of the query around it.

    A name that the subquery's own tables don't have is looked for outside, so a slip in it is no
    error: `email in (select email …)` is then true of every row, as long as the
    subquery gives one. Write
    columns with their table's name, and the slip is refused.
    """
    for block, link in look.nodes("SUBLINK"):
        inner = next((one for one in look.blocks if one.via is link), None)
        if link.number("subLinkType") in (ANY, ALL) and inner and _reads_tables(inner):
            for entry in inner.query.nodes("targetList"):
                var = entry.node("expr")
                if var and _is_outer(var) and not entry.flag("resjunk"):
                    yield Found(
                        f"{block.column(var)} is a column of the query around this one",
                        "write columns with their table's name: a wrong one is then refused",
                        look.at(var),
                    )


def _reads_tables(block: Block) -> bool:
    return any(entry.number("rtekind") == TABLE for entry in block.rtable)


def _is_outer(expression: Node) -> bool:
    return expression.tag == "VAR" and expression.number("varlevelsup") == 1
