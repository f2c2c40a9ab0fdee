"""What tests/database/test_kinds.py says, through PgBouncer in transaction mode."""

from tests.database.test_kinds import *  # noqa: F403
