"""What tests/database/test_copy.py says, through PgBouncer in transaction mode."""

from tests.database.test_copy import *  # noqa: F403
