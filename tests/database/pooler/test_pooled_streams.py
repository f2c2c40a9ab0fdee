"""What tests/database/test_streams.py says, through PgBouncer in transaction mode."""

from tests.database.test_streams import *  # noqa: F403
from tests.database.test_streams import test_a_million_rows_take_no_memory

del test_a_million_rows_take_no_memory  # the memory is this side's, and other tests read in chunks
