"""What tests/database/test_batch.py says, through PgBouncer in transaction mode."""

from tests.database.test_batch import *  # noqa: F403
