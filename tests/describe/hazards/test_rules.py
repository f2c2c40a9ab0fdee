"""What each rule finds beyond its example, and what looks like it and is left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlkit.describe import Hazard

    Search = Callable[[str], list[Hazard]]

FOUND = {
    "update_without_where": [
        "with done as (update orders set status = 'x' returning id) select id from done order by 1",
        "update orders set status = u.email from users as u",
        """
        -- name: q :affected
        update users set score = 0
        where true
            and id = :id --? id
        """,
    ],
    "delete_without_where": [
        "delete from orders using users",
        "with gone as (delete from orders returning id) select count(*) from gone",
    ],
    "insert_without_columns": [
        "insert into archived_orders values (1, 'x')",
        "insert into public.archived_orders as a (select id, status from orders)",
        "insert into archived_orders with x as (select 1 as id) select id, 'x' from x",
    ],
    "select_star": [
        "select distinct * from users",
        "select u.id, o.* from users as u join orders as o on o.user_id = u.id",
        "update users set score = 1 where id = :id returning *",
        "insert into archived_orders (id, status) select * from archived_orders",
    ],
    "in_scalar": [
        "select id from users where id not in (:ids)",
        "select id from users where email in ( :emails::text )",
    ],
    "parameter_in_text": [
        "select id from users where email = ':email'",
        "update users set email = ':email' where id = :id",
        "select id from users where email like ':text%' or email like '%:text'",
    ],
    "equals_null": [
        "select id from users where null <> full_name",
        "select id from users where score in (1, null)",
        "select id, case full_name when null then 1 else 2 end as x from users",
        "update users set full_name = null where score = null",
        "select id from users where full_name like null::text",
    ],
    "none_compared": [
        "-- name: q :many\n-- @param id?\nselect email from users where id = :id and score > 1",
        "-- name: q :many\n-- @param text?\nselect email from users where email ilike :text",
    ],
    "not_in_nullable": [
        "select id from users where not (id in (select referrer_id from orders))",
        "select id from users where id <> all (select referrer_id from orders)",
        "select id from users where score not in (1, null)",
        "with r as (select referrer_id from orders) "
        "select id from users where id not in (select referrer_id from r)",
    ],
    "nullable_concat": [
        "select 'Dear ' || full_name from users",
        "update users set email = email || full_name where id = :id",
        "select upper(email || full_name) as x from users",
    ],
    "compared_with_itself": [
        "select id from orders where paid = paid",
        "select o.id from orders as o join users as u on u.id = o.user_id where lower(email)"
        " = lower(u.email)",
    ],
    "and_or_mixed": [
        "select id from orders where paid = 1 or total = 2 and status = 'x'",
        "select id from orders where (paid = 1 and total = 2 or status = 'x') and id = 1",
        "select id from orders where paid between 1 and 2 or total = 1 and id = 2",
    ],
    "outer_column_in_subquery": [
        "select id from users where score in (select score from orders where total > 1)",
    ],
    "unused_cte": [
        "with a as (select 1 as x), b as (select x from a) select 2 as y",
    ],
    "shadowed_cte": [
        "with a as (select 1 as x) select (with a as (select 2 as y) select y from a) as z from a",
    ],
    "limit_without_order": [
        "select id from users offset 10",
        "select id from users fetch first 3 rows only",
        "select id from users union select id from orders limit 3",
        "select u.id, (select o.id from orders as o where o.user_id = u.id limit 1) as o "
        "from users as u",
        "select user_id, count(*) as n from orders group by user_id limit 3",
    ],
    "distinct_on_without_order": [
        "select distinct on (user_id) user_id, status from orders order by user_id",
        "select x.status from (select distinct on (user_id) status from orders) as x",
    ],
    "order_by_parameter": [
        "select id from users order by :sort desc, id",
        "select id from users order by :sort::int",
    ],
    "nulls_first": [
        "select id, score + 1 as s from users order by s desc limit 10",
        "select id from users order by score desc limit 10",
    ],
    "unjoined_tables": [
        "select u.id, o.id as o from users as u, orders as o",
        "update orders set status = u.email from users as u where orders.total > 1",
        "delete from orders using users as u where orders.total > 1",
        "select u.id from users as u join orders as o on o.user_id = u.id, archived_orders",
    ],
    "outer_join_undone": [
        "select u.id, o.id as o from orders as o right join users as u on o.user_id = u.id "
        "where o.total > 1",
        "select u.id from users as u left join orders as o on o.user_id = u.id "
        "join archived_orders as a on a.id = o.id",
        "select u.id from users as u left join orders as o on o.user_id = u.id "
        "where o.id is not null",
    ],
    "integer_division": [
        "select paid / total * 100 as percent from orders",
        "select (paid / total)::float8 as x from orders",
        "select count(*) filter (where paid = total) / count(*) as share from orders",
        "select paid / total * 1.5 as x from orders",
    ],
    "until_date": [
        "select id from orders where placed_at <= :last::date",
        "select id from orders where :last::date >= due_at",
        "select id from orders where placed_at between '2026-01-01' and '2026-01-31'",
        "select id from orders where placed_at <= current_date",
    ],
    "mixed_time_zones": [
        "select id from orders where placed_at > due_at",
        "update orders set due_at = now() where id = :id",
        "select now() - due_at as late from orders",
    ],
    "do_nothing_in_one": [
        "-- name: q :one\n"
        "insert into users (email) select :email::text on conflict do nothing returning id",
    ],
}

QUIET = [
    # Every row is meant, or the rows are said.
    "update users set score = 0 where true",
    "delete from users where id = :id",
    "insert into users (email) values (:email)",
    "insert into archived_orders (id, status) values (1, 'values')",
    "insert into users default values",
    "-- name: q :affected\ninsert into users (email) values (:email) on conflict do nothing",
    # Stars that do no harm.
    "select count(*) from users",
    "select 2 * score as x, score * 2 as y from users",
    "select id from users as u where exists (select * from orders as o where o.user_id = u.id)",
    "with x as (select id, email from users) select * from x",
    "select * from unnest(:ids::int[]) as x",
    "select s.* from (select id from users) as s",
    "-- name: q :copy\nselect * from users",
    "select '*, select * from users' as x, id /* select * */ from users",
    # Colons in texts.
    "select id from users where email like '%a:b%' and full_name <> ':'",
    "select '12:30'::time as t, '{\"a\":true}'::jsonb as j, 'x:y' as \":x\" -- ':x'",
    "select id from users where email ~ '(?:a)|[[:alpha:]]' and full_name <> ': x'",
    # Lists.
    "select id from users where id in (:a, :b)",
    "select id from users where id in (select :id::int)",
    "select id from users where email = 'in (:x)'",
    # NULL.
    "update users set full_name = null where id = :id",
    "select id from users where full_name is not distinct from null",
    "select id from users where coalesce(full_name, null) = 'x'",
    "-- name: q :exec\n-- @param score?\nupdate users set score = :score where id = :id",
    "-- name: q :many\n-- @param id?\nselect email from users where (:id::int is null or id = :id)",
    "-- name: q :many\n-- @param id?\nselect email from users where id is not distinct from :id",
    "-- name: q :many\n-- @param id?\nselect email from users where id = coalesce(:id, 1)",
    "select id from users where id not in (select user_id from orders)",
    "select id from users where id in (select referrer_id from orders)",
    "select id from users where id not in "
    "(select referrer_id from orders where referrer_id is not null)",
    "select id from users where score not in (1, 2)",
    "select u.id from users as u where u.id not in "
    "(select o.user_id from orders as o where o.referrer_id = u.id)",
    "select email || '!' as x from users",
    "select email || coalesce(full_name, '') as x from users",
    "select coalesce(email || ' ' || full_name, email) as x from users",
    "select email || :suffix::text as x from users",
    "select email || full_name as x from users where full_name is not null",
    "select id from users where full_name ilike '%' || :text || '%'",
    # Comparisons.
    "select a.id from users as a join users as b on a.id = b.score",
    "select id from orders where (paid = 1 and total = 2) or status = 'x'",
    "select id from orders where paid = 1 and (total = 2 or status = 'x')",
    "select id from orders where paid = 1 and total = 2 and status = 'x'",
    "select id from orders where paid between 1 and 2 or total between 3 and 4",
    "select id, (paid = 1 or total = 2) as x from orders where paid = 1 and total = 2",
    "select id from orders where (paid = 1 and total = 2) or (paid = 2 and total = 1)",
    "select case when paid = 1 or total = 1 then 1 end as x from orders where id = 1 and paid = 2",
    "select u.id from users as u where u.id in (select o.user_id from orders as o)",
    # WITH.
    "with gone as (delete from orders where id = :id) select 1 as x",
    "with recursive n as (select 1 as i union all select i + 1 from n where i < 9) select i from n",
    # Order.
    "select id from users where id = :id limit 1",
    "select id from users where email = :email limit 1",
    "select id from users limit 1 for update skip locked",
    "select count(*) from users limit 1",
    "select x.id from (select id from users order by id) as x limit 3",
    "select exists (select from users limit 1) as x",
    "delete from users where id in (select id from users where score < 1 limit :n)",
    "select id from users limit null",
    "select x from generate_series(1, 9) as x limit 3",
    "select id from users order by case when :newest::bool then id end, email",
    "select id from users order by random()",
    "select :x::int as x, id from users order by x",
    "select id, score from users order by score desc",
    "select id, score from users order by score limit 10",
    "select id, score from users order by id desc limit 10",
    "select id, score from users order by score desc nulls first limit 10",
    "select id, score from users where score > 1 order by score desc limit 10",
    "select distinct on (user_id) user_id, id from orders order by user_id, id",
    # Joins.
    "select u.id, o.id as o from users as u cross join orders as o",
    "select u.id, o.id as o from users as u, orders as o where o.user_id = u.id and o.total > 1",
    "select u.id, o.id as o from users as u, orders as o where u.id = :id and o.total > 1",
    "select u.id, x from users as u, generate_series(1, 3) as x",
    "select u.id, n.n from users as u, (select count(*) as n from orders) as n",
    "select u.id, x.id as x from users as u, "
    "lateral (select o.id from orders as o where o.user_id = u.id) as x",
    "update orders set status = u.email from users as u where u.id = orders.user_id",
    "update orders set status = u.email from users as u where u.id = :id and orders.total > 1",
    "select u.id from users as u, orders as o where exists "
    "(select from archived_orders as a where a.id = o.id and a.id = u.id)",
    "select u.id from users as u left join orders as o on o.user_id = u.id and o.total > 1",
    "select u.id from users as u left join orders as o on o.user_id = u.id where o.id is null",
    "select u.id from users as u left join orders as o on o.user_id = u.id "
    "where coalesce(o.total, 0) > 1",
    """
    -- name: q :many
    select u.id from users as u left join orders as o on o.user_id = u.id
    where true
        and o.status = :status --? status
    """,
    # Numbers and times.
    "select paid / 2 as half, paid * 100.0 / total as percent from orders",
    "select paid / 100 * 100 as rounded from orders",
    "select id from orders where placed_at < :day::date + 1",
    "select id from orders where placed_at <= :until",
    "select id from orders where placed_at <= '2026-01-31 12:00+01'",
    "select id from orders where due_at < localtimestamp",
    "select id from orders where due_at::timestamptz < now()",
    "select id from orders where placed_at::date <= :day::date",
]


@pytest.mark.parametrize(
    ("rule", "text"), [(rule, text) for rule, texts in FOUND.items() for text in texts]
)
def test_a_rule_finds(search: Search, rule: str, text: str) -> None:
    assert rule in {hazard.rule for hazard in search(text)}


@pytest.mark.parametrize("text", QUIET)
def test_nothing_is_found_in(search: Search, text: str) -> None:
    assert [str(hazard) for hazard in search(text)] == []
