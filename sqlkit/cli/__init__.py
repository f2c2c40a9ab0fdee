"""The command line: ``sqlkit`` and its commands, one file each.

A command's file imports only click; what it needs of the other rooms it imports when it runs, so
that ``--help`` answers at once. Exit status: 0 fine, 1 problems were found, 2 wrong use.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec


def main() -> None:
    """The ``sqlkit`` script. Without click and rich it names the extra that brings them."""
    missing = [name for name in ("click", "rich") if find_spec(name) is None]
    if missing:
        sys.stderr.write(
            f"sqlkit: the command line needs {' and '.join(missing)}. "
            "Install with: pip install 'sqlkit-pg[cli]'\n"
        )
        sys.exit(2)

    from sqlkit.cli.app import app

    app(prog_name="sqlkit")
