"""Applying a folder of yoyo migrations."""

from __future__ import annotations

import gc
import warnings
from typing import TYPE_CHECKING

import psycopg
import pytest

from sqlkit.errors import ProjectError
from sqlkit.testing import migrate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two migrations, the second needing the first; one of them selects."""
    (tmp_path / "0001.pears.sql").write_text("create table pears (n int); select 'printed'")
    (tmp_path / "0001.pears.rollback.sql").write_text("drop table pears")
    (tmp_path / "0002.more.sql").write_text("-- depends: 0001.pears\ninsert into pears values (3)")
    return tmp_path


def test_migrations_are_applied_in_order_and_once(database_url: str, folder: Path) -> None:
    assert migrate.apply(database_url, folder) == ("0001.pears", "0002.more")
    assert migrate.apply(database_url, folder) == ()
    with psycopg.connect(database_url) as connection:
        assert connection.execute("select n from pears").fetchall() == [(3,)]


def test_nothing_is_printed_and_no_connection_stays_open(
    database_url: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        migrate.apply(database_url, folder)
        gc.collect()
    assert capfd.readouterr() == ("", "")
    with psycopg.connect(database_url) as connection:
        others = "select count(*) from pg_stat_activity where datname = current_database()"
        assert connection.execute(others).fetchone() == (1,)


def test_a_migration_that_fails_is_named(database_url: str, folder: Path) -> None:
    (folder / "0003.wrong.sql").write_text("create table pears (n int)")
    with pytest.raises(psycopg.errors.DuplicateTable) as caught:
        migrate.apply(database_url, folder)
    place, _, so_far = caught.value.__notes__
    assert place == f"in the migration 0003.wrong, {folder / '0003.wrong.sql'}:1"
    assert so_far.startswith("2 of 3 were applied before it, and stay so: 0001.pears, 0002.more")


def test_a_migration_that_cannot_be_read_is_not_passed_over(
    database_url: str, folder: Path
) -> None:
    (folder / "0003.wrong.py").write_text("this is no Python")
    with pytest.raises(Exception, match=r"0003\.wrong\.py"):
        migrate.apply(database_url, folder)


def test_a_folder_that_is_not_there_is_an_error(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no folder of migrations"):
        migrate.apply(database_url, tmp_path / "migratoins")


def test_a_folder_whose_name_is_a_pattern_is_that_folder(database_url: str, tmp_path: Path) -> None:
    folder = tmp_path / "a[b]*"
    folder.mkdir()
    (folder / "0001.one.sql").write_text("select 1")
    assert migrate.apply(database_url, folder) == ("0001.one",)
