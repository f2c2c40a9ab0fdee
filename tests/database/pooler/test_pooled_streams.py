"""What tests/database/test_streams.py says, through PgBouncer in transaction mode."""

from tests.database.test_streams import *  # noqa: F403
