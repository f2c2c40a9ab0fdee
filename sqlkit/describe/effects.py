"""What running a query does: the tables it reads and writes, and how stable its answer is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlkit.describe.codes import DELETE, INSERT, MERGE, TABLE, UPDATE
from sqlkit.describe.typed import type_of
from sqlkit.describe.used_columns import locks_rows, read_columns, written_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from sqlkit.describe.description import Volatility
    from sqlkit.describe.function import Function
    from sqlkit.describe.relation import Relation
    from sqlkit.describe.tree import Node, Tree

_WRITES = (UPDATE, INSERT, DELETE, MERGE)
_MAY_SELECT = 2  # ACL_SELECT in parsenodes.h
_CALLS = {
    "FUNCEXPR": "funcid",
    "AGGREF": "aggfnoid",
    "WINDOWFUNC": "winfnoid",
    **dict.fromkeys(("OPEXPR", "DISTINCTEXPR", "NULLIFEXPR", "SCALARARRAYOPEXPR"), "opfuncid"),
}
_NAMES = ("RANGETBLENTRY", "RTEPERMISSIONINFO")
# Types whose text depends on no setting; the texts of dates, say, depend on DateStyle.
_STEADY_TEXT = frozenset(
    (16, 17, 18, 19, 20, 21, 23, 25, 26, 114, 650, 700, 701, 869, 1042, 1043, 1700, 2950, 3802)
)
_ORDER: tuple[Volatility, ...] = ("immutable", "stable", "volatile")
_BY_CATALOG: dict[str, Volatility] = {"i": "immutable", "s": "stable", "v": "volatile"}


@dataclass(frozen=True, slots=True)
class Effects:
    """Qualified tables and views read and written, in order of name, and the volatility.

    ``locks``: rows that are there are locked. ``reads_columns``, ``writes_columns``: as
    ``public.users.id``.
    """

    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    volatility: Volatility = "volatile"
    locks: bool = True
    reads_columns: tuple[str, ...] = ()
    writes_columns: tuple[str, ...] = ()


def relation_oids(tree: Tree) -> set[int]:
    """Oids of the tables and views that a query, or a view's rule, names."""
    return {node.number("relid") for node in tree.nodes if node.tag in _NAMES} - {0}


def function_oids(tree: Tree) -> set[int]:
    """Oids of the functions that a query calls, those under its operators too."""
    return {node.number(_CALLS[node.tag]) for node in tree.nodes if node.tag in _CALLS} - {0}


def effects(
    tree: Tree, relations: Mapping[int, Relation], functions: Mapping[int, Function]
) -> Effects:
    """What an analysed query does, views included."""
    written = set(_through_views(_written(tree), relations))
    read, trees = set[int](), [tree]
    for one in trees:
        new = _read(one) - read
        read |= new
        trees += [rule for oid in new if (rule := _rule(oid, relations)) is not None]
    return Effects(
        _names(read, relations),
        _names(written, relations),
        _worst(_volatilities(trees, bool(read), bool(written), functions)),
        locks_rows(trees),
        read_columns(trees, relations),
        written_columns(tree, relations),
    )


def of_all(each: Sequence[Effects]) -> Effects:
    """What one or another of several queries does."""
    return Effects(
        _all(one.reads for one in each),
        _all(one.writes for one in each),
        _worst(one.volatility for one in each),
        any(one.locks for one in each),
        _all(one.reads_columns for one in each),
        _all(one.writes_columns for one in each),
    )


def _worst(volatilities: Iterable[Volatility]) -> Volatility:
    return max(volatilities, key=_ORDER.index)


def _all(names: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted({name for some in names for name in some}))


def _volatilities(
    trees: Iterable[Tree], reads: bool, writes: bool, functions: Mapping[int, Function]
) -> Iterator[Volatility]:
    yield "volatile" if writes else "stable" if reads else "immutable"
    for tree in trees:
        for node in tree.nodes:
            yield _of_node(node)
        for oid in function_oids(tree):
            function = functions.get(oid)
            yield _BY_CATALOG.get(function.volatility, "volatile") if function else "volatile"


def _of_node(node: Node) -> Volatility:
    match node.tag:
        case "NEXTVALUEEXPR" | "ROWMARKCLAUSE":
            return "volatile"
        case "SQLVALUEFUNCTION" | "XMLEXPR" | "JSONCONSTRUCTOREXPR" | "JSONEXPR":
            return "stable"
        case "COERCEVIAIO":
            argument = node.node("arg")
            ends = {node.number("resulttype"), type_of(argument)}
            return "immutable" if ends <= _STEADY_TEXT else "stable"
        case _:
            return "immutable"


def _read(tree: Tree) -> set[int]:
    # Up to 15 the permissions asked for stand in the range table, from 16 on beside it.
    return {
        node.number("relid")
        for node in tree.nodes
        if node.tag in _NAMES and node.number("requiredPerms") & _MAY_SELECT
    } - {0}


def _written(tree: Tree) -> Iterator[int]:
    for query in tree.nodes:
        if query.tag == "QUERY" and query.number("commandType") in _WRITES:
            rtable, number = query.nodes("rtable"), query.number("resultRelation")
            if 0 < number <= len(rtable):
                yield rtable[number - 1].number("relid")


def _rule(oid: int, relations: Mapping[int, Relation]) -> Tree | None:
    relation = relations.get(oid)
    return relation.rule if relation and relation.kind == "v" else None


def _through_views(oids: Iterable[int], relations: Mapping[int, Relation]) -> Iterator[int]:
    """The tables written, and where one is a view over a single table, that table too."""
    pending = list(oids)
    for oid in pending:
        yield oid
        rule = _rule(oid, relations)
        base = _single_table(rule.query) if rule else None
        if base:
            pending.append(base)


def _single_table(rule: Node) -> int | None:
    jointree = rule.node("jointree")
    sources = jointree.nodes("fromlist") if jointree else []
    if len(sources) != 1 or sources[0].tag != "RANGETBLREF":
        return None
    entry = rule.nodes("rtable")[sources[0].number("rtindex") - 1]
    return entry.number("relid") if entry.number("rtekind") == TABLE else None


def _names(oids: Iterable[int], relations: Mapping[int, Relation]) -> tuple[str, ...]:
    return tuple(sorted({relations[oid].qualified for oid in oids if oid in relations}))
