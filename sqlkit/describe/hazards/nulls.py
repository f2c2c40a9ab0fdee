"""NULL, which is neither equal to anything nor different from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.codes import ALL, ANY
from sqlkit.describe.hazards.rule import Found, hazard
from sqlkit.describe.hazards.shapes import BOOLEAN, columns, is_null, uncast
from sqlkit.describe.tree import walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlkit.describe.hazards.block import Block
    from sqlkit.describe.hazards.look import Look
    from sqlkit.describe.tree import Node

_ASKS = ("NULLTEST", "COALESCE", "COALESCEEXPR", "DISTINCTEXPR")
_CONCATENATES = ("textcat(", "textanycat(", "anytextcat(")


@hazard(
    bad="select id from users where full_name = null",
    good="select id from users where full_name is null",
    manual=("Comparison Functions and Operators", "functions-comparison.html"),
)
def equals_null(look: Look) -> Iterator[Found]:
    """Nothing is equal to NULL, and nothing is different from it.

    `x = null` and `x <> null` are themselves NULL, whatever x is, so no row passes. The same goes
    for `x in (1, null)`, whose null is never found, and for `case x when null`.
    """
    for _, node in look.nodes("OPEXPR", "SCALARARRAYOPEXPR"):
        arguments = node.nodes("args")
        if node.tag == "SCALARARRAYOPEXPR":
            null = next(iter(_nulls(arguments[1])), None) if node.flag("useOr") else None
        else:
            null = next(filter(is_null, arguments), None)
        if null and node.number("opresulttype") in (0, BOOLEAN) and look.is_strict(node):
            yield Found(
                "a comparison with NULL is never true",
                "write `is null` or `is not null`",
                look.at(null),
            )


@hazard(
    bad="""
        -- name: find_users :many
        -- @param name? Only users of this name.
        select id from users where full_name = :name
    """,
    good="""
        -- name: find_users :many
        -- @param name? Only users of this name.
        select id from users
        where true
            and full_name = :name --? name
    """,
    manual=("Comparison Functions and Operators", "functions-comparison.html"),
)
def none_compared(look: Look) -> Iterator[Found]:
    """A parameter that may be None is compared, and for None nothing matches.

    None becomes NULL, and `full_name = null` is true of no row: not of those without a name, and
    not of all of them. A conditional line leaves the comparison out for None; `is not distinct
    from` finds the NULLs.
    """
    said = {name for name, option in look.query.options.params.items() if option.nullable}
    names = dict(enumerate(look.variant.parameters, 1))
    given = {condition.name for condition in look.query.conditions if condition.given}
    asked = {_parameter(part) for _, node in look.nodes(*_ASKS) for part in walk(node)}
    for _, node in look.nodes("OPEXPR"):
        if node.number("opresulttype") != BOOLEAN or not look.is_strict(node):
            continue
        for argument in map(uncast, node.nodes("args")):
            number = _parameter(argument)
            name = names.get(number)
            if name in said - given and number not in asked:
                yield Found(
                    f":{name} may be None, and then this comparison is never true",
                    f"end the line in `--? {name}` to leave it out for None, "
                    "or compare by `is not distinct from`",
                    look.at(argument),
                )


def _parameter(node: Node) -> int:
    return node.number("paramid") if node.tag == "PARAM" and not node.number("paramkind") else 0


@hazard(
    bad="select id from users where id not in (select referrer_id from orders)",
    good="""
        select id from users as u
        where not exists (select from orders as o where o.referrer_id = u.id)
    """,
    manual=("Subquery Expressions", "functions-subquery.html#FUNCTIONS-SUBQUERY-NOTIN"),
)
def not_in_nullable(look: Look) -> Iterator[Found]:
    """NOT IN over a list or subquery with a NULL in it is never true.

    A value that isn't found may still be the unknown one, so the answer is NULL instead of true,
    and the query gives no rows at all. It works for as long as the column happens to hold no NULL.
    What is nullable is proved as for result columns: `where referrer_id is not null` in the
    subquery is enough.
    """
    for block, node in look.nodes("BOOLEXPR", "SUBLINK", "SCALARARRAYOPEXPR"):
        if node.tag == "BOOLEXPR" and node.text("boolop") == "not":
            link = node.nodes("args")[0]
            if link.tag == "SUBLINK" and link.number("subLinkType") == ANY:
                yield from _not_in(look, block, link)
        elif node.tag == "SUBLINK" and node.number("subLinkType") == ALL:
            if (test := node.node("testexpr")) and _differs(look, test):
                yield from _not_in(look, block, node)
        elif node.tag == "SCALARARRAYOPEXPR" and not node.flag("useOr"):
            for null in _nulls(node.nodes("args")[1]):
                yield Found(
                    "NOT IN a list with a NULL in it is never true",
                    "take the NULL out of the list, and ask for it by `is not null`",
                    look.at(null),
                )


def _not_in(look: Look, block: Block, link: Node) -> Iterator[Found]:
    inner = next((one for one in look.blocks if one.outer is block and one.via is link), None)
    if inner is None:
        return
    nullable = look.nullable_columns(inner)
    entries = [one for one in inner.query.nodes("targetList") if not one.flag("resjunk")]
    for entry, can_be_null in zip(entries, nullable, strict=False):
        if can_be_null:
            yield Found(
                f"{entry.text('resname')} can be NULL, and with one NULL in it NOT IN is never "
                "true",
                "write `not exists (select from … where …)`, or leave the NULLs out in the "
                "subquery",
                look.at(link),
            )


def _differs(look: Look, test: Node) -> bool:
    return look.function(test).partition("(")[0].endswith("ne")


def _nulls(array: Node) -> list[Node]:
    return [one for one in uncast(array).nodes("elements") if is_null(one)]


@hazard(
    bad="select id, email || ' ' || full_name as label from users",
    good="select id, concat_ws(' ', email, full_name) as label from users",
    manual=("String Functions and Operators", "functions-string.html"),
)
def nullable_concat(look: Look) -> Iterator[Found]:
    """A text that is joined from parts is NULL as a whole as soon as one part is.

    With `||`, a user without a full name has no label, not even the address in it. `concat` and
    `concat_ws` leave NULLs out; `coalesce(full_name, '')` says what stands for them. Looked for in
    what a query gives and stores, outside of COALESCE.
    """
    for block in look.blocks:
        for entry in block.query.nodes("targetList") + block.query.nodes("returningList"):
            for part in _parts(look, entry):
                if next(columns(part), None) and look.is_nullable(part, block):
                    name = block.column(part) if part.tag == "VAR" else "a part"
                    yield Found(
                        f"{name} can be NULL, and then so is all of this text",
                        "join by concat(…) or concat_ws(' ', …), or say what stands for it by "
                        "coalesce(…, '')",
                        look.at(part),
                    )


def _parts(look: Look, entry: Node) -> Iterator[Node]:
    """What || joins in an expression, wherever COALESCE is not around it."""
    pending = [one for one in (entry.node("expr"),) if one]
    for node in pending:
        if node.tag in ("COALESCE", "COALESCEEXPR", "SUBLINK", "AGGREF"):
            continue
        joined = _joins_text(look, node)
        for argument in [*node.nodes("args"), *(a for a in (node.node("arg"),) if a)]:
            if joined and not _joins_text(look, uncast(argument)):
                if uncast(argument).tag not in ("COALESCE", "COALESCEEXPR"):
                    yield uncast(argument)
            else:
                pending.append(argument)


def _joins_text(look: Look, node: Node) -> bool:
    return node.tag == "OPEXPR" and look.function(node).startswith(_CONCATENATES)
