"""All benchmarks, in the order in which they run and are shown. A new one is added here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.work import chain, imports, insert, one_row, one_row_async, rows

if TYPE_CHECKING:
    from benchmarks.benchmark import Benchmark, Growth

BENCHMARKS: tuple[Benchmark | Growth, ...] = (
    one_row.BENCHMARK,
    one_row_async.BENCHMARK,
    one_row_async.ON_UVLOOP,
    rows.HUNDRED,
    rows.THOUSAND,
    insert.BENCHMARK,
    chain.BENCHMARK,
    imports.BENCHMARK,
)
