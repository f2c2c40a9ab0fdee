"""Files that can't be run as they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from sqlkit.errors import MigrationError
from sqlkit.migrations import Migration
from sqlkit.migrations.refusal import refuse_statements

if TYPE_CHECKING:
    from pathlib import Path


def test_two_statements_outside_a_transaction_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "1.a.sql"
    path.write_text("-- transactional: false\nvacuum;\n\nvacuum;")
    one = Migration("1.a", path, path.read_text(), (), False, None)
    with pytest.raises(MigrationError, match=r"1\.a\.sql:4: a second statement"):
        refuse_statements(one, one.statements)


def test_a_commit_within_a_migration_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "1.a.sql"
    path.write_text("begin;\nselect 1;\ncommit;")
    one = Migration("1.a", path, path.read_text(), (), True, None)
    with pytest.raises(MigrationError, match=r"1\.a\.sql:3: ends the transaction"):
        refuse_statements(one, one.statements)
