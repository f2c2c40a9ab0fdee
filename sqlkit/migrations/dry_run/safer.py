"""The way to the same schema that keeps nobody waiting, by what a statement says. Pure.

PostgreSQL manual: ALTER TABLE, Notes; CREATE INDEX, "Building Indexes Concurrently".
"""

from __future__ import annotations

import re

_WAYS = (
    (
        r"\bset\s+not\s+null\b",
        "add constraint … check (column is not null) not valid; validate constraint in a migration "
        "of its own; then set not null needs no scan, and the constraint can be dropped",
    ),
    (
        r"\bforeign\s+key\b|\breferences\b",
        "add the foreign key not valid, and validate constraint in a migration of its own, which "
        "blocks neither reads nor writes",
    ),
    (
        r"\badd\b.*\b(?:unique|primary\s+key)\b",
        "create unique index concurrently first, then add constraint … using index",
    ),
    (
        r"\badd\b.*\bcheck\b",
        "add the constraint not valid, and validate constraint in a migration of its own, which "
        "blocks neither reads nor writes",
    ),
    (
        r"\battach\s+partition\b",
        "first give the table a CHECK constraint that says what the partition's bounds say, not "
        "valid and then validated: then attaching needs no scan",
    ),
    (
        r"^alter\s+table\b.*\btype\b",
        "add a column of the new type, keep it equal with a trigger, fill it in batches, then "
        "swap the names",
    ),
    (
        r"^alter\s+table\b.*\badd\b",
        "add the column without its default, set the default (for new rows alone), and fill the "
        "old rows in batches",
    ),
    (
        r"^create\s+(?:unique\s+)?index\b",
        'create index concurrently, as the only statement of a file that says "-- transactional: '
        'false"',
    ),
    (
        r"^refresh\s+materialized\b",
        "refresh materialized view concurrently, which needs a unique index",
    ),
    (r"^reindex\b", "reindex concurrently"),
    (r"^(?:cluster|vacuum)\b", "pg_repack, which holds the lock only at its end"),
    (r"^(?:update|delete|insert|merge)\b", "do it in batches, each a transaction of its own"),
)
_SAFER = [(re.compile(pattern, re.IGNORECASE | re.DOTALL), way) for pattern, way in _WAYS]
APART = "put it into a migration of its own, so that no lock of another statement is held for it"


def safer(sql: str) -> str:
    """What to do instead; ``sql`` begins with its first word."""
    for pattern, way in _SAFER:
        if pattern.search(sql):
            return way
    return APART
