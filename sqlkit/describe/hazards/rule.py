"""What a rule is, and how rules are found: a decorator registers each.

A rule's name is its function's, its title the first line of the docstring, and why it hurts the
rest. Its examples are in the catalogue (docs/check.md), and a test makes sure that the rule finds
the one and leaves the other alone.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from sqlkit.describe.hazards.look import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlkit.describe.hazards.look import Look

    Check: TypeAlias = Callable[[Look], Iterator["Found"]]

MANUAL = "https://www.postgresql.org/docs/current/"


@dataclass(frozen=True, slots=True)
class Found:
    """A hazard in one variant: what happens, what to write instead, and where in its text."""

    message: str
    hint: str
    at: int = NOWHERE


@dataclass(frozen=True, slots=True)
class Rule:
    """A hazard by name.

    ``bad`` and ``good`` are examples over the tables of docs/check.md, ``manual`` the title and the
    page of PostgreSQL's manual that says what happens. ``everywhere``: it counts only if every
    variant of a query has it, for what conditional lines are free to do.
    """

    name: str
    title: str
    why: str
    bad: str
    good: str
    manual: tuple[str, str]
    everywhere: bool
    check: Check


RULES: dict[str, Rule] = {}


def hazard(
    *, bad: str, good: str, manual: tuple[str, str], everywhere: bool = False
) -> Callable[[Check], Check]:
    """Decorator: the function is a rule, documented by its docstring and these."""

    def register(check: Check) -> Check:
        title, _, why = inspect.cleandoc(check.__doc__ or "").partition("\n\n")
        rule = Rule(
            name=check.__name__,
            title=title,
            why=why,
            bad=inspect.cleandoc(bad),
            good=inspect.cleandoc(good),
            manual=manual,
            everywhere=everywhere,
            check=check,
        )
        RULES[rule.name] = rule
        return check

    return register
