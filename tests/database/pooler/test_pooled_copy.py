"""What tests/database/test_copy.py says, through PgBouncer in transaction mode."""

from tests.database.test_copy import *  # noqa: F403
from tests.database.test_copy import test_a_million_rows_take_no_memory

del test_a_million_rows_take_no_memory  # it doesn't go through PgBouncer
