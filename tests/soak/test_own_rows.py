"""Hundred thousand calls and thousands of cancellations, and nobody is given another's row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.database.fast import own_rows

if TYPE_CHECKING:
    from collections.abc import Callable


def test_16_threads_make_100000_calls_on_4_connections(module_url: str) -> None:
    own_rows.among_threads(module_url, 100_000)


def test_10000_cancellations_over_64_tasks(module_url: str, on_loop: Callable[..., Any]) -> None:
    on_loop(own_rows.among_cancelled_tasks(module_url, 10_000))
