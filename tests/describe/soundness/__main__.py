"""``python -m tests.describe.soundness [how many] [first seed]``: the long run."""

from __future__ import annotations

import sys

from sqlkit.testing.server import throwaway
from tests.describe.soundness.check import BATCH, check, connect


def main(count: int, first: int) -> int:
    """Check that many queries; the exit status says whether one was wrong."""
    with throwaway() as server, server.database() as url, connect(url) as connection:
        outcome = check(connection, range(first, first + -(-count // BATCH)))
    sys.stdout.write("\n\n".join([*outcome.wrong, f"PostgreSQL {server.version}: {outcome}\n"]))
    return bool(outcome.wrong)


if __name__ == "__main__":
    arguments = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*arguments, *(20_000, 1)[len(arguments) :]))
