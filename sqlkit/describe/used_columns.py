"""Which columns a query reads and writes, by the permissions that it asks for.

Source: PostgreSQL's ``parsenodes.h``, RTEPermissionInfo: sets of columns, counted from below the
system columns. Up to 15 they stand in the range table, from 16 on beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.codes import DELETE, DO_UPDATE, INSERT, MERGE, UPDATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlkit.describe.relation import Relation
    from sqlkit.describe.tree import Node, Tree

NAMES = ("RANGETBLENTRY", "RTE", "RTEPERMISSIONINFO")
_OFFSET = 7  # FirstLowInvalidHeapAttributeNumber is -7
_READ = ("selectedCols",)
_WRITTEN = ("insertedCols", "updatedCols")


def read_columns(trees: Iterable[Tree], relations: Mapping[int, Relation]) -> tuple[str, ...]:
    """``public.users.id`` for each column read by a query or the views that it reads."""
    return _names(((tree, _READ) for tree in trees), relations)


def written_columns(tree: Tree, relations: Mapping[int, Relation]) -> tuple[str, ...]:
    """Each column that INSERT, UPDATE or MERGE sets, as the statement names it."""
    return _names([(tree, _WRITTEN)], relations)


def locks_rows(trees: Iterable[Tree]) -> bool:
    """Whether rows that are there are locked: FOR UPDATE and the like, or a change to them."""
    return any(_locks(node) for tree in trees for node in tree.nodes)


def _locks(node: Node) -> bool:
    if node.tag == "QUERY":
        conflict = node.node("onConflict")
        changes = node.number("commandType") == INSERT and conflict is not None
        return node.number("commandType") in (UPDATE, DELETE, MERGE) or (
            changes and conflict is not None and conflict.number("action") == DO_UPDATE
        )
    return node.tag == "ROWMARKCLAUSE"


def _names(
    used: Iterable[tuple[Tree, tuple[str, ...]]], relations: Mapping[int, Relation]
) -> tuple[str, ...]:
    return tuple(
        sorted(
            {
                f"{relation.qualified}.{name}"
                for tree, fields in used
                for node in tree.nodes
                if node.tag in NAMES and (relation := relations.get(node.number("relid")))
                for name in _of_entry(node, fields, relation)
            }
        )
    )


def _of_entry(entry: Node, fields: tuple[str, ...], relation: Relation) -> Iterator[str]:
    for field in fields:
        for item in entry.items(field):
            number = int(item) - _OFFSET if isinstance(item, str) else 0
            if number == 0:  # the row as a whole
                yield from (attribute.name for attribute in relation.attributes.values())
            elif number in relation.attributes:
                yield relation.attributes[number].name
