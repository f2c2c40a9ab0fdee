"""Which result columns are proved to be never NULL.

A column is not null only by a rule; whatever isn't known is nullable. One idea a file:

    proof             what is proved of a value, and how proofs are joined
    steps             rules that ask each other to any depth
    world             what the catalog says of relations, functions and types
    level, scope      one query, and from where in it an expression is seen
    joins             which outer joins null which tables
    conditions        what WHERE, ON, HAVING and CASE prove
    groups            GROUP BY and grouping sets
    sources           columns of tables, views, subqueries, WITH, VALUES and set operations
    table_functions   columns of functions in FROM
    returning         columns of the rows that are written
    rules             how the rules for expressions are found: in variables, expressions, functions,
                      aggregates, windows, sublinks and json
    allowed           the functions that give a value for values
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.nullability import (
    aggregates,
    expressions,
    functions,
    json,
    sublinks,
    variables,
    windows,
)
from sqlkit.describe.nullability.proof import Proof
from sqlkit.describe.nullability.sources import of_query
from sqlkit.describe.nullability.steps import run
from sqlkit.describe.nullability.world import World

if TYPE_CHECKING:
    from sqlkit.describe.tree import Node

__all__ = ["Proof", "World", "prove"]

# Each registers its rules.
_RULES = (aggregates, expressions, functions, json, sublinks, variables, windows)


def prove(query: Node, world: World) -> list[Proof]:
    """What is proved of each result column of an analysed query."""
    return run(of_query(query, world))
