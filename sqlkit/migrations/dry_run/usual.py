"""The lock that a statement usually takes, for when it can't be seen. Pure.

A lock that the dry run's transaction has already shows no second time in ``pg_locks``. So for a
table that an earlier statement locked, what the statement says decides (PostgreSQL manual, 13.3.1).
"""

from __future__ import annotations

import re

from sqlkit.migrations.dry_run.modes import CONCURRENT, EXCLUSIVE

_RULES = (
    (r"^alter\s+table\b.*\b(?:validate\s+constraint|set\s+statistics|attach\b)", CONCURRENT),
    (r"^alter\s+table\b.*\b(?:foreign\s+key|references)\b", "ShareRowExclusiveLock"),
    (r"^(?:alter\s+(?:table|view|materialized)|drop|truncate|cluster|reindex)\b", EXCLUSIVE),
    (r"^create\s+(?:unique\s+)?index\s+concurrently\b", CONCURRENT),
    (r"^create\s+(?:unique\s+)?index\b", "ShareLock"),
    (r"^create\s+(?:constraint\s+)?trigger\b", "ShareRowExclusiveLock"),
    (r"^(?:comment|analyze)\b", CONCURRENT),
    (r"^refresh\s+materialized\s+view\s+concurrently\b", "ExclusiveLock"),
    (r"^refresh\b", EXCLUSIVE),
    (r"^(?:insert|update|delete|merge|copy)\b", "RowExclusiveLock"),
)
_USUAL = [(re.compile(pattern, re.IGNORECASE | re.DOTALL), mode) for pattern, mode in _RULES]


def usual(sql: str) -> str:
    """The strongest mode that a statement takes; ``sql`` begins with its first word."""
    for pattern, mode in _USUAL:
        if pattern.search(sql):
            return mode
    return "AccessShareLock"


def names(sql: str, table: str) -> bool:
    """Whether a statement has a table's name, with its schema or without, among its words."""
    words = set(re.findall(r"\w+", sql))
    bare = table.rpartition(".")[2].strip('"')
    return bare in words or bare in {word.lower() for word in words}
