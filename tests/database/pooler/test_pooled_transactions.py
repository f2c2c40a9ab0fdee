"""What tests/database/test_transactions.py says, through PgBouncer in transaction mode."""

from tests.database.test_transactions import *  # noqa: F403
from tests.database.test_transactions import test_a_held_connection_s_transaction_counts_too

del test_a_held_connection_s_transaction_counts_too  # no connection can be held
