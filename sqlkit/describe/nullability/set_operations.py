"""UNION, INTERSECT and EXCEPT (PostgreSQL manual, "Combining Queries")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlkit.describe.codes import EXCEPT, INTERSECT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlkit.describe.nullability.proof import Proof


def combined(operation: int, left: Sequence[Proof], right: Sequence[Proof]) -> list[Proof]:
    """A row of a union is of one side, of an intersection of both, of a difference of the left."""
    pairs = zip(left, right, strict=False)
    if operation == EXCEPT:
        return list(left)
    if operation == INTERSECT:
        return [one | other for one, other in pairs]
    return [one & other for one, other in pairs]
