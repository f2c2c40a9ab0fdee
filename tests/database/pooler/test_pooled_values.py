"""What tests/database/test_values.py says, through PgBouncer in transaction mode."""

from tests.database.test_values import *  # noqa: F403
from tests.database.test_values import test_dates_are_read_whatever_the_server_s_style

del test_dates_are_read_whatever_the_server_s_style  # it also holds a connection
