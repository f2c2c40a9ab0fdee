"""A plugin that hides a lower layer of psycopg, as a release of it might.

python -m pytest -p tests.without_lower_layers tests/database
"""

import sys
from typing import Any

import psycopg

modules: dict[str, Any] = sys.modules
assert psycopg.__version__  # which has imported it for itself by now
modules["psycopg._copy_base"] = None


def pytest_collection_finish() -> None:
    """See to it that it made a difference."""
    from sqlkit.database import driver, public

    assert driver.execute is public.execute
