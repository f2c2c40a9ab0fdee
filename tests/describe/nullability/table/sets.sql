-- Set operations, VALUES, subqueries and CTEs.

select id from users union select id from posts;
-- => !

select id from users union all select editor_id from posts;
-- => ?

select id, 'a' from users union select id, body from posts;
-- => ! ?

-- Both sides have what is left.
select full_name from users intersect select email from users;
-- => !

select full_name from users intersect all select body from posts;
-- => ?

select id from users except select editor_id from posts;
-- => !

select editor_id from posts except select id from users;
-- => ?

select id from users union select id from posts union all select null;
-- => ?

(select id from users union select null) intersect select id from posts;
-- => !

select id from users union all (select id from posts except select null) order by 1 limit 3;
-- => !

select id from comments union select id from posts;
-- => !

values (1, null), (2, 3);
-- => ! ?

values (1, 'a'), (2, 'b');
-- => ! !

select v.a, v.b, v.c from (values (1, 2, null), (3, null, null)) as v (a, b, c);
-- => ! ? ?

select t.id, t.full_name, t.n from (select id, full_name, 1 as n from users) t;
-- => ! ? !

select t.* from (select u.id, p.id as pid from users u left join posts p on true) t;
-- => ! ?

select t.x from (select t.x from (select t.x from (select id as x from users) t) t) t;
-- => !

with s as (select id, full_name from users) select id, full_name from s;
-- => ! ?

with s as materialized (select id, full_name from users where full_name <> '') select * from s;
-- => ! !

with a as (select id from users), b as (select id from a union all select null) select * from b;
-- => ?

with s (x, y) as (select id, 1 from users) select s.x, t.x, t.y from s left join s t on t.x > s.x;
-- => ! ? ?

with recursive r (n) as (select 1 union all select n + 1 from r where n < 3) select n from r;
-- => !

with recursive r (n, m) as (select 1, 1 union all select n + 1, nullif(m, n) from r where n < 3)
select n, m from r;
-- => ! ?

with recursive r (a, b, c) as (select 1, 1, 1 union all select a + 1, c, null from r where a < 4)
select a, b, c from r;
-- => ! ? ?

with recursive tree (id, path, name) as (
select id, array[id], full_name from users where id = 1
union all select p.id, tree.path || p.id, p.title from tree join posts p on p.user_id = tree.id
and p.id > tree.id
) select id, path, name from tree;
-- => ! ![!] ?

with recursive r (n) as (select 1 union all select n + 1 from r where n < 3)
search depth first by n set seq cycle n set again using way select n, seq, again, way from r;
-- => ! ![!] ! ![!]

with recursive r (n, up) as (
select id, null::bigint from users union all select n + 1, n from r where n < 5
) select n, up from r;
-- => ! ?

with gone as (delete from comments returning id, post_id) select id, post_id from gone;
-- => ! ?

with new as (insert into unwatched (id, a) values (9, null) returning id, a, c) select * from new;
-- => ! ? !

with s as (select id from users) select (select max(id) from s), (with t as (select 1 as x)
select x from t) from users;
-- => ? !

select (select (select u.id)) from users u;
-- => !

select * from (select id from users union all select id from posts) a
join (select null::bigint as id) b using (id);
-- => !

select * from (select id, full_name from users limit 1) t cross join (select count(*) from posts) c;
-- => ! ? !

select * from (select array[id] as a, array[full_name] as b from users) t;
-- => ![!] ![?]

select array[id] from users union all select array[editor_id] from posts;
-- => ![?]

select a from (values (array[1]), (array[2, 3])) v (a);
-- => ![!]
