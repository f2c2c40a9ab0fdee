-- Aggregates, with and without groups; grouping sets.

select count(*), count(score), count(distinct score), sum(score), max(id), avg(price) from posts;
-- => ! ! ! ? ? ?

select user_id, count(*), sum(visits), sum(score), max(title), avg(price), min(body) from posts
group by user_id;
-- => ! ! ! ? ! ! ?

select editor_id, count(*) from posts group by editor_id;
-- => ? !

select user_id, sum(visits) filter (where id > 1), count(*) filter (where id > 1) from posts
group by user_id;
-- => ! ? !

select user_id, sum(coalesce(score, 0)), coalesce(sum(score), 0), max(score + visits) from posts
group by user_id;
-- => ! ! ! ?

select bool_and(id > 1), bool_or(score > 1), every(visits = 0), string_agg(title, ','),
string_agg(body, ','), bit_and(visits), bit_or(score) from posts group by user_id;
-- => ! ? ! ! ? ! ?

select array_agg(id), array_agg(score), json_agg(score), jsonb_agg(id) from posts;
-- => ?[!] ?[?] ? ?

select array_agg(id), array_agg(score), json_agg(score), jsonb_agg(id),
jsonb_object_agg(id, score), json_object_agg(title, id) from posts group by user_id;
-- => ![!] ![?] ! ! ! !

select array_agg(id order by score), array_agg(distinct title), string_agg(distinct title, null)
from posts group by user_id;
-- => ![!] ![!] !

select array_agg(score) filter (where score is not null), array_agg(id) filter (where id > 1)
from posts group by user_id;
-- => ?[!] ?[!]

-- Over one row these have nothing to say.
select stddev(visits), variance(price), var_samp(visits), corr(visits, id), covar_samp(visits, id),
regr_slope(visits, id) from posts group by user_id;
-- => ? ? ? ? ? ?

select var_pop(visits), stddev_pop(price), regr_count(score, score), covar_pop(visits, id) from posts
group by user_id;
-- => ! ! ! !

select percentile_cont(0.5) within group (order by visits), mode() within group (order by score),
percentile_disc(0.5) within group (order by title), rank(1) within group (order by id) from posts
group by user_id;
-- => ! ? ! !

select percentile_cont(0.5) within group (order by visits), rank(1) within group (order by id)
from posts;
-- => ? !

select range_agg(shown), range_intersect_agg(shown), sum(interval '1 day') from posts
group by user_id;
-- => ! ! !

-- GROUP BY () is one group, of no rows perhaps.
select max(id), count(*) from posts group by ();
-- => ? !

select 1, 'a' from posts group by ();
-- => ! !

select user_id, max(id) from posts group by rollup (user_id);
-- => ? ?

select user_id, title, count(*), max(id) from posts group by grouping sets ((user_id), (title));
-- => ? ? ! !

select user_id, title, max(id) from posts group by grouping sets ((user_id, title), (user_id));
-- => ! ? !

select user_id, title, max(id), grouping(title) from posts group by user_id, rollup (title);
-- => ! ? ! !

select user_id, title, max(id) from posts group by user_id, cube (title, price);
-- => ! ? !

select user_id + 1, coalesce(user_id, 0), user_id is null from posts group by rollup (user_id);
-- => ? ! !

select visits * 2 as doubled, count(*) from posts group by rollup (visits * 2);
-- => ? !

select user_id, sum(user_id) from posts group by grouping sets ((user_id), (title));
-- => ? !

select user_id, max(id) from posts group by grouping sets ((user_id), ());
-- => ? ?

select user_id, max(id) from posts group by rollup (user_id) having user_id is not null;
-- => ! ?

-- All columns of a table belong to its primary key.
select u.id, u.email, u.full_name, count(p.id) from users u left join posts p on p.user_id = u.id
group by u.id;
-- => ! ! ? !

select u.id, sum(p.visits), max(p.title), array_agg(p.id) from users u
left join posts p on p.user_id = u.id group by u.id;
-- => ! ? ? ![?]

select u.id, sum(p.visits) from users u join posts p on p.user_id = u.id group by u.id;
-- => ! !

select lower(email), count(*) from users group by lower(email);
-- => ! !

select lower(full_name), count(*) from users group by 1;
-- => ? !

select max(full_name) from users where full_name is not null group by mood;
-- => !

select max(full_name) from users where full_name is not null;
-- => ?

select 1 from posts having true;
-- => !

select sum(n), max(n) from (select count(*) as n from posts group by user_id) t;
-- => ? ?

select n, max(n), sum(n) from (values (1), (2)) as v (n) group by n;
-- => ! ! !

select (select max(p.id) from posts p where p.user_id = u.id group by p.user_id) from users u;
-- => ?
