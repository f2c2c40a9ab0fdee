"""What the catalog says of the functions and types that queries use. Pure values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Function:
    """A function, also one under an operator.

    ``signature``: of PostgreSQL's own the name and the argument types as ``pg_type`` names them:
    ``int4pl(int4,int4)``; empty of any other. ``volatility``: ``pg_proc.provolatile``. ``strict``:
    it gives NULL for any NULL.
    """

    signature: str
    volatility: str
    strict: bool

    @property
    def name(self) -> str:
        """The signature without the arguments."""
        return self.signature.partition("(")[0]


@dataclass(frozen=True, slots=True)
class UsedType:
    """The type of an expression in a query.

    ``array`` and ``composite``: it has elements, or fields, under its domains. ``refuses_null``: it
    is a domain, and it or one below it says NOT NULL. ``base``: the type under the domains.
    """

    base: int
    array: bool
    composite: bool
    refuses_null: bool
