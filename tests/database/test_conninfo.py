"""Where to connect: the conninfo, DATABASE_URL, PG* variables."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from sqlkit.database.conninfo import Target, describe, read_only, resolve

URL = "postgresql://me:hunter2@db.example:5433/shop"


def test_what_is_given_comes_first() -> None:
    target = resolve(URL, {"DATABASE_URL": "postgresql://other/"})
    assert conninfo_to_dict(target.conninfo)["host"] == "db.example"
    assert target.origin == "the conninfo given"


def test_database_url_comes_second() -> None:
    target = resolve("", {"DATABASE_URL": URL})
    assert conninfo_to_dict(target.conninfo)["dbname"] == "shop"
    assert target.origin == "DATABASE_URL"


def test_libpq_s_own_variables_come_last() -> None:
    target = resolve("", {})
    assert "host" not in conninfo_to_dict(target.conninfo)
    assert target.origin == "PG* variables or libpq's defaults, since no DATABASE_URL is set"


@pytest.mark.parametrize(
    "scheme", ["postgresql+psycopg", "postgres+asyncpg", "postgresql", "postgres"]
)
def test_a_driver_in_the_scheme_is_read_over(scheme: str) -> None:
    found = conninfo_to_dict(resolve(URL.replace("postgresql", scheme, 1), {}).conninfo)
    assert (found["host"], found["port"], found["user"]) == ("db.example", "5433", "me")


def test_what_the_conninfo_says_is_kept() -> None:
    target = resolve("host=a connect_timeout=9", {}, connect_timeout=3, application_name="x")
    found = conninfo_to_dict(target.conninfo)
    assert (found["connect_timeout"], found["application_name"]) == ("9", "x")


def test_the_encoding_is_utf_8_whatever_is_said() -> None:
    found = conninfo_to_dict(resolve("host=a client_encoding=latin1", {}).conninfo)
    assert found["client_encoding"] == "UTF8"


def test_read_only_keeps_the_other_options() -> None:
    found = conninfo_to_dict(read_only("host=a options='-c work_mem=1MB'"))
    assert found["options"] == "-c work_mem=1MB -c default_transaction_read_only=on"


def test_people_never_see_the_password() -> None:
    assert describe(URL) == "host=db.example port=5433 dbname=shop user=me"
    assert repr(Target(URL, "DATABASE_URL")) == (
        "<DATABASE_URL: host=db.example port=5433 dbname=shop user=me>"
    )
    assert describe("") == "nothing said"


@pytest.mark.parametrize(
    ("conninfo", "message"),
    [
        ("host=x oops", 'missing "=" after "…" in connection info string'),
        ("postgresql://u:hunter2%zz@h/", 'invalid percent-encoded token: "…"'),
        ("postgresql://u:hunter2@[::1/", 'end of string reached when looking for matching "…"'),
        ('postgresql://u:a"hunter2"b%zz@h/', 'invalid percent-encoded token: "…"'),
        ("postgresql://u:hunter2@h/?sslmode", 'missing key/value separator "=" in URI query'),
        ("postgresql://u:hunter2@h/?sslmod=on", 'invalid URI query parameter: "sslmod"'),
        ("hots=x password=hunter2", 'invalid connection option "hots"'),
        ("mysql://u:hunter2@h/", "a URL begins with postgresql://, not with mysql://;"),
        ("postgres:/hunter2", "a URL begins with postgresql://, not with postgres:/;"),
        (" postgresql://u:hunter2@h/", "begins with postgresql://, not with  postgresql://;"),
        ('"postgresql://u:hunter2@h/"', 'begins with postgresql://, not with "postgresql://;'),
        ("localhost:5432/hunter2", "begins with postgresql://, not with localhost:;"),
        ("postgresql://u:hunter2/x@h/", "host or port is none; in a URL's user and password write"),
        ("postgresql://u:x@hunter2@h/", "host or port is none"),
        ("hunter2", "a URL begins with postgresql://; what is no URL consists of keyword=value"),
        ("u@h/?hunter2", "a URL begins with postgresql://; what is no URL"),
    ],
)
def test_a_conninfo_that_can_t_be_read_says_why_and_shows_no_password(
    conninfo: str, message: str
) -> None:
    with pytest.raises(psycopg.ProgrammingError) as caught:
        resolve("", {"DATABASE_URL": conninfo})
    assert str(caught.value).startswith("DATABASE_URL can't be read: ")
    assert message in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "conninfo",
    ["postgresql://a:1,b:2/", "host=a,b port=1,", "host=@abstract", "host=a,@b", "port=' 5432'"],
)
def test_hosts_and_ports_of_every_form_are_taken(conninfo: str) -> None:
    assert conninfo_to_dict(resolve(conninfo, {}).conninfo).items() >= (
        conninfo_to_dict(conninfo).items()
    )
