"""Readers of the table a: one that is in the way, and others that wait behind a migration."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psycopg

if TYPE_CHECKING:
    import threading


def read_for(url: str, seconds: float, begun: threading.Event) -> None:
    with psycopg.connect(url, application_name="reader") as connection:
        connection.execute("select * from a")
        begun.set()
        time.sleep(seconds)


def others_read(url: str, stop: threading.Event) -> list[float]:
    """How long other readers had to wait, each."""
    found: list[float] = []
    with psycopg.connect(url, autocommit=True) as connection:
        while not stop.is_set():
            start = time.perf_counter()
            connection.execute("select count(*) from a")
            found.append(time.perf_counter() - start)
            time.sleep(0.005)
    return found
