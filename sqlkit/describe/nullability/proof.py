"""What is proved of a value, and how proofs are joined."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Proof:
    """What is proved of a value: that it, or that no element of its array, is ever NULL."""

    not_null: bool = False
    elements: bool = False

    def __and__(self, other: Proof) -> Proof:
        """What holds for a value that may be one or the other."""
        return Proof(self.not_null and other.not_null, self.elements and other.elements)

    def __or__(self, other: Proof) -> Proof:
        """What holds for a value that is both."""
        return Proof(self.not_null or other.not_null, self.elements or other.elements)

    def nulled(self, sure: bool) -> Proof:
        """The same value, which may be NULL unless ``sure``."""
        return self if sure else Proof(not_null=False, elements=self.elements)


UNKNOWN = Proof()
NEVER_NULL = Proof(not_null=True)
NULL = Proof(elements=True)  # a NULL has no elements
ALL = Proof(not_null=True, elements=True)


def every(proofs: Iterable[Proof]) -> Proof:
    """What holds for a value that may be any of these."""
    result = ALL
    for proof in proofs:
        result &= proof
    return result


def each(*rows: Sequence[Proof]) -> list[Proof]:
    """Column by column, what holds for a row that may be any of these."""
    return [every(column) for column in zip(*rows, strict=False)]


def nth(proofs: Sequence[Proof], number: int) -> Proof:
    """The proof of a column by its number, from 1; of one that isn't there, nothing."""
    return proofs[number - 1] if 0 < number <= len(proofs) else UNKNOWN
