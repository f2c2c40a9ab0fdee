"""The same work by other means: psycopg by hand, pgbench, the libraries of the extra "bench"."""

from __future__ import annotations


class Missing(Exception):
    """A way that can't be taken here, and why, in words for a person."""

    def __init__(self, way: str, reason: str) -> None:
        super().__init__(f"{way}: {reason}")
        self.way = way
        self.reason = reason
