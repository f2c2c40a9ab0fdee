-- What the table's queries are about. Every nullable column holds a NULL somewhere, and every join
-- leaves rows without a partner.

create type mood as enum ('sad', 'ok');
create type pair as (a int, b text);
create domain email as text check (value like '%@%');
create domain known as text not null;
create domain well_known as known;
create domain words as text[] check (array_position(value, null) is null);

create table users (
    id bigint generated always as identity primary key,
    email email not null unique,
    full_name text,
    mood mood not null default 'ok',
    other_mood mood,
    nick known default 'n',
    tags text[] not null default '{}',
    labels text[] check (array_position(labels, null) is null),
    scores int[] not null default '{}' constraint no_null_scores check (array_position(scores, null::int) is null),
    address pair,
    home pair not null default (1, 'b'),
    born date,
    seen timestamptz not null default now(),
    settings jsonb not null default '{}',
    name_length int generated always as (length(full_name)) stored,
    email_length int not null generated always as (length(email)) stored
);

create table posts (
    id bigint primary key,
    user_id bigint not null references users (id),
    editor_id bigint references users (id),
    title text not null,
    body text,
    score int,
    price numeric not null,
    visits bigint not null default 0,
    shown tstzrange not null default tstzrange(null, null),
    unique (user_id, title)
);

create table comments (
    id int not null,
    post_id bigint,
    author_id bigint not null,
    words words,
    said text not null
);

create table nothing (id int not null, name text not null, note text);

-- A parent's NOT NULL that is not its children's.
create table parents (id int not null, name text, note text);
create table children () inherits (parents);
do $$ begin
    if current_setting('server_version_num')::int < 180000 then
        alter table only parents alter column name set not null;
    else
        execute 'alter table parents add constraint named not null name no inherit';
    end if;
end $$;

create table parts (id int not null, at date not null, note text) partition by range (at);
create table parts_old partition of parts for values from ('2000-01-01') to ('2020-01-01');
create table parts_new partition of parts default;

create table unwatched (id int primary key, a int, b text, c int not null default 3);
create table watched (id int primary key, a int, b text, c int not null default 3);
create function forget() returns trigger language plpgsql as 'begin new.a := null; return new; end';
create trigger forgets before insert or update on watched
for each row execute function forget();

create view named_users as
select id, full_name, email, mood from users where full_name is not null;

create view user_posts as
select u.id, u.full_name, p.id as post_id, p.title, coalesce(p.visits, 0) as visits
from users as u left join posts as p on p.user_id = u.id;

create view busy_users as
select id, count(post_id) as posts, max(title) as last_title, sum(visits) as visits
from user_posts group by id;

create view shown_posts as select v.id, v.title, v.visits from user_posts as v where v.title <> '';

create view all_ids as select id, 'user' as kind from users union all select id, null from posts;

create view replaced as select id, title from posts;
create function replace_it() returns trigger language plpgsql as
'begin new.title := null; return new; end';
create trigger replaces instead of insert or update on replaced
for each row execute function replace_it();

create materialized view post_counts as
select user_id, count(*) as posts, max(price) as top from posts group by user_id;

insert into users
    (email, full_name, other_mood, nick, tags, labels, scores, address, born, settings)
values
('a@x', 'Ada', 'sad', 'ad', '{red,null}', '{x}', '{1}', (1, 'b'), '2000-01-01', '{"a": 1}'),
('b@x', null, null, 'bo', '{}', null, '{}', null, null, '{"a": null}'),
('c@x', 'Cy', null, 'cy', '{blue}', '{}', '{2,3}', (null, null), 'infinity', '{"b": [1]}'),
('d@x', null, 'ok', (select 'x'::known where false), '{}', '{y}', '{}', (2, null), null, '{}');
insert into posts (id, user_id, editor_id, title, body, score, price, shown) values
(1, 1, 2, 'One', 'text', 5, 1.5, 'empty'),
(2, 1, null, 'Two', null, null, 2, '[2020-01-01, 2021-01-01)'),
(10, 3, 3, '', 'more', 7, 'NaN', default),
(11, 2, null, 'Sol', null, null, 3, '(,2020-01-01)');
insert into comments values
(1, 1, 2, '{a,b}', 'hm'), (2, null, 1, null, 'oh'), (3, 99, 77, '{}', ''), (4, 10, 1, null, 'x');
insert into parents values (1, 'p', null), (2, 'q', 'n');
insert into children values (3, null, null);
insert into parts values (1, '2010-01-01', null), (2, '2030-01-01', 'n');
insert into unwatched values (1, 1, 'a'), (2, null, null), (3, 3, null);
insert into watched values (1, 1, 'a'), (2, null, null), (3, 3, null);
refresh materialized view post_counts;
