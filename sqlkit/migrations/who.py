"""Who applies migrations, as yoyo's log has it."""

from __future__ import annotations

import getpass
import os
import socket
from functools import cache


@cache
def user() -> str:
    """The user's name; in a container it may have none, and yoyo would fail."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"uid {os.getuid()}"


@cache
def host() -> str:
    """The machine's full name. Asked once, since it may be asked of a name server."""
    return socket.getfqdn()
