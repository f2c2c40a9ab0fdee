"""Tables of every shape that a schema may have: filled twice, or refused with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import psycopg
import pytest

from sqlkit import sql
from sqlkit.errors import SeedingError
from sqlkit.seeding import Factory, fill

if TYPE_CHECKING:
    from sqlkit import Database

# What is filled, how many rows of each, and what makes the tables.
SHAPES: dict[str, tuple[dict[str, int], str]] = {
    "ranges that must not overlap": (
        {"t": 40},
        "create table t (during tstzrange not null, exclude using gist (during with &&))",
    ),
    "exclusion of equal rows that are active": (
        {"t": 40},
        "create table t (during daterange, active boolean not null,"
        " exclude using gist (during with &&) where (active))",
    ),
    "keys of several columns, to the table itself too": (
        {"people": 60, "tasks": 80},
        "create table tenants (id serial primary key);"
        "create table people (tenant int not null references tenants, id int, boss int,"
        " primary key (tenant, id), foreign key (tenant, boss) references people);"
        "create table tasks (tenant int not null references tenants, id serial, person int,"
        " second int, primary key (tenant, id), foreign key (tenant, person) references people,"
        " foreign key (tenant, second) references people)",
    ),
    "a circle of keys of several columns": (
        {"a": 30, "b": 30},
        "create table a (tenant int, id int, b int, primary key (tenant, id));"
        "create table b (tenant int, id int, a int not null, primary key (tenant, id),"
        " foreign key (tenant, a) references a);"
        "alter table a add foreign key (tenant, b) references b",
    ),
    "partitions by range, referred to": (
        {"t": 40, "c": 40},
        "create table t (id bigint generated always as identity, at date not null,"
        " primary key (id, at)) partition by range (at);"
        "create table t1 partition of t for values from ('2031-01-01') to ('2031-07-01');"
        "create table t2 partition of t for values from ('2031-07-01') to ('2032-01-01')"
        " partition by list (at);"
        "create table t3 partition of t2 default;"
        "create table c (id int, at date, foreign key (id, at) references t (id, at))",
    ),
    "partitions by list": (
        {"t": 40},
        "create table t (k text not null) partition by list (k);"
        "create table t1 partition of t for values in ('eu');"
        "create table t2 partition of t for values in ('us')",
    ),
    "partitions by hash": (
        {"t": 40},
        "create table t (k int not null) partition by hash (k);"
        "create table t1 partition of t for values with (modulus 2, remainder 1)",
    ),
    "one partition by itself": (
        {"t1": 40},
        "create table t (k text not null) partition by list (k);"
        "create table t1 partition of t for values in ('eu', 'ch')",
    ),
    "identity always, and a condition on a generated column": (
        {"t": 40},
        "create table t (id int generated always as identity primary key, a int not null,"
        " b int not null, c int generated always as (a - b) stored check (c > 0))",
    ),
    "a unique generated column": (
        {"t": 40},
        "create table t (email text not null,"
        " plain text generated always as (lower(email)) stored unique)",
    ),
    "domains, and arrays of them": (
        {"t": 40},
        "create domain pct as numeric(5, 2) check (value between 0 and 100);"
        "create domain code as char(4) check (value ~ '^[A-Z]{4}$' or value = 'ABCD');"
        "create domain pair as int[] check (cardinality(value) = 2);"
        "create table t (p pct not null, c code, many pct[] not null, two pair not null)",
    ),
    "arrays": (
        {"t": 40},
        "create table t (a int[] not null, b text[] check (cardinality(b) > 0), c uuid[],"
        " d int[] not null check (array_length(d, 1) = 3))",
    ),
    "ranges and multiranges": (
        {"t": 40},
        "create table t (a int4range not null, b numrange, c tstzrange not null unique,"
        " d datemultirange not null)",
    ),
    "enums": (
        {"t": 2},
        "create type mood as enum ('a', 'b', 'c', 'd');"
        "create table t (m mood not null unique, many mood[] not null)",
    ),
    "references to the table itself, one of them unique": (
        {"t": 40},
        "create table t (id int generated always as identity primary key,"
        " up int references t, before int unique references t)",
    ),
    "required keys in a circle that are checked late": (
        {"a": 10, "b": 10},
        "create table a (id serial primary key, b int not null);"
        "create table b (id serial primary key,"
        " a int not null references a deferrable initially deferred);"
        "alter table a add foreign key (b) references b",
    ),
    "columns that are unique in several ways": (
        {"t": 40},
        "create table t (a boolean not null, b smallint not null, c text not null,"
        " unique (a, b), unique (b, c), unique (a, c))",
    ),
    "names that need quotes, in another schema": (
        {'"My Schema"."Line"': 40},
        'create schema "My Schema";'
        'create table "My Schema"."Order" ("Id" serial primary key, "a""b" int not null);'
        'create table "My Schema"."Line" ("Order" int not null references "My Schema"."Order",'
        ' "N" int, primary key ("Order", "N"))',
    ),
    "two keys to one table that must differ": (
        {"people": 20, "follows": 100, "payments": 100},
        "create table people (id serial primary key);"
        "create table follows (a int references people, b int references people,"
        " primary key (a, b), check (a <> b));"
        "create table payments (a int not null references people,"
        " b int not null references people, check (a <> b))",
    ),
    "exactly one of two keys": (
        {"t": 40},
        "create table x (id serial primary key); create table y (id serial primary key);"
        "create table t (x int references x, y int references y, check (num_nonnulls(x, y) = 1))",
    ),
    "an index about some rows": (
        {"people": 5, "addresses": 40},
        "create table people (id serial primary key, email text not null, gone timestamptz);"
        "create unique index live on people (email) where gone is null;"
        "create table addresses (person int not null references people, first boolean not null);"
        "create unique index one_first on addresses (person) where first",
    ),
    "columns that an index only carries": (
        {"t": 40, "k": 40},
        "create table t (a int not null, b text not null);"
        "create unique index on t (a) include (b);"
        "create table k (a int, b text, primary key (a) include (b))",
    ),
    "a collation of a column's own": (
        {"t": 40},
        "create table t (a text collate \"C\" not null check (a > 'a' and a < 'b'),"
        ' u text collate "C" unique)',
    ),
    "dates within bounds": (
        {"t": 40},
        "create table t (born date not null check (born > '1900-01-01' and born < '1901-01-01'),"
        " begins date not null, ends date, check (ends is null or ends >= begins))",
    ),
    "JSON of some form": (
        {"t": 40},
        "create table t (a jsonb not null check (a ? 'name'),"
        " b json not null check (json_typeof(b) = 'array'))",
    ),
    "a table that inherits": (
        {"p": 10, "c": 10},
        "create table p (id serial primary key, v text not null);"
        "create table c (w int not null) inherits (p)",
    ),
    "types that are rare": (
        {"t": 5},
        "create table t (a timetz not null, b interval year to month not null, c macaddr8 not null,"
        " d path not null, e bit(3) not null, f varbit(5) not null, g tsquery not null,"
        ' h money not null, i "char" not null, j name not null, k cidr not null)',
    ),
    "no rows": ({"t": 0}, "create table t (a int)"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_any_shape_is_filled_and_filled_again(db: Database, shape: str) -> None:
    wanted, text = SHAPES[shape]
    db.run(sql(text, kind="script"))
    for _ in range(2):
        done = fill(db, wanted)
        assert {name: done[name] for name in wanted} == wanted
    for name, rows in wanted.items():
        only = "only " if "inherits" in shape else ""
        assert db.run(sql(f"select count(*) from {only}{name}", kind="one")) == 2 * rows


def test_rows_that_must_differ_in_a_room_and_a_time_do(db: Database) -> None:
    available = "select count(*) > 0 from pg_available_extensions where name = 'btree_gist'"
    if not db.run(sql(available, kind="one")):
        pytest.skip("this server has no btree_gist")
    text = """
        create extension btree_gist;
        create table rooms (id serial primary key);
        create table stays (room int not null references rooms, during daterange not null,
            exclude using gist (room with =, during with &&));
        create table names (a int not null, b text not null,
            exclude using gist (a with =, b with <>))
    """
    db.run(sql(text, kind="script"))
    assert fill(db, {"stays": 40, "names": 40}) == {"rooms": 5, "stays": 40, "names": 40}
    db.run(sql("insert into stays select 1, daterange('1000-03-01', '1000-03-20')", kind="exec"))
    assert fill(db, {"stays": 40}) == {"stays": 40}


REFUSED = {
    "create view t as select 1 as a": "fill: t is a view; rows are put into tables only",
    "create materialized view t as select 1 as a": "t is a materialized view",
    "create sequence t": "t is a sequence",
    "create table t ()": "fill: t has no columns",
    "create table t (a int generated always as (1) stored)": "no column that takes a value",
    "create type pair as (a int, b int); create table t (p pair not null)": (
        'no values are known of the type pair, of the column "p"'
    ),
    "create table t (a text not null constraint odd check (md5(a) like '00000000%'))": (
        'for a that satisfies the constraint "odd"'
    ),
    "create table t (a int not null, b int not null,"
    " constraint less check (a < b), constraint more check (b < a))": '"less", "more" together',
    "create table t (s timestamptz not null, e timestamptz not null, check (e > s),"
    " constraint apart exclude using gist (tstzrange(s, e) with &&))": 'the constraint "apart"',
    "create table t (k int not null) partition by list (k)": "no partition of relation",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_table_or_takes_no_row_is_refused_with_the_reason(
    db: Database, text: str
) -> None:
    db.run(sql(text, kind="script"))
    with pytest.raises(SeedingError, match=REFUSED[text]):
        fill(db, {"t": 20})


def test_a_factory_of_a_view_is_refused(db: Database) -> None:
    db.run(sql("create view v as select 1 as a", kind="exec"))
    with pytest.raises(SeedingError, match=r"Factory\.of: v is a view; rows are put into tables"):
        Factory.of(db, "v")


def test_rows_that_were_there_are_left_as_they_were(db: Database) -> None:
    text = """
        create table eggs (id serial primary key, hen int);
        create table hens (id serial primary key, egg int not null references eggs);
        alter table eggs add foreign key (hen) references hens;
        insert into eggs (hen) values (null)
    """
    db.run(sql(text, kind="script"))
    before: Any = db.run(sql("select ctid::text, xmin::text, * from eggs", kind="one"))
    fill(db, {"eggs": 10, "hens": 10})
    where = "select ctid::text, xmin::text, * from eggs where id = 1"
    assert db.run(sql(where, kind="one")) == before
    assert db.run(sql("select count(hen) from eggs", kind="one")) == 10


def test_a_generated_column_is_not_given(db: Database) -> None:
    db.run(sql("create table t (a int, b int generated always as (a) stored)", kind="exec"))
    with pytest.raises(Exception, match=r"t\.b is worked out by PostgreSQL: don't give it"):
        Factory.of(db, "t").create(db, b=3)


def test_a_table_without_rights_is_named(db: Database) -> None:
    text = """
        create role sower_without_rights;
        create table secret (a int);
        grant usage on schema public to sower_without_rights;
        set role sower_without_rights
    """
    db.run(sql(text, kind="script"))
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="table secret"):
        fill(db, {"secret": 3})
