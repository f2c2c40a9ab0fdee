"""What tests/database/test_arguments.py says, through PgBouncer in transaction mode."""

from tests.database.test_arguments import *  # noqa: F403
