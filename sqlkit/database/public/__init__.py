"""What the driver takes from psycopg's lower layers, written on its documented ones.

Those are `psycopg.pq`, and the loaders and dumpers of `psycopg.adapt`. The driver falls back on
this where a release of psycopg has other lower layers; it is slower. Names are psycopg's.
"""

from sqlkit.database.public.copy_rows import (
    format_row_binary,
    format_row_text,
    parse_row_binary,
    parse_row_text,
)
from sqlkit.database.public.talk import Wait, execute, fetch, fetch_many, send
from sqlkit.database.public.transformer import Transformer
from sqlkit.database.public.wait import WaitTimeout as _WaitTimeout
from sqlkit.database.public.wait import wait

__all__ = [
    "Transformer",
    "Wait",
    "_WaitTimeout",
    "execute",
    "fetch",
    "fetch_many",
    "format_row_binary",
    "format_row_text",
    "parse_row_binary",
    "parse_row_text",
    "send",
    "wait",
]
