-- Expressions.

select coalesce(full_name, 'x'), coalesce(full_name, nick), coalesce(full_name, email) from users;
-- => ! ? !

select case when id > 1 then 1 else 2 end, case when id > 1 then 1 end from users;
-- => ! ?

select case id when 1 then 'a' when 2 then null else 'b' end,
case mood when 'ok' then email else 'x' end from users;
-- => ? !

select case when full_name is not null then full_name else '' end from users;
-- => !

select case when full_name is null then '' else full_name end from users;
-- => !

select case when full_name = '' then 'x' else full_name end from users;
-- => ?

select case when full_name is null then 0 when full_name = 'x' then 1 else length(full_name) end
from users;
-- => !

select case when full_name is not null and born is not null then full_name || born else '-' end
from users;
-- => !

select case when full_name is null or born is null then '-' else full_name || born end from users;
-- => !

select greatest(score, 1), least(score, null), greatest(score, score) from posts;
-- => ! ? ?

select nullif(id, 1), nullif(email, '') from users;
-- => ? ?

select id + 1, id * 2, -id, id % 3, id / 2, 2 ^ id, abs(id) from users;
-- => ! ! ! ! ! ! !

select score + 1, score * visits, -score, score::text, score::numeric from posts;
-- => ? ? ? ? ?

select email || 'x', email || id, email || full_name from users;
-- => ! ! ?

select id = 1, id > 1, email <> 'a', mood = 'ok', full_name = 'a', id in (1, 2), id in (1, null)
from users;
-- => ! ! ! ! ? ! ?

select id between 1 and 2, not id = 1, id = 1 and email = 'a', id = 1 or full_name = 'a' from users;
-- => ! ! ! ?

select id = any (scores), id = any (tags::int[]) from users where tags = '{}';
-- => ! ?

select id <> all (array[1, 2]), id <> all (array[1, null]), full_name = any (array['a']) from users;
-- => ! ? ?

select full_name is null, full_name is not null, (full_name = 'a') is true,
(full_name = 'a') is unknown, full_name is distinct from email, users is null from users;
-- => ! ! ! ! ! !

select id::text, id::int, email::varchar(2), mood::text, '1'::text::int, seen::date, id::numeric(5)
from users;
-- => ! ! ! ! ! ! !

select full_name::varchar(2), born::timestamptz, other_mood::text, tags::varchar[] from users;
-- => ? ? ? ![?]

-- Casts that give NULL for what is not.
select seen::time, ('infinity'::timestamp + id * interval '1 day')::time from users;
-- => ? ?

select email::known, (full_name || '@')::email, '1'::known from users;
-- => ! ? !

-- A cast to a domain that refuses NULL fails rather than give one.
select coalesce(full_name, 'x')::well_known, nick::well_known from users where nick is not null;
-- => ! !

select row(id, full_name), (id, null), row(null) from users;
-- => ! ! !

select (row(id, full_name)).f1, (row(id, full_name)).f2 from users;
-- => ! ?

select (id, email) = (1, 'a'), (id, full_name) = (1, 'a'), (id, email) < (2, 'x'),
(id, full_name) < (1, 'x') from users;
-- => ! ? ! ?

select exists (select from posts), not exists (select from posts where user_id = u.id) from users u;
-- => ! !

select (select title from posts p where p.id = u.id), (select count(*) from posts),
(select max(id) from posts), (select 1) from users u;
-- => ? ! ? !

select (select full_name), (select email) from users;
-- => ? !

select (select u.id from nothing), (select count(*) from nothing group by ()),
(select count(*) from nothing having count(*) > 1), (select count(*) from nothing limit 1),
(select count(*) from nothing offset 1), (select 1 where u.id > 1) from users u;
-- => ? ! ? ! ? ?

select id in (select user_id from posts), id in (select editor_id from posts),
full_name in (select title from posts), id > all (select score from posts),
id > all (select id from posts) from users;
-- => ! ? ? ? !

select array(select id from posts), array(select score from posts), array(select 1 where false)
from users;
-- => ![!] ![?] ![!]

select collation for (email), email collate "C", full_name collate "C" from users;
-- => ? ! ?

select grouping(user_id), count(*) from posts group by user_id;
-- => ! !

select (select 1 union all select null limit 1);
-- => ?

select xmlelement(name a, full_name), xmlforest(full_name as a), xmlconcat(null) from users;
-- => ! ? ?

select seen at time zone 'UTC', seen + interval '1 day', seen - now(), age(seen) from users;
-- => ! ! ! !

select born + 1, born - date '2000-01-01', current_date - 1, current_date - date '2000-01-01'
from users where born < 'infinity' or born is null;
-- => ? ? ! !

select overlay(email placing 'x' from 1), position('a' in email), trim(email),
substring(email from 1 for 2), extract(year from seen), date_trunc('day', seen) from users;
-- => ! ! ! ! ? !

select id & 1, id | 1, ~id, id << 1, 1::bit(3) & 2::bit(3) from users;
-- => ! ! ! ! !
