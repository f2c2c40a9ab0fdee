"""The URL of a database, made from any conninfo."""

from __future__ import annotations

import pytest
from psycopg.conninfo import conninfo_to_dict

from sqlkit.testing.urls import url_of


@pytest.mark.parametrize(
    "conninfo",
    [
        "postgresql://localhost/app",
        "postgresql://ann@localhost:5433/app",
        "postgresql://ann:p%40ss%2Fw@[::1]:5433/app?application_name=x%20y",
        "host=localhost port=5432 user='a b' password='it''s' dbname='my app'",
        "host=/var/run/postgresql dbname=app",
        "host=one,two port=1,2 dbname=app",
        "dbname=app",
        "",
    ],
)
def test_a_url_means_what_its_conninfo_means(conninfo: str) -> None:
    if "''" in conninfo:
        conninfo = conninfo.replace("''", "\\'")
    assert conninfo_to_dict(url_of(conninfo)) == conninfo_to_dict(conninfo)


def test_another_database_on_the_same_server() -> None:
    url = url_of("postgresql://ann:secret@localhost:5433/app?sslmode=disable", "a/b c")
    assert url == "postgresql://ann:secret@localhost:5433/a%2Fb%20c?sslmode=disable"
