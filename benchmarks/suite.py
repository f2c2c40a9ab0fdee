"""All benchmarks, in the order in which they run and are shown. A new one is added here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.work import (
    bulk_load,
    chain,
    growth,
    imports,
    insert,
    one_row,
    one_row_async,
    readers,
    reference,
    rows,
    throughput,
    timeout,
    transaction,
)

if TYPE_CHECKING:
    from benchmarks.benchmark import Benchmark, Growth

BENCHMARKS: tuple[Benchmark | Growth, ...] = (
    one_row.BENCHMARK,
    one_row_async.BENCHMARK,
    one_row_async.ON_UVLOOP,
    rows.HUNDRED,
    rows.THOUSAND,
    insert.INTO_PLAIN,
    insert.INTO_MIXED,
    transaction.SELECTS,
    timeout.BENCHMARK,
    throughput.THREADS,
    throughput.TASKS,
    throughput.PIPELINE,
    reference.PAGES,
    reference.SEARCH,
    reference.AGGREGATE,
    reference.UPSERT,
    bulk_load.BENCHMARK,
    transaction.WRITES,
    readers.BENCHMARK,
    chain.BENCHMARK,
    imports.BENCHMARK,
    growth.ROWS,
    growth.COLUMNS,
    growth.QUERIES,
    growth.THREADS,
    growth.TASKS,
)
