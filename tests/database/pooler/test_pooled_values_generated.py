"""What tests/database/test_values_generated.py says, through PgBouncer in transaction mode."""

from tests.database.test_values_generated import *  # noqa: F403
