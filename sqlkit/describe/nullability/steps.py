"""Rules that call each other to any depth.

A rule is a generator. Where it needs another rule's answer it yields that rule, and `run` keeps
what waits on a list of its own: an expression of ten thousand levels overflows nothing.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")

Steps: TypeAlias = Generator["Steps[Any]", Any, T]


def run(rule: Steps[T]) -> T:
    """The answer of a rule."""
    waiting: list[Steps[Any]] = [rule]
    answer: Any = None
    while waiting:
        try:
            asked = waiting[-1].send(answer)
        except StopIteration as done:
            waiting.pop()
            answer = done.value
        else:
            waiting.append(asked)
            answer = None
    result: T = answer
    return result


def ask(rule: Steps[T]) -> Steps[T]:
    """What `run` answers for a rule, with its type kept: ``yield from ask(rule)``."""
    answer: T = yield rule
    return answer
