"""Runs a PostgreSQL server for as long as somebody holds the other end of its standard input.

This is the one mechanism behind every throw-away server: the process that wants the server starts
`program` and keeps the pipe open. Whatever ends that process (a normal exit, Ctrl-C, SIGTERM,
SIGKILL), the system closes the pipe, and the server is stopped and its folder removed.

The program runs with ``python -I -S``: it starts at once, and nothing that a test does to
``sys.path`` reaches it. So these files may import the standard library only, and each other by
relative imports: there, this package is ``watch``, and there is no sqlkit.
"""

from .cluster import SETTINGS, Cluster, Failure
from .data_folder import CACHE, initialize
from .running import START_TIMEOUT, STOP_TIMEOUT, free_port, start, stop

__all__ = [
    "CACHE",
    "SETTINGS",
    "START_TIMEOUT",
    "STOP_TIMEOUT",
    "Cluster",
    "Failure",
    "free_port",
    "initialize",
    "start",
    "stop",
]
