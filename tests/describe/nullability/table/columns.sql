-- Columns of tables, constants and parameters.

select id, email, full_name, mood, other_mood from users;
-- => ! ! ? ! ?

-- A domain's NOT NULL proves nothing of what is stored; nor does a CHECK of one.
select nick from users;
-- => ?

-- Generated columns are as they are declared; identity columns are NOT NULL.
select id, name_length, email_length from users;
-- => ! ? !

select * from posts;
-- => ! ! ? ! ? ? ! ! !

-- The columns of a primary key are not null, without a word of it.
select unwatched.* from unwatched;
-- => ! ? ? !

-- A child may drop what its parent asks; ONLY leaves children out.
select id, name from parents;
-- => ? ?

select id, name, note from only parents;
-- => ! ! ?

select id, at, note from parts;
-- => ! ! ?

select id, name from children;
-- => ! ?

select users from users;
-- => !

select u.ctid, u.tableoid from users u;
-- => ! !

select u, p from users u left join posts p on p.user_id = u.id;
-- => ! ?

select (u).id, (u).full_name, (u.address).a, (u.home).b from users u;
-- => ! ? ? ?

select 1, 'a', null, null::int, true, 'x'::varchar(3), 1.5::numeric(3, 1);
-- => ! ! ? ? ! ! !

select interval '1 day', date '2020-01-01', timestamptz 'now', '{}'::jsonb, 'ok'::mood;
-- => ! ! ! ! !

select current_date, current_timestamp, localtime, current_user, session_user, current_catalog;
-- => ! ! ! ! ! !

-- No schema of the search path need exist.
select current_schema;
-- => ?

select now(), clock_timestamp(), statement_timestamp(), random(), pi(), gen_random_uuid();
-- => ! ! ! ! ! !

select version(), pg_backend_pid(), txid_current(), current_database();
-- => ! ! ! !

select;
-- =>

select distinct on (user_id) user_id, score from posts order by user_id, score;
-- => ! ?

select id, full_name from users order by full_name limit 2 offset 1;
-- => ! ?

select id, score from posts for update;
-- => ! ?

select id from users tablesample system (50);
-- => !
