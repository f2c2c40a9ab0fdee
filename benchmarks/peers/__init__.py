"""The same work by other means: psycopg by hand, pgbench, the libraries of the extra "bench"."""

from __future__ import annotations


class Missing(Exception):
    """Why a way can't be taken here, in words for a person."""
