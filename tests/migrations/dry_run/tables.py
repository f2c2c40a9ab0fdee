"""The tables that migrations are tried on, and the names of locks."""

from __future__ import annotations

from sqlkit.migrations.dry_run import Limits

ACCESS = "AccessExclusiveLock"
ROW_SHARE = "ShareRowExclusiveLock"
UPDATE = "ShareUpdateExclusiveLock"
SHARE = "ShareLock"
CHECK = "alter table users add constraint ck check (b > 0)"
TABLES = """
create table orgs (id bigint primary key);
create table users (
    id bigserial primary key, b int, org bigint, nm text not null default 'x', vc varchar(50)
);
insert into users (b) select g from generate_series(1, 2000) g;
create type mood as enum ('a');
create materialized view totals as select count(*) from users;
create table parts (id int, at int) partition by range (at);
create table part1 (id int, at int);
insert into part1 select g, g % 10 from generate_series(1, 2000) g;
"""
SMALL = Limits(rows=1000, size=1 << 40)
